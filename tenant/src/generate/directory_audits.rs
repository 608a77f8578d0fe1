//! Directory audits: who changed what in the directory.

use crate::{
    applications::{CLIENTS, WORKLOADS},
    generate::{
        Generator, Place,
        schedule::activity_at,
        sign_ins::{session_id, token_id},
    },
    json::quoted,
    organisation::{Group, User, UserKind},
    random::Random,
    time::HOUR,
};

/// Activities of the four reports as `service|category|activity`, one per line.
pub(crate) static ACTIVITIES: &str = include_str!("../../data/activities.txt");

/// An audit entry of either report.
pub(crate) struct Audit<'a> {
    pub place: Place,
    pub service: &'static str,
    pub category: &'static str,
    pub activity: &'static str,
    pub result: &'static str,
    pub reason: String,
    pub initiator: Initiator<'a>,
    pub targets: Vec<Target>,
    pub details: Vec<(&'static str, String)>,
}

/// Who started it.
pub(crate) enum Initiator<'a> {
    /// A person, with the address they came from.
    User(&'a User, String),
    /// An application: name, application id, service principal's object id.
    App(&'static str, Option<&'static str>, String),
    /// A person through an agent: the agent's application id and its blueprint's.
    Agent(&'a User, &'static str, &'static str),
}

/// What was changed.
#[derive(Clone, Default)]
pub(crate) struct Target {
    pub id: String,
    pub display_name: Option<String>,
    pub kind: &'static str,
    pub user_principal_name: Option<String>,
    pub group_type: Option<&'static str>,
    pub changes: Vec<Change>,
}

/// A property that was changed; values as Graph prints them: JSON text, mostly.
#[derive(Clone)]
pub(crate) struct Change {
    pub name: &'static str,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl Change {
    /// A change to a text value, which Graph quotes.
    pub fn to(name: &'static str, new: &str) -> Self {
        Self { name, old: None, new: Some(quoted(new)) }
    }
    /// A change from one text to another.
    pub fn from_to(name: &'static str, old: &str, new: &str) -> Self {
        Self { name, old: Some(quoted(old)), new: Some(quoted(new)) }
    }
}

impl Target {
    pub fn user(user: &User, changes: Vec<Change>) -> Self {
        Self {
            id: user.id.clone(),
            // Core Directory often leaves the name out.
            display_name: None,
            kind: "User",
            user_principal_name: Some(user.user_principal_name.clone()),
            group_type: None,
            changes,
        }
    }
    pub fn group(group: &Group, changes: Vec<Change>) -> Self {
        Self {
            id: group.id.clone(),
            display_name: None,
            kind: "Group",
            user_principal_name: None,
            group_type: Some(if group.is_unified { "unifiedGroups" } else { "azureAD" }),
            changes,
        }
    }
}

/// What happens every day, by weight. Everything else in [`ACTIVITIES`] happens now and then.
static COMMON: &[(u32, &str)] = &[
    (150, "Core Directory|UserManagement|Update user"),
    (90, "Core Directory|GroupManagement|Add member to group"),
    (50, "Core Directory|GroupManagement|Remove member from group"),
    (45, "Core Directory|Device|Update device"),
    (40, "Core Directory|UserManagement|Change user license"),
    (40, "Core Directory|UserManagement|Update StsRefreshTokenValidFrom Timestamp"),
    (35, "Authentication Methods|UserManagement|User registered security info"),
    (30, "Core Directory|ApplicationManagement|Update service principal"),
    (25, "Core Directory|UserManagement|Add user"),
    (25, "Core Directory|ApplicationManagement|Consent to application"),
    (20, "Core Directory|GroupManagement|Update group"),
    (20, "Device Registration Service|Device|Register device"),
    (18, "Core Directory|ApplicationManagement|Add app role assignment to service principal"),
    (15, "Core Directory|UserManagement|Delete user"),
    (15, "Invited Users|UserManagement|Invite external user"),
    (15, "Core Directory|Device|Add device"),
    (12, "Conditional Access|Policy|Update Conditional Access policy"),
    (10, "Core Directory|ApplicationManagement|Update application - Certificates and secrets management"),
    (10, "Device Registration Service|KeyManagement|Read BitLocker key"),
    (10, "Account Provisioning|ProvisioningManagement|Synchronization rule action"),
];

/// True for activities that only planted incidents have, so that their number is known.
fn is_reserved(activity: &str) -> bool {
    activity.starts_with("Reset password")
        || activity == "Change user password"
        || activity.starts_with("Add member to role")
        || activity.starts_with("Add eligible member to role")
        || activity.starts_with("Add EligibleRoleAssignment")
        || activity.starts_with("Add scoped member to role")
        || activity.starts_with("Add role assignment")
        || activity.starts_with("Self-service password reset flow")
}

/// Rows of an episode: some operations are logged by the portal and again by the directory.
pub(crate) fn episode_length(place: &Place) -> usize {
    if place.episode(0x80).chance(120) { 2 } else { 1 }
}

/// Splits a line of [`ACTIVITIES`].
pub(crate) fn parts(line: &'static str) -> (&'static str, &'static str, &'static str) {
    let (service, rest) = line.split_once('|').unwrap_or((line, ""));
    let (category, activity) = rest.split_once('|').unwrap_or((rest, ""));
    (service, category, activity)
}

fn draw_activity(random: &mut Random) -> (&'static str, &'static str, &'static str) {
    if random.chance(720) {
        return parts(*random.weighted(COMMON));
    }
    let count = ACTIVITIES.lines().count();
    loop {
        let (service, category, activity) = parts(ACTIVITIES.lines().nth(random.below(count)).unwrap_or(""));
        if category != "AttributeManagement" && !is_reserved(activity) {
            return (service, category, activity);
        }
    }
}

/// The audit of a row that is not planted.
pub(crate) fn audit(generator: &Generator, place: Place) -> Audit<'_> {
    let mut random = place.episode(0x81);
    let (mut service, mut category, mut activity) = draw_activity(&mut random);
    if place.step() > 0 {
        (service, category, activity) = ("Core Directory", "DirectoryManagement", "Set Company Information");
    }
    let organisation = &generator.organisation;
    let subject = {
        let index = generator.user_popularity.pick(&mut random);
        &organisation.users[index]
    };
    let (result, reason) = match random.below(1000) {
        0..=38 => ("failure", failure_reason(&mut random, activity)),
        39..=42 => ("timeout", "The operation did not finish in time.".to_owned()),
        _ => (
            "success",
            if category == "UserManagement" && random.chance(200) {
                format!("{activity} completed")
            } else {
                String::new()
            },
        ),
    };
    let initiator = initiator(generator, &place, category, activity, subject, &mut random);
    let targets = targets(generator, &place, category, activity, subject, &mut random);
    let mut details = Vec::new();
    if random.chance(600) {
        details.push(("User-Agent", "EvoSTS".to_owned()));
    }
    if category == "UserManagement" {
        details.push(("UserType", if subject.kind == UserKind::Guest { "Guest" } else { "Member" }.to_owned()));
    }
    if category == "ApplicationManagement" {
        details.push(("AppId", CLIENTS[random.below(CLIENTS.len())].0.app_id.to_owned()));
    }
    Audit { place, service, category, activity, result, reason, initiator, targets, details }
}

