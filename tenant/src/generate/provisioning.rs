//! Provisioning: accounts, groups and roles carried between the directory and other systems.

use crate::{
    generate::{Generator, Place},
    organisation::{Organisation, User, UserKind},
    random::Random,
};

/// A provisioning job.
#[derive(Debug)]
pub(crate) struct Job {
    /// First part of the job's id.
    pub template: &'static str,
    /// The enterprise application that runs it.
    pub application: &'static str,
    pub app_id: &'static str,
    pub source: &'static str,
    pub target: &'static str,
}

const DIRECTORY: &str = "Microsoft Entra ID";

pub(crate) static SERVICE_NOW: Job = Job {
    template: "ServiceNowOutDelta",
    application: "ServiceNow",
    app_id: "c2e4a7f0-93b1-4d68-a5cf-7e8812f3b433",
    source: DIRECTORY,
    target: "ServiceNow",
};
pub(crate) static AWS: Job = Job {
    template: "aws",
    application: "Amazon Web Services (AWS)",
    app_id: "e17a9d48-6b2c-4e90-9f15-8d7c3b6a2655",
    source: "Amazon Web Services",
    // The old name of the directory lives on in this connector.
    target: "Azure Active Directory",
};
pub(crate) static WORKDAY: Job = Job {
    template: "Workday2AAD",
    application: "Workday to Entra user provisioning",
    app_id: "f3c8b2a7-5e1d-4b06-8a94-0e2d7f5c1766",
    source: "Workday",
    target: DIRECTORY,
};
static CARGO_LEDGER: Job = Job {
    template: "scim",
    application: "CargoLedger",
    app_id: "8b6f0d1e-24c3-4f5a-8e57-61a9c0b7d322",
    source: DIRECTORY,
    target: "CargoLedger SCIM",
};

/// Why a change was not made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub code: &'static str,
    pub reason: &'static str,
    pub details: Option<&'static str>,
    pub category: &'static str,
    pub advice: Option<&'static str>,
}

const fn problem(
    code: &'static str,
    reason: &'static str,
    category: &'static str,
    advice: Option<&'static str>,
) -> Problem {
    Problem { code, reason, details: None, category, advice }
}

pub(crate) static DUPLICATE: Problem = Problem {
    code: "DuplicateTargetEntries",
    reason: "More than one object in the target system matches the source object.",
    details: Some("Matching property: employeeId; objects found: 2"),
    category: "nonServiceFailure",
    advice: Some("Remove one of the duplicate objects, or match by another property."),
};
pub(crate) static MISSING_VALUE: Problem = problem(
    "MissingRequiredProperty",
    "The required property userPrincipalName has no value: the worker has no e-mail address yet.",
    "nonServiceFailure",
    Some("Fill in the value in the source system."),
);
pub(crate) static INVALID_VALUE: Problem = problem(
    "InvalidDomain",
    "The domain part of the user principal name is not a verified domain of the tenant.",
    "nonServiceFailure",
    None,
);
static CONFLICT: Problem = problem(
    "ServiceNowEntryConflict",
    "The target answered 409: an object of this name exists already.",
    "failure",
    Some("Rename the object in the target system, or leave it out of scope."),
);
static NOT_ENTITLED: Problem = problem(
    "NotEffectivelyEntitled",
    "The object is not assigned to the application.",
    "success",
    Some("Assign the user or a group of theirs."),
);
static OUT_OF_SCOPE: Problem =
    problem("NotInScope", "The object does not pass the scoping filter: active equals False.", "success", None);

