//! A sign-in written down as Graph does, property by property in Graph's order.

use serde_json::Value;

use crate::{
    generate::{
        clients::Device,
        enums, sign_in_authentication, sign_in_extras, sign_in_policies, sign_in_tokens,
        sign_ins::{SignIn, Who},
    },
    history::{EventType, Rendering},
    json::{Object, object},
    organisation::{Organisation, PARTNER_TENANT, User, UserKind},
    time,
};

/// The record of a sign-in.
pub(crate) fn record(sign_in: &SignIn, organisation: &Organisation, rendering: Rendering) -> String {
    object(rendering.has_new_members, |o| {
        write_who_and_what(o, sign_in);
        write_protocol(o, sign_in, organisation);
        sign_in_tokens::write(o, sign_in, organisation);
        write_circumstances(o, sign_in);
        if rendering.has_conditional_access {
            sign_in_policies::write(o, sign_in, organisation);
        }
        sign_in_authentication::write(o, sign_in);
        sign_in_extras::write(o, sign_in, organisation);
    })
}

pub(super) fn person<'a>(sign_in: &SignIn<'a>) -> Option<&'a User> {
    match sign_in.who {
        Who::Person(user) => Some(user),
        _ => None,
    }
}

/// True for a guess at an account that does not exist: then Graph knows a typed name only.
pub(super) fn is_nobody(sign_in: &SignIn) -> bool {
    sign_in.outcome.code == 50034
}

/// Display name, principal name and id of the user, as the record prints them.
fn user_names<'a>(sign_in: &SignIn<'a>) -> (Option<String>, String, &'a str) {
    match person(sign_in) {
        Some(user) if is_nobody(sign_in) => {
            let typed = user.user_principal_name.replace('.', "");
            (Some(typed.clone()), typed, "00000000-0000-0000-0000-000000000000")
        }
        Some(user) => (Some(user.display_name.clone()), user.user_principal_name.clone(), &user.id),
        None => (None, String::new(), ""),
    }
}

/// Id and name of the application, as the record prints them.
fn app(sign_in: &SignIn) -> (&'static str, &'static str) {
    match sign_in.who {
        Who::Identity(identity) => (identity.app_id, identity.display_name),
        _ => (sign_in.application.app_id, sign_in.application.display_name),
    }
}

/// A property that follows from the sign-in at once.
pub(crate) fn peek(sign_in: &SignIn, path: &str) -> Option<Value> {
    Some(match path {
        "userId" => user_names(sign_in).2.into(),
        "userPrincipalName" => user_names(sign_in).1.into(),
        "appId" => app(sign_in).0.into(),
        "appDisplayName" => app(sign_in).1.into(),
        "ipAddress" => sign_in.ip_address.as_str().into(),
        "status/errorCode" => sign_in.outcome.code.into(),
        _ => return None,
    })
}

fn write_who_and_what(o: &mut Object, sign_in: &SignIn) {
    let place = &sign_in.place;
    o.text("id", &place.id());
    o.text("createdDateTime", &time::print_seconds(place.row.ticks));
    let (display_name, principal_name, id) = user_names(sign_in);
    o.text_or_null("userDisplayName", display_name.as_deref());
    o.text("userPrincipalName", &principal_name);
    o.text("userId", id);
    let (app_id, app_name) = app(sign_in);
    o.text("appId", app_id);
    o.text("appDisplayName", app_name);
    o.text("ipAddress", &sign_in.ip_address);
    let is_seen_by_resource = place.is_one_in(9, 1) && person(sign_in).is_some();
    o.text_or_null("ipAddressFromResourceProvider", is_seen_by_resource.then_some(sign_in.ip_address.as_str()));
    if person(sign_in).is_some() {
        o.text("clientAppUsed", sign_in.client.name);
    } else {
        o.text("clientAppUsed", "");
    }
    match person(sign_in) {
        Some(_) if place.is_one_in(900, 2) => o.text("userAgent", &long_user_agent(sign_in)),
        Some(_) => o.text("userAgent", sign_in.client.user_agent),
        None => o.null("userAgent"),
    }
    o.text("correlationId", &place.episode_guid(3));
    o.text("conditionalAccessStatus", sign_in_policies::status(sign_in));
    o.text(
        "originalRequestId",
        if place.step() > 0 || place.is_one_in(5, 4) { place.first_id() } else { String::new() }.as_str(),
    );
    o.flag("isInteractive", sign_in.kind == EventType::InteractiveUser);
    let is_federated = person(sign_in).is_some_and(|user| user.display_name.ends_with("son"));
    o.text("tokenIssuerName", if is_federated { "sts.contoso.example" } else { "" });
    let issuer = if is_federated {
        "ADFederationServices"
    } else if place.is_one_in(800, 5) {
        "AzureADBackupAuth"
    } else {
        "AzureAD"
    };
    o.member("tokenIssuerType", &enums::TOKEN_ISSUER, issuer);
    o.text("clientCredentialType", credential(sign_in));
    o.integer("processingTimeInMilliseconds", place.own(6).between(38, 900));
    write_risk(o, sign_in);
}

