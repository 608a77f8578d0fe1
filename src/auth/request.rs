//! What is sent to the sign-in service, worked out from the settings and the cloud.

use engine::clouds::Cloud;

use crate::settings::{Settings, is_guid};

/// The authority MSAL talks to: one tenant, or the home tenant of whoever signs in. Personal accounts are never let in.
/// Call it with valid settings only.
pub fn authority(cloud: &Cloud, settings: &Settings) -> String {
    format!("{}/{}", cloud.login, tenant_or_home(settings))
}

/// Sign-in hosts that MSAL is to trust without asking Microsoft's global one about them, which neither the content policy
/// nor a closed network would let through. MSAL knows those of the listed clouds, with all their names; of another it then
/// asks the host itself for its endpoints. Entra answers there, so its protocol stays.
pub fn known_authorities(cloud: &Cloud) -> Vec<&'static str> {
    if cloud.is_listed() { Vec::new() } else { vec![cloud.login.trim_start_matches("https://")] }
}

/// Scopes as the service wants them: qualified with the cloud's Graph origin, except those of OpenID Connect.
pub fn qualified_scopes(cloud: &Cloud, scopes: &[String]) -> Vec<String> {
    if scopes.is_empty() {
        return vec!["openid".to_owned(), "profile".to_owned()];
    }
    scopes
        .iter()
        .map(|scope| match scope.as_str() {
            "openid" | "profile" | "offline_access" | "email" => scope.clone(),
            _ if scope.contains("://") => scope.clone(),
            _ => format!("{}/{scope}", cloud.graph),
        })
        .collect()
}

/// What an administrator needs to give consent for everybody; the words around it are in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminConsent {
    /// Link for the administrator. It grants every permission that the registration lists, not only `scopes`.
    pub url: String,
    /// Application (client) id, to find the app in the admin center.
    pub client_id: String,
    /// Tenant id or domain; `organizations` when it is not known.
    pub tenant: String,
    /// Scopes that are missing, by short name.
    pub scopes: Vec<String>,
}

/// The request to pass to an administrator, or `None` while the settings are not ready for sign-in.
pub fn admin_consent(
    cloud: &Cloud,
    settings: &Settings,
    account_tenant: Option<&str>,
    scopes: &[String],
) -> Option<AdminConsent> {
    if !settings.is_ready() {
        return None;
    }
    let known_tenant = account_tenant.filter(|tenant| settings.tenant.is_empty() && is_guid(tenant));
    let tenant = known_tenant.unwrap_or_else(|| tenant_or_home(settings)).to_owned();
    Some(AdminConsent {
        url: format!("{}/{tenant}/adminconsent?client_id={}", cloud.login, settings.client_id),
        client_id: settings.client_id.clone(),
        tenant,
        scopes: scopes.to_vec(),
    })
}

/// The account belongs to another tenant than the settings name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantMismatch {
    /// Tenant id in the settings.
    pub expected: String,
    /// Tenant id of the account.
    pub found: String,
}

/// Compares an account's tenant with the settings. Only ids can be compared: a domain does not tell its tenant's id.
pub fn tenant_mismatch(settings: &Settings, account_tenant: &str) -> Option<TenantMismatch> {
    let is_comparable = is_guid(&settings.tenant) && is_guid(account_tenant);
    (is_comparable && !settings.tenant.eq_ignore_ascii_case(account_tenant))
        .then(|| TenantMismatch { expected: settings.tenant.clone(), found: account_tenant.to_owned() })
}

fn tenant_or_home(settings: &Settings) -> &str {
    if settings.tenant.is_empty() { "organizations" } else { &settings.tenant }
}

#[cfg(test)]
mod tests {
    use engine::clouds::{CLOUDS, checked, cloud};

    use super::*;

    const CLIENT: &str = "3f2b9c1e-5a7d-4e8f-9b60-1c2d3e4f5a6b";
    const CONTOSO: &str = "8c1d5b4e-0f3a-4f57-9d7e-2b6a1c9e8d70";
    const FABRIKAM: &str = "1d2c3b4a-9f8e-4d7c-8b6a-5f4e3d2c1b0a";

