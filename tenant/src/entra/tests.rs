use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::*;

const NOW: i64 = 1_795_000_000_000;
const TENANT: &str = "6f1d2c4e-0000-4000-8000-0000000000aa";
const CLIENT: &str = "6f1d2c4e-0000-4000-8000-0000000000bb";
const BACK: &str = "https://gatebook.example/redirect.html";
const LOGIN: &str = "https://login.microsoftonline.com";
const GRAPH: &str = "https://graph.microsoft.com";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-pkce-0123456789";
const HOUR: i64 = 3_600_000;

/// A browser without scripts, and an app behind it.
struct World {
    entra: Entra,
    now: i64,
    cookie: Option<String>,
}

impl World {
    fn new() -> Self {
        let person = |name: &str, is_consent_admin| Person {
            object_id: format!("6f1d2c4e-0000-4000-8000-{:0>12}", name.len()),
            user_principal_name: format!("{name}@contoso.example"),
            display_name: name.to_owned(),
            roles: vec!["Reports Reader".to_owned()],
            is_consent_admin,
            is_mfa_required: false,
        };
        let app = App {
            client_id: CLIENT.to_owned(),
            display_name: "Gatebook".to_owned(),
            redirect_uris: vec![BACK.to_owned(), "https://gatebook.example/".to_owned()],
            configured_scopes: vec!["AuditLog.Read.All".to_owned(), "ProvisioningLog.Read.All".to_owned()],
            granted_scopes: vec!["AuditLog.Read.All".to_owned()],
        };
        let options = EntraOptions {
            seed: 1,
            tenant_id: TENANT.to_owned(),
            domains: vec!["contoso.example".to_owned()],
            apps: vec![app],
            people: vec![person("admin", true), person("reader", false)],
            password: "Made-up-1".to_owned(),
            access_token_secs: 3600,
            refresh_token_secs: 24 * 3600,
        };
        Self { entra: Entra::new(options), now: NOW, cookie: None }
    }

