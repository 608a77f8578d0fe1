//! Paths beside the reports: who is signed in, names of objects, the list of activities.

use crate::{
    generate::directory_audits::{ACTIVITIES, parts},
    graph::{
        Caller,
        access::{has_any, request_denied},
        errors::GraphFault,
        query::pairs,
    },
    http::Request,
    json::{Object, object, quoted},
    organisation::{Organisation, User, UserKind},
};

/// The body of an answer about the organisation.
///
/// # Errors
/// When there is no such thing, or the caller may not see it.
pub(super) fn answer(
    organisation: &Organisation,
    segments: &[String],
    request: &Request,
    caller: &Caller,
) -> Result<String, GraphFault> {
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let id = segments.get(1).map_or("", String::as_str);
    let is_reader = has_any(&caller.scopes, &["Directory.Read.All", "Directory.ReadWrite.All"]);
    match lower.as_slice() {
        ["me"] => {
            let user =
                organisation.user_by_id(&caller.user_id).ok_or_else(|| GraphFault::not_found(&caller.user_id))?;
            Ok(entity(request, "users", |o| write_user(o, user)))
        }
        ["organization"] => Ok(list(request, "organization", &[organisation], |o, organisation| {
            o.text("id", &organisation.tenant_id);
            o.text("displayName", &organisation.display_name);
            o.text("countryLetterCode", "DE");
            o.objects("verifiedDomains", &[&organisation.domain], |o, domain| {
                o.flag("isDefault", true);
                o.flag("isInitial", false);
                o.text("name", domain);
                o.text("type", "Managed");
            });
        })),
        ["auditlogs", "auditactivitytypes"] => activities(request, caller),
        ["users" | "groups", _] | ["serviceprincipals", ..] if !is_reader => Err(request_denied()),
        ["users", _] => {
            let user = organisation.user_by_id(id).or_else(|| organisation.user(id));
            let user = user.ok_or_else(|| missing(id))?;
            Ok(entity(request, "users", |o| write_user(o, user)))
        }
        ["groups", _] => {
            let group = organisation.groups.iter().find(|group| group.id.eq_ignore_ascii_case(id));
            let group = group.ok_or_else(|| missing(id))?;
            Ok(entity(request, "groups", |o| {
                o.text("id", &group.id);
                o.text("displayName", &group.display_name);
                o.flag("isAssignableToRole", group.is_role_assignable);
                o.texts("groupTypes", if group.is_unified { &["Unified"] } else { &[] });
                o.flag("securityEnabled", !group.is_unified);
            }))
        }
        ["serviceprincipals"] => {
            let (property, wanted) = equality(request, &["displayName", "appId"])?;
            let found: Vec<_> = organisation
                .service_principals
                .iter()
                .filter(|principal| {
                    let value = if property == "appId" { &principal.app_id } else { &principal.display_name };
                    value.eq_ignore_ascii_case(&wanted)
                })
                .collect();
            Ok(list(request, "servicePrincipals", &found, |o, principal| {
                o.text("id", &principal.id);
                o.text("appId", &principal.app_id);
                o.text("displayName", &principal.display_name);
                o.text("servicePrincipalType", principal.kind);
            }))
        }
        _ => Err(GraphFault::no_segment(segments.last().map_or("", String::as_str))),
    }
}

fn missing(id: &str) -> GraphFault {
    GraphFault { code: "Request_ResourceNotFound", ..GraphFault::not_found(id) }
}

fn write_user(o: &mut Object, user: &User) {
    o.text("id", &user.id);
    o.text("displayName", &user.display_name);
    o.text("userPrincipalName", &user.user_principal_name);
    o.text("mail", &user.user_principal_name);
    o.text("userType", if user.kind == UserKind::Guest { "Guest" } else { "Member" });
}

/// `auditActivityTypes`, with `$filter` eq on each of its properties.
fn activities(request: &Request, caller: &Caller) -> Result<String, GraphFault> {
    if !has_any(&caller.scopes, &["AuditLog.Read.All", "Directory.Read.All"]) {
        return Err(super::access::missing_permission(crate::history::Report::DirectoryAudits));
    }
    let wanted = if pairs(&request.query).is_empty() {
        None
    } else {
        Some(equality(request, &["service", "category", "activity"])?)
    };
    let found: Vec<_> = ACTIVITIES
        .lines()
        .map(parts)
        .filter(|(service, category, activity)| {
            wanted.as_ref().is_none_or(|(property, value)| match property.as_str() {
                "service" => service == value,
                "category" => category == value,
                _ => activity == value,
            })
        })
        .collect();
    Ok(list(request, "auditLogs/auditActivityTypes", &found, |o, (service, category, activity)| {
        o.text("id", &format!("{service}|{category}|{activity}"));
        o.text("service", service);
        o.text("category", category);
        o.text("activity", activity);
    }))
}

/// The one `$filter` that these paths take: a property equals a text. `$select` and `$top` are accepted beside it.
fn equality(request: &Request, properties: &[&str]) -> Result<(String, String), GraphFault> {
    let options = pairs(&request.query);
    if options.iter().any(|(name, _)| !["$filter", "$select", "$top"].contains(&name.as_str())) {
        return Err(GraphFault::bad_request("A query option is not allowed."));
    }
    let filter = options.iter().find(|(name, _)| name == "$filter").map_or("", |(_, value)| value.as_str());
    let (property, literal) = filter.split_once(" eq ").ok_or_else(GraphFault::invalid_filter)?;
    let literal = literal.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match literal {
        Some(value) if properties.contains(&property.trim()) => {
            Ok((property.trim().to_owned(), value.replace("''", "'")))
        }
        _ => Err(GraphFault::invalid_filter()),
    }
}

fn entity(request: &Request, set: &str, write: impl FnOnce(&mut Object)) -> String {
    let context = format!("https://{}/beta/$metadata#{set}/$entity", request.host);
    object(true, |o| {
        o.text("@odata.context", &context);
        write(o);
    })
}

fn list<T>(request: &Request, set: &str, items: &[T], write: impl Fn(&mut Object, &T)) -> String {
    let context = format!("https://{}/beta/$metadata#{set}", request.host);
    let items: Vec<String> = items.iter().map(|item| object(true, |o| write(o, item))).collect();
    format!("{{\"@odata.context\":{},\"value\":[{}]}}", quoted(&context), items.join(","))
}