fn failure_reason(random: &mut Random, activity: &str) -> String {
    match random.below(4) {
        0 => "Microsoft.Online.Workflows.ValidationException".to_owned(),
        1 => "Insufficient privileges to complete the operation.".to_owned(),
        2 => format!("{activity}: another object with the same value for property proxyAddresses already exists."),
        _ => {
            // The directory now and then prints a whole stack of causes.
            let mut text = "The request was refused after these checks:".to_owned();
            for number in 0..120 {
                text.push_str(&format!(" [{number:03}] rule 'harbour-{}' evaluated to false;", number * 37 % 101));
            }
            text
        }
    }
}

fn initiator<'a>(
    generator: &'a Generator,
    place: &Place,
    category: &str,
    activity: &str,
    subject: &'a User,
    random: &mut Random,
) -> Initiator<'a> {
    let organisation = &generator.organisation;
    let service = |name: &'static str| Initiator::App(name, None, organisation.service_principal_id(name));
    match random.below(100) {
        0..=21 => service(*random.pick(&[
            "Microsoft Substrate Management",
            "Microsoft Azure AD Group-Based Licensing",
            "Device Registration Service",
            "Azure AD Cloud Sync",
        ])),
        22..=29 => {
            let workload = random.pick(&WORKLOADS[..4]);
            let application = &workload.application;
            Initiator::App(
                application.display_name,
                Some(application.app_id),
                organisation.service_principal_id(application.app_id),
            )
        }
        30..=31 => Initiator::Agent(subject, WORKLOADS[8].application.app_id, WORKLOADS[11].application.app_id),
        _ if activity.starts_with("User ") || category == "KeyManagement" => {
            Initiator::User(subject, format!("{}{}", subject.office().network, random.between(1, 60)))
        }
        _ => {
            // Administrators who are awake; the busiest ones first.
            let people: Vec<&User> = organisation
                .users
                .iter()
                .filter(|user| !user.roles.is_empty() && user.kind == UserKind::Member)
                .collect();
            let user = (0..4)
                .map(|_| *random.pick(&people))
                .find(|user| activity_at(place.row.slice * HOUR, user.office().utc_offset_minutes) > 40)
                .unwrap_or(people[0]);
            Initiator::User(user, format!("{}{}", user.office().network, random.between(1, 60)))
        }
    }
}

fn targets(
    generator: &Generator,
    place: &Place,
    category: &str,
    activity: &str,
    subject: &User,
    random: &mut Random,
) -> Vec<Target> {
    let organisation = &generator.organisation;
    let ordinary: Vec<&Group> = organisation.groups.iter().filter(|group| !group.is_role_assignable).collect();
    let group = *random.pick(&ordinary);
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
            let policy = random.pick(&organisation.policies[..9]);
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
            new: Some(format!("[{}]", quoted(*random.pick(&["Berth planner", "Chief \"Bosun\" officer", "Disponent/in", "船長"])))),
        }],
        _ => Vec::new(),
    };
    if let Some(name) = changes.first().map(|change| change.name) {
        changes.push(Change { name: "Included Updated Properties", old: None, new: Some(quoted(name)) });
    }
    changes.push(Change { name: "TargetId.UserType", old: None, new: Some(quoted(user_type)) });
    changes
}

fn application_changes(
    activity: &str,
    app_id: &str,
    organisation: &crate::organisation::Organisation,
    random: &mut Random,
) -> Vec<Change> {
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

/// Session and token of a person at the time of an audit; a sign-in of the same day has the same ones.
pub(crate) fn links(place: &Place, user: &User) -> (String, String) {
    let mut random = place.own(0x84);
    (
        session_id(place.seed, user, place.row.ticks, random.next()),
        token_id(place.seed, user, place.row.ticks, random.next()),
    )
}