pub(super) fn credential(sign_in: &SignIn) -> &'static str {
    match sign_in.who {
        Who::Person(_) => "none",
        Who::Workload(workload) => workload.credential,
        Who::Identity(_) => "managedIdentity",
    }
}

/// A browser with too many extensions: the longest value of the report.
fn long_user_agent(sign_in: &SignIn) -> String {
    let mut text = sign_in.client.user_agent.to_owned();
    for number in 0..150 {
        text.push_str(&format!(" ContosoToolbar/{number}.{} (compatible)", number * 7 % 10));
    }
    text
}

fn write_risk(o: &mut Object, sign_in: &SignIn) {
    let place = &sign_in.place;
    let Some((level, detection)) = sign_in.risk else {
        // Without a licence for risk the service says only that there is something to hide.
        let is_hidden = place.is_one_in(500, 10);
        o.text("riskDetail", if is_hidden { "hidden" } else { "none" });
        o.text("riskLevelAggregated", if is_hidden { "hidden" } else { "none" });
        o.text("riskLevelDuringSignIn", if is_hidden { "hidden" } else { "none" });
        o.text("riskState", "none");
        o.texts("riskEventTypes_v2", &[]);
        return;
    };
    let mut random = place.own(11);
    let (state, detail) = random.pick(&[
        ("atRisk", "none"),
        ("atRisk", "none"),
        ("remediated", "userPassedMFADrivenByRiskBasedPolicy"),
        ("remediated", "userChangedPasswordOnPremises"),
        ("dismissed", "aiConfirmedSigninSafe"),
        ("dismissed", "adminDismissedRiskForSignIn"),
        ("confirmedCompromised", "adminConfirmedSigninCompromised"),
        // Newer than the documentation: it shows how a client treats what it cannot know.
        ("remediated", "harbourMasterConfirmedSafe"),
    ]);
    o.member("riskDetail", &enums::RISK_DETAIL, detail);
    o.text("riskLevelAggregated", level);
    o.text("riskLevelDuringSignIn", if random.chance(700) { level } else { "none" });
    o.text("riskState", state);
    let both = [detection, "unfamiliarFeatures"];
    o.texts(
        "riskEventTypes_v2",
        if random.chance(300) && detection != "unfamiliarFeatures" { &both } else { &both[..1] },
    );
}

fn write_protocol(o: &mut Object, sign_in: &SignIn, organisation: &Organisation) {
    let place = &sign_in.place;
    let user = person(sign_in);
    let is_guest = user.is_some_and(|user| user.kind == UserKind::Guest);
    o.text("resourceDisplayName", sign_in.resource.display_name);
    o.text("resourceId", sign_in.resource.app_id);
    o.text("resourceTenantId", &organisation.tenant_id);
    o.text("homeTenantId", if is_guest { PARTNER_TENANT } else { &organisation.tenant_id });
    if is_guest {
        o.text("homeTenantName", "Fabrikam Port Agents");
    } else if place.is_one_in(3, 20) {
        o.null("homeTenantName");
    } else {
        o.text("homeTenantName", "");
    }
    let methods: &[&str] = if is_multi_factor(sign_in) && sign_in.outcome.code == 0 {
        &["Password", "Mobile app notification"]
    } else {
        &[]
    };
    o.texts("authenticationMethodsUsed", if place.is_one_in(4, 21) { methods } else { &[] });
    o.text(
        "authenticationRequirement",
        if is_multi_factor(sign_in) { "multiFactorAuthentication" } else { "singleFactorAuthentication" },
    );
    match user {
        Some(user) => {
            let kinds = [
                "userPrincipalName",
                "userPrincipalName",
                "proxyAddress",
                "phoneNumber",
                "qrCode",
                "onPremisesUserPrincipalName",
            ];
            let is_other = place.is_one_in(60, 22);
            let which = if is_other { 1 + place.own(23).below(5) } else { 0 };
            let typed = match which {
                3 => "+49 40 5550199".to_owned(),
                2 => user.user_principal_name.replace('@', "@mail."),
                _ => user.user_principal_name.clone(),
            };
            o.text("signInIdentifier", &typed);
            if is_other || place.is_one_in(2, 24) {
                o.text("signInIdentifierType", kinds[which]);
            } else {
                o.null("signInIdentifierType");
            }
            o.null("servicePrincipalName");
        }
        None => {
            o.text("signInIdentifier", "");
            o.null("signInIdentifierType");
            let name = match sign_in.who {
                Who::Identity(identity) => identity.display_name,
                _ => sign_in.application.display_name,
            };
            o.text("servicePrincipalName", name);
        }
    }
    o.texts("signInEventTypes", &[sign_in.kind.name()]);
    let service_principal = match sign_in.who {
        Who::Person(_) => String::new(),
        Who::Workload(workload) => organisation.service_principal_id(workload.application.app_id),
        Who::Identity(identity) => organisation.service_principal_id(identity.app_id),
    };
    o.text("servicePrincipalId", &service_principal);
    let is_federated_credential = credential(sign_in) == "federatedIdentityCredential";
    o.text("federatedCredentialId", if is_federated_credential { "fic-github-main-branch" } else { "" });
    match user {
        Some(_) if is_guest => o.text("userType", "guest"),
        Some(_) => o.text("userType", "member"),
        None => o.null("userType"),
    }
    o.flag("flaggedForReview", place.is_one_in(250, 25));
    o.flag("isTenantRestricted", place.is_one_in(400, 26));
    o.integer("autonomousSystemNumber", sign_in.office.autonomous_system);
    let access = match () {
        () if is_guest && place.is_one_in(9, 27) => "b2bDirectConnect",
        () if is_guest => "b2bCollaboration",
        () if place.is_one_in(900, 28) => "passthrough",
        () if place.is_one_in(900, 29) => "serviceProvider,microsoftSupport",
        () => "none",
    };
    o.member("crossTenantAccessType", &enums::ACCESS_TYPE, access);
}

