//! Which Conditional Access policies a sign-in met, and how they ended.

use crate::{
    generate::{
        enums,
        sign_ins::{SignIn, Who},
    },
    history::EventType,
    json::Object,
    organisation::{Organisation, UserKind},
    policies::{Policy, PolicyScope, PolicyState},
};

/// Number of policies that are in use; the rest are left over from older times.
const IN_USE: usize = 9;
/// Writes `appliedConditionalAccessPolicies`: the policies that are met, a report-only one and one that is not met, and now
/// and then the whole list with everything that was left behind.
pub(crate) fn write(o: &mut Object, sign_in: &SignIn, organisation: &Organisation) {
    let policies: Vec<&Policy> = if sign_in.place.is_one_in(700, 0xa0) {
        organisation.policies.iter().collect()
    } else {
        let unmet = sign_in.place.episode(0xa1).below(IN_USE);
        let in_use = organisation.policies.iter().take(IN_USE).enumerate();
        let is_listed = |(number, policy): &(usize, &Policy)| match sign_in.kind {
            EventType::InteractiveUser => {
                is_met(sign_in, policy) || *number == unmet || policy.scope == PolicyScope::Untrusted
            }
            EventType::NonInteractiveUser | EventType::ServicePrincipal => is_met(sign_in, policy),
            EventType::ManagedIdentity => false,
        };
        in_use.filter(is_listed).map(|(_, policy)| policy).collect()
    };
    o.objects("appliedConditionalAccessPolicies", &policies, |o, policy| write_policy(o, sign_in, policy));
}

/// `conditionalAccessStatus` of a sign-in.
pub(crate) fn status(sign_in: &SignIn) -> &'static str {
    if sign_in.outcome.is_policy_failure {
        "failure"
    } else if matches!(sign_in.kind, EventType::ManagedIdentity | EventType::ServicePrincipal)
        || sign_in.client.is_legacy()
        || sign_in.outcome.code != 0
    {
        "notApplied"
    } else {
        "success"
    }
}

/// True when the policy is about this sign-in.
fn is_met(sign_in: &SignIn, policy: &Policy) -> bool {
    let user = match sign_in.who {
        Who::Person(user) => Some(user),
        _ => None,
    };
    if user.is_none() != (policy.scope == PolicyScope::Workloads) {
        return false;
    }
    match policy.scope {
        PolicyScope::AllUsers => {
            user.is_some_and(|user| user.kind != UserKind::ServiceAccount) && !sign_in.client.is_legacy()
        }
        PolicyScope::Guests => user.is_some_and(|user| user.kind == UserKind::Guest),
        PolicyScope::Administrators => user.is_some_and(|user| !user.roles.is_empty()),
        PolicyScope::Mobile => sign_in.client.is_mobile(),
        PolicyScope::LegacyClients => sign_in.client.is_legacy(),
        PolicyScope::RiskySignIns => sign_in.risk.is_some_and(|(level, _)| level == "high"),
        PolicyScope::Untrusted => !sign_in.is_office_network,
        PolicyScope::OneApplication => sign_in.application.display_name.starts_with("CargoLedger"),
        PolicyScope::Workloads => true,
    }
}

fn result(sign_in: &SignIn, policy: &Policy) -> &'static str {
    let is_met = is_met(sign_in, policy);
    let is_device_known = sign_in.client.device != crate::generate::clients::Device::Unknown;
    match (policy.state, is_met) {
        (PolicyState::Disabled, _) => "notEnabled",
        (PolicyState::ReportOnly, false) => "reportOnlyNotApplied",
        (PolicyState::ReportOnly, true) if sign_in.outcome.code != 0 => "reportOnlyInterrupted",
        (PolicyState::ReportOnly, true) if is_device_known => "reportOnlySuccess",
        (PolicyState::ReportOnly, true) => "reportOnlyFailure",
        (PolicyState::Enabled, false) => "notApplied",
        (PolicyState::Enabled, true) if sign_in.outcome.code == 53003 && policy.grant_controls.contains(&"Block") => {
            "failure"
        }
        (PolicyState::Enabled, true)
            if sign_in.outcome.is_policy_failure || matches!(sign_in.outcome.code, 50074 | 50076 | 500121) =>
        {
            "failure"
        }
        (PolicyState::Enabled, true) => "success",
    }
}

