//! What directory audits changed, and how Graph spells the changes.

use crate::{
    applications::CLIENTS,
    generate::{
        Generator, Place,
        directory_audits::{Change, Target},
    },
    json::quoted,
    organisation::{Group, Organisation, User, UserKind},
    random::Random,
};

/// The targets of an audit.
pub(super) fn targets(
    generator: &Generator,
    place: &Place,
    category: &str,
    activity: &str,
    subject: &User,
    random: &mut Random,
) -> Vec<Target> {
    let organisation = &generator.organisation;
    let ordinary: Vec<&Group> = organisation.groups.iter().filter(|group| !group.is_role_assignable).collect();
    let group = random.pick(&ordinary);
    match category {
        "GroupManagement" if activity.contains("member") || activity.contains("owner") => {
            let changes =
                vec![Change::to("Group.ObjectID", &group.id), Change::to("Group.DisplayName", &group.display_name)];
            let changes = if activity.starts_with("Remove") {
                changes.into_iter().map(|change| Change { old: change.new, new: None, name: change.name }).collect()
            } else {
                changes
            };
            vec![Target::user(subject, changes), Target::group(group, Vec::new())]
        }
        "GroupManagement" => {
            let mut target = Target::group(
                group,
                vec![Change::from_to("Description", "", &format!("{} – harbour group", group.display_name))],
            );
            target.display_name = Some(group.display_name.clone());
            vec![target]
        }
        "UserManagement" => {
            let mut target = Target::user(subject, user_changes(activity, subject, random));
            if random.chance(400) {
                target.display_name = Some(subject.display_name.clone());
            }
            vec![target]
        }
        "Device" | "KeyManagement" => vec![Target {
            id: subject.device_id.clone(),
            display_name: Some(subject.device_name.clone()),
            kind: "Device",
            changes: vec![
                Change { name: "IsCompliant", old: Some("[false]".to_owned()), new: Some("[true]".to_owned()) },
                Change::to("Included Updated Properties", "IsCompliant"),
            ],
            ..Target::default()
        }],
        "ApplicationManagement" => {
            let (application, _) = &CLIENTS[random.below(CLIENTS.len())];
            vec![Target {
                id: organisation.service_principal_id(application.app_id),
                display_name: Some(application.display_name.to_owned()),
                kind: if activity.ends_with("application") { "Application" } else { "ServicePrincipal" },
                changes: application_changes(activity, application.app_id, organisation, random),
                ..Target::default()
            }]
        }
        "Policy" => {
            let policy = random.pick_ref(&organisation.policies[..9]);
            let state = |word: &str| {
                format!(
                    "{{\"id\":\"{}\",\"displayName\":{},\"state\":\"{word}\"}}",
                    policy.id,
                    quoted(&policy.display_name)
                )
            };
            vec![Target {
                id: policy.id.clone(),
                display_name: Some(policy.display_name.clone()),
                kind: "Policy",
                changes: vec![Change {
                    name: "ConditionalAccessPolicy",
                    old: Some(state("enabledForReportingButNotEnforced")),
                    new: Some(state("enabled")),
                }],
                ..Target::default()
            }]
        }
        "RoleManagement" => vec![
            Target {
                id: place.episode_guid(0x82),
                display_name: Some("Helpdesk Administrator".to_owned()),
                kind: "Role",
                ..Target::default()
            },
            Target::user(
                subject,
                vec![Change { name: "Role.DisplayName", old: Some(quoted("Helpdesk Administrator")), new: None }],
            ),
        ],
        // Some entries have no target at all.
        "DirectoryManagement" if random.chance(300) => Vec::new(),
        "DirectoryManagement" => vec![Target {
            id: organisation.tenant_id.clone(),
            display_name: Some(organisation.display_name.clone()),
            kind: "Directory",
            ..Target::default()
        }],
        _ => vec![Target {
            id: place.episode_guid(0x83),
            display_name: Some(format!("{category} object")),
            kind: if random.chance(900) { "Other" } else { "N/A" },
            ..Target::default()
        }],
    }
}

fn user_changes(activity: &str, subject: &User, random: &mut Random) -> Vec<Change> {
    let user_type = if subject.kind == UserKind::Guest { "Guest" } else { "Member" };
    let mut changes = match activity {
        "Change user license" => vec![Change {
            name: "AssignedLicense",
            old: Some("[]".to_owned()),
            new: Some("[\"[SkuName=ENTERPRISEPREMIUM, AccountId=0c0a57a1, SkuId=c7df2760-2c81-4ef7-b578-5b5392b571df, DisabledPlans=[]]\"]".to_owned()),
        }],
        "Add user" => vec![
            Change { name: "AccountEnabled", old: Some("[]".to_owned()), new: Some("[true]".to_owned()) },
            Change { name: "DisplayName", old: Some("[]".to_owned()), new: Some(format!("[{}]", quoted(&subject.display_name))) },
            Change { name: "UserPrincipalName", old: Some("[]".to_owned()), new: Some(format!("[{}]", quoted(&subject.user_principal_name))) },
        ],
        "Update StsRefreshTokenValidFrom Timestamp" => vec![Change {
            name: "StsRefreshTokensValidFrom",
            old: Some("[\"2026-01-07T08:15:30Z\"]".to_owned()),
            new: Some("[\"2026-11-02T06:00:00Z\"]".to_owned()),
        }],
        "Update user" if random.chance(300) => vec![Change {
            name: "StrongAuthenticationMethod",
            old: Some("[{\"MethodType\":6,\"Default\":true},{\"MethodType\":7,\"Default\":false}]".to_owned()),
            new: Some("[{\"MethodType\":7,\"Default\":false},{\"MethodType\":6,\"Default\":true},{\"MethodType\":0,\"Default\":false}]".to_owned()),
        }],
        "Update user" => vec![Change {
            name: "JobTitle",
            old: Some("[\"Deck officer\"]".to_owned()),
            new: Some(format!("[{}]", quoted(random.pick(&["Berth planner", "Chief \"Bosun\" officer", "Disponent/in", "船長"])))),
        }],
        _ => Vec::new(),
    };
    if let Some(name) = changes.first().map(|change| change.name) {
        changes.push(Change { name: "Included Updated Properties", old: None, new: Some(quoted(name)) });
    }
    changes.push(Change { name: "TargetId.UserType", old: None, new: Some(quoted(user_type)) });
    changes
}

fn application_changes(activity: &str, app_id: &str, organisation: &Organisation, random: &mut Random) -> Vec<Change> {
    match activity {
        "Consent to application" => vec![
            Change { name: "ConsentContext.IsAdminConsent", old: None, new: Some("\"True\"".to_owned()) },
            Change {
                name: "ConsentAction.Permissions",
                old: None,
                new: Some(quoted(&format!(
                    "[] => [[Id: {}, ClientId: {app_id}, PrincipalId: , ResourceId: {}, ConsentType: AllPrincipals, Scope: User.Read Mail.Read offline_access, CreatedDateTime: , LastModifiedDateTime ]]; ",
                    random.hex(32),
                    organisation.tenant_id
                ))),
            },
        ],
        _ if activity.contains("redentials") || activity.contains("secrets") => vec![Change {
            name: "KeyDescription",
            old: Some("[]".to_owned()),
            new: Some(format!(
                "[\"[KeyIdentifier={},KeyType=Password,KeyUsage=Verify,DisplayName=deploy]\"]",
                random.guid()
            )),
        }],
        _ => vec![Change::to("TargetId.ServicePrincipalNames", app_id)],
    }
}
