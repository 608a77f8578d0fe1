//! A tenant: its organisation and its generated history.

use std::{collections::HashSet, ops::Range};

use serde_json::Value;

use crate::{
    answers::{Answers, UsersLastWeek},
    generate::{
        Generator, Place, attribute_audits, audit_record,
        directory_audits::{self, Audit},
        episode_length, provisioning, provisioning_record, row_ids,
        schedule::{Schedule, instant_in_cycle},
        sign_in_record,
        sign_ins::{self, PATTERN_USER, SignIn, Who},
    },
    history::{EventType, History, Rendering, Report, Row, Stream},
    incidents::{self, Event, Planted},
    organisation::Organisation,
    random::Random,
    time::{self, DAY, HOUR, SECOND, ticks_from_millis},
};

/// What tenant to make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TenantOptions {
    /// Equal seeds make equal tenants.
    pub seed: u64,
    /// Days of history.
    pub days: u32,
    /// Number of rows.
    pub scale: Scale,
    /// Where history ends, in milliseconds since 1970, UTC.
    pub now: i64,
}

/// How many rows a history has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// So many times the 3,000 rows a day of the default sample.
    Factor(f64),
    /// About so many rows over all reports and days.
    Rows(u64),
}

/// A made-up tenant.
pub struct Tenant {
    generator: Generator,
    schedule: Schedule,
    planted: Vec<Planted>,
    answers: Answers,
    days: i64,
    /// Where history ends.
    end: i64,
}

impl Tenant {
    /// Makes the organisation; its history is made on demand, slice by slice.
    pub fn new(options: TenantOptions) -> Self {
        let factor = match options.scale {
            Scale::Factor(factor) => factor,
            Scale::Rows(rows) => rows as f64 / (f64::from(options.days.max(1)) * Schedule::rows_per_day() as f64),
        };
        let organisation = Organisation::new(options.seed);
        let end = ticks_from_millis(options.now);
        let (planted, answers) = incidents::plant(&organisation, end, options.days);
        Self {
            schedule: Schedule::new(options.seed, factor),
            generator: Generator::new(organisation),
            planted,
            answers,
            days: i64::from(options.days.max(1)),
            end,
        }
    }
    /// The tenant's people and things.
    pub fn organisation(&self) -> &Organisation {
        &self.generator.organisation
    }
    /// The known answers to the nine questions. Counts last week's users, which takes a while in a large history.
    pub fn answers(&self) -> Answers {
        Answers { users_last_week: self.users_last_week(), ..self.answers.clone() }
    }
    /// Number of rows of a stream.
    pub fn rows_in_all(&self, stream: Stream) -> usize {
        self.slices().map(|slice| self.rows(stream, slice).len()).sum()
    }

    fn users_last_week(&self) -> UsersLastWeek {
        let from = (self.end - 7 * DAY) / SECOND * SECOND;
        let successful = |kind: EventType| -> HashSet<String> {
            let rows = self.slices().filter(|slice| self.span(*slice).end > from);
            rows.flat_map(|slice| self.rows(Stream::SignIns(kind), slice))
                .filter(|row| row.ticks >= from)
                .map(|row| self.sign_in(Place { seed: self.generator.seed(), row }, kind))
                .filter(|sign_in| sign_in.outcome.code == 0)
                .filter_map(|sign_in| match sign_in.who {
                    Who::Person(user) => Some(user.id.clone()),
                    _ => None,
                })
                .collect()
        };
        let interactive = successful(EventType::InteractiveUser);
        let all = successful(EventType::NonInteractiveUser).union(&interactive).count();
        UsersLastWeek {
            from: time::print_seconds(from),
            interactive: interactive.len() as u32,
            with_non_interactive: all as u32,
        }
    }

    fn place(&self, row: Row) -> Place {
        Place { seed: self.generator.seed(), row }
    }

