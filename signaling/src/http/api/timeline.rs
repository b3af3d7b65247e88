//! `/ccaas/1/conversations/{conversationId}/timeline`

use super::{call_center, conversation};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::limits::TIMELINE_EVENTS;
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::event::{Author, EventRecord};
use model::{AccountId, AgentId, ConversationId};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::ReadTimeline, routes!(read))
}

/// What happened in a conversation, in order.
#[derive(Debug, Serialize, ToSchema)]
struct Timeline {
    events: Vec<TimelineEvent>,
}

/// One thing that happened. Fields of its type follow, for example `waitingMs` of `CALL_ANSWERED`, or `endedBy`,
/// `durationMs` and `code` of `CALL_ENDED`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TimelineEvent {
    /// Its number in the account's log.
    id: String,
    /// For example `CALL_STARTED`.
    r#type: String,
    #[schema(format = DateTime)]
    at: String,
    /// The call (the API's conference) it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    call_id: Option<String>,
    /// Who caused it; absent for the system itself, and where `agentId` says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<TimelineAuthor>,
    /// Name of the agent in `agentId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_name: Option<String>,
    /// Name of the agent in `toAgentId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_agent_name: Option<String>,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
}

/// Who caused something.
#[derive(Debug, Serialize, ToSchema)]
struct TimelineAuthor {
    r#type: AuthorType,
    /// Of the agent, person or API key.
    id: String,
    /// The agent's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// Kinds of authors.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AuthorType {
    /// An agent.
    Agent,
    /// A supervisor or an admin.
    Supervisor,
    /// A program.
    Automation,
}

impl TimelineAuthor {
    fn of(author: Author, names: &BTreeMap<AgentId, String>) -> Self {
        match author {
            Author::Agent { agent } => {
                Self { r#type: AuthorType::Agent, id: agent.to_string(), name: names.get(&agent).cloned() }
            }
            Author::Supervisor { user } => Self { r#type: AuthorType::Supervisor, id: user.to_string(), name: None },
            Author::Program { key } => Self { r#type: AuthorType::Automation, id: key.to_string(), name: None },
        }
    }
}

/// Tells what happened in a conversation.
#[utoipa::path(get, path = "/ccaas/1/conversations/{conversationId}/timeline", operation_id = "get-timeline",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = Timeline), (status = 400, body = ApiException)))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Timeline>, ApiError> {
    let row = conversation(&state, &caller, &id).await?;
    let records = events(&state, caller.account, row.id).await?;
    let names: BTreeMap<AgentId, String> = call_center(&state, caller.account)?
        .query(|core, _| core.agents().map(|row| (row.id, row.display_name.clone())).collect())
        .await?;
    let events = records.into_iter().map(|record| TimelineEvent::of(record, &names)).collect::<Result<_, _>>()?;
    Ok(Json(Timeline { events }))
}

async fn events(
    state: &AppState,
    account: AccountId,
    conversation: ConversationId,
) -> Result<Vec<EventRecord>, ApiError> {
    let mut all: Vec<EventRecord> = Vec::new();
    let mut after = 0;
    while all.len() < TIMELINE_EVENTS {
        let mut some = state.store.events_of(account, conversation, after, store::limits::PAGE_ROWS).await?;
        let Some(last) = some.last() else { break };
        after = last.sequence;
        all.append(&mut some);
    }
    all.truncate(TIMELINE_EVENTS);
    Ok(all)
}

impl TimelineEvent {
    fn of(record: EventRecord, names: &BTreeMap<AgentId, String>) -> Result<Self, ApiError> {
        let Ok(Value::Object(raw)) = serde_json::to_value(&record.event) else {
            return Err(ApiError::internal(&"an event of the log is no object"));
        };
        let mut fields: Map<String, Value> = raw.into_iter().map(|(name, value)| (api_name(&name), value)).collect();
        let Some(Value::String(kind)) = fields.remove("type") else {
            return Err(ApiError::internal(&"an event of the log has no type"));
        };
        let name_of = |field: &str| {
            let id: AgentId = fields.get(field).and_then(Value::as_str)?.parse().ok()?;
            names.get(&id).cloned()
        };
        let (agent_name, to_agent_name) = (name_of("agentId"), name_of("toAgentId"));
        Ok(Self {
            id: record.sequence.to_string(),
            r#type: kind,
            at: times::text(record.at),
            call_id: record.call.map(|id| id.to_string()),
            author: record.author.map(|author| TimelineAuthor::of(author, names)),
            agent_name,
            to_agent_name,
            fields,
        })
    }
}

/// Name of an event's field in the API: ids are named as such.
fn api_name(name: &str) -> String {
    match name {
        "agent" | "leg" | "link" | "note" | "queue" | "tag" => format!("{name}Id"),
        "to_agent" | "to_queue" => format!("{}Id", in_camel_case(name)),
        other => in_camel_case(other),
    }
}

/// Words are joined as in the rest of the API.
fn in_camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut joined = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        joined.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        joined.push_str(letters.as_str());
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use callcenter_core::event::Event;
    use model::{CallId, EndedBy, LegId, WallTime};
    use serde_json::json;

    fn shown(event: Event) -> Value {
        let call = Some(CallId::of(1));
        let author =
            matches!(event, Event::ConversationAssigned { .. }).then_some(Author::Agent { agent: AgentId::of(2) });
        let record = EventRecord { sequence: 7, at: WallTime(0), conversation: None, call, author, event };
        let names = BTreeMap::from([(AgentId::of(2), "Ana".to_owned())]);
        serde_json::to_value(TimelineEvent::of(record, &names).expect("an object")).expect("JSON")
    }

    #[test]
    fn events_have_the_names_of_the_api_and_of_people() {
        let answered = shown(Event::CallAnswered { agent: AgentId::of(2), waiting_ms: 1500 });
        assert_eq!(
            answered,
            json!({
                "id": "7", "type": "CALL_ANSWERED", "at": "1970-01-01T00:00:00.000+00:00",
                "callId": CallId::of(1).to_string(), "agentId": AgentId::of(2).to_string(), "agentName": "Ana",
                "waitingMs": 1500,
            })
        );
        let ended = shown(Event::CallEnded { ended_by: EndedBy::Customer, duration_ms: 9, code: 10_000 });
        assert_eq!(
            (&ended["endedBy"], &ended["durationMs"], &ended["code"]),
            (&json!("CUSTOMER"), &json!(9), &json!(10000))
        );
        let assigned = shown(Event::ConversationAssigned { agent: None });
        let by = json!({"type": "AGENT", "id": AgentId::of(2).to_string(), "name": "Ana"});
        assert_eq!((&assigned["author"], &assigned["agentId"]), (&by, &json!(null)));
        let lost = shown(Event::LegLost { leg: LegId::of(3) });
        assert_eq!(lost["legId"], json!(LegId::of(3).to_string()));
    }
}
