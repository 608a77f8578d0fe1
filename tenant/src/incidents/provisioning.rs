//! Planted provisioning: groups made in ServiceNow, roles from AWS, workers that could not be made.

use crate::{
    answers::FailedWorker,
    generate::provisioning::{self, Change},
    incidents::Plants,
    json::quoted,
    random::guid_at,
    time::MINUTE,
};

impl Plants<'_> {
    pub(super) fn groups_in_service_now(&mut self) -> Vec<String> {
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

    pub(super) fn roles_from_aws(&mut self) -> Vec<String> {
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

    pub(super) fn failed_from_workday(&mut self) -> Vec<FailedWorker> {
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