fn write_policy(o: &mut Object, sign_in: &SignIn, policy: &Policy) {
    let result = result(sign_in, policy);
    let is_evaluated = !matches!(result, "notEnabled" | "notApplied" | "reportOnlyNotApplied");
    let (condition, include, exclude) = rules(policy.scope);
    o.text("id", &policy.id);
    o.text("displayName", &policy.display_name);
    o.texts("enforcedGrantControls", &policy.grant_controls);
    o.texts("enforcedSessionControls", &policy.session_controls);
    o.member("result", &enums::POLICY_RESULT, result);
    let is_session_unmet = is_evaluated && !policy.session_controls.is_empty() && result.ends_with("Failure");
    o.texts("sessionControlsNotSatisfied", if is_session_unmet { &policy.session_controls } else { &[] });
    if policy.state == PolicyState::Disabled {
        o.text("conditionsSatisfied", "none");
        o.text("conditionsNotSatisfied", "none");
        o.texts("includeRulesSatisfied", &[]);
        o.texts("excludeRulesSatisfied", &[]);
        return;
    }
    let satisfied = if is_evaluated { format!("application,users,{condition}") } else { "application".to_owned() };
    o.member("conditionsSatisfied", &enums::CONDITIONS, satisfied.trim_end_matches(",none"));
    o.member("conditionsNotSatisfied", &enums::CONDITIONS, if is_evaluated { "none" } else { condition });
    let rule = |o: &mut Object, (condition, rule): &(&str, &str)| {
        o.member("conditionalAccessCondition", &enums::CONDITIONS, condition);
        o.member("ruleSatisfied", &enums::RULE, rule);
    };
    let mut included = vec![("application", "allApps")];
    if is_evaluated {
        included.push(include);
    }
    o.objects("includeRulesSatisfied", &included, rule);
    o.objects("excludeRulesSatisfied", if is_evaluated { &[] } else { std::slice::from_ref(exclude) }, rule);
    if policy.grant_controls.contains(&"AuthenticationStrength") {
        o.object("authenticationStrength", |o| {
            o.text("authenticationStrengthId", "00000000-0000-0000-0000-000000000004");
            o.text("displayName", "Phishing-resistant MFA");
            let strength = if result == "success" {
                "satisfied"
            } else if is_evaluated {
                "multipleChallengesRequired"
            } else {
                "notSet"
            };
            o.text("authenticationStrengthResult", strength);
        });
    }
}

type Rule = (&'static str, &'static str);

/// The condition that decides, the rule that includes, and the rule that excludes.
fn rules(scope: PolicyScope) -> (&'static str, Rule, &'static Rule) {
    match scope {
        PolicyScope::AllUsers => ("users", ("users", "allUsers"), &("users", "groupId")),
        PolicyScope::Guests => ("users", ("users", "b2bCollaborationGuest"), &("users", "internalGuest")),
        PolicyScope::Administrators => ("users", ("users", "roleId"), &("users", "userId")),
        PolicyScope::Mobile => {
            ("devicePlatform", ("devicePlatform", "devicePlatform"), &("devicePlatform", "allDevicePlatforms"))
        }
        PolicyScope::LegacyClients => ("clientType", ("users", "allUsers"), &("users", "groupId")),
        PolicyScope::RiskySignIns => ("signInRisk", ("users", "allUsers"), &("users", "userId")),
        PolicyScope::Untrusted => ("location", ("location", "allLocations"), &("location", "allTrustedLocations")),
        PolicyScope::OneApplication => ("none", ("application", "appId"), &("application", "microsoftAdminPortals")),
        PolicyScope::Workloads => ("servicePrincipals", ("location", "allLocations"), &("location", "locationId")),
    }
}