/// One change that a job made, or did not make.
#[derive(Clone)]
pub(crate) struct Change {
    pub job: &'static Job,
    pub action: &'static str,
    pub status: &'static str,
    pub problem: Option<&'static Problem>,
    pub source_kind: &'static str,
    pub target_kind: &'static str,
    pub source_id: String,
    pub source_name: String,
    /// Empty when the object was not made.
    pub target_id: String,
    pub target_name: String,
    /// Name, old value and new value.
    pub properties: Vec<(&'static str, Option<String>, Option<String>)>,
}

/// The change of a row that is not planted. It never makes a group in ServiceNow, never imports roles with a new value,
/// and never fails to make a worker: those are planted.
pub(crate) fn change(generator: &Generator, place: Place) -> Change {
    let mut random = place.episode(0xb0);
    let organisation = &generator.organisation;
    let job = random.weighted(&[(45, &SERVICE_NOW), (10, &AWS), (20, &WORKDAY), (25, &CARGO_LEDGER)]);
    let index = generator.user_popularity.pick(&mut random);
    let user = &organisation.users[index];
    if job.template == AWS.template {
        return roles(organisation, Vec::new(), "skipped", "other");
    }
    if job.template == WORKDAY.template {
        return worker(&mut random, user, index);
    }
    let is_group = random.chance(160);
    let action = random.weighted(&[
        (30, "create"),
        (45, "update"),
        (8, "disable"),
        (4, "delete"),
        (3, "stagedDelete"),
        (10, "other"),
    ]);
    let action = if is_group && action == "create" { "update" } else { action };
    let (status, problem) = match random.below(100) {
        0..=6 => ("failure", Some(&CONFLICT)),
        7..=20 => ("skipped", Some(&NOT_ENTITLED)),
        21..=32 => ("skipped", Some(&OUT_OF_SCOPE)),
        33..=35 => ("warning", None),
        _ => ("success", None),
    };
    let (id, name) = if is_group {
        let group = random.pick_ref(&organisation.groups);
        (group.id.clone(), group.display_name.clone())
    } else {
        (user.id.clone(), user.display_name.clone())
    };
    let is_there = status == "success" || action != "create";
    let properties = if status == "skipped" { Vec::new() } else { account_properties(user, &mut random) };
    let kind = if is_group { "Group" } else { "User" };
    Change {
        job,
        action,
        status,
        problem,
        source_kind: kind,
        target_kind: if job.template == CARGO_LEDGER.template {
            if is_group {
                "urn:ietf:params:scim:schemas:core:2.0:Group"
            } else {
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
            }
        } else {
            kind
        },
        source_id: id,
        source_name: name.clone(),
        target_id: if is_there { random.hex(32) } else { String::new() },
        target_name: if is_there { name } else { String::new() },
        properties,
    }
}

fn account_properties(user: &User, random: &mut Random) -> Vec<(&'static str, Option<String>, Option<String>)> {
    let mut properties = vec![
        ("displayName", None, Some(user.display_name.clone())),
        ("userName", None, Some(user.user_principal_name.clone())),
        (
            "active",
            Some("True".to_owned()),
            Some(if user.kind == UserKind::Guest { "False" } else { "True" }.to_owned()),
        ),
    ];
    if random.chance(400) {
        properties.push((
            "title",
            Some("Deck officer".to_owned()),
            Some(random.pick(&["Berth planner", "Harbour master", "船長"]).to_string()),
        ));
    }
    if random.chance(8) {
        // A photo as base64 text: connectors do write them down.
        properties.push(("thumbnailPhoto", None, Some(format!("/9j/{}", random.hex(4000)))));
    }
    properties
}

fn worker(random: &mut Random, user: &User, index: usize) -> Change {
    let (action, status, problem) = match random.below(100) {
        0..=5 => ("create", "success", None),
        6..=11 => ("create", "skipped", Some(&OUT_OF_SCOPE)),
        12..=15 => ("update", "failure", Some(&INVALID_VALUE)),
        16..=20 => ("disable", "success", None),
        21..=40 => ("other", "skipped", Some(&OUT_OF_SCOPE)),
        _ => ("update", "success", None),
    };
    let is_there = status == "success";
    Change {
        job: &WORKDAY,
        action,
        status,
        problem,
        source_kind: "Worker",
        target_kind: "User",
        source_id: worker_id(index),
        source_name: user.display_name.clone(),
        target_id: if is_there { user.id.clone() } else { String::new() },
        target_name: if is_there { user.display_name.clone() } else { String::new() },
        properties: if is_there { account_properties(user, random) } else { Vec::new() },
    }
}

/// A worker's number in Workday.
pub(crate) fn worker_id(index: usize) -> String {
    format!("W{:06}", 210_000 + index * 13)
}

/// An import of roles from AWS; several role names make one value with commas, as the connector writes it.
pub(crate) fn roles(
    organisation: &Organisation,
    names: Vec<&str>,
    status: &'static str,
    action: &'static str,
) -> Change {
    let role_list = names.join(",");
    let principal = organisation.service_principal_id(AWS.app_id);
    let properties = if names.is_empty() {
        Vec::new()
    } else {
        vec![
            ("appId", None, Some(AWS.app_id.to_owned())),
            ("Roles", None, Some(role_list)),
            ("displayName", None, Some(AWS.application.to_owned())),
            ("homepage", None, Some("https://signin.aws.example/saml?metadata=aws|ISV9.1|primary|z".to_owned())),
        ]
    };
    Change {
        job: &AWS,
        action,
        status,
        problem: (status == "skipped").then_some(&OUT_OF_SCOPE),
        source_kind: "RolesCompound",
        target_kind: "ServicePrincipal",
        source_id: AWS.app_id.to_owned(),
        source_name: String::new(),
        target_id: principal,
        target_name: String::new(),
        properties,
    }
}
