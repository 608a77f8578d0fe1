//! The generated history: which rows a slice has, and what each of them says.

pub(crate) mod attribute_audits;
pub(crate) mod audit_record;
pub(crate) mod audit_targets;
pub(crate) mod clients;
pub(crate) mod directory_audits;
pub(crate) mod enums;
pub(crate) mod outcomes;
pub(crate) mod provisioning;
pub(crate) mod provisioning_record;
pub(crate) mod row_ids;
pub(crate) mod schedule;
pub(crate) mod sign_in_authentication;
pub(crate) mod sign_in_extras;
pub(crate) mod sign_in_policies;
pub(crate) mod sign_in_record;
pub(crate) mod sign_in_tokens;
pub(crate) mod sign_ins;

use crate::{
    history::{Row, Stream},
    organisation::{Organisation, User, UserKind},
    random::{Popularity, Random, guid_at},
};

/// What all generators need.
pub(crate) struct Generator {
    pub organisation: Organisation,
    pub user_popularity: Popularity,
    pub client_popularity: Popularity,
    pub workload_popularity: Popularity,
    pub identity_popularity: Popularity,
    pub rare_activities: Vec<directory_audits::Activity>,
    /// Indexes of the people who have a role.
    pub administrators: Vec<usize>,
}

impl Generator {
    pub fn new(organisation: Organisation) -> Self {
        Self {
            user_popularity: Popularity::scaled(organisation.users.len(), 25, |index| {
                share(&organisation.users[index])
            }),
            client_popularity: Popularity::of(crate::applications::CLIENTS.len(), 2),
            workload_popularity: Popularity::of(crate::applications::WORKLOADS.len(), 0),
            identity_popularity: Popularity::of(crate::applications::MANAGED_IDENTITIES.len(), 0),
            rare_activities: directory_audits::rare_activities(),
            administrators: (0..organisation.users.len())
                .filter(|index| {
                    let user = &organisation.users[*index];
                    !user.roles.is_empty() && user.kind == UserKind::Member
                })
                .collect(),
            organisation,
        }
    }
    pub fn seed(&self) -> u64 {
        self.organisation.seed
    }
}

/// How much of the usual activity an account has, in percent: guests come rarely, and some people are away for long.
fn share(user: &User) -> u64 {
    match user.kind {
        UserKind::Guest => 20,
        UserKind::Member if user.number % 9 == 8 => 2,
        _ => 100,
    }
}

/// A row's place, as far as what it says depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub seed: u64,
    pub row: Row,
}

/// Marks rows of planted incidents in [`Row::number`]; the rest of the number is the index of the incident's row.
const PLANTED: u64 = 1 << 35;

impl Place {
    /// Number of a row that belongs to an episode: rows that follow from one another, such as a wrong and a right password.
    pub fn number(episode: u32, step: usize) -> u64 {
        u64::from(episode) << 4 | step as u64
    }
    /// Number of a planted row.
    pub fn planted_number(index: usize) -> u64 {
        PLANTED | index as u64
    }
    /// Index of a planted row.
    pub fn planted(&self) -> Option<usize> {
        (self.row.number & PLANTED != 0).then_some((self.row.number & !PLANTED) as usize)
    }
    /// Position of the row in its episode.
    pub fn step(&self) -> usize {
        if self.planted().is_some() { 0 } else { (self.row.number & 15) as usize }
    }
    /// Choices that all rows of the episode share.
    pub fn episode(&self, purpose: u64) -> Random {
        Random::at(&self.parts(self.episode_number(), purpose))
    }
    /// Choices of this row alone.
    pub fn own(&self, purpose: u64) -> Random {
        Random::at(&self.parts(self.row.number, purpose ^ 0xff00))
    }
    /// An identifier that all rows of the episode share.
    pub fn episode_guid(&self, purpose: u64) -> String {
        guid_at(&self.parts(self.episode_number(), purpose))
    }
    /// The row's id.
    pub fn id(&self) -> String {
        row_ids::id(self.seed, &self.row)
    }
    /// The id of the episode's first row.
    pub fn first_id(&self) -> String {
        let first = if self.planted().is_some() { self.row.number } else { self.row.number & !15 };
        row_ids::id(self.seed, &Row { number: first, ..self.row })
    }
    /// True for one row in so many, a different set for each purpose.
    pub fn is_one_in(&self, count: usize, purpose: u64) -> bool {
        self.own(purpose).below(count) == 0
    }

    fn episode_number(&self) -> u64 {
        if self.planted().is_some() { self.row.number } else { self.row.number >> 4 }
    }
    fn parts(&self, number: u64, purpose: u64) -> [u64; 5] {
        [self.seed, self.row.stream.number() as u64, self.row.slice as u64, number, purpose]
    }
}

/// How many rows an episode has.
pub(crate) fn episode_length(seed: u64, stream: Stream, slice: i64, episode: u32) -> usize {
    let row = Row { ticks: 0, stream, slice, number: Place::number(episode, 0) };
    let place = Place { seed, row };
    match stream {
        Stream::SignIns(kind) => sign_ins::path(&place, kind).len(),
        Stream::DirectoryAudits => directory_audits::episode_length(&place),
        Stream::CustomSecurityAttributeAudits | Stream::Provisioning => 1,
    }
}