/// True when more than one factor was asked for.
pub(super) fn is_multi_factor(sign_in: &SignIn) -> bool {
    person(sign_in).is_some_and(|user| user.kind != UserKind::ServiceAccount)
        && !sign_in.client.is_legacy()
        && !matches!(sign_in.outcome.code, 50126 | 50053 | 50057 | 50034 | 50058 | 50055 | 50144)
        && !sign_in.place.is_one_in(4, 30)
}

fn write_circumstances(o: &mut Object, sign_in: &SignIn) {
    let place = &sign_in.place;
    o.object("status", |o| {
        o.integer("errorCode", sign_in.outcome.code);
        if sign_in.outcome.code == 0 && place.is_one_in(6, 50) {
            o.text("failureReason", "Other.");
            o.text(
                "additionalDetails",
                if is_multi_factor(sign_in) { "MFA requirement satisfied by claim in the token" } else { "" },
            );
        } else {
            o.text_or_null("failureReason", sign_in.outcome.failure_reason);
            o.text_or_null("additionalDetails", sign_in.outcome.additional_details);
        }
    });
    o.object("deviceDetail", |o| write_device(o, sign_in));
    // A few records come without a location: the address is not in the service's tables.
    if sign_in.ip_address.is_empty() {
        o.object("location", |o| {
            o.text("city", "");
            o.text("state", "");
            o.text("countryOrRegion", "");
            o.object("geoCoordinates", |o| {
                o.null("altitude");
                o.null("latitude");
                o.null("longitude");
            });
        });
    } else if place.planted().is_some() || !place.is_one_in(150, 51) {
        o.object("location", |o| {
            let office = sign_in.office;
            o.text("city", office.city);
            o.text_or_null("state", (!place.is_one_in(40, 52)).then_some(office.state));
            o.text("countryOrRegion", office.country);
            o.object("geoCoordinates", |o| {
                if place.is_one_in(90, 53) {
                    o.decimal("altitude", 26_247);
                } else {
                    o.null("altitude");
                }
                o.decimal("latitude", office.coordinates.0);
                o.decimal("longitude", office.coordinates.1);
            });
        });
    }
}

fn write_device(o: &mut Object, sign_in: &SignIn) {
    let Some(user) = person(sign_in) else {
        o.text("deviceId", "");
        for name in ["displayName", "operatingSystem", "browser", "isCompliant", "isManaged", "trustType"] {
            o.null(name);
        }
        return;
    };
    let is_known = sign_in.client.device != Device::Unknown && !user.device_id.is_empty();
    o.text("deviceId", if is_known { &user.device_id } else { "" });
    match (is_known, sign_in.client.device) {
        (true, Device::Joined) => o.text("displayName", &user.device_name),
        (true, _) => o.text(
            "displayName",
            &format!(
                "{}_{}",
                user.user_principal_name.split('@').next().unwrap_or(""),
                sign_in.client.operating_system
            ),
        ),
        _ => o.text("displayName", ""),
    }
    o.text("operatingSystem", sign_in.client.operating_system);
    o.text("browser", sign_in.client.browser);
    if sign_in.place.is_one_in(30, 54) {
        o.text("browserId", &sign_in.place.episode_guid(55));
    }
    o.flag_or_null("isCompliant", is_known.then_some(sign_in.outcome.code != 53000));
    o.flag_or_null("isManaged", is_known.then_some(sign_in.client.device == Device::Joined));
    let trust = match sign_in.client.device {
        Device::Joined if user.office == 0 => "Hybrid Azure AD joined",
        Device::Joined => "Azure AD joined",
        Device::Registered => "Azure AD registered",
        Device::Unknown => "",
    };
    o.text("trustType", if is_known { trust } else { "" });
}
