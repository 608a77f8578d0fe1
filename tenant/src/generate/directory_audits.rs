//! Directory audits: who changed what in the directory.

use crate::{
    applications::{CLIENTS, WORKLOADS},
    generate::{
        Generator, Place, audit_targets,
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

/// Service, category and name of an activity.
pub(crate) type Activity = (&'static str, &'static str, &'static str);

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

/// What happens now and then.
pub(crate) fn rare_activities() -> Vec<Activity> {
    let all = ACTIVITIES.lines().map(parts);
    all.filter(|(_, category, activity)| *category != "AttributeManagement" && !is_reserved(activity)).collect()
}

/// Rows of an episode: some operations are logged by the portal and again by the directory.
pub(crate) fn episode_length(place: &Place) -> usize {
    if place.episode(0x80).chance(120) { 2 } else { 1 }
}

/// Splits a line of [`ACTIVITIES`].
pub(crate) fn parts(line: &'static str) -> Activity {
    let (service, rest) = line.split_once('|').unwrap_or((line, ""));
    let (category, activity) = rest.split_once('|').unwrap_or((rest, ""));
    (service, category, activity)
}

fn draw_activity(generator: &Generator, random: &mut Random) -> Activity {
    if random.chance(720) {
        return parts(random.weighted(COMMON));
    }
    random.pick(&generator.rare_activities)
}

/// The audit of a row that is not planted.
pub(crate) fn audit(generator: &Generator, place: Place) -> Audit<'_> {
    let mut random = place.episode(0x81);
    let (mut service, mut category, mut activity) = draw_activity(generator, &mut random);
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
    let targets = audit_targets::targets(generator, &place, category, activity, subject, &mut random);
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
        0..=21 => service(random.pick(&[
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
        // Partners change a thing now and then.
        32..=33 => {
            let guests: Vec<&User> = organisation.users.iter().filter(|user| user.kind == UserKind::Guest).collect();
            Initiator::User(random.pick(&guests), format!("2001:db8:fab::{:x}", random.between(1, 60)))
        }
        _ if activity.starts_with("User ") || category == "KeyManagement" => {
            Initiator::User(subject, format!("{}{}", subject.office().network, random.between(1, 60)))
        }
        _ => {
            // Administrators who are awake; the busiest ones first.
            let people = &generator.administrators;
            let user = (0..4)
                .map(|_| &organisation.users[random.pick(people)])
                .find(|user| activity_at(place.row.slice * HOUR, user.office().utc_offset_minutes) > 40)
                .unwrap_or(organisation.administrator());
            Initiator::User(user, format!("{}{}", user.office().network, random.between(1, 60)))
        }
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