    fn send(&mut self, mut request: Request) -> Response {
        if let Some(cookie) = &self.cookie {
            request.headers.push(("cookie".to_owned(), format!("other=1; {cookie}")));
        }
        let response = self.entra.answer(&request, self.now);
        if let Some(cookie) = response.header("set-cookie") {
            assert!(cookie.contains("; Secure") && cookie.contains("; SameSite=None"), "{cookie}");
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        response
    }

    fn get(&mut self, path: &str) -> Response {
        self.send(Request::get(&format!("{LOGIN}/{path}"), &[]).expect("an absolute URL"))
    }

    /// Opens the authorize endpoint; `changes` replace or, when empty, remove parameters.
    fn authorize(&mut self, changes: &[(&str, &str)]) -> Response {
        let challenge = secrets::challenge(VERIFIER);
        let mut parameters = vec![
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("response_mode", "fragment"),
            ("scope", "https://graph.microsoft.com/AuditLog.Read.All openid profile offline_access"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("client_info", "1"),
        ];
        for change in changes {
            parameters.retain(|(name, _)| *name != change.0);
            parameters.extend((!change.1.is_empty()).then_some(*change));
        }
        self.get(&format!("{TENANT}/oauth2/v2.0/authorize?{}", encode(&parameters)))
    }

    /// Fills in the form on a page and sends it.
    fn submit(&mut self, page: &Response, fields: &[(&str, &str)]) -> Response {
        let html = text(page);
        let between = |from: &str| html.split_once(from).and_then(|(_, rest)| rest.split_once(['"', '>', ' ']));
        let (action, _) = between("action=").unwrap_or_else(|| panic!("no form on {html}"));
        let (flow, _) = between("name=flow value=\"").expect("every form names its flow");
        let mut fields = fields.to_vec();
        fields.push(("flow", flow));
        let mut request = Request::get(&format!("{LOGIN}{action}"), &[]).expect("an absolute URL");
        request.method = "POST".to_owned();
        request.body = encode(&fields).into_bytes();
        self.send(request)
    }

    fn type_password(&mut self, page: &Response, name: &str) -> Response {
        let username = format!("{name}@contoso.example");
        self.submit(page, &[("username", &username), ("password", "Made-up-1")])
    }

    fn sign_in(&mut self, name: &str, changes: &[(&str, &str)]) -> String {
        let page = self.authorize(changes);
        let response = self.type_password(&page, name);
        answer(&response, "code")
    }

    fn redeem(&mut self, fields: &[(&str, &str)], origin: Option<&str>) -> (u16, Value) {
        let headers: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
        let mut request = Request::get(&format!("{LOGIN}/{TENANT}/oauth2/v2.0/token"), &headers).expect("a URL");
        request.method = "POST".to_owned();
        request.body = encode(&[&[("client_id", CLIENT)], fields].concat()).into_bytes();
        let response = self.send(request);
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
        (response.status, serde_json::from_slice(&response.body).expect("the token endpoint speaks JSON"))
    }

    fn redeem_code(&mut self, code: &str) -> (u16, Value) {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
        self.redeem(&[&fields[..], &[("code_verifier", VERIFIER)]].concat(), Some("https://gatebook.example"))
    }

    fn renew(&mut self, refresh_token: &str, scope: &str, more: &[(&str, &str)]) -> (u16, Value) {
        let scope = format!("{GRAPH}/{scope} openid profile offline_access");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("scope", &scope)];
        self.redeem(&[&fields[..], more].concat(), Some("https://gatebook.example"))
    }

    fn check(&self, token: &str) -> Result<AccessClaims, TokenRejection> {
        let header = format!("Bearer {token}");
        let request = Request::get(&format!("{GRAPH}/beta/me"), &[("Authorization", &header)]).expect("a URL");
        self.entra.check(&request, self.now)
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}

/// A parameter of the answer in a redirect's fragment.
fn answer(response: &Response, name: &str) -> String {
    let location = response.header("location").unwrap_or_else(|| panic!("no redirect but {}", text(response)));
    let (uri, fragment) = location.split_once('#').expect("the answer is in the fragment");
    assert_eq!(uri, BACK);
    parameter(fragment, name).unwrap_or_else(|| panic!("no {name} in {location}"))
}

fn field<'a>(json: &'a Value, name: &str) -> &'a str {
    json[name].as_str().unwrap_or_else(|| panic!("no {name} in {json}"))
}

#[test]
fn a_code_is_redeemed_once_for_tokens_that_graph_accepts() {
    let mut world = World::new();
    let page = world.authorize(&[]);
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
    assert!(!text(&page).contains("<script"));
    let response = world.type_password(&page, "admin");
    assert_eq!((response.status, answer(&response, "state")), (302, "the state".to_owned()));
    let code = answer(&response, "code");

    let (status, tokens) = world.redeem_code(&code);
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(tokens["scope"], "openid profile email https://graph.microsoft.com/AuditLog.Read.All");
    assert_eq!(tokens["refresh_token_expires_in"], 24 * 3600);
    let payload = field(&tokens, "id_token").split('.').nth(1).expect("a JWT has three parts").to_owned();
    let claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("claims are JSON");
    assert_eq!(claims["nonce"], "the nonce");
    assert_eq!(claims["tid"], TENANT);
    assert_eq!(claims["preferred_username"], "admin@contoso.example");
    let info = URL_SAFE_NO_PAD.decode(field(&tokens, "client_info")).expect("base64");
    let info: Value = serde_json::from_slice(&info).expect("client_info is JSON");
    assert_eq!((&info["uid"], &info["utid"]), (&claims["oid"], &claims["tid"]));
    let access = world.check(field(&tokens, "access_token")).expect("Graph accepts the token");
    assert_eq!(
        (access.scopes, access.roles),
        (vec!["AuditLog.Read.All".to_owned()], vec!["Reports Reader".to_owned()])
    );

    let (status, error) = world.redeem_code(&code);
    assert_eq!((status, &error["error"], &error["error_codes"][0]), (400, &"invalid_grant".into(), &54005.into()));
}

