//! A provisioning change written down as Graph does.

use crate::{
    generate::{Place, enums, provisioning::Change, schedule::cycle_start},
    history::Rendering,
    json::{Object, object},
    organisation::{Organisation, text_number},
    random::guid_at,
    time,
};

/// The record of a change.
pub(crate) fn record(place: &Place, change: &Change, organisation: &Organisation, rendering: Rendering) -> String {
    let job = change.job;
    let principal = organisation.service_principal_id(job.app_id);
    let tenant = organisation.tenant_id.replace('-', "");
    // Some stamps still write the older shape beside or instead of the newer one.
    let age = place.own(0xc0).below(100);
    let (has_old_shape, has_new_shape) = (age < 22, age >= 3 || place.planted().is_some());
    object(rendering.has_new_members, |o| {
        o.text("id", &place.id());
        o.text("activityDateTime", &time::print_seconds(place.row.ticks));
        o.text("tenantId", &organisation.tenant_id);
        o.text("jobId", &format!("{}.{tenant}.{principal}", job.template));
        o.text(
            "cycleId",
            &guid_at(&[place.seed, 0xc1, text_number(job.template), cycle_start(place.row.ticks) as u64]),
        );
        o.text("changeId", &place.episode_guid(0xc2));
        if has_old_shape {
            o.text("action", &old_action(change.action));
        }
        if has_new_shape {
            // A member newer than the documentation.
            let action = if place.planted().is_none() && place.is_one_in(400, 0xc3) {
                "quarantineRelease"
            } else {
                change.action
            };
            o.member("provisioningAction", &enums::PROVISIONING_ACTION, action);
        }
        o.integer("durationInMilliseconds", place.own(0xc4).between(60, 4_800));
        if has_old_shape {
            o.object("statusInfo", |o| {
                if change.problem.is_some() {
                    o.text("@odata.type", "#microsoft.graph.statusDetails");
                }
                o.text("status", change.status);
                write_problem(o, change);
            });
        }
        if has_new_shape {
            o.object("provisioningStatusInfo", |o| {
                o.text("status", change.status);
                if change.problem.is_some() {
                    o.object("errorInformation", |o| write_problem(o, change));
                } else {
                    o.null("errorInformation");
                }
            });
        }
        write_steps(o, change);
        o.objects("modifiedProperties", &change.properties, |o, (name, old, new)| {
            o.text("displayName", name);
            o.text_or_null("oldValue", old.as_deref());
            o.text_or_null("newValue", new.as_deref());
        });
        o.object("servicePrincipal", |o| {
            o.text("id", &principal);
            o.text("displayName", job.application);
        });
        let system = |o: &mut Object, name: &str| {
            o.text("id", &guid_at(&[place.seed, 0xc5, text_number(job.template), text_number(name)]));
            o.text("displayName", name);
            o.object("details", |o| {
                if name == job.source && job.template == "Workday2AAD" {
                    o.text("TenantUrl", "https://workday.contoso.example/ccx/service/contoso_maritime");
                } else if name == job.target {
                    o.text("ApplicationId", job.app_id);
                    o.text("ServicePrincipalId", &principal);
                    o.text("ServicePrincipalDisplayName", job.application);
                }
            });
        };
        o.object("sourceSystem", |o| system(o, job.source));
        o.object("targetSystem", |o| system(o, job.target));
        o.object("initiatedBy", |o| write_initiator(o, place, organisation, has_new_shape));
        let identity = |o: &mut Object, kind: &str, id: &str, name: &str| {
            o.text("identityType", kind);
            o.text("id", id);
            o.text("displayName", name);
            o.object("details", |o| {
                if kind == "User" && !id.is_empty() {
                    o.text("odatatype", "User");
                    o.text("DisplayName", name);
                }
            });
        };
        o.object("sourceIdentity", |o| identity(o, change.source_kind, &change.source_id, &change.source_name));
        o.object("targetIdentity", |o| identity(o, change.target_kind, &change.target_id, &change.target_name));
    })
}

