//! Audits of custom security attributes: their definitions, and their values on users and applications.

use crate::{
    generate::{
        Generator, Place,
        directory_audits::{Audit, Change, Initiator, Target},
    },
    json::quoted,
    organisation::UserKind,
};

static ACTIVITIES: &[(u32, &str)] = &[
    (50, "Update attribute values assigned to a user"),
    (25, "Update attribute values assigned to a servicePrincipal"),
    (8, "Add custom security attribute definition in an attribute set"),
    (8, "Update custom security attribute definition in an attribute set"),
    (5, "Add an attribute set"),
    (4, "Update an attribute set"),
];

static VALUES: &[(&str, &str, &str)] = &[
    ("Harbour", "Clearance", "Quay 4"),
    ("Harbour", "Clearance", "All quays"),
    ("Harbour", "Terminal", "Hamburg-Süd"),
    ("Harbour", "Terminal", "横浜"),
    ("Crew", "Rank", "Chief Officer"),
    ("Crew", "MedicalExpiry", "2027-03-31"),
    ("Finance", "CostCentre", "4711"),
];

/// The audit of a row.
pub(crate) fn audit(generator: &Generator, place: Place) -> Audit<'_> {
    let organisation = &generator.organisation;
    let mut random = place.episode(0x88);
    let activity = random.weighted(ACTIVITIES);
    let (set, name, value) = random.pick(VALUES);
    let people: Vec<_> = organisation
        .users
        .iter()
        .filter(|user| {
            user.kind == UserKind::Member
                && user.roles.iter().any(|role| role.starts_with("Attribute") || *role == "User Administrator")
        })
        .collect();
    let initiator = if random.chance(120) {
        let workload = &crate::applications::WORKLOADS[7].application;
        Initiator::App(workload.display_name, Some(workload.app_id), organisation.service_principal_id(workload.app_id))
    } else {
        // A consultant of the partner has a hand in it, too.
        let guest = organisation.users.iter().find(|user| user.kind == UserKind::Guest).filter(|_| random.chance(80));
        let user = guest.unwrap_or_else(|| random.pick(&people));
        Initiator::User(user, format!("{}{}", user.office().network, random.between(1, 60)))
    };
    let property = format!("{{\"{name}\":{{\"@odata.type\":\"#String\",\"value\":{}}}}}", quoted(value));
    let target = if activity.ends_with("user") {
        let user = &organisation.users[generator.user_popularity.pick(&mut random)];
        let mut target = Target::user(
            user,
            vec![
                Change {
                    name: "CustomSecurityAttributes",
                    old: Some("{}".to_owned()),
                    new: Some(format!("{{\"{set}\":{property}}}")),
                },
                Change {
                    name: "Included Updated Properties",
                    old: None,
                    new: Some(quoted("CustomSecurityAttributes")),
                },
                Change::to("TargetId.UserType", "Member"),
            ],
        );
        target.display_name = random.chance(500).then(|| user.display_name.clone());
        target
    } else if activity.ends_with("servicePrincipal") {
        let principal = random.pick_ref(&organisation.service_principals);
        Target {
            id: principal.id.clone(),
            display_name: Some(principal.display_name.clone()),
            kind: "ServicePrincipal",
            changes: vec![Change {
                name: "CustomSecurityAttributes",
                old: None,
                new: Some(format!("{{\"{set}\":{property}}}")),
            }],
            ..Target::default()
        }
    } else if activity.contains("definition") {
        Target {
            id: place.episode_guid(0x89),
            kind: "Other",
            // A definition can belong to a group's rule in the portal; then the entry carries the group's kind.
            group_type: random.chance(200).then_some("azureAD"),
            changes: vec![Change::to("Name", name), Change::to("AttributeSet", set), Change::to("Type", "String")],
            ..Target::default()
        }
    } else {
        Target {
            id: set.to_owned(),
            display_name: Some(set.to_owned()),
            kind: "Other",
            changes: vec![Change::from_to("Description", "", "Attributes of harbour access")],
            ..Target::default()
        }
    };
    let (result, reason) = match random.below(1000) {
        0..=50 => ("failure", "The attribute's value is not among the predefined values.".to_owned()),
        51..=56 => ("timeout", "The operation did not finish in time.".to_owned()),
        _ => ("success", String::new()),
    };
    let details = vec![("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)".to_owned())];
    Audit {
        place,
        service: "Core Directory",
        category: "AttributeManagement",
        activity,
        result,
        reason,
        initiator,
        targets: vec![target],
        details,
    }
}
