//! Planted sign-ins: the acquired application, the user with a pattern, and the password spray.

use std::collections::BTreeMap;

use crate::{
    answers::{AcquiredApp, AppUser, SignInStatus, UserPattern},
    applications::{Application, CLIENTS, TIDEWATCH},
    generate::{clients, sign_ins::PATTERN_USER},
    history::EventType,
    incidents::{PlantedSignIn, Plants},
    names::Office,
    organisation::{UserKind, elsewhere},
    random::Random,
    time::{self, DAY, HOUR, MINUTE, SECOND},
};

/// Address that the password spray comes from; nothing else does.
const SPRAY_ADDRESS: &str = "203.0.113.77";

impl Plants<'_> {
    pub(super) fn acquired_app(&mut self) -> AcquiredApp {
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

    pub(super) fn user_pattern(&mut self) -> UserPattern {
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
        for ago in [355, 250] {
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

    pub(super) fn password_spray(&mut self) -> SignInStatus {
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
}

fn most_frequent(counts: BTreeMap<String, u32>) -> Vec<(String, u32)> {
    let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    counts
}
