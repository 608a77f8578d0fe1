//! Credentials and tokens of a sign-in.

use crate::{
    applications::EXCHANGE,
    generate::{
        clients::Device,
        enums,
        sign_in_record::{credential, is_nobody, person},
        sign_ins::{SignIn, Who, session_id, token_id},
    },
    history::EventType,
    json::Object,
    organisation::{MICROSOFT_TENANT, Organisation, text_number},
    random::{Random, guid_at},
};

/// Writes the properties about credentials and tokens.
pub(super) fn write(o: &mut Object, sign_in: &SignIn, organisation: &Organisation) {
    let place = &sign_in.place;
    let mut random = place.own(40);
    let is_certificate = matches!(credential(sign_in), "certificate" | "clientAssertion");
    let key = if credential(sign_in) == "clientSecret" || is_certificate {
        guid_at(&[organisation.seed, 0x41, text_number(sign_in.application.app_id)])
    } else {
        String::new()
    };
    o.text("servicePrincipalCredentialKeyId", &key);
    let thumbprint = is_certificate.then(|| {
        Random::at(&[organisation.seed, 0x42, text_number(sign_in.application.app_id)]).hex(40).to_uppercase()
    });
    o.text("servicePrincipalCredentialThumbprint", thumbprint.as_deref().unwrap_or(""));
    match person(sign_in) {
        Some(user) => {
            o.text("uniqueTokenIdentifier", &token_id(organisation.seed, user, place.row.ticks, random.next()))
        }
        None => o.text("uniqueTokenIdentifier", &random.hex(22)),
    }
    let incoming = match sign_in.kind {
        EventType::NonInteractiveUser => random.pick(&[
            "primaryRefreshToken",
            "refreshToken",
            "primaryRefreshToken,refreshToken",
            "saml20",
            "remoteDesktopToken",
        ]),
        EventType::InteractiveUser if random.chance(80) => "saml11",
        _ => "none",
    };
    o.member("incomingTokenType", &enums::INCOMING_TOKEN, incoming);
    let protocol = match (sign_in.kind, sign_in.client.is_legacy()) {
        (EventType::ServicePrincipal, _) => "clientCredentials",
        (EventType::ManagedIdentity, _) => "none",
        (_, true) => "ropc",
        (EventType::NonInteractiveUser, _) => {
            random.pick(&["oAuth2,refreshTokenGrant", "oAuth2,prtBrokerBased", "none", "onBehalfOf", "wsTrust"])
        }
        _ => random.pick(&[
            "none",
            "none",
            "none",
            "oAuth2",
            "oAuth2,authorizationCodeWithPkce",
            "saml20",
            "deviceCode",
            "wsFederation",
        ]),
    };
    o.member("authenticationProtocol", &enums::PROTOCOL, protocol);
    o.text("resourceServicePrincipalId", &organisation.service_principal_id(sign_in.resource.app_id));
    let is_bound = sign_in.client.device == Device::Joined && random.chance(600);
    let protection = if person(sign_in).is_none() {
        "none"
    } else if is_bound {
        "bound"
    } else {
        "unbound"
    };
    o.text("signInTokenProtectionStatus", protection);
    o.text("appTokenProtectionStatus", if random.chance(20) { protection } else { "none" });
    o.object("tokenProtectionStatusDetails", |o| {
        o.text("signInSessionStatus", protection);
        if protection == "unbound" {
            o.integer("signInSessionStatusCode", 1003);
        } else {
            o.null("signInSessionStatusCode");
        }
    });
    let transfer = if protocol == "deviceCode" {
        "deviceCodeFlow"
    } else if random.chance(4) {
        "authenticationTransfer"
    } else {
        "none"
    };
    o.member("originalTransferMethod", &enums::TRANSFER_METHOD, transfer);
    let is_secured = sign_in.is_office_network && random.chance(40);
    o.flag("isThroughGlobalSecureAccess", is_secured);
    o.text_or_null("globalSecureAccessIpAddress", is_secured.then_some("2001:db8:65a::7"));
    let audiences = [sign_in.resource.app_id, EXCHANGE.app_id];
    o.texts(
        "conditionalAccessAudiences",
        if person(sign_in).is_none() {
            &[]
        } else if random.chance(250) {
            &audiences
        } else {
            &audiences[..1]
        },
    );
    match person(sign_in) {
        Some(user) if !is_nobody(sign_in) => {
            o.text("sessionId", &session_id(organisation.seed, user, place.row.ticks, random.next()));
            if random.chance(150) {
                o.text("clientSessionId", &place.episode_guid(43));
            }
        }
        _ => o.null("sessionId"),
    }
    let owner = |is_first_party: bool| if is_first_party { MICROSOFT_TENANT } else { &organisation.tenant_id };
    o.text("appOwnerTenantId", owner(sign_in.application.is_first_party && !matches!(sign_in.who, Who::Identity(_))));
    o.text("resourceOwnerTenantId", owner(sign_in.resource.is_first_party));
}
