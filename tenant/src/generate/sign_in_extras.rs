//! Rare properties of a sign-in: event listeners, private links, managed identities and agents.

use crate::{
    generate::{
        enums,
        sign_in_record::person,
        sign_ins::{SignIn, Who},
    },
    json::Object,
    organisation::Organisation,
    time,
};

/// Writes the rare properties.
pub(super) fn write(o: &mut Object, sign_in: &SignIn, organisation: &Organisation) {
    let place = &sign_in.place;
    let mut random = place.own(70);
    if person(sign_in).is_some() && random.chance(12) {
        let event = random.pick(&["tokenIssuanceStart", "attributeCollectionSubmit", "pageRenderStart"]);
        let (listener, extension) = (place.episode_guid(71), place.episode_guid(72));
        o.objects("appliedEventListeners", &[event], |o, event| {
            o.member("eventType", &enums::EVENT_TYPE, event);
            o.text("executedListenerId", &listener);
            o.object("handlerResult", |o| {
                o.text("@odata.type", "#microsoft.graph.customExtensionCalloutResult");
                o.text("calloutDateTime", &time::print(place.row.ticks));
                o.text("customExtensionId", &extension);
                o.integer("errorCode", 0);
                o.integer("httpStatus", 200);
                o.integer("numberOfAttempts", 1);
            });
        });
    } else {
        o.texts("appliedEventListeners", &[]);
    }
    let group = "/subscriptions/5ab1e5ca-1e00-4a11-8a0c-0c0a57a11e00/resourceGroups/rg-harbour-prod/providers";
    if random.chance(8) {
        o.object("privateLinkDetails", |o| {
            o.text("policyId", &place.episode_guid(73));
            o.text("policyName", "Private access for harbour networks");
            o.text("policyTenantId", &organisation.tenant_id);
            o.text("resourceId", &format!("{group}/Microsoft.AadIam/privateLinkForAzureAD/pl-harbour"));
        });
    } else {
        o.null("privateLinkDetails");
    }
    match sign_in.who {
        Who::Identity(identity) => {
            o.text("azureResourceId", &format!("{group}/{}", identity.resource));
            o.object("managedServiceIdentity", |o| {
                let is_federated = identity.kind == "userAssigned" && random.chance(400);
                o.text("msiType", identity.kind);
                o.text("associatedResourceId", &format!("{group}/{}", identity.resource));
                o.text_or_null(
                    "federatedTokenId",
                    is_federated.then_some("repo:contoso-maritime/berth:ref:refs/heads/main"),
                );
                o.text_or_null(
                    "federatedTokenIssuer",
                    is_federated.then_some("https://token.actions.githubusercontent.com"),
                );
            });
        }
        _ => {
            o.null("azureResourceId");
            o.object("managedServiceIdentity", |o| {
                o.text("msiType", "none");
                o.null("associatedResourceId");
                o.null("federatedTokenId");
                o.null("federatedTokenIssuer");
            });
        }
    }
    // Records of older stamps know nothing of agents yet.
    if person(sign_in).is_some() && random.chance(500) {
        return;
    }
    let agent = match sign_in.who {
        Who::Workload(workload) => workload.agent_type,
        _ => "notAgentic",
    };
    o.object("agent", |o| {
        o.member("agentType", &enums::AGENT_TYPE, agent);
        if agent == "notAgentic" {
            o.null("parentAppId");
        } else {
            o.text("parentAppId", "cc4b715e-f628-43dc-8703-5d81934bc60c");
            o.member(
                "agentSubjectType",
                &enums::AGENT_TYPE,
                if random.chance(500) { "agentIDuser" } else { "notAgentic" },
            );
            o.text("agentSubjectParentId", &organisation.service_principal_id("cc4b715e-f628-43dc-8703-5d81934bc60c"));
        }
    });
}
