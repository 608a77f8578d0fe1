use super::*;

fn detail() -> GraphErrorDetail {
    GraphErrorDetail {
        status: 403,
        code: "Authorization_RequestDenied".to_owned(),
        message: "Insufficient privileges".to_owned(),
        request_id: Some("6f1d2c0a".to_owned()),
        client_request_id: Some("0d9e7b3f".to_owned()),
        at: 1_793_491_200_000,
    }
}

#[test]
fn a_refusal_names_the_roles_and_what_support_asks_for() {
    let roles = vec!["Attribute Log Reader".to_owned(), "Attribute Log Administrator".to_owned()];
    let notice = Notice::of_graph(&GraphError::RoleMissing { roles, detail: detail() });
    assert!(notice.detail.contains("Attribute Log Reader, Attribute Log Administrator"), "{}", notice.detail);
    assert_eq!(notice.code.as_deref(), Some("403, Authorization_RequestDenied"));
    assert_eq!(
        notice.support_text(),
        "You lack the role for this · 403, Authorization_RequestDenied · request-id 6f1d2c0a · \
         client-request-id 0d9e7b3f · 2026-11-01T00:00:00Z"
    );
}

/// Every kind of `AuthError`, with a code and an id where it has one. A new variant does not compile until it is here.
fn auth_errors() -> Vec<AuthError> {
    let (scopes, code, correlation_id) = (vec!["AuditLog.Read.All".to_owned()], "AADSTS1".to_owned(), "c-1".to_owned());
    let detail = "The service said so.".to_owned();
    let next = |last: &AuthError| match last {
        AuthError::InteractionRequired { code, correlation_id, .. } => Some(AuthError::ConsentRequired {
            scopes: scopes.clone(),
            code: code.clone(),
            correlation_id: correlation_id.clone(),
        }),
        AuthError::ConsentRequired { scopes, code, correlation_id } => Some(AuthError::AdminConsentRequired {
            scopes: scopes.clone(),
            code: code.clone(),
            correlation_id: correlation_id.clone(),
        }),
        AuthError::AdminConsentRequired { code, correlation_id, .. } => Some(AuthError::Misconfigured {
            code: code.clone(),
            detail: detail.clone(),
            correlation_id: correlation_id.clone(),
        }),
        AuthError::Misconfigured { code, detail, correlation_id } => Some(AuthError::Other {
            code: code.clone(),
            detail: detail.clone(),
            correlation_id: correlation_id.clone(),
        }),
        AuthError::Other { code, .. } => Some(AuthError::Unreachable { code: code.clone() }),
        AuthError::Unreachable { .. } => Some(AuthError::PopupBlocked),
        AuthError::PopupBlocked => Some(AuthError::UserCancelled),
        AuthError::UserCancelled => Some(AuthError::Busy),
        AuthError::Busy => None,
    };
    let first = AuthError::InteractionRequired { code, claims: None, correlation_id };
    std::iter::successors(Some(first), next).collect()
}

/// The same for `GraphError`.
fn graph_errors() -> Vec<GraphError> {
    let names = || vec!["Reports Reader".to_owned()];
    let next = |last: &GraphError| match last {
        GraphError::Unauthorized(detail) => {
            Some(GraphError::PermissionMissing { scopes: names(), detail: detail.clone() })
        }
        GraphError::PermissionMissing { detail, .. } => {
            Some(GraphError::RoleMissing { roles: names(), detail: detail.clone() })
        }
        GraphError::RoleMissing { detail, .. } => {
            Some(GraphError::LicenceMissing { licence: engine::reports::Licence::Premium, detail: detail.clone() })
        }
        GraphError::LicenceMissing { detail, .. } => Some(GraphError::NotInThisCloud(detail.clone())),
        GraphError::NotInThisCloud(detail) => Some(GraphError::Rejected(detail.clone())),
        GraphError::Rejected(detail) => {
            Some(GraphError::Throttled { until: None, is_by_others: false, detail: detail.clone() })
        }
        GraphError::Throttled { is_by_others: false, detail, .. } => {
            Some(GraphError::Throttled { until: Some(1_793_494_800_000), is_by_others: true, detail: detail.clone() })
        }
        GraphError::Throttled { detail, .. } => Some(GraphError::Unavailable(detail.clone())),
        GraphError::Unavailable(detail) => Some(GraphError::Unreachable(detail.clone())),
        GraphError::Unreachable(detail) => Some(GraphError::Offline(detail.clone())),
        GraphError::Offline(detail) => Some(GraphError::ForeignLink(detail.clone())),
        GraphError::ForeignLink(_) => None,
    };
    std::iter::successors(Some(GraphError::Unauthorized(detail())), next).collect()
}

