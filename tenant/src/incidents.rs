//! Planted incidents: rows that give the nine questions known answers, and those answers.

use crate::{
    answers::{AdminAccess, Answers, PasswordResets},
    applications::{Application, CLIENTS, GRAPH},
    generate::{
        clients,
        directory_audits::{Change as Property, Initiator, Target},
        provisioning::Change,
    },
    history::{EventType, Stream},
    names::Office,
    organisation::{Organisation, User},
    random::{Random, guid_at},
    time::{self, DAY, HOUR, SECOND},
};

mod provisioning;
mod sign_ins;

/// A planted row.
pub(crate) struct Planted {
    pub ticks: i64,
    pub stream: Stream,
    pub event: Event,
}

/// What a planted row says.
pub(crate) enum Event {
    SignIn(PlantedSignIn),
    Audit(PlantedAudit),
    Provisioning(Change),
}

/// A planted sign-in; what is not said here is drawn like for any other.
pub(crate) struct PlantedSignIn {
    pub user: usize,
    pub application: &'static Application,
    pub code: i64,
    pub place: Option<(&'static Office, String)>,
    pub client: Option<clients::Client>,
}

/// A planted audit.
pub(crate) struct PlantedAudit {
    pub service: &'static str,
    pub category: &'static str,
    pub activity: &'static str,
    pub result: &'static str,
    pub reason: &'static str,
    pub by: By,
    pub targets: Vec<Target>,
}

/// Who did it.
pub(crate) enum By {
    User(usize),
    App(&'static str),
}

impl PlantedAudit {
    pub fn initiator<'a>(&self, organisation: &'a Organisation) -> Initiator<'a> {
        match self.by {
            By::User(index) => {
                let user = &organisation.users[index];
                Initiator::User(user, format!("{}{}", user.office().network, index % 60 + 1))
            }
            By::App(name) => Initiator::App(name, None, organisation.service_principal_id(name)),
        }
    }
}

/// Plants all incidents in a history that ends at `end` and is `days` long. The answer about last week is left open.
pub(crate) fn plant(organisation: &Organisation, end: i64, days: u32) -> (Vec<Planted>, Answers) {
    let mut plants = Plants { organisation, end, days: i64::from(days.max(1)), rows: Vec::new() };
    let answers = Answers {
        admin_access: plants.admin_access(),
        acquired_app: plants.acquired_app(),
        password_resets: plants.password_resets(),
        user_pattern: plants.user_pattern(),
        sign_in_status: plants.password_spray(),
        groups_in_service_now: plants.groups_in_service_now(),
        roles_from_aws: plants.roles_from_aws(),
        failed_from_workday: plants.failed_from_workday(),
        ..Answers::default()
    };
    (plants.rows, answers)
}

struct Plants<'a> {
    organisation: &'a Organisation,
    end: i64,
    days: i64,
    rows: Vec<Planted>,
}

