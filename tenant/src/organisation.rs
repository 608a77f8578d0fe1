//! The made-up organisation: a shipping company with its people, groups, devices and policies.

use crate::{
    applications::{CLIENTS, MANAGED_IDENTITIES, TIDEWATCH, WORKLOADS},
    names::{ELSEWHERE, OFFICES, Office, romanise},
    policies::{Policy, policies},
    random::{Random, guid_at},
};

/// A tenant's people and things.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Tenant id.
    pub tenant_id: String,
    /// Name of the company.
    pub display_name: String,
    /// Verified default domain.
    pub domain: String,
    /// Everybody, the busiest first.
    pub users: Vec<User>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Applications and their service principals.
    pub service_principals: Vec<ServicePrincipal>,
    /// Conditional Access policies.
    pub policies: Vec<Policy>,
    pub(crate) seed: u64,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Object id.
    pub id: String,
    /// Principal name in lower case.
    pub user_principal_name: String,
    /// Name, in any script.
    pub display_name: String,
    /// Directory roles by display name.
    pub roles: Vec<&'static str>,
    /// What kind of account it is.
    pub kind: UserKind,
    /// Its place among the users.
    pub(crate) number: usize,
    /// Index of the office in [`OFFICES`].
    pub(crate) office: usize,
    /// Name of the person's Windows computer; empty for guests and service accounts.
    pub(crate) device_name: String,
    /// Device id of that computer.
    pub(crate) device_id: String,
}

/// Kinds of account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserKind {
    /// An employee.
    Member,
    /// Invited from another organisation.
    Guest,
    /// A program that signs in like a person.
    ServiceAccount,
}

impl User {
    pub(crate) fn office(&self) -> &'static Office {
        &OFFICES[self.office]
    }
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Object id.
    pub id: String,
    /// Name.
    pub display_name: String,
    /// True for groups that may hold directory roles.
    pub is_role_assignable: bool,
    /// True for Microsoft 365 groups, false for security groups.
    pub is_unified: bool,
}

/// An application in this tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// Object id.
    pub id: String,
    /// Application id.
    pub app_id: String,
    /// Name.
    pub display_name: String,
    /// `Application` or `ManagedIdentity`.
    pub kind: &'static str,
}

/// Tenant that owns Microsoft's applications.
pub(crate) const MICROSOFT_TENANT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
/// Tenant that the guests come from.
pub(crate) const PARTNER_TENANT: &str = "0f4b7c1e-52d3-4a86-b9e7-2c6d8f1a3b00";
/// Number of accounts, guests and service accounts included.
const USERS: usize = 412;
const GUESTS: usize = 38;
const SERVICE_ACCOUNTS: usize = 9;

/// Directory roles of the few people who have some; by index of the user. The first is the tenant's main administrator.
static ROLES: &[(usize, &[&str])] = &[
    (0, &["Global Administrator", "Attribute Log Administrator"]),
    (3, &["Security Reader", "Conditional Access Administrator"]),
    (5, &["Reports Reader"]),
    (8, &["User Administrator", "Helpdesk Administrator"]),
    (11, &["Security Administrator", "Attribute Log Reader"]),
    (14, &["Application Administrator"]),
    (17, &["Global Reader"]),
    (21, &["Privileged Role Administrator"]),
    (26, &["Groups Administrator"]),
];

static GROUP_NAMES: &[(&str, bool, bool)] = &[
    ("Tier 0 Directory Admins", true, false),
    ("Break Glass Accounts", true, false),
    ("Global Readers (role-assignable)", true, false),
    ("All Employees", false, false),
    ("Crew Planning", false, true),
    ("Hamburg Terminal", false, true),
    ("Customs Brokers", false, false),
    ("Finance Europe", false, true),
    ("Piraeus Λιμάνι", false, true),
    ("東京 Operations", false, true),
    ("CargoLedger Users", false, false),
    ("ServiceNow ITIL", false, false),
    ("VPN Users", false, false),
    ("MFA Pilot", false, false),
    ("Guests – Port Agents", false, false),
    ("Licensing E5", false, false),
    ("Bridge Simulator", false, true),
    ("Works Council", false, true),
];

impl Organisation {
    /// The organisation of this seed.
    pub fn new(seed: u64) -> Self {
        let domain = "contoso.example";
        Self {
            tenant_id: guid_at(&[seed, 0x7e]),
            display_name: "Contoso Maritime".to_owned(),
            domain: domain.to_owned(),
            users: users(seed, domain),
            groups: groups(seed),
            service_principals: service_principals(seed),
            policies: policies(seed),
            seed,
        }
    }
    /// The account with this principal name, whatever its case.
    pub fn user(&self, user_principal_name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.user_principal_name.eq_ignore_ascii_case(user_principal_name))
    }
    /// The account with this object id.
    pub fn user_by_id(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id.eq_ignore_ascii_case(id))
    }
    /// The main administrator.
    pub fn administrator(&self) -> &User {
        &self.users[0]
    }
    /// Object id of an application's service principal.
    pub(crate) fn service_principal_id(&self, app_id: &str) -> String {
        guid_at(&[self.seed, 0x59, text_number(app_id)])
    }
}

