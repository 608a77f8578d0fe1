//! How a sign-in was authenticated: steps, requirements, session policies, the authenticator application.

use crate::{
    generate::{
        enums,
        sign_in_record::{is_multi_factor, person},
        sign_ins::SignIn,
    },
    history::EventType,
    json::Object,
    time::{self, SECOND},
};

/// Writes the properties about authentication.
pub(super) fn write(o: &mut Object, sign_in: &SignIn) {
    let place = &sign_in.place;
    let mut random = place.own(60);
    let at = place.row.ticks;
    if random.chance(25) {
        let detail = random.pick(&["required", "previouslySatisfied", "notApplicable"]);
        o.objects("authenticationContextClassReferences", &[("c1", detail)], |o, (id, detail)| {
            o.text("id", id);
            o.text("detail", detail);
        });
    } else {
        o.texts("authenticationContextClassReferences", &[]);
    }
    let mut notes: Vec<(&str, &str)> = Vec::new();
    if person(sign_in).is_some() {
        notes.push(("Login Hint Present", if random.chance(500) { "True" } else { "False" }));
        if random.chance(100) {
            notes.push(("Is CAE Token", "True"));
        }
        if sign_in.client.is_legacy() {
            notes.push(("Legacy TLS (TLS 1.0, 1.1, 3DES)", "True"));
        }
        if sign_in.kind == EventType::NonInteractiveUser {
            notes.push(("Oauth Scope Info", "[\"email\",\"openid\",\"profile\",\"User.Read\"]"));
        }
    }
    o.pairs("authenticationProcessingDetails", &notes);
    let networks: &[(&str, &[&str])] = match (sign_in.is_office_network, person(sign_in)) {
        (true, _) => &[("trustedNamedLocation", &["Contoso offices", "All harbours"])],
        (_, Some(_)) if random.chance(60) => &[("namedNetwork", &["Home office countries"])],
        _ => &[],
    };
    o.objects("networkLocationDetails", networks, |o, (kind, names)| {
        o.text("networkType", kind);
        o.texts("networkNames", names);
    });
    let is_done = sign_in.outcome.code == 0;
    let steps = steps(sign_in);
    o.objects("authenticationDetails", &steps, |o, step| {
        o.text("authenticationStepDateTime", &time::print_seconds(at + step.after_secs * SECOND));
        o.text_or_null("authenticationMethod", Some(step.method));
        o.text_or_null("authenticationMethodDetail", step.detail);
        o.flag("succeeded", step.is_done);
        o.text("authenticationStepResultDetail", step.result);
        o.text("authenticationStepRequirement", step.requirement);
    });
    let multi = is_multi_factor(sign_in);
    let is_strength = person(sign_in).is_some_and(|user| !user.roles.is_empty());
    let policies: &[(&str, &str)] = match (multi, is_strength) {
        (true, true) => &[
            ("authenticationStrengths", "Authentication Strength(s)"),
            ("multiConditionalAccess", "Conditional Access"),
        ],
        (true, false) => &[("multiConditionalAccess", "Conditional Access")],
        _ => &[],
    };
    o.objects("authenticationRequirementPolicies", policies, |o, (provider, detail)| {
        o.member("requirementProvider", &enums::REQUIREMENT_PROVIDER, provider);
        o.text("detail", detail);
    });
    let lifetimes: &[(&str, &str)] = if is_strength || sign_in.outcome.code == 70043 {
        &[("signInFrequencyPeriodicReauthentication", "Sign-in frequency (periodic re-authentication)")]
    } else if multi && random.chance(120) {
        &[("rememberMultifactorAuthenticationOnTrustedDevices", "Remember MFA")]
    } else {
        &[]
    };
    o.objects("sessionLifetimePolicies", lifetimes, |o, (requirement, detail)| {
        o.text("expirationRequirement", requirement);
        o.text("detail", detail);
    });
    write_authenticator(o, sign_in, is_done && steps.iter().any(|step| step.method == "Mobile app notification"));
}

/// One step of an authentication.
struct Step {
    after_secs: i64,
    method: &'static str,
    detail: Option<&'static str>,
    is_done: bool,
    result: &'static str,
    requirement: &'static str,
}

fn steps(sign_in: &SignIn) -> Vec<Step> {
    if person(sign_in).is_none() {
        return Vec::new();
    }
    let mut random = sign_in.place.episode(61);
    let code = sign_in.outcome.code;
    if sign_in.kind == EventType::NonInteractiveUser {
        return vec![Step {
            after_secs: 0,
            method: "Previously satisfied",
            detail: None,
            is_done: code == 0,
            result: if code == 0 { "First factor requirement satisfied by claim in the token" } else { "" },
            requirement: "",
        }];
    }
    let is_wrong = matches!(code, 50126 | 50053 | 50034 | 50057 | 50055 | 50144);
    let (method, detail) = random.pick(&[
        ("Password", Some("Password in the cloud")),
        ("Password", Some("Password Hash Sync")),
        ("Windows Hello for Business", None),
        ("Passkey (device-bound)", Some("YubiKey 5C")),
    ]);
    let method = if is_wrong { "Password" } else { method };
    let mut steps = vec![Step {
        after_secs: 0,
        method,
        detail: if is_wrong { Some("Password in the cloud") } else { detail },
        is_done: !is_wrong,
        result: if is_wrong {
            "Invalid username or password or Invalid on-premise username or password."
        } else {
            "Correct password"
        },
        requirement: "Primary authentication",
    }];
    if is_multi_factor(sign_in) {
        let (method, detail) = random.pick(&[
            ("Mobile app notification", None),
            ("Mobile app notification", None),
            ("Text message", Some("+XX XXXXXXXXX12")),
            ("OATH verification code", None),
            ("Previously satisfied", None),
        ]);
        steps.push(Step {
            after_secs: 9,
            method,
            detail,
            is_done: code == 0,
            result: match code {
                0 => "MFA completed in Azure AD",
                500121 => "MFA denied; user declined the authentication",
                _ => "MFA required in Azure AD",
            },
            requirement: "MFA",
        });
    }
    steps
}

fn write_authenticator(o: &mut Object, sign_in: &SignIn, is_used: bool) {
    let mut random = sign_in.place.own(62);
    if !is_used {
        o.null("authenticationAppDeviceDetails");
        o.texts("authenticationAppPolicyEvaluationDetails", &[]);
        o.null("mfaDetail");
        return;
    }
    let is_ios = random.chance(600);
    let device_id = random.guid();
    o.object("authenticationAppDeviceDetails", |o| {
        o.text("deviceId", &device_id);
        o.text("operatingSystem", if is_ios { "iOS" } else { "Android" });
        o.text("clientApp", "microsoftAuthenticator");
        o.text("appVersion", if is_ios { "6.8.30" } else { "6.2510.6940" });
    });
    let evaluations = [
        ("numberMatchCorrectNumberEntered", "Number match", "enabled"),
        ("locationContextShown", "Geographic location", "enabled"),
        ("appLockDisabled", "App lock", "notApplicable"),
    ];
    o.objects("authenticationAppPolicyEvaluationDetails", &evaluations, |o, (status, name, configuration)| {
        o.text("policyName", name);
        o.text("adminConfiguration", configuration);
        o.text("authenticationEvaluation", "success");
        o.text("status", status);
    });
    if random.chance(300) {
        o.object("mfaDetail", |o| {
            o.text("authMethod", "Mobile app notification");
            o.text_or_null("authDetail", random.chance(500).then_some("+XX XXXXXXXXX12"));
        });
    } else {
        o.null("mfaDetail");
    }
}
