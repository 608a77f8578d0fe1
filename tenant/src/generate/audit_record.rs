//! An audit entry written down as Graph does.

use crate::{
    generate::{
        directory_audits::{Audit, Initiator, links},
        enums,
    },
    history::{Rendering, Stream},
    json::{Object, object},
    organisation::{Organisation, PARTNER_TENANT, User, UserKind},
    time::{self, MINUTE},
};

/// The record of an audit.
pub(crate) fn record(audit: &Audit, organisation: &Organisation, rendering: Rendering) -> String {
    let place = &audit.place;
    object(rendering.has_new_members, |o| {
        o.text("id", &id(audit));
        o.text("category", audit.category);
        o.text("correlationId", &place.first_id());
        o.text("result", audit.result);
        o.text("resultReason", &audit.reason);
        o.text("activityDisplayName", audit.activity);
        o.text("activityDateTime", &time::print(place.row.ticks));
        o.text("loggedByService", audit.service);
        o.text("operationType", operation(audit.activity));
        let has_user_agent = matches!(audit.initiator, Initiator::User(..)) && place.is_one_in(5, 0x90);
        o.text_or_null("userAgent", has_user_agent.then_some(crate::generate::clients::usual(0).user_agent));
        o.object("initiatedBy", |o| write_initiator(o, audit, organisation));
        if place.row.stream == Stream::DirectoryAudits {
            match &audit.initiator {
                Initiator::Agent(_, agent, blueprint) => o.object("performedBy", |o| {
                    o.member("identityType", &enums::IDENTITY_TYPE, "agent");
                    o.text("appId", agent);
                    o.text("blueprintId", blueprint);
                }),
                _ if place.is_one_in(3, 0x91) => o.null("performedBy"),
                _ => {}
            }
        }
        o.objects("targetResources", &audit.targets, |o, target| {
            o.text("id", &target.id);
            o.text_or_null("displayName", target.display_name.as_deref());
            o.text("type", target.kind);
            o.text_or_null("userPrincipalName", target.user_principal_name.as_deref());
            o.text_or_null("groupType", target.group_type);
            o.objects("modifiedProperties", &target.changes, |o, change| {
                o.text("displayName", change.name);
                o.text_or_null("oldValue", change.old.as_deref());
                o.text_or_null("newValue", change.new.as_deref());
            });
        });
        o.objects("additionalDetails", &audit.details, |o, (key, value)| {
            o.text("key", key);
            o.text("value", value);
        });
    })
}

/// `Directory_` and the row's id, a few letters and a number, as the directory makes them.
fn id(audit: &Audit) -> String {
    let place = &audit.place;
    let mut random = place.own(0x92);
    let letters: String = (0..5).map(|_| char::from(random.pick(b"ABCDEFGHJKMNPQRSTVWXYZ0123456789"))).collect();
    let prefix = match audit.service {
        "Core Directory" => "Directory",
        "PIM" => "PIM",
        "Self-service Password Management" => "SSPR",
        "Device Registration Service" => "ADRS",
        _ => "IAM",
    };
    format!("{prefix}_{}_{letters}_{}", place.id(), random.between(10_000_000, 99_999_999))
}

fn operation(activity: &str) -> &'static str {
    match activity.split(' ').next().unwrap_or("") {
        "Add" | "Create" | "Invite" | "Register" => "Add",
        "Remove" => "Unassign",
        "Delete" | "Hard" | "Unregister" => "Delete",
        "Consent" | "Approve" => "Assign",
        "Read" | "Reveal" | "Get" => "Read",
        "Reset" => "Reset",
        _ => "Update",
    }
}

fn write_initiator(o: &mut Object, audit: &Audit, organisation: &Organisation) {
    match &audit.initiator {
        Initiator::App(name, app_id, service_principal_id) => {
            o.null("user");
            o.object("app", |o| {
                o.text_or_null("appId", *app_id);
                o.text("displayName", name);
                o.text("servicePrincipalId", service_principal_id);
                o.text_or_null("servicePrincipalName", app_id.is_some().then_some(*name));
            });
        }
        Initiator::User(user, address) => {
            o.null("app");
            o.object("user", |o| write_user(o, audit, user, address));
            write_links(o, audit, user);
        }
        Initiator::Agent(user, agent, _) => {
            o.object("app", |o| {
                o.text("appId", agent);
                o.text("displayName", "Helpdesk Triage Agent");
                o.text("servicePrincipalId", &organisation.service_principal_id(agent));
                o.null("servicePrincipalName");
            });
            o.object("user", |o| write_user(o, audit, user, ""));
            write_links(o, audit, user);
        }
    }
}

fn write_user(o: &mut Object, audit: &Audit, user: &User, address: &str) {
    let is_guest = user.kind == UserKind::Guest;
    o.text("id", &user.id);
    o.text_or_null("displayName", (!audit.place.is_one_in(3, 0x93)).then_some(user.display_name.as_str()));
    o.text("userPrincipalName", &user.user_principal_name);
    o.text("ipAddress", address);
    // Not declared in the metadata, and there all the same.
    if audit.place.is_one_in(4, 0x94) {
        o.text("userType", if is_guest { "Guest" } else { "Member" });
    }
    o.text_or_null("homeTenantId", is_guest.then_some(PARTNER_TENANT));
    o.text_or_null("homeTenantName", is_guest.then_some("Fabrikam Port Agents"));
}

fn write_links(o: &mut Object, audit: &Audit, user: &User) {
    let place = &audit.place;
    if place.is_one_in(3, 0x95) {
        return;
    }
    let (session, token) = links(place, user);
    o.object("linkableIdentifiers", |o| {
        o.text_or_null("deviceId", (!user.device_id.is_empty()).then_some(user.device_id.as_str()));
        o.text("sessionId", &session);
        o.object("tokenDetails", |o| {
            o.text("uniqueTokenIdentifier", &token);
            o.text("issuedAtDateTime", &time::print_seconds(place.row.ticks - place.own(0x96).between(1, 50) * MINUTE));
        });
    });
}
