//! What happens in a sign-in, before it is written down.

use crate::{
    applications::{
        Application, CLIENTS, MANAGED_IDENTITIES, MANAGEMENT, ManagedIdentity, PORTAL, WORKLOADS, Workload,
    },
    generate::{
        Generator, Place,
        clients::{self, Client},
        outcomes::{self, Outcome, outcome_of},
        schedule::activity_at,
    },
    history::EventType,
    names::Office,
    organisation::{User, UserKind, elsewhere},
    random::guid_at,
    time::DAY,
};

/// The user whose sign-ins are all planted, so that the pattern is known.
pub(crate) const PATTERN_USER: usize = 40;
/// Number of sessions that a person starts on a day, at most.
const SESSIONS_A_DAY: u64 = 2;

/// A sign-in.
pub(crate) struct SignIn<'a> {
    pub place: Place,
    pub kind: EventType,
    pub who: Who<'a>,
    pub application: &'static Application,
    pub resource: &'static Application,
    pub outcome: &'static Outcome,
    pub office: &'static Office,
    pub ip_address: String,
    pub client: Client,
    /// Risk seen at sign-in, in Graph's spelling, with the detection; `None` for no risk.
    pub risk: Option<(&'static str, &'static str)>,
    /// True when the network is a named location.
    pub is_office_network: bool,
}

/// Who signs in.
#[derive(Clone, Copy)]
pub(crate) enum Who<'a> {
    Person(&'a User),
    Workload(&'static Workload),
    Identity(&'static ManagedIdentity),
}

/// The codes of the episode that a row belongs to, in order.
pub(crate) fn path(place: &Place, kind: EventType) -> &'static [i64] {
    let paths = match kind {
        EventType::InteractiveUser => outcomes::INTERACTIVE,
        EventType::NonInteractiveUser => outcomes::NON_INTERACTIVE,
        EventType::ServicePrincipal => outcomes::SERVICE_PRINCIPAL,
        EventType::ManagedIdentity => outcomes::MANAGED_IDENTITY,
    };
    place.episode(0x70).weighted(paths)
}

/// The sign-in of a row that is not planted.
pub(crate) fn sign_in<'a>(generator: &'a Generator, place: Place, kind: EventType) -> SignIn<'a> {
    let code = path(&place, kind).get(place.step()).copied().unwrap_or(0);
    match kind {
        EventType::InteractiveUser | EventType::NonInteractiveUser => {
            let user = &generator.organisation.users[user_of(generator, &place)];
            let mut random = place.episode(0x71);
            let (mut application, mut resource) = {
                let (application, resource) = &CLIENTS[generator.client_popularity.pick(&mut random)];
                (application, *resource)
            };
            if user.kind == UserKind::Guest && random.chance(500) {
                (application, resource) = (&PORTAL, &MANAGEMENT);
            }
            person(place, kind, user, application, resource, code)
        }
        EventType::ServicePrincipal => workload(generator, place, code),
        EventType::ManagedIdentity => identity(generator, place, code),
    }
}

/// Index of the person: popular ones more often, and people at work more often than people asleep.
pub(crate) fn user_of(generator: &Generator, place: &Place) -> usize {
    let mut random = place.episode(0x72);
    let users = &generator.organisation.users;
    let mut index = 0;
    for _ in 0..12 {
        index = generator.user_popularity.pick(&mut random);
        let user = &users[index];
        let activity = if user.kind == UserKind::ServiceAccount {
            60
        } else {
            activity_at(place.row.slice * crate::time::HOUR, user.office().utc_offset_minutes)
        };
        if index != PATTERN_USER && random.below(100) < activity as usize {
            return index;
        }
    }
    if index == PATTERN_USER { index + 1 } else { index }
}