fn old_action(action: &str) -> String {
    let mut letters = action.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn write_problem(o: &mut Object, change: &Change) {
    if let Some(problem) = change.problem {
        o.text("errorCode", problem.code);
        o.text("reason", problem.reason);
        o.text_or_null("additionalDetails", problem.details);
        o.text("errorCategory", problem.category);
        o.text_or_null("recommendedAction", problem.advice);
    }
}

fn write_initiator(o: &mut Object, place: &Place, organisation: &Organisation, is_new_shape: bool) {
    let kind = if is_new_shape { "initiatorType" } else { "initiatingType" };
    match place.own(0xc6).below(40) {
        0 => {
            let user = organisation.administrator();
            o.text("id", &user.id);
            o.text("displayName", &user.display_name);
            o.text(kind, "user");
        }
        1 => {
            o.text("id", &organisation.service_principal_id("88873d1a-b2e4-4f98-83cf-194d5f078208"));
            o.text("displayName", "hr-inbound-workday");
            o.text(kind, "application");
        }
        _ => {
            o.text("id", "");
            o.text("displayName", "Azure AD Provisioning Service");
            o.text(kind, "system");
        }
    }
}

/// A step: name, phase, status, what happened.
type Step = (&'static str, &'static str, &'static str, String);

fn write_steps(o: &mut Object, change: &Change) {
    let steps = steps(change);
    o.objects("provisioningSteps", &steps, |o, (name, phase, status, description)| {
        o.text("name", name);
        o.text("provisioningStepType", phase);
        o.text("status", status);
        o.text("description", description);
        o.object("details", |o| {
            if *phase == "export" {
                o.text(
                    "ReportableIdentifier",
                    if change.target_id.is_empty() { &change.source_name } else { &change.target_id },
                );
            }
            if *phase == "scoping" && *status == "skipped" {
                o.text("IsActive", "True");
                o.text("AssignedToApp", "False");
            }
        });
    });
}

fn steps(change: &Change) -> Vec<Step> {
    let (job, kind) = (change.job, change.source_kind);
    let what = if change.source_name.is_empty() {
        format!("{kind} '{}'", change.source_id)
    } else {
        format!("{kind} '{}'", change.source_name)
    };
    let mut steps = vec![("EntryImport", "import", "success", format!("Retrieved {what} from {}", job.source))];
    if change.status == "skipped" {
        let reason = change.problem.map_or("", |problem| problem.reason);
        steps.push(("EntrySynchronizationScoping", "scoping", "skipped", format!("{what} was left out. {reason}")));
        return steps;
    }
    if change.action == "create" {
        steps.push(("EntrySynchronizationScoping", "scoping", "success", format!("{what} is active and assigned")));
        let is_duplicate = change.problem.is_some_and(|problem| problem.code == "DuplicateTargetEntries");
        let matched = if is_duplicate { "failure" } else { "success" };
        steps.push((
            "EntrySynchronizationMatching",
            "matching",
            matched,
            format!("Looked for {what} in {}", job.target),
        ));
        if is_duplicate {
            return steps;
        }
    }
    if change.status == "warning" {
        steps.push((
            "EntrySynchronizationReferenceResolution",
            "referenceResolution",
            "warning",
            format!("A reference of {what} could not be resolved yet: manager"),
        ));
    }
    let (name, verb) = match change.action {
        "create" => ("EntryExportAdd", "created"),
        "delete" | "stagedDelete" => ("EntryExportDelete", "deleted"),
        _ => ("EntryExportUpdate", "updated"),
    };
    steps.push((
        "EntrySynchronizationProcessing",
        "processing",
        "success",
        format!("{what} will be {verb} in {}", job.target),
    ));
    let export = if change.status == "failure" { "failure" } else { "success" };
    let description = if export == "failure" {
        format!("{what} was not {verb} in {}", job.target)
    } else {
        format!("{what} was {verb} in {}", job.target)
    };
    steps.push((name, "export", export, description));
    steps
}
