use engine::{
    protocol::{GraphErrorDetail, LoadKey, SliceState, SliceStatus},
    reports::{self, Licence},
};

use super::*;

fn at<'a>(scope: &'a Scope, consent: Option<&'a AdminConsent>) -> Circumstances<'a> {
    Circumstances {
        report: reports::ALL[0],
        scope,
        account: Some("amara.osei@contoso.example"),
        graph: "graph.microsoft.com",
        cloud: "global",
        blocked: None,
        consent,
        now: 1_793_491_200_000,
        is_set_up: true,
    }
}

fn check(phase: Phase, look: impl FnOnce(Option<Diagnosis>)) {
    let scope = Scope { range: TimeRange::LastHours(24), conditions: Vec::new() };
    let consent = AdminConsent {
        url: "https://login.microsoftonline.com/contoso.example/adminconsent?client_id=3f2b9c1e".to_owned(),
        client_id: "3f2b9c1e".to_owned(),
        tenant: "contoso.example".to_owned(),
        scopes: vec!["CustomSecAttributeAuditLogs.Read.All".to_owned()],
    };
    let at = at(&scope, Some(&consent));
    let report = at.report;
    let key = LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() };
    let status = LoadStatus { phase, pages: 1, requests: 1, bytes: 2, ..LoadStatus::new(key, scope.clone()) };
    look(of_load(at, &status));
}

#[test]
fn nothing_is_said_while_rows_may_still_come() {
    check(Phase::Loading, |diagnosis| assert_eq!(diagnosis, None));
}

#[test]
fn an_empty_answer_offers_to_look_further_back() {
    check(Phase::Complete, |diagnosis| {
        let diagnosis = diagnosis.expect("an empty report explains itself");
        assert_eq!(diagnosis.choices[0].action, Action::Range(TimeRange::LastHours(72)));
        assert_eq!(diagnosis.tone, Tone::Plain);
    });
}

#[test]
fn consent_is_asked_for_by_a_button_and_only_for_what_is_missing() {
    let scopes = vec!["CustomSecAttributeAuditLogs.Read.All".to_owned()];
    let error =
        AuthError::ConsentRequired { scopes: scopes.clone(), code: String::new(), correlation_id: String::new() };
    check(Phase::NeedsPerson(error), |diagnosis| {
        let diagnosis = diagnosis.expect("a missing consent explains itself");
        assert_eq!(diagnosis.choices[0].action, Action::Consent { scopes });
        assert!(diagnosis.checks.iter().any(|check| check.name == "CustomSecAttributeAuditLogs.Read.All"));
    });
}

