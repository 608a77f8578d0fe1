//! How sign-ins end: error codes of Entra with a reason in our words, and the sequences in which they occur.

/// What a status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub code: i64,
    pub failure_reason: Option<&'static str>,
    pub additional_details: Option<&'static str>,
    /// True when Conditional Access stopped it.
    pub is_policy_failure: bool,
}

const fn outcome(code: i64, reason: &'static str, details: Option<&'static str>, is_policy_failure: bool) -> Outcome {
    Outcome { code, failure_reason: Some(reason), additional_details: details, is_policy_failure }
}

static SUCCESS: Outcome = Outcome { code: 0, failure_reason: None, additional_details: None, is_policy_failure: false };

static OUTCOMES: &[Outcome] = &[
    outcome(
        50126,
        "The user name or password is wrong.",
        Some("The person mistyped; a few of these every day are normal."),
        false,
    ),
    outcome(50053, "The account is locked after too many tries with a wrong user name or password.", None, false),
    outcome(50055, "The password has expired.", Some("The person was asked to choose a new one."), false),
    outcome(50057, "The account is disabled.", None, false),
    outcome(50058, "A silent sign-in was asked for and nobody is signed in.", None, false),
    outcome(
        50072,
        "The person has to enrol for multifactor authentication.",
        Some("User needs to perform multi-factor authentication."),
        false,
    ),
    outcome(
        50074,
        "Strong authentication is required and was not passed yet.",
        Some("MFA required in Azure AD"),
        false,
    ),
    outcome(
        50076,
        "A policy or the location requires multifactor authentication.",
        Some("MFA required in Azure AD"),
        false,
    ),
    outcome(50097, "The device has to authenticate.", None, false),
    outcome(50105, "The person is not assigned to a role for the application.", None, false),
    outcome(50125, "Sign-in was interrupted to register or reset a password.", None, false),
    outcome(50140, "Sign-in was interrupted by the question whether to stay signed in.", None, false),
    outcome(50144, "The on-premises password has expired.", None, false),
    outcome(
        50158,
        "An external security challenge was not satisfied.",
        Some("The person was sent to another provider."),
        true,
    ),
    outcome(
        50173,
        "The grant was revoked; a new sign-in is needed.",
        Some("The password was changed or reset."),
        false,
    ),
    outcome(53000, "The device is not compliant.", None, true),
    outcome(53003, "Conditional Access blocks the issuance of a token.", None, true),
    outcome(53004, "Registration for multifactor authentication is blocked because of risk.", None, true),
    outcome(65001, "Nobody has consented to the application.", Some("The person was asked for consent."), false),
    outcome(70043, "The refresh token is too old for the sign-in frequency.", None, true),
    outcome(70044, "The session is too old for the sign-in frequency.", None, true),
    outcome(90095, "An administrator has to consent; the person may ask for it.", None, false),
    outcome(135011, "The device is disabled.", None, false),
    outcome(500011, "The resource has no service principal in this tenant.", None, false),
    outcome(
        500121,
        "Authentication failed at the second factor.",
        Some("MFA denied; user declined the authentication"),
        false,
    ),
    outcome(50034, "The account does not exist in this directory.", None, false),
    outcome(700016, "The application was not found in this tenant.", None, false),
    outcome(700027, "The signature of the client assertion is not valid.", None, false),
    outcome(700082, "The refresh token expired because it was not used.", None, false),
    outcome(7000112, "The application is disabled.", None, false),
    outcome(7000215, "The client secret is wrong.", Some("The secret's id was sent instead of its value."), false),
    outcome(7000222, "The client secret has expired.", None, false),
];

/// The outcome with this code; success when there is none.
pub(crate) fn outcome_of(code: i64) -> &'static Outcome {
    OUTCOMES.iter().find(|outcome| outcome.code == code).unwrap_or(&SUCCESS)
}

/// Codes in the order in which they come, with their weight.
pub(crate) type Paths = &'static [(u32, &'static [i64])];

pub(crate) static INTERACTIVE: Paths = &[
    (600, &[0]),
    (90, &[50140, 0]),
    (60, &[50074, 0]),
    (45, &[50126, 0]),
    (30, &[50076, 0]),
    (12, &[50126, 50126, 50053]),
    (10, &[50072, 0]),
    (9, &[50097, 0]),
    (8, &[500121]),
    (7, &[500121, 0]),
    (7, &[53003]),
    (6, &[50105]),
    (5, &[65001, 0]),
    (5, &[50055, 0]),
    (5, &[50058]),
    (4, &[53000]),
    (4, &[50034]),
    (3, &[50158, 0]),
    (3, &[50125, 0]),
    (3, &[50057]),
    (3, &[90095]),
    (2, &[50144]),
    (2, &[53004]),
    (2, &[700016]),
    (1, &[135011]),
];

pub(crate) static NON_INTERACTIVE: Paths = &[
    (900, &[0]),
    (25, &[70043]),
    (18, &[50173]),
    (14, &[700082]),
    (12, &[65001]),
    (10, &[53003]),
    (10, &[50076]),
    (6, &[70044]),
    (3, &[50058]),
    (2, &[53000]),
];

pub(crate) static SERVICE_PRINCIPAL: Paths =
    &[(920, &[0]), (30, &[7000215]), (24, &[7000222]), (10, &[53003]), (8, &[700027]), (5, &[500011]), (3, &[7000112])];

pub(crate) static MANAGED_IDENTITY: Paths = &[(984, &[0]), (10, &[500011]), (6, &[700016])];
