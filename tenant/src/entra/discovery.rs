//! Where a sign-in host says what it serves. Libraries know that of the large clouds and ask nobody there.

use serde_json::json;

use super::{Entra, token};
use crate::http::{Request, Response};

impl Entra {
    /// The OpenID configuration of the tenant that the path names.
    pub(super) fn openid_configuration(&self, tenant: &str, request: &Request) -> Response {
        let base = format!("https://{}/{tenant}", request.host);
        token::respond(
            200,
            &json!({
                "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
                "token_endpoint": format!("{base}/oauth2/v2.0/token"),
                "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
                "jwks_uri": format!("{base}/discovery/v2.0/keys"),
                "issuer": format!("https://{}/{}/v2.0", request.host, self.options.tenant_id),
                "response_modes_supported": ["query", "fragment", "form_post"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }),
        )
    }
}