#[test]
fn every_sign_in_error_ends_in_a_next_step_with_what_support_needs() {
    for error in auth_errors() {
        let notice = Notice::of_auth(&error).at(1_793_491_200_000);
        assert!(notice.action.is_some(), "{error:?} leaves the person with nothing to do");
        assert!(notice.title.contains(' ') && notice.detail.contains(' '), "{error:?} has no words");
        let support = notice.support_text();
        assert!(support.contains("2026-11-01T00:00:00Z"), "{error:?}: {support}");
        let said = format!("{error:?}");
        for part in ["AADSTS1", "c-1"] {
            assert_eq!(support.contains(part), said.contains(part), "{said}: {support}");
        }
    }
}

#[test]
fn every_graph_error_ends_in_a_next_step_with_what_support_needs() {
    for error in graph_errors() {
        let notice = Notice::of_graph(&error);
        assert!(notice.action.is_some(), "{error:?} leaves the person with nothing to do");
        let support = notice.support_text();
        for part in ["Authorization_RequestDenied", "6f1d2c0a", "0d9e7b3f", "2026-11-01T00:00:00Z"] {
            assert!(support.contains(part), "{error:?}: {support}");
        }
    }
}

#[test]
fn an_unreachable_service_is_tried_again_without_leaving_the_page() {
    let notice = Notice::of_auth(&AuthError::Unreachable { code: "post_request_failed".to_owned() });
    assert_eq!(notice.action, Some(Action::TryAgain));
}

#[test]
fn another_tenant_is_named_beside_the_one_of_the_settings() {
    let mismatch = TenantMismatch { expected: "8c1d5b4e".to_owned(), found: "1d2c3b4a".to_owned() };
    let notice = Notice::of_mismatch(&mismatch, "ada@fabrikam.example");
    for part in ["8c1d5b4e", "1d2c3b4a", "ada@fabrikam.example"] {
        assert!(notice.detail.contains(part), "{part} is not in: {}", notice.detail);
    }
    assert_eq!(notice.action, Some(Action::SwitchAccount));
}

#[test]
fn every_error_has_words() {
    let text = String::new;
    let auth = auth_errors();
    let graph = graph_errors();
    let others = ["", "client_id_missing", "AADSTS700016", "AADSTS50011", "AADSTS90002", "AADSTS50194"]
        .map(|code| AuthError::Misconfigured { code: code.to_owned(), detail: text(), correlation_id: text() });
    let query = [
        QueryError::UnknownDataset,
        QueryError::UnknownColumn { column: text() },
        QueryError::InvalidScope { detail: text() },
        QueryError::UnknownRow,
        QueryError::Cancelled,
        QueryError::InvalidQuestion { detail: text() },
    ];
    let keep = [
        KeepError::MemoryOnly,
        KeepError::Full,
        KeepError::InUse,
        KeepError::NothingSaved,
        KeepError::OtherVersion,
        KeepError::Damaged,
        KeepError::Forgotten,
        KeepError::Failed { detail: text() },
    ]
    .map(QueryError::Keep);
    let query = query.iter().chain(&keep);
    let notices = auth.iter().chain(&others).map(Notice::of_auth);
    let notices = notices.chain(graph.iter().map(Notice::of_graph)).chain(query.map(Notice::of_query));
    for notice in notices.chain([
        Notice::of_worker("x"),
        Notice::of_dead_worker("x"),
        Notice::of_storage(),
        Notice::of_memory(false),
        Notice::of_memory(true),
    ]) {
        for words in [&notice.title, &notice.detail] {
            assert!(words.contains(' '), "a key without its message: {words}");
        }
    }
}

#[test]
fn a_missing_permission_offers_consent_to_just_that() {
    let scopes = vec!["Directory.Read.All".to_owned()];
    let notice = Notice::of_graph(&GraphError::PermissionMissing { scopes: scopes.clone(), detail: detail() });
    assert_eq!(notice.action, Some(Action::Consent { scopes }));
}

#[test]
fn why_nothing_is_kept_is_said_in_words() {
    use crate::host::origin::KeepingRefused;
    for refused in
        [KeepingRefused::Framed, KeepingRefused::Insecure, KeepingRefused::SharedHost, KeepingRefused::SubPath]
    {
        let key = format!("keeping-refused-{}", refused.code());
        assert!(find(&key, &[]).is_some_and(|words| words.starts_with("Not ") && words.ends_with('.')), "{key}");
    }
}
