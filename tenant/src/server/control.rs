//! The control plane, for tests: faults, the clock, and the log of requests.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    parameter,
    world::{PASSWORD, World, people},
};
use crate::{
    entra::EntraScenario,
    graph::{Fault, Limit, Scenario},
    history::{Rendering, Report, Stream},
    http::{Request, Response},
    json::members,
};

/// What `/scenario` can change; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Faults of Graph, instead of those before.
    graph: Option<Vec<GraphFault>>,
    /// Faults and policies of Entra, instead of those before.
    entra: Option<EntraScenario>,
    /// The service's limit.
    is_limited: Option<bool>,
    /// `none` takes every consent back, `initial` those given since the start.
    consents: Option<Consents>,
    /// From now on Graph challenges tokens until they are renewed with the challenge's claims.
    is_challenged: Option<bool>,
    /// An administrator revokes every sign-in.
    is_revoked: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphFault {
    /// Name of the fault, such as `throttled`.
    fault: String,
    /// Only for this report.
    report: Option<String>,
    /// For so many requests.
    count: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Consents {
    None,
    Initial,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_secs: i64,
}

impl World {
    /// The answer of the control plane; its requests are not logged.
    pub(super) fn control(&mut self, request: &Request, real_now: i64) -> Response {
        let outcome = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/log") => Ok(json!(self.log)),
            ("GET", "/about") => Ok(self.about()),
            ("GET", "/answers") => Ok(json!(self.graph.history().answers())),
            ("GET", "/ids") => self.ids(&request.query),
            ("POST", "/reset") => {
                self.reset();
                Ok(json!({}))
            }
            ("POST", "/clock") => read::<Advance>(request).map(|advance| {
                self.advanced_ms += advance.advance_secs * 1000;
                json!({ "now_ms": self.now(real_now) })
            }),
            ("POST", "/scenario") => read(request).and_then(|change| self.change(change, real_now)),
            _ => Err("known are GET /log, /about, /answers, /ids and POST /scenario, /clock, /reset".to_owned()),
        };
        let (status, body) = match outcome {
            Ok(body) => (200, body),
            Err(error) => (400, json!({ "error": error })),
        };
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Response { status, headers, body: body.to_string().into_bytes(), ..Response::default() }
    }

    /// What a test needs to know to sign in.
    pub(super) fn about(&self) -> Value {
        let people: Vec<_> = people(&self.organisation)
            .into_iter()
            .map(|person| {
                json!({
                    "userPrincipalName": person.user_principal_name,
                    "displayName": person.display_name,
                    "roles": person.roles,
                    "isConsentAdmin": person.is_consent_admin,
                })
            })
            .collect();
        json!({
            "clientId": self.options.client_id,
            "tenantId": self.organisation.tenant_id,
            "password": PASSWORD,
            "people": people,
        })
    }

    /// The id of every record of a report, or of one event type of the sign-ins, newest first.
    fn ids(&self, query: &str) -> Result<Value, String> {
        let name = parameter(query, "report").unwrap_or_default();
        let report = Report::parse(&name).ok_or_else(|| format!("unknown report {name}"))?;
        let kind = parameter(query, "type");
        let is_meant = |stream: &&Stream| match stream {
            Stream::SignIns(event) => kind.as_deref().is_none_or(|kind| kind == event.name()),
            _ => kind.is_none(),
        };
        let history = self.graph.history();
        let mut rows = Vec::new();
        for stream in report.streams().iter().filter(is_meant) {
            rows.extend(history.slices().flat_map(|slice| history.rows(*stream, slice)));
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.ticks));
        let ids = rows.into_iter().map(|row| {
            let record = history.record(row, Rendering::FULL);
            let id = members(&record).find(|(name, _)| *name == "id").map_or("null", |(_, value)| value);
            serde_json::from_str(id).map_err(|error| error.to_string())
        });
        ids.collect::<Result<Vec<Value>, _>>().map(Value::from)
    }

    fn change(&mut self, change: Change, real_now: i64) -> Result<Value, String> {
        if let Some(faults) = change.graph {
            let scenarios: Vec<_> = faults.iter().map(scenario).collect::<Result<_, _>>()?;
            self.graph.clear_scenarios();
            scenarios.into_iter().for_each(|scenario| self.graph.set_scenario(scenario));
        }
        if let Some(scenario) = change.entra {
            self.entra.set_scenario(scenario);
        }
        if let Some(is_limited) = change.is_limited {
            self.graph.set_limit(is_limited.then(Limit::default));
        }
        match change.consents {
            Some(Consents::None) => self.entra.withdraw_consents(),
            Some(Consents::Initial) => self.entra.forget_consents(),
            None => {}
        }
        let now = self.now(real_now);
        if change.is_challenged == Some(true) {
            self.entra.challenge(now);
        }
        if change.is_revoked == Some(true) {
            self.entra.revoke(now);
        }
        Ok(json!({}))
    }
}

fn scenario(fault: &GraphFault) -> Result<Scenario, String> {
    let named = || Fault::NAMED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let report = match &fault.report {
        None => None,
        Some(name) => Some(Report::parse(name).ok_or_else(|| format!("unknown report {name}"))?),
    };
    let kind =
        Fault::parse(&fault.fault).ok_or_else(|| format!("unknown fault {}; known: {}", fault.fault, named()))?;
    Ok(Scenario { fault: kind, report, count: fault.count })
}

fn read<'a, T: Deserialize<'a>>(request: &'a Request) -> Result<T, String> {
    serde_json::from_slice(&request.body).map_err(|error| error.to_string())
}