    fn at(id: &str) -> &'static Cloud {
        cloud(id).expect("a cloud of the list")
    }

    fn settings(tenant: &str) -> Settings {
        Settings { client_id: CLIENT.to_owned(), tenant: tenant.to_owned(), ..Settings::default() }
    }

    #[test]
    fn authority_is_one_tenant_or_the_home_tenant() {
        assert_eq!(authority(at("global"), &settings("")), "https://login.microsoftonline.com/organizations");
        assert_eq!(
            authority(at("us-gov"), &settings("contoso.example")),
            "https://login.microsoftonline.us/contoso.example"
        );
    }

    #[test]
    fn scopes_carry_the_graph_origin_of_their_cloud() {
        let scopes = ["AuditLog.Read.All".to_owned(), "profile".to_owned()];
        assert_eq!(
            qualified_scopes(at("global"), &scopes),
            ["https://graph.microsoft.com/AuditLog.Read.All", "profile"]
        );
        assert_eq!(
            qualified_scopes(at("us-dod"), &scopes),
            ["https://dod-graph.microsoft.us/AuditLog.Read.All", "profile"]
        );
        let qualified = qualified_scopes(at("china"), &scopes);
        assert_eq!(qualified_scopes(at("china"), &qualified), qualified, "qualified once only");
        assert_eq!(qualified_scopes(at("global"), &[]), ["openid", "profile"], "plain sign-in asks for no permission");
    }

    #[test]
    fn msal_is_told_to_trust_a_host_that_it_does_not_know() {
        let described = [
            "own",
            "https://login.cloud.example",
            "https://graph.cloud.example",
            "https://portal.cloud.example",
            "Own",
        ];
        let own = checked(described).expect("a cloud with everything");
        assert_eq!(known_authorities(own), ["login.cloud.example"]);
        assert_eq!(authority(own, &settings("contoso.example")), "https://login.cloud.example/contoso.example");
        assert_eq!(qualified_scopes(own, &["User.Read".to_owned()]), ["https://graph.cloud.example/User.Read"]);
        assert!(CLOUDS.iter().all(|cloud| known_authorities(cloud).is_empty()));
    }

    #[test]
    fn admin_consent_names_the_tenant_as_exactly_as_it_is_known() {
        let url = |settings: &Settings, account: Option<&str>| {
            let scopes = ["AuditLog.Read.All".to_owned()];
            admin_consent(at("global"), settings, account, &scopes).map(|consent| consent.url)
        };
        let expected =
            |tenant: &str| Some(format!("https://login.microsoftonline.com/{tenant}/adminconsent?client_id={CLIENT}"));
        assert_eq!(url(&settings("contoso.example"), Some(FABRIKAM)), expected("contoso.example"));
        assert_eq!(url(&settings(""), Some(CONTOSO)), expected(CONTOSO));
        assert_eq!(url(&settings(""), None), expected("organizations"));
        assert_eq!(url(&settings(""), Some("")), expected("organizations"));
        assert_eq!(url(&Settings::default(), None), None, "no client id, nothing to consent to");
        assert_eq!(url(&settings("x/../y"), None), None, "nothing is built from wrong settings");
    }

    #[test]
    fn tenants_are_compared_by_id_only() {
        let mismatch = TenantMismatch { expected: CONTOSO.to_owned(), found: FABRIKAM.to_owned() };
        assert_eq!(tenant_mismatch(&settings(CONTOSO), FABRIKAM), Some(mismatch));
        assert_eq!(tenant_mismatch(&settings(CONTOSO), &CONTOSO.to_uppercase()), None);
        assert_eq!(tenant_mismatch(&settings("contoso.example"), FABRIKAM), None);
        assert_eq!(tenant_mismatch(&settings(""), FABRIKAM), None);
        assert_eq!(tenant_mismatch(&settings(CONTOSO), ""), None);
    }
}