    fn sign_in(&self, place: Place, kind: EventType) -> SignIn<'_> {
        let Some(Event::SignIn(planted)) =
            place.planted().and_then(|index| self.planted.get(index)).map(|planted| &planted.event)
        else {
            return sign_ins::sign_in(&self.generator, place, kind);
        };
        let user = &self.generator.organisation.users[planted.user];
        let resource = incidents::resource(planted.application);
        let mut sign_in = sign_ins::person(place, kind, user, planted.application, resource, planted.code);
        // What is drawn for others must not change a planted outcome.
        sign_in.outcome = crate::generate::outcomes::outcome_of(planted.code);
        sign_in.risk = None;
        if let Some(client) = planted.client {
            sign_in.client = client;
        }
        if let Some((office, address)) = &planted.place {
            sign_in.office = office;
            sign_in.ip_address.clone_from(address);
            sign_in.is_office_network = planted.user == PATTERN_USER && office.city == user.office().city;
        }
        sign_in
    }

    fn audit(&self, place: Place) -> Audit<'_> {
        match place.planted().and_then(|index| self.planted.get(index)).map(|planted| &planted.event) {
            Some(Event::Audit(planted)) => Audit {
                place,
                service: planted.service,
                category: planted.category,
                activity: planted.activity,
                result: planted.result,
                reason: planted.reason.to_owned(),
                initiator: planted.initiator(&self.generator.organisation),
                targets: planted.targets.clone(),
                details: vec![("UserType", "Member".to_owned())],
            },
            _ => directory_audits::audit(&self.generator, place),
        }
    }

    /// An instant for an episode, early enough for all its rows to stay in the slice.
    fn instant(&self, stream: Stream, slice: i64, random: &mut Random) -> i64 {
        match stream {
            Stream::Provisioning => instant_in_cycle(slice, random) / SECOND * SECOND,
            Stream::SignIns(_) => slice * HOUR + random.between(0, 3_500) * SECOND,
            _ => slice * HOUR + random.between(0, 3_500 * SECOND),
        }
    }
}

impl History for Tenant {
    fn organisation(&self) -> &Organisation {
        &self.generator.organisation
    }
    fn slices(&self) -> Range<i64> {
        let end = self.end.div_euclid(HOUR) + 1;
        end - self.days * 24..end
    }
    fn span(&self, slice: i64) -> Range<i64> {
        slice * HOUR..(slice + 1) * HOUR
    }
    fn rows(&self, stream: Stream, slice: i64) -> Vec<Row> {
        if !self.slices().contains(&slice) {
            return Vec::new();
        }
        let seed = self.generator.seed();
        let count = self.schedule.rows(stream, slice);
        let mut random = Random::at(&[seed, stream.number() as u64, slice as u64]);
        let mut rows = Vec::with_capacity(count + 4);
        let mut episode = 0_u32;
        while rows.len() < count {
            let start = self.instant(stream, slice, &mut random);
            for step in 0..episode_length(seed, stream, slice, episode) {
                let ticks = start + step as i64 * 17 * SECOND;
                rows.push(Row { ticks, stream, slice, number: Place::number(episode, step) });
            }
            episode += 1;
        }
        let planted = self
            .planted
            .iter()
            .enumerate()
            .filter(|(_, planted)| planted.stream == stream && planted.ticks.div_euclid(HOUR) == slice);
        rows.extend(planted.map(|(index, planted)| Row {
            ticks: planted.ticks,
            stream,
            slice,
            number: Place::planted_number(index),
        }));
        rows.retain(|row| row.ticks <= self.end);
        rows.sort_by_key(|row| std::cmp::Reverse((row.ticks, row.number)));
        rows
    }
    fn record(&self, row: Row, rendering: Rendering) -> String {
        let (place, organisation) = (self.place(row), &self.generator.organisation);
        match row.stream {
            Stream::SignIns(kind) => sign_in_record::record(&self.sign_in(place, kind), organisation, rendering),
            Stream::DirectoryAudits => audit_record::record(&self.audit(place), organisation, rendering),
            Stream::CustomSecurityAttributeAudits => {
                audit_record::record(&attribute_audits::audit(&self.generator, place), organisation, rendering)
            }
            Stream::Provisioning => {
                let change =
                    match place.planted().and_then(|index| self.planted.get(index)).map(|planted| &planted.event) {
                        Some(Event::Provisioning(change)) => change.clone(),
                        _ => provisioning::change(&self.generator, place),
                    };
                provisioning_record::record(&place, &change, organisation, rendering)
            }
        }
    }
    fn peek(&self, row: Row, path: &str) -> Option<Value> {
        const KNOWN: &[&str] =
            &["userId", "userPrincipalName", "appId", "appDisplayName", "ipAddress", "status/errorCode"];
        match row.stream {
            Stream::SignIns(kind) if KNOWN.contains(&path) => {
                sign_in_record::peek(&self.sign_in(self.place(row), kind), path)
            }
            _ => None,
        }
    }
    fn find(&self, report: Report, id: &str) -> Option<Row> {
        // An audit's id has the row's own after the first underscore.
        let own = id.split('_').find(|part| part.len() == 36).unwrap_or(id);
        let found = row_ids::row(self.generator.seed(), own)?;
        if found.stream.report() != report {
            return None;
        }
        self.rows(found.stream, found.slice).into_iter().find(|row| row.number == found.number)
    }
    fn has_retention(&self) -> bool {
        true
    }
    fn answers(&self) -> Option<Answers> {
        Some(Self::answers(self))
    }
}
