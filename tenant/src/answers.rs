//! The known answers to the nine questions, which the planted incidents give.

use serde::Serialize;

/// What a right answer to each of the nine questions says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answers {
    /// 1. Who granted admin group access to a directory user?
    pub admin_access: Vec<AdminAccess>,
    /// 2. Which users are signing in to a recently acquired app?
    pub acquired_app: AcquiredApp,
    /// 3. How many password resets were made within the directory?
    pub password_resets: PasswordResets,
    /// 4. What is the sign-in pattern of a user?
    pub user_pattern: UserPattern,
    /// 5. How many users have signed in during the last week?
    pub users_last_week: UsersLastWeek,
    /// 6. What is the status of these sign-ins?
    pub sign_in_status: SignInStatus,
    /// 7. What groups were successfully created in ServiceNow?
    pub groups_in_service_now: Vec<String>,
    /// 8. What roles were imported from Amazon Web Services?
    pub roles_from_aws: Vec<String>,
    /// 9. What users were unsuccessfully created from Workday?
    pub failed_from_workday: Vec<FailedWorker>,
}

/// One grant of administrator access.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdminAccess {
    /// When, as Graph prints it.
    pub at: String,
    /// Activity, such as `Add member to group`.
    pub activity: String,
    /// Principal name of the person, or name of the application, that granted it.
    pub granted_by: String,
    /// Principal name of the user who got it.
    pub granted_to: String,
    /// Name of the group or role.
    pub access: String,
    /// `success` or `failure`.
    pub result: String,
}

/// Sign-ins to the application that was acquired lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AcquiredApp {
    /// Application id.
    pub app_id: String,
    /// Name.
    pub display_name: String,
    /// Users with their sign-ins, by principal name.
    pub users: Vec<AppUser>,
}

/// One user of the acquired application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppUser {
    /// Principal name.
    pub user_principal_name: String,
    /// Interactive sign-ins, failed ones included.
    pub interactive: u32,
    /// Non-interactive sign-ins, failed ones included.
    pub non_interactive: u32,
    /// Those of both that failed or were interrupted.
    pub not_successful: u32,
}

/// Password resets, as the self-service password management service logs them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResets {
    /// Successful ones by an administrator.
    pub by_admin: u32,
    /// Successful ones by the person.
    pub self_service: u32,
    /// Failed ones of both kinds.
    pub failed: u32,
}

/// How one user signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPattern {
    /// Principal name.
    pub user_principal_name: String,
    /// Object id.
    pub user_id: String,
    /// Interactive sign-ins in all.
    pub interactive: u32,
    /// Those that failed.
    pub failed: u32,
    /// Cities with their number of sign-ins, the most frequent first.
    pub cities: Vec<(String, u32)>,
    /// Applications with their number of sign-ins, the most frequent first.
    pub applications: Vec<(String, u32)>,
    /// Times of the sign-ins that are out of pattern, as Graph prints them.
    pub unusual: Vec<String>,
}

/// Users who signed in during the last seven days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UsersLastWeek {
    /// First instant that counts.
    pub from: String,
    /// Distinct users with a successful interactive sign-in.
    pub interactive: u32,
    /// Distinct users with a successful interactive or non-interactive sign-in.
    pub with_non_interactive: u32,
}

/// The outcome of the password spray's sign-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInStatus {
    /// Address they came from.
    pub ip_address: String,
    /// Error codes (0 is success) with their number, ascending.
    pub codes: Vec<(i64, u32)>,
}

/// A worker for whom no account could be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedWorker {
    /// Name in Workday.
    pub display_name: String,
    /// Worker id in Workday.
    pub worker_id: String,
    /// Why the last try failed.
    pub error_code: String,
    /// Tries, one per cycle.
    pub tries: u32,
}
