//! How many conversations an agent can have at once.

use super::agents::agent;
use super::call_center;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::CallCenter;
use callcenter_core::command::Command;
use callcenter_core::limits::CAPACITY;
use callcenter_core::settings::SettingsChange;
use model::AgentId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ReadCapacityConfig, routes!(read))
        .on(Operation::SetCapacityConfig, routes!(set))
        .on(Operation::ReadAgentCapacity, routes!(read_agent))
        .on(Operation::SetAgentCapacity, routes!(set_agent))
}

fn number(fields: &mut Fields) -> Option<u32> {
    let range = i64::from(*CAPACITY.start())..=i64::from(*CAPACITY.end());
    fields.number("capacity", range).map(|number| u32::try_from(number).expect("within the range above"))
}

/// The account's capacity.
#[derive(Debug, Serialize, ToSchema)]
struct CapacityConfig {
    /// Conversations that an agent without a number of its own can have at once.
    #[schema(minimum = 1, maximum = 1000, default = 5)]
    capacity: u32,
}

/// Reads the account's capacity.
#[utoipa::path(get, path = "/ccaas/1/capacity-config", operation_id = "get-capacity-config", tag = "Agents",
    responses((status = 200, body = CapacityConfig)))]
async fn read(State(state): State<AppState>, caller: Caller) -> Result<Json<CapacityConfig>, ApiError> {
    let capacity = call_center(&state, caller.account)?.query(|core, _| core.settings().capacity).await?;
    Ok(Json(CapacityConfig { capacity }))
}

/// Sets the account's capacity.
#[utoipa::path(put, path = "/ccaas/1/capacity-config", operation_id = "update-capacity-config", tag = "Agents",
    request_body = CapacityConfig,
    responses((status = 200, body = CapacityConfig), (status = 400, body = ApiException)))]
async fn set(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<CapacityConfig>, ApiError> {
    fields.require("capacity");
    let capacity = number(&mut fields).unwrap_or_default();
    fields.done()?;
    let change = SettingsChange { capacity: Some(capacity), ..SettingsChange::default() };
    call_center(&state, caller.account)?.handle(Command::ChangeSettings(change)).await?;
    Ok(Json(CapacityConfig { capacity }))
}

/// An agent's capacity.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AgentCapacity {
    /// The agent's own number; null where the account's applies.
    #[schema(minimum = 1, maximum = 1000)]
    capacity: Option<u32>,
    /// The number that applies.
    effective_capacity: u32,
    /// Conversations that count against it: those that are assigned to the agent, are not closed, and are no calls.
    /// Of calls an agent has one at a time whatever its capacity.
    conversations_count: u32,
    /// The agent gets nothing new until a conversation is closed or goes to somebody else.
    is_full: bool,
}

fn capacity_of(core: &CallCenter, agent: AgentId) -> AgentCapacity {
    let capacity = core.agent(agent).and_then(|row| row.capacity);
    let effective_capacity = capacity.unwrap_or(core.settings().capacity);
    let conversations_count = core.conversations_held(agent);
    AgentCapacity {
        capacity,
        effective_capacity,
        conversations_count,
        is_full: conversations_count >= effective_capacity,
    }
}

/// Reads an agent's capacity.
#[utoipa::path(get, path = "/ccaas/1/agents/{agentId}/capacity", operation_id = "get-agent-capacity", tag = "Agents",
    params(("agentId" = String, Path, description = "The agent.")),
    responses((status = 200, body = AgentCapacity), (status = 400, body = ApiException)))]
async fn read_agent(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AgentCapacity>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row.id;
    Ok(Json(call_center(&state, caller.account)?.query(move |core, _| capacity_of(core, known)).await?))
}

/// What an agent can have at once.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `set_agent` reads")]
struct AgentCapacityRequest {
    /// Conversations; with null the account's number applies again.
    #[schema(minimum = 1, maximum = 1000)]
    capacity: Option<u32>,
}

/// Gives an agent a capacity of its own, or takes it away.
#[utoipa::path(put, path = "/ccaas/1/agents/{agentId}/capacity", operation_id = "update-agent-capacity",
    tag = "Agents",
    params(("agentId" = String, Path, description = "The agent.")),
    request_body = AgentCapacityRequest,
    responses((status = 200, body = AgentCapacity), (status = 400, body = ApiException)))]
async fn set_agent(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<AgentCapacity>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row.id;
    if !fields.mentions("capacity") {
        fields.reject("capacity", "must be a number, or null for the account's");
    }
    let capacity = number(&mut fields);
    fields.done()?;
    let handle = call_center(&state, caller.account)?;
    handle.handle(Command::SetAgentCapacity { agent: known, capacity }).await?;
    Ok(Json(handle.query(move |core, _| capacity_of(core, known)).await?))
}
