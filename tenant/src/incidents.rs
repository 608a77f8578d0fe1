//! Planted incidents: rows that give the nine questions known answers, and those answers.

use std::collections::BTreeMap;

use crate::{
    answers::{AcquiredApp, AdminAccess, Answers, AppUser, FailedWorker, PasswordResets, SignInStatus, UserPattern},
    applications::{Application, CLIENTS, GRAPH, TIDEWATCH},
    generate::{
        clients,
        directory_audits::{Change as Property, Initiator, Target},
        provisioning::{self, Change},
        sign_ins::PATTERN_USER,
    },
    history::{EventType, Stream},
    json::quoted,
    names::Office,
    organisation::{Organisation, User, UserKind, elsewhere},
    random::{Random, guid_at},
    time::{self, DAY, HOUR, MINUTE, SECOND},
};

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

/// Address that the password spray comes from; nothing else does.
const SPRAY_ADDRESS: &str = "203.0.113.77";

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

    fn acquired_app(&mut self) -> AcquiredApp {
        let mut random = Random::at(&[self.organisation.seed, 0xd0]);
        let mut users = Vec::new();
        for (position, index) in [12_usize, 33, 47, 58, 71, 90, 104, 166, 230, 288, 341].into_iter().enumerate() {
            let (interactive, non_interactive) = (1 + position as u32 % 4, position as u32 * 2 % 7);
            let mut not_successful = 0;
            for number in 0..interactive + non_interactive {
                let kind =
                    if number < interactive { EventType::InteractiveUser } else { EventType::NonInteractiveUser };
                // Acquired lately: nothing before the last third of the history.
                let ticks = self.ago(random.between(3, 300));
                let code = if number == 0 && position % 3 == 0 {
                    65001
                } else if number == 0 && position == 4 {
                    50105
                } else {
                    0
                };
                not_successful += u32::from(code != 0);
                self.sign_in(
                    ticks,
                    kind,
                    PlantedSignIn {
                        user: index,
                        application: &TIDEWATCH,
                        code,
                        place: None,
                        client: Some(clients::usual(index % 3)),
                    },
                );
            }
            users.push(AppUser {
                user_principal_name: self.user(index).user_principal_name.clone(),
                interactive,
                non_interactive,
                not_successful,
            });
        }
        users.sort_by(|a, b| a.user_principal_name.cmp(&b.user_principal_name));
        AcquiredApp { app_id: TIDEWATCH.app_id.to_owned(), display_name: TIDEWATCH.display_name.to_owned(), users }
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

    fn user_pattern(&mut self) -> UserPattern {
        let organisation = self.organisation;
        let user = &organisation.users[PATTERN_USER];
        let mut random = Random::at(&[organisation.seed, 0xd2]);
        let (mut cities, mut applications) = (BTreeMap::<String, u32>::new(), BTreeMap::<String, u32>::new());
        let mut pattern = UserPattern {
            user_principal_name: user.user_principal_name.clone(),
            user_id: user.id.clone(),
            ..UserPattern::default()
        };
        let mut plan: Vec<(i64, &'static Office, &'static Application, i64)> = Vec::new();
        let offset = user.office().utc_offset_minutes * MINUTE;
        for day in 0..self.days {
            let midnight = (self.end - day * DAY).div_euclid(DAY) * DAY - offset;
            let is_weekend = (midnight + offset).div_euclid(DAY).rem_euclid(7) == 2
                || (midnight + offset).div_euclid(DAY).rem_euclid(7) == 3;
            if is_weekend {
                continue;
            }
            for (hour, which) in [(7, 0_usize), (9, 7), (13, 2)] {
                let ticks = midnight + hour * HOUR + random.between(0, 50 * 60) * SECOND;
                let code = if hour == 7 && day % 6 == 4 { 50126 } else { 0 };
                if code != 0 {
                    plan.push((ticks - 20 * SECOND, user.office(), &CLIENTS[which].0, code));
                }
                plan.push((ticks, user.office(), &CLIENTS[which].0, 0));
            }
        }
        // Two nights that do not fit.
        for ago in [355, 352] {
            plan.push((
                self.ago(ago).div_euclid(DAY) * DAY + 2 * HOUR + ago * 7 * SECOND,
                elsewhere(1),
                &CLIENTS[9].0,
                0,
            ));
        }
        let first = self.end - self.days * DAY + HOUR;
        plan.retain(|(ticks, ..)| (first..self.end).contains(ticks));
        for (ticks, office, application, code) in plan {
            pattern.interactive += 1;
            pattern.failed += u32::from(code != 0);
            *cities.entry(office.city.to_owned()).or_default() += 1;
            *applications.entry(application.display_name.to_owned()).or_default() += 1;
            let is_unusual = office.city != user.office().city;
            if is_unusual {
                pattern.unusual.push(time::print_seconds(ticks));
            }
            let address = if is_unusual {
                "198.51.100.142".to_owned()
            } else {
                format!("{}{}", office.network, PATTERN_USER % 60 + 1)
            };
            self.sign_in(
                ticks,
                EventType::InteractiveUser,
                PlantedSignIn {
                    user: PATTERN_USER,
                    application,
                    code,
                    place: Some((office, address)),
                    client: Some(clients::usual(if is_unusual { 6 } else { 0 })),
                },
            );
        }
        pattern.unusual.sort();
        pattern.cities = most_frequent(cities);
        pattern.applications = most_frequent(applications);
        pattern
    }

    fn password_spray(&mut self) -> SignInStatus {
        let organisation = self.organisation;
        let start = self.ago(90);
        let people: Vec<usize> =
            (0..organisation.users.len()).filter(|index| organisation.users[*index].kind == UserKind::Member).collect();
        let mut codes = BTreeMap::<i64, u32>::new();
        for number in 0..46 {
            let code = match number {
                43 => 50053,
                44 => 50074,
                45 => 0,
                _ if number % 14 == 13 => 50053,
                _ => 50126,
            };
            let mut user = people[(number * 7 + 5) % people.len()];
            if user == PATTERN_USER {
                user += 1;
            }
            *codes.entry(code).or_default() += 1;
            self.sign_in(
                start + number as i64 * 8 * SECOND,
                EventType::InteractiveUser,
                PlantedSignIn {
                    user,
                    application: &CLIENTS[15].0,
                    code,
                    place: Some((elsewhere(0), SPRAY_ADDRESS.to_owned())),
                    client: Some(clients::SCRIPT),
                },
            );
        }
        SignInStatus { ip_address: SPRAY_ADDRESS.to_owned(), codes: codes.into_iter().collect() }
    }

    fn groups_in_service_now(&mut self) -> Vec<String> {
        let names = [
            "Berth Operations",
            "Hull Maintenance",
            "東京 Night Desk",
            "Customs & Excise",
            "Ελλιμενισμός",
            "Crew Travel",
        ];
        for (number, name) in names.into_iter().enumerate() {
            let number = number as i64;
            let group = |status, action, problem, target_id: String| Change {
                job: &provisioning::SERVICE_NOW,
                action,
                status,
                problem,
                source_kind: "Group",
                target_kind: if number % 2 == 0 { "Group" } else { "sys_user_group" },
                source_id: guid_at(&[self.organisation.seed, 0xd3, number as u64]),
                source_name: name.to_owned(),
                target_name: if target_id.is_empty() { String::new() } else { name.to_owned() },
                target_id,
                properties: vec![("name", None, Some(name.to_owned())), ("active", None, Some("true".to_owned()))],
            };
            if number == 2 {
                let failed = group("failure", "create", Some(&provisioning::DUPLICATE), String::new());
                self.provisioning(self.ago(760 - number * 100) - 40 * MINUTE, failed);
            }
            let made = group("success", "create", None, format!("{:032x}", 0x5e_0000 + number * 977));
            self.provisioning(self.ago(760 - number * 100), made);
        }
        let mut names: Vec<String> = names.map(str::to_owned).to_vec();
        names.sort();
        names
    }

    fn roles_from_aws(&mut self) -> Vec<String> {
        let imports: [(i64, &[&str]); 3] = [
            (820, &["berth-prod-admin", "berth-prod-readonly"]),
            (500, &["berth-prod-admin", "berth-prod-readonly", "cargo-ledger-operator", " billing-viewer"]),
            (
                140,
                &[
                    "berth-prod-admin",
                    "berth-prod-readonly",
                    "cargo-ledger-operator",
                    " billing-viewer",
                    "incident-break-glass",
                ],
            ),
        ];
        let mut all = Vec::new();
        for (ago, names) in imports {
            let change = provisioning::roles(self.organisation, names.to_vec(), "success", "update");
            self.provisioning(self.ago(ago), change);
            all.extend(names.iter().map(|name| name.trim().to_owned()));
        }
        all.sort();
        all.dedup();
        all
    }

    fn failed_from_workday(&mut self) -> Vec<FailedWorker> {
        let names = [
            "Tomás Ferreira",
            "Ngozi Okafor",
            "李 小龍",
            "Zoë Lindqvist",
            "Павло Гриценко",
            "Ana-Maria Popescu",
            "Kwame Mensah",
        ];
        let problems = [&provisioning::DUPLICATE, &provisioning::MISSING_VALUE, &provisioning::INVALID_VALUE];
        let mut workers = Vec::new();
        for (number, name) in names.into_iter().enumerate() {
            let (problem, tries) = (problems[number % 3], 1 + number as i64 % 4);
            let worker_id = provisioning::worker_id(500 + number);
            let last = self.ago(700 - number as i64 * 90);
            for attempt in 0..tries {
                let change = Change {
                    job: &provisioning::WORKDAY,
                    action: "create",
                    status: "failure",
                    problem: Some(problem),
                    source_kind: "Worker",
                    target_kind: "User",
                    source_id: worker_id.clone(),
                    source_name: name.to_owned(),
                    target_id: String::new(),
                    target_name: String::new(),
                    properties: vec![
                        ("displayName", None, Some(quoted(name))),
                        ("employeeId", None, Some(worker_id.clone())),
                    ],
                };
                self.provisioning(last - attempt * 40 * MINUTE, change);
            }
            workers.push(FailedWorker {
                display_name: name.to_owned(),
                worker_id,
                error_code: problem.code.to_owned(),
                tries: tries as u32,
            });
        }
        workers.sort_by(|a, b| a.worker_id.cmp(&b.worker_id));
        workers
    }
}

fn most_frequent(counts: BTreeMap<String, u32>) -> Vec<(String, u32)> {
    let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    counts
}

/// The resource that planted sign-ins ask for.
pub(crate) fn resource(application: &Application) -> &'static Application {
    CLIENTS.iter().find(|(known, _)| known.app_id == application.app_id).map_or(&GRAPH, |(_, resource)| resource)
}