impl Plants<'_> {
    /// An instant so many thousandths of the history before its end, on a whole second plus some ticks.
    fn ago(&self, per_mille: i64) -> i64 {
        let span = self.days * DAY - HOUR;
        (self.end - span / 1000 * per_mille.clamp(1, 999)) / SECOND * SECOND
    }
    fn audit(&mut self, ticks: i64, audit: PlantedAudit) {
        // The directory prints seven digits.
        let ticks = ticks + 2_715_374;
        self.rows.push(Planted { ticks, stream: Stream::DirectoryAudits, event: Event::Audit(audit) });
    }
    fn sign_in(&mut self, ticks: i64, kind: EventType, sign_in: PlantedSignIn) {
        self.rows.push(Planted { ticks, stream: Stream::SignIns(kind), event: Event::SignIn(sign_in) });
    }
    fn provisioning(&mut self, ticks: i64, change: Change) {
        self.rows.push(Planted { ticks, stream: Stream::Provisioning, event: Event::Provisioning(change) });
    }
    fn user(&self, index: usize) -> &User {
        &self.organisation.users[index]
    }

    fn admin_access(&mut self) -> Vec<AdminAccess> {
        let organisation = self.organisation;
        let group = &organisation.groups[0];
        let role = ("Global Administrator", "62e90394-69f5-4237-9190-012177145e10");
        let mut answers = Vec::new();
        let grants: [(i64, &'static str, usize, Option<usize>, &'static str); 5] = [
            (640, "Add member to group", 62, Some(8), "success"),
            (410, "Add member to role", 75, Some(21), "success"),
            (215, "Add member to group", 118, None, "success"),
            (120, "Add member to group", 133, Some(26), "failure"),
            (48, "Add eligible member to role", 201, Some(0), "success"),
        ];
        for (ago, activity, to, by, result) in grants {
            let ticks = self.ago(ago);
            let is_group = activity == "Add member to group";
            let (by, by_name) = match by {
                Some(index) => (By::User(index), self.user(index).user_principal_name.clone()),
                None => (By::App("hr-inbound-workday"), "hr-inbound-workday".to_owned()),
            };
            let user = &organisation.users[to];
            let targets = if is_group {
                vec![
                    Target::user(
                        user,
                        vec![
                            Property::to("Group.ObjectID", &group.id),
                            Property::to("Group.DisplayName", &group.display_name),
                        ],
                    ),
                    Target::group(group, Vec::new()),
                ]
            } else {
                let role_id = guid_at(&[organisation.seed, 0x0c, 1]);
                vec![
                    Target::user(
                        user,
                        vec![
                            Property::to("Role.ObjectID", &role_id),
                            Property::to("Role.DisplayName", role.0),
                            Property::to("Role.TemplateId", role.1),
                            Property::to("Role.WellKnownObjectName", "TenantAdmins"),
                        ],
                    ),
                    Target { id: role_id, display_name: Some(role.0.to_owned()), kind: "Role", ..Target::default() },
                ]
            };
            self.audit(
                ticks,
                PlantedAudit {
                    service: "Core Directory",
                    category: if is_group { "GroupManagement" } else { "RoleManagement" },
                    activity,
                    result,
                    reason: if result == "failure" { "Insufficient privileges to complete the operation." } else { "" },
                    by,
                    targets,
                },
            );
            answers.push(AdminAccess {
                at: time::print(ticks + 2_715_374),
                activity: activity.to_owned(),
                granted_by: by_name,
                granted_to: user.user_principal_name.clone(),
                access: if is_group { group.display_name.clone() } else { role.0.to_owned() },
                result: result.to_owned(),
            });
        }
        answers.reverse();
        answers
    }

    fn password_resets(&mut self) -> PasswordResets {
        let mut random = Random::at(&[self.organisation.seed, 0xd1]);
        let mut counts = PasswordResets::default();
        for number in 0..29_usize {
            let is_by_admin = number % 3 == 0;
            let is_success = number % 9 != 7;
            let ticks = self.ago(random.between(2, 990));
            let user = 50 + number * 11;
            let target = Target {
                display_name: Some(self.user(user).display_name.clone()),
                ..Target::user(self.user(user), Vec::new())
            };
            let by = || if is_by_admin { By::User(8) } else { By::User(user) };
            let result = if is_success { "success" } else { "failure" };
            let service = "Self-service Password Management";
            let category = "UserManagement";
            match (is_by_admin, is_success) {
                (_, false) => counts.failed += 1,
                (true, true) => counts.by_admin += 1,
                (false, true) => counts.self_service += 1,
            }
            let activity = if is_by_admin { "Reset password (by admin)" } else { "Reset password (self-service)" };
            let reason =
                if is_success { "Successfully completed reset." } else { "The new password does not meet the policy." };
            self.audit(
                ticks,
                PlantedAudit { service, category, activity, result, reason, by: by(), targets: vec![target.clone()] },
            );
            if !is_by_admin {
                for (step, reason) in
                    ["User started the mobile SMS verification option", "User submitted a new password"]
                        .into_iter()
                        .enumerate()
                {
                    let activity = "Self-service password reset flow activity progress";
                    let ticks = ticks - (40 - 15 * step as i64) * SECOND;
                    self.audit(
                        ticks,
                        PlantedAudit {
                            service,
                            category,
                            activity,
                            result: "success",
                            reason,
                            by: by(),
                            targets: vec![target.clone()],
                        },
                    );
                }
            }
            if is_success {
                // The directory logs a twin with a correlation of its own.
                let activity = if is_by_admin { "Reset password" } else { "Change user password" };
                self.audit(
                    ticks + 3 * SECOND,
                    PlantedAudit {
                        service: "Core Directory",
                        category,
                        activity,
                        result: "success",
                        reason: "",
                        by: by(),
                        targets: vec![target],
                    },
                );
            }
        }
        counts
    }
}

/// The resource that planted sign-ins ask for.
pub(crate) fn resource(application: &Application) -> &'static Application {
    CLIENTS.iter().find(|(known, _)| known.app_id == application.app_id).map_or(&GRAPH, |(_, resource)| resource)
}