/// A person's sign-in with the things that follow from who and when.
pub(crate) fn person<'a>(
    place: Place,
    kind: EventType,
    user: &'a User,
    application: &'static Application,
    resource: &'static Application,
    code: i64,
) -> SignIn<'a> {
    let mut random = place.episode(0x73);
    let number = user.number as u64;
    let mut client =
        if user.kind == UserKind::ServiceAccount { clients::SERVICE_ACCOUNT } else { random.weighted(clients::USUAL) };
    // Most people keep to one computer and one phone.
    if user.kind == UserKind::Member && random.chance(700) {
        client = clients::usual((number % 3) as usize);
    }
    let risk = (kind == EventType::InteractiveUser && random.chance(9)).then(|| {
        random.pick(&[
            ("low", "unfamiliarFeatures"),
            ("medium", "unlikelyTravel"),
            ("medium", "anonymizedIPAddress"),
            ("high", "leakedCredentials"),
            ("high", "maliciousIPAddress"),
        ])
    });
    let is_away = risk.is_some_and(|(_, detection)| detection != "leakedCredentials") || random.chance(12);
    let (office, is_office_network, ip_address) = if is_away {
        let place = elsewhere(random.below(2));
        (place, false, format!("{}{}", place.network, random.between(10, 49)))
    } else if random.chance(620) && user.kind != UserKind::Guest {
        (user.office(), true, format!("{}{}", user.office().network, number % 60 + 1))
    } else {
        (user.office(), false, format!("2001:db8:{:x}::{:x}", 0x1000 + number, random.between(1, 400)))
    };
    let mut code = code;
    // The policy against legacy clients blocks people, not the service accounts it excludes.
    if client.is_legacy() && user.kind != UserKind::ServiceAccount && code == 0 {
        code = 53003;
    }
    let who = Who::Person(user);
    SignIn {
        place,
        kind,
        who,
        application,
        resource,
        outcome: outcome_of(code),
        office,
        ip_address,
        client,
        risk,
        is_office_network,
    }
}

fn workload(generator: &Generator, place: Place, code: i64) -> SignIn<'_> {
    let mut random = place.episode(0x74);
    let index = generator.workload_popularity.pick(&mut random);
    let workload = &WORKLOADS[index];
    // A forgotten client keeps trying with its expired secret.
    let code = if index == WORKLOADS.len() - 2 { 7000222 } else { code };
    let office = &crate::names::OFFICES[index % 2];
    SignIn {
        place,
        kind: EventType::ServicePrincipal,
        who: Who::Workload(workload),
        application: &workload.application,
        resource: workload.resource,
        outcome: outcome_of(code),
        office,
        ip_address: format!("2001:db8:a2:{:x}::{:x}", index + 16, random.between(4, 9)),
        client: clients::SERVICE_ACCOUNT,
        risk: None,
        is_office_network: false,
    }
}

fn identity(generator: &Generator, place: Place, code: i64) -> SignIn<'_> {
    let mut random = place.episode(0x75);
    let identity = &MANAGED_IDENTITIES[generator.identity_popularity.pick(&mut random)];
    SignIn {
        place,
        kind: EventType::ManagedIdentity,
        who: Who::Identity(identity),
        application: identity.target,
        resource: identity.target,
        outcome: outcome_of(code),
        office: &crate::names::OFFICES[1],
        ip_address: String::new(),
        client: clients::SERVICE_ACCOUNT,
        risk: None,
        is_office_network: false,
    }
}

/// A person's session at an instant; equal for everything they do with it on that day.
pub(crate) fn session_id(seed: u64, user: &User, ticks: i64, which: u64) -> String {
    let day = ticks.div_euclid(DAY) as u64;
    guid_at(&[seed, 0x5e, crate::organisation::text_number(&user.id), day, which % SESSIONS_A_DAY])
}

/// A person's token at an instant: a session has a few in a day. Twenty-two characters, as Graph prints them.
pub(crate) fn token_id(seed: u64, user: &User, ticks: i64, which: u64) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let day = ticks.div_euclid(DAY) as u64;
    let mut random =
        crate::random::Random::at(&[seed, 0x5f, crate::organisation::text_number(&user.id), day, which % 6]);
    (0..22).map(|_| char::from(random.pick(ALPHABET))).collect()
}