fn users(seed: u64, domain: &str) -> Vec<User> {
    let mut taken = std::collections::HashSet::new();
    let mut users: Vec<User> = Vec::with_capacity(USERS);
    let shares: Vec<(u32, usize)> = OFFICES.iter().enumerate().map(|(index, office)| (office.share, index)).collect();
    let mut random = Random::at(&[seed, 0x05]);
    while users.len() < USERS - GUESTS - SERVICE_ACCOUNTS {
        // The main administrator sits at the headquarters whatever the seed.
        let office = if users.is_empty() { 0 } else { random.weighted(&shares) };
        let (given, family) = (random.pick(OFFICES[office].given), random.pick(OFFICES[office].family));
        let mut name = format!("{}.{}", romanise(given), romanise(family));
        if !taken.insert(name.clone()) {
            name = format!("{name}{}", users.len());
        }
        let display_name =
            if OFFICES[office].is_family_first { format!("{family} {given}") } else { format!("{given} {family}") };
        let number = users.len() as u64;
        let roles =
            ROLES.iter().find(|(index, _)| *index == users.len()).map_or(Vec::new(), |(_, roles)| roles.to_vec());
        users.push(User {
            id: guid_at(&[seed, 0x06, number]),
            user_principal_name: format!("{name}@{domain}"),
            display_name,
            roles,
            kind: UserKind::Member,
            number: number as usize,
            office,
            device_name: format!("{}-LT-{:04}", OFFICES[office].city[..3].to_uppercase(), 1000 + number * 7),
            device_id: guid_at(&[seed, 0x07, number]),
        });
    }
    for number in 0..GUESTS {
        let office = random.weighted(&shares);
        let (given, family) = (random.pick(OFFICES[office].given), random.pick(OFFICES[office].family));
        users.push(User {
            id: guid_at(&[seed, 0x08, number as u64]),
            user_principal_name: format!("{}.{}{number}@fabrikam.example", romanise(given), romanise(family)),
            display_name: format!("{given} {family} (Fabrikam)"),
            roles: Vec::new(),
            kind: UserKind::Guest,
            number: users.len(),
            office,
            device_name: String::new(),
            device_id: String::new(),
        });
    }
    let accounts = [
        "svc-scan2mail",
        "svc-edi-gateway",
        "svc-backup",
        "svc-sql-reporting",
        "sync_ham-dc01_4f2a91",
        "breakglass-01",
        "breakglass-02",
        "svc-kiosk-gangway",
        "svc-telex",
    ];
    for (number, name) in accounts.iter().enumerate() {
        users.push(User {
            id: guid_at(&[seed, 0x09, number as u64]),
            user_principal_name: format!("{name}@{domain}"),
            display_name: if name.starts_with("sync_") {
                "On-Premises Directory Synchronization Service Account".to_owned()
            } else {
                (*name).to_owned()
            },
            roles: if name.starts_with("breakglass") { vec!["Global Administrator"] } else { Vec::new() },
            kind: UserKind::ServiceAccount,
            number: users.len(),
            office: 0,
            device_name: String::new(),
            device_id: String::new(),
        });
    }
    users
}

fn groups(seed: u64) -> Vec<Group> {
    let make = |(number, (name, is_role_assignable, is_unified)): (usize, &(&str, bool, bool))| Group {
        id: guid_at(&[seed, 0x0a, number as u64]),
        display_name: (*name).to_owned(),
        is_role_assignable: *is_role_assignable,
        is_unified: *is_unified,
    };
    GROUP_NAMES.iter().enumerate().map(make).collect()
}

fn service_principals(seed: u64) -> Vec<ServicePrincipal> {
    let id = |app_id: &str| guid_at(&[seed, 0x59, text_number(app_id)]);
    let clients = CLIENTS.iter().map(|(application, _)| application);
    let workloads = WORKLOADS.iter().map(|workload| &workload.application);
    let applications = clients.chain(workloads).chain([&TIDEWATCH]).map(|application| ServicePrincipal {
        id: id(application.app_id),
        app_id: application.app_id.to_owned(),
        display_name: application.display_name.to_owned(),
        kind: "Application",
    });
    let identities = MANAGED_IDENTITIES.iter().map(|identity| ServicePrincipal {
        id: id(identity.app_id),
        app_id: identity.app_id.to_owned(),
        display_name: identity.display_name.to_owned(),
        kind: "ManagedIdentity",
    });
    applications.chain(identities).collect()
}

/// A place where nobody of the organisation works.
pub(crate) fn elsewhere(index: usize) -> &'static Office {
    &ELSEWHERE[index % ELSEWHERE.len()]
}

/// A number that stands for a text, for making ids from it.
pub(crate) fn text_number(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn everybody_has_a_name_of_their_own_in_lower_case_ascii() {
        let organisation = Organisation::new(42);
        assert_eq!(organisation.users.len(), USERS);
        let names: HashSet<_> = organisation.users.iter().map(|user| &user.user_principal_name).collect();
        assert_eq!(names.len(), USERS);
        assert!(names.iter().all(|name| name.is_ascii() && name.to_lowercase() == **name), "{names:?}");
        assert!(organisation.users.iter().any(|user| !user.display_name.is_ascii()));
    }
}