#[test]
fn the_token_endpoint_refuses_what_entra_refuses() {
    let refused = |changes: &[(&str, &str)], origin: Option<&str>, wait: i64| {
        let mut world = World::new();
        let code = world.sign_in("admin", &[]);
        world.now += wait;
        let mut fields =
            vec![("grant_type", "authorization_code"), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        fields.push(("code", &code));
        for change in changes {
            fields.retain(|(name, _)| *name != change.0);
            fields.push(*change);
        }
        let (status, error) = world.redeem(&fields, origin);
        assert_eq!(status, 400);
        assert!(error["trace_id"].is_string() && error["correlation_id"].is_string() && error["timestamp"].is_string());
        assert!(field(&error, "error_description").starts_with(&format!("AADSTS{}: ", error["error_codes"][0])));
        format!("{} {}", field(&error, "error"), error["error_codes"][0])
    };
    let origin = Some("https://gatebook.example");
    assert_eq!(refused(&[], None, 0), "invalid_request 9002327");
    assert_eq!(refused(&[("code_verifier", "another")], origin, 0), "invalid_grant 501481");
    assert_eq!(refused(&[("redirect_uri", "https://gatebook.example/")], origin, 0), "invalid_client 500112");
    assert_eq!(refused(&[("code", "made up")], origin, 0), "invalid_grant 9002313");
    assert_eq!(refused(&[], origin, HOUR), "invalid_grant 70008");
    assert_eq!(refused(&[("grant_type", "password")], origin, 0), "unsupported_grant_type 70003");
}

#[test]
fn a_request_that_cannot_be_answered_safely_ends_on_a_page() {
    let mut world = World::new();
    for (changes, number) in [
        (&[("redirect_uri", "https://gatebook.example/redirect.html/")][..], "AADSTS50011"),
        (&[("redirect_uri", "https://GATEBOOK.example/redirect.html")], "AADSTS50011"),
        (&[("client_id", "6f1d2c4e-0000-4000-8000-000000000000")], "AADSTS700016"),
    ] {
        let page = world.authorize(changes);
        assert_eq!((page.status, page.header("location")), (400, None));
        assert!(text(&page).contains(number), "{}", text(&page));
    }
    assert!(text(&world.get("fabrikam.example/oauth2/v2.0/authorize")).contains("AADSTS90002"));
    assert!(text(&world.get("common/oauth2/v2.0/authorize")).contains("AADSTS50194"));
}

#[test]
fn other_faults_go_back_to_the_app() {
    let mut world = World::new();
    for (changes, error, number) in [
        (&[("response_type", "token")][..], "unsupported_response_type", "700051"),
        (&[("code_challenge", "")], "invalid_request", "9002325"),
        (&[("code_challenge_method", "plain")], "invalid_request", "501491"),
        (&[("scope", "Nothing.Read")], "invalid_client", "650053"),
        (&[("scope", "https://fabrikam.example/Thing.Read")], "invalid_resource", "500011"),
        (&[("prompt", "none")], "login_required", "50058"),
    ] {
        let response = world.authorize(changes);
        assert_eq!((answer(&response, "error").as_str(), answer(&response, "error_codes").as_str()), (error, number));
        assert_eq!(answer(&response, "state"), "the state");
    }
}

#[test]
fn a_session_signs_in_silently_until_it_is_ended() {
    let mut world = World::new();
    world.sign_in("admin", &[]);
    assert!(answer(&world.authorize(&[]), "code").starts_with("1.code-"), "one session account needs no question");
    answer(&world.authorize(&[("prompt", "none")]), "code");
    let page = world.authorize(&[("prompt", "select_account")]);
    let page = world.submit(&page, &[("account", "other")]);
    assert!(text(&page).contains("Password"));
    world.type_password(&page, "reader");
    assert_eq!(answer(&world.authorize(&[("prompt", "none")]), "error"), "interaction_required", "two accounts");
    answer(&world.authorize(&[("prompt", "none"), ("login_hint", "reader@contoso.example")]), "code");
    assert!(text(&world.authorize(&[])).contains("Pick an account"));

    let back = encode(&[("post_logout_redirect_uri", "https://gatebook.example/"), ("state", "bye")]);
    let response = world.get(&format!("{TENANT}/oauth2/v2.0/logout?{back}"));
    assert_eq!(response.header("location"), Some("https://gatebook.example/?state=bye"));
    assert_eq!(answer(&world.authorize(&[("prompt", "none")]), "error"), "login_required");
    let foreign = encode(&[("post_logout_redirect_uri", "https://fabrikam.example/")]);
    assert_eq!(world.get(&format!("{TENANT}/oauth2/v2.0/logout?{foreign}")).header("location"), None);
}

#[test]
fn a_wrong_password_asks_again() {
    let mut world = World::new();
    let page = world.authorize(&[("pocd", "1")]);
    assert_eq!(page.header("cross-origin-opener-policy"), None, "a popup that asked for it stays reachable");
    let page = world.submit(&page, &[("username", "admin@contoso.example"), ("password", "wrong")]);
    assert!(text(&page).contains("incorrect") && text(&page).contains("value=\"admin@contoso.example\""));
    answer(&world.type_password(&page, "admin"), "code");
}

#[test]
fn consent_is_asked_for_once_and_kept() {
    let mut world = World::new();
    let code = world.sign_in("admin", &[]);
    let refresh = field(&world.redeem_code(&code).1, "refresh_token").to_owned();
    let (_, error) = world.renew(&refresh, "CustomSecAttributeAuditLogs.Read.All", &[]);
    assert_eq!((field(&error, "error"), field(&error, "suberror")), ("invalid_grant", "consent_required"));
    assert_eq!(error["error_codes"][0], 65001);

    let scope = ("scope", "CustomSecAttributeAuditLogs.Read.All openid offline_access");
    assert_eq!(answer(&world.authorize(&[scope, ("prompt", "none")]), "error"), "consent_required");
    let page = world.authorize(&[scope]);
    assert_eq!(answer(&world.submit(&page, &[("answer", "cancel")]), "error"), "access_denied");
    let page = world.authorize(&[scope]);
    answer(&world.submit(&page, &[("answer", "accept")]), "code");
    let (status, tokens) = world.renew(&refresh, "CustomSecAttributeAuditLogs.Read.All", &[]);
    assert_eq!(status, 200, "{tokens}");
    let access = world.check(field(&tokens, "access_token")).expect("Graph accepts the token");
    assert_eq!(access.scopes, ["AuditLog.Read.All", "CustomSecAttributeAuditLogs.Read.All"]);
}

#[test]
fn people_without_the_right_ask_an_administrator() {
    let mut world = World::new();
    let page = world.authorize(&[("scope", "ProvisioningLog.Read.All")]);
    let page = world.type_password(&page, "reader");
    assert!(text(&page).contains("Need admin approval") && text(&page).contains("AADSTS90094"));
    let forged = world.submit(&page, &[("answer", "accept")]);
    assert_eq!(answer(&forged, "error_codes"), "90094", "the form cannot be used to consent all the same");

    let mut admin = World { cookie: None, ..world };
    let page = admin.get(&format!("{TENANT}/adminconsent?client_id={CLIENT}"));
    let page = admin.type_password(&page, "admin");
    let page = admin.submit(&page, &[("answer", "accept")]);
    assert!(text(&page).contains("Permissions granted"));
    let mut world = World { cookie: None, ..admin };
    world.sign_in("reader", &[("scope", "ProvisioningLog.Read.All")]);
}

#[test]
fn a_second_step_is_asked_for_once_per_session() {
    let mut world = World::new();
    world.entra.set_scenario(EntraScenario { is_mfa_required: true, ..EntraScenario::default() });
    let page = world.authorize(&[]);
    let page = world.type_password(&page, "admin");
    let page = world.submit(&page, &[("answer", "deny")]);
    assert!(text(&page).contains("denied"));
    answer(&world.submit(&page, &[("answer", "approve")]), "code");
    answer(&world.authorize(&[("prompt", "none")]), "code");
}

#[test]
fn refresh_tokens_live_a_day_whatever_happens() {
    let mut world = World::new();
    let code = world.sign_in("admin", &[]);
    let (_, tokens) = world.redeem_code(&code);
    world.now += 23 * HOUR;
    assert_eq!(world.check(field(&tokens, "access_token")), Err(TokenRejection::Expired));
    let (_, tokens) = world.renew(field(&tokens, "refresh_token"), "AuditLog.Read.All", &[]);
    assert_eq!(tokens["refresh_token_expires_in"], 3600);
    world.check(field(&tokens, "access_token")).expect("the new token is good");
    world.now += 2 * HOUR;
    let (status, error) = world.renew(field(&tokens, "refresh_token"), "AuditLog.Read.All", &[]);
    assert_eq!((status, field(&error, "error"), &error["error_codes"][0]), (400, "invalid_grant", &700_084.into()));
}

#[test]
fn a_claims_challenge_is_met_by_a_token_acquired_with_its_claims() {
    let capable = r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#;
    let mut world = World::new();
    let code = world.sign_in("admin", &[("claims", capable)]);
    let (_, tokens) = world.redeem_code(&code);
    let refresh = field(&tokens, "refresh_token").to_owned();
    world.check(field(&tokens, "access_token")).expect("nothing is challenged yet");
    world.now += HOUR / 2;
    world.entra.challenge(world.now);
    let Err(TokenRejection::ClaimsChallenge { claims }) = world.check(field(&tokens, "access_token")) else {
        panic!("the token must be challenged");
    };
    let claims = base64::engine::general_purpose::STANDARD.decode(claims).expect("base64");
    let claims = String::from_utf8(claims).expect("the challenge is JSON text");
    let (_, without) = world.renew(&refresh, "AuditLog.Read.All", &[]);
    assert!(world.check(field(&without, "access_token")).is_err(), "renewal alone does not meet the challenge");
    let (_, with) = world.renew(&refresh, "AuditLog.Read.All", &[("claims", &claims)]);
    world.check(field(&with, "access_token")).expect("the challenge is met");

    world.entra.revoke(world.now);
    assert!(world.check(field(&with, "access_token")).is_err(), "revoked within the same second");
    let (_, error) = world.renew(&refresh, "AuditLog.Read.All", &[]);
    assert_eq!((field(&error, "suberror"), &error["error_codes"][0]), ("bad_token", &50173.into()));
    assert!(text(&world.authorize(&[])).contains("Password"), "the session is void too");
}

#[test]
fn clients_without_the_capability_are_not_challenged() {
    let mut world = World::new();
    let code = world.sign_in("admin", &[]);
    let (_, tokens) = world.redeem_code(&code);
    world.entra.challenge(world.now + 1000);
    world.check(field(&tokens, "access_token")).expect("it lives until it expires");
}

#[test]
fn tokens_are_good_for_one_cloud_and_cannot_be_made_up() {
    let mut world = World::new();
    let code = world.sign_in("admin", &[]);
    let token = field(&world.redeem_code(&code).1, "access_token").to_owned();
    let header = format!("Bearer {token}");
    let request = Request::get("https://graph.microsoft.us/beta/me", &[("Authorization", &header)]).expect("a URL");
    assert_eq!(world.entra.check(&request, NOW), Err(TokenRejection::WrongAudience));
    assert_eq!(world.check(&format!("{token}x")), Err(TokenRejection::Malformed));
    let bare = Request::get("https://graph.microsoft.com/beta/me", &[]).expect("a URL");
    assert_eq!(world.entra.check(&bare, NOW), Err(TokenRejection::Missing));
}

#[test]
fn a_host_that_nobody_knows_says_itself_where_it_signs_people_in() {
    let mut world = World::new();
    let url = "https://login.cloud.example/contoso.example/v2.0/.well-known/openid-configuration";
    let response = world.send(Request::get(url, &[]).expect("an absolute URL"));
    let told: Value = serde_json::from_slice(&response.body).expect("JSON");
    assert_eq!((response.status, response.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!(
        (field(&told, "token_endpoint"), field(&told, "issuer")),
        (
            "https://login.cloud.example/contoso.example/oauth2/v2.0/token",
            &*format!("https://login.cloud.example/{TENANT}/v2.0")
        )
    );
}
