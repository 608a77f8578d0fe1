//! Who may read what.

use crate::{
    graph::{Caller, errors::GraphFault},
    history::Report,
};

/// Permissions that each open a report.
fn scopes(report: Report) -> &'static [&'static str] {
    match report {
        Report::DirectoryAudits | Report::SignIns => &["AuditLog.Read.All", "Directory.Read.All"],
        Report::CustomSecurityAttributeAudits => &["CustomSecAttributeAuditLogs.Read.All"],
        Report::Provisioning => &["ProvisioningLog.Read.All", "AuditLog.Read.All", "Directory.Read.All"],
    }
}

/// Directory roles that open a report.
fn roles(report: Report) -> &'static [&'static str] {
    match report {
        Report::DirectoryAudits => {
            &["Reports Reader", "Security Reader", "Security Administrator", "Global Reader", "Global Administrator"]
        }
        Report::SignIns => &[
            "Global Reader",
            "Reports Reader",
            "Security Administrator",
            "Security Operator",
            "Security Reader",
            "Global Administrator",
        ],
        Report::Provisioning => &[
            "Reports Reader",
            "Security Reader",
            "Security Administrator",
            "Security Operator",
            "Global Reader",
            "Application Administrator",
            "Cloud Application Administrator",
            "Global Administrator",
        ],
        // A global administrator is not enough for this one.
        Report::CustomSecurityAttributeAudits => &["Attribute Log Reader", "Attribute Log Administrator"],
    }
}

/// Refuses a caller who may not read the report. `is_own` is true when only the caller's own sign-ins are asked for.
///
/// # Errors
/// The refusal.
pub(super) fn check(report: Report, caller: &Caller, is_own: bool) -> Result<(), GraphFault> {
    if !has_any(&caller.scopes, scopes(report)) {
        return Err(missing_permission(report));
    }
    if !caller.has_premium && matches!(report, Report::SignIns | Report::Provisioning) {
        return Err(no_premium());
    }
    let has_role = has_any(&caller.roles, roles(report)) || report == Report::SignIns && is_own;
    if !has_role {
        return Err(if report == Report::CustomSecurityAttributeAudits { request_denied() } else { missing_role() });
    }
    Ok(())
}

/// True when Conditional Access policies are shown in sign-ins.
pub(super) fn has_conditional_access(caller: &Caller) -> bool {
    has_any(&caller.scopes, &["Policy.Read.All", "Policy.Read.ConditionalAccess", "Policy.ReadWrite.ConditionalAccess"])
        && has_any(
            &caller.roles,
            &[
                "Global Reader",
                "Security Administrator",
                "Security Reader",
                "Conditional Access Administrator",
                "Global Administrator",
            ],
        )
}

/// True when one of the wanted names is there.
pub(super) fn has_any(names: &[String], wanted: &[&str]) -> bool {
    names.iter().any(|name| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)))
}

pub(super) fn missing_permission(report: Report) -> GraphFault {
    let message = format!(
        "The principal does not have required Microsoft Graph permission(s): {} to call this API.",
        scopes(report).join(",")
    );
    GraphFault::new(403, "Authentication_MSGraphPermissionMissing", message)
}

pub(super) fn missing_role() -> GraphFault {
    GraphFault::new(403, "Authentication_RequestFromUnsupportedUserRole", "User is not in the allowed roles")
}

pub(super) fn request_denied() -> GraphFault {
    GraphFault::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

pub(super) fn no_premium() -> GraphFault {
    let message = "Neither tenant is B2C or tenant doesn't have premium license";
    GraphFault::new(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", message)
}
