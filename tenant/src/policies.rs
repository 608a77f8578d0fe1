//! Conditional Access policies of the organisation.

use crate::random::guid_at;

/// A Conditional Access policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Object id.
    pub id: String,
    /// Name.
    pub display_name: String,
    /// What it does.
    pub state: PolicyState,
    /// Grant controls in Graph's spelling.
    pub grant_controls: Vec<&'static str>,
    /// Session controls in Graph's spelling.
    pub session_controls: Vec<&'static str>,
    /// Whom and what it is about.
    pub(crate) scope: PolicyScope,
}

/// Whether a policy is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyState {
    /// In force.
    Enabled,
    /// Evaluated and logged only.
    ReportOnly,
    /// Off.
    Disabled,
}

/// Whom and what a policy is about, as far as the generator needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PolicyScope {
    AllUsers,
    Guests,
    Administrators,
    Mobile,
    LegacyClients,
    RiskySignIns,
    Untrusted,
    OneApplication,
    Workloads,
}

type Definition = (&'static str, PolicyState, &'static [&'static str], &'static [&'static str], PolicyScope);

static DEFINITIONS: &[Definition] = &[
    ("CA001 Require MFA for everybody", PolicyState::Enabled, &["Mfa"], &[], PolicyScope::AllUsers),
    ("CA002 Block legacy authentication", PolicyState::Enabled, &["Block"], &[], PolicyScope::LegacyClients),
    (
        "CA003 Administrators: phishing-resistant MFA",
        PolicyState::Enabled,
        &["AuthenticationStrength"],
        &["SignInFrequency"],
        PolicyScope::Administrators,
    ),
    ("CA004 Guests: MFA and terms of use", PolicyState::Enabled, &["Mfa", "Terms of use"], &[], PolicyScope::Guests),
    (
        "CA005 Require compliant device outside offices",
        PolicyState::ReportOnly,
        &["RequireCompliantDevice", "RequireDomainJoinedDevice"],
        &[],
        PolicyScope::Untrusted,
    ),
    ("CA006 High sign-in risk: block", PolicyState::Enabled, &["Block"], &[], PolicyScope::RiskySignIns),
    ("CA007 Token protection (pilot)", PolicyState::ReportOnly, &[], &["TokenProtection"], PolicyScope::OneApplication),
    (
        "CA008 Mobile: approved applications",
        PolicyState::Enabled,
        &["RequireApprovedApp", "RequireCompliantApp"],
        &[],
        PolicyScope::Mobile,
    ),
    ("CA009 Workload identities from known networks", PolicyState::Enabled, &["Block"], &[], PolicyScope::Workloads),
];

/// Older policies that were left behind; few sign-ins list them all.
const LEFTOVERS: usize = 46;

/// The policies of this seed: the ones in use first, 55 in all.
pub(crate) fn policies(seed: u64) -> Vec<Policy> {
    let used = DEFINITIONS.iter().map(|(name, state, grant, session, scope)| Policy {
        id: String::new(),
        display_name: (*name).to_owned(),
        state: *state,
        grant_controls: grant.to_vec(),
        session_controls: session.to_vec(),
        scope: *scope,
    });
    let leftovers = (0..LEFTOVERS).map(|number| Policy {
        id: String::new(),
        display_name: format!(
            "ZZ old policy {:02} – {}",
            number + 1,
            ["test", "pilot", "do not use", "Kopie von CA001"][number % 4]
        ),
        state: if number % 5 == 0 { PolicyState::ReportOnly } else { PolicyState::Disabled },
        grant_controls: if number % 2 == 0 { vec!["Mfa"] } else { vec!["Block"] },
        session_controls: Vec::new(),
        scope: PolicyScope::OneApplication,
    });
    let mut policies: Vec<Policy> = used.chain(leftovers).collect();
    for (number, policy) in policies.iter_mut().enumerate() {
        policy.id = guid_at(&[seed, 0x0b, number as u64]);
    }
    policies
}