#[test]
fn an_administrator_gets_a_link_and_a_text_and_the_person_tries_again() {
    let error = AuthError::AdminConsentRequired {
        scopes: vec!["CustomSecAttributeAuditLogs.Read.All".to_owned()],
        code: "AADSTS90094".to_owned(),
        correlation_id: "c-9".to_owned(),
    };
    check(Phase::NeedsPerson(error), |diagnosis| {
        let diagnosis = diagnosis.expect("a missing consent explains itself");
        let actions: Vec<&Action> = diagnosis.choices.iter().map(|choice| &choice.action).collect();
        let [Action::Copy(text), Action::Copy(url), Action::TryAgain] = actions.as_slice() else {
            panic!("{actions:?}")
        };
        assert!(url.starts_with("https://login.microsoftonline.com/contoso.example/adminconsent"), "{url}");
        for part in [url.as_str(), "CustomSecAttributeAuditLogs.Read.All", "3f2b9c1e", "contoso.example"] {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
        let support = diagnosis.support.expect("it has a code");
        for part in ["AADSTS90094", "c-9", "2026-11-01T00:00:00Z"] {
            assert!(support.contains(part), "{part} is not in: {support}");
        }
    });
}

#[test]
fn a_challenge_is_passed_on_unchanged() {
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#.to_owned();
    let error = AuthError::InteractionRequired {
        code: "AADSTS50173".to_owned(),
        claims: Some(claims.clone()),
        correlation_id: String::new(),
    };
    check(Phase::NeedsPerson(error), |diagnosis| {
        let diagnosis = diagnosis.expect("a challenge explains itself");
        assert_eq!(diagnosis.choices[0].action, Action::SignIn { claims: Some(claims) });
    });
}

#[test]
fn nobody_is_asked_to_sign_in_where_that_cannot_work() {
    use crate::host::Form;
    let scope = Scope::default();
    let actions = |blocked, is_set_up| {
        let diagnosis = signed_out(Circumstances { blocked, is_set_up, account: None, ..at(&scope, None) });
        diagnosis.choices.into_iter().map(|choice| choice.action).collect::<Vec<_>>()
    };
    assert_eq!(actions(None, true), [Action::SignIn { claims: None }, Action::Sample]);
    assert_eq!(actions(None, false), [Action::Settings, Action::Sample]);
    assert_eq!(actions(Some(SignInBlocked::Framed), true), [Action::NewTab, Action::Sample]);
    assert_eq!(actions(Some(SignInBlocked::Form(Form::Extension)), true), [Action::Sample]);
}

#[test]
fn a_missing_role_gives_a_text_to_send() {
    let error = GraphError::RoleMissing {
        roles: vec!["Reports Reader".to_owned()],
        detail: GraphErrorDetail { request_id: Some("6f1d2c0a".to_owned()), ..GraphErrorDetail::default() },
    };
    check(Phase::Failed(error), |diagnosis| {
        let diagnosis = diagnosis.expect("a refusal explains itself");
        let Action::Copy(text) = &diagnosis.choices[0].action else { panic!("{:?}", diagnosis.choices[0]) };
        assert!(text.contains("amara.osei@contoso.example") && text.contains("Reports Reader"), "{text}");
        assert!(diagnosis.support.is_some_and(|support| support.contains("6f1d2c0a")));
    });
}

#[test]
fn who_is_throttled_may_ask_early_and_somebody_else_is_no_secret() {
    let throttled = |is_by_others| {
        let detail = GraphErrorDetail::default();
        Phase::Failed(GraphError::Throttled { until: Some(1_793_494_800_000), is_by_others, detail })
    };
    check(throttled(false), |diagnosis| {
        let diagnosis = diagnosis.expect("it explains itself");
        assert_eq!((diagnosis.until, actions(&diagnosis)), (Some(1_793_494_800_000), vec![Action::TryAgain]));
    });
    check(throttled(true), |diagnosis| {
        let diagnosis = diagnosis.expect("it explains itself");
        assert!(diagnosis.title.contains("Someone else"), "{}", diagnosis.title);
        assert_eq!(actions(&diagnosis), [Action::TryAgain, Action::Settings]);
    });
}

fn actions(diagnosis: &Diagnosis) -> Vec<Action> {
    diagnosis.choices.iter().map(|choice| choice.action.clone()).collect()
}

#[test]
fn a_missing_permission_offers_consent_and_a_text_for_an_administrator() {
    let scopes = vec!["CustomSecAttributeAuditLogs.Read.All".to_owned()];
    let refused = GraphError::PermissionMissing { scopes: scopes.clone(), detail: GraphErrorDetail::default() };
    let needed =
        AuthError::ConsentRequired { scopes: scopes.clone(), code: String::new(), correlation_id: String::new() };
    for phase in [Phase::Failed(refused), Phase::NeedsPerson(needed)] {
        check(phase, |diagnosis| {
            let actions = actions(&diagnosis.expect("it explains itself"));
            assert_eq!(actions[0], Action::Consent { scopes: scopes.clone() });
            assert!(matches!(&actions[1..3], [Action::Copy(_), Action::Copy(_)]), "{actions:?}");
        });
    }
}

#[test]
fn without_a_connection_and_without_an_answer_are_two_things() {
    let kinds = [
        (GraphError::Offline(GraphErrorDetail::default()), "Offline"),
        (GraphError::Unreachable(GraphErrorDetail::default()), "Blocked or unreachable"),
    ];
    for (error, kind) in kinds {
        check(Phase::Failed(error), |diagnosis| {
            let diagnosis = diagnosis.expect("it explains itself");
            assert_eq!(diagnosis.kind, kind);
            assert_eq!(actions(&diagnosis)[0], Action::TryAgain);
            let copies = actions(&diagnosis).contains(&Action::Copy("graph.microsoft.com".to_owned()));
            assert_eq!(copies, kind != "Offline", "whoever is blocked can ask for an exception");
        });
    }
}

#[test]
fn a_missing_licence_leads_to_what_can_be_read_without() {
    let error = GraphError::LicenceMissing { licence: Licence::Premium, detail: GraphErrorDetail::default() };
    check(Phase::Failed(error), |diagnosis| {
        let diagnosis = diagnosis.expect("it explains itself");
        assert!(diagnosis.title.contains("licence"), "{}", diagnosis.title);
        assert_eq!(actions(&diagnosis), [Action::TryAgain, Action::Start]);
    });
}

#[test]
fn what_is_older_than_graph_keeps_is_told_from_what_never_was() {
    const DAY: Millis = 86_400_000;
    let now = 1_793_491_200_000;
    let ended = |range, slices| {
        let scope = Scope { range, conditions: Vec::new() };
        let at = at(&scope, None);
        let key = LoadKey { report: at.report.id, fetch: at.report.fetches[0].id.to_owned() };
        let status = LoadStatus { phase: Phase::Complete, slices, ..LoadStatus::new(key, scope.clone()) };
        let diagnosis = of_load(at, &status).expect("an empty report explains itself");
        let retention = diagnosis.checks.into_iter().find(|check| check.name == "Retention");
        (diagnosis.title.contains("keep"), retention.map(|check| check.verdict))
    };
    let until = |days: i64| TimeRange::Between { from: None, to: Some(now - days * DAY) };
    assert_eq!(ended(TimeRange::LastHours(24), Vec::new()), (false, Some(Verdict::Open)));
    assert_eq!(ended(until(3), Vec::new()), (false, Some(Verdict::Open)));
    assert_eq!(ended(until(8), Vec::new()), (false, Some(Verdict::Waiting)));
    assert_eq!(ended(until(31), Vec::new()), (true, Some(Verdict::Waiting)));
    let outside = SliceStatus { from: None, to: Some(now - 30 * DAY), state: SliceState::OutsideRetention };
    assert_eq!(ended(until(20), vec![outside]), (true, Some(Verdict::Failed)));
}

#[test]
fn what_exists_in_a_cloud_that_somebody_described_is_not_made_up() {
    let scope = Scope { range: TimeRange::LastHours(24), conditions: Vec::new() };
    let said_of = |cloud, error: GraphError| {
        let at = Circumstances { cloud, ..at(&scope, None) };
        let key = LoadKey { report: at.report.id, fetch: at.report.fetches[0].id.to_owned() };
        let status = LoadStatus { phase: Phase::Failed(error), ..LoadStatus::new(key, scope.clone()) };
        let checks = of_load(at, &status).expect("a refusal explains itself").checks;
        let check = checks.into_iter().find(|check| check.name == t("check-cloud")).expect("the cloud is among them");
        (check.verdict, check.text)
    };
    let role = || GraphError::RoleMissing { roles: Vec::new(), detail: GraphErrorDetail::default() };
    assert_eq!(said_of("global", role()).0, Verdict::Fine);
    let (verdict, text) = said_of("own-cloud", role());
    assert!(verdict == Verdict::Open && text.contains("own-cloud"), "{text}");
    let (verdict, text) = said_of("own-cloud", GraphError::NotInThisCloud(GraphErrorDetail::default()));
    assert!(verdict == Verdict::Failed && text.contains("own-cloud"), "{text}");
}
