//! `/ccaas/voice/2/conversation/{conversationId}/transfer`: blind transfers to an agent and to a queue.

use super::done_by;
use super::hold::agents_leg;
use crate::account::AccountError;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusResponse};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, CommandError};
use model::{AgentId, LegId, QueueId};
use utoipa::ToSchema;
use utoipa_axum::routes;

const ID_MAX: usize = 255;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::TransferToAgent, routes!(to_agent)).on(Operation::TransferToQueue, routes!(to_queue))
}

/// To whom.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `to_agent` reads")]
struct TransferToAgentRequest {
    /// An available agent who serves the call's queue.
    #[schema(max_length = 255)]
    agent_id: String,
}

/// Where to.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `to_queue` reads")]
struct TransferToQueueRequest {
    /// A queue that assigns automatically; null is the default queue.
    #[schema(max_length = 255, required = true)]
    queue_id: Option<String>,
}

/// Hands the conversation's call over to another agent. It rings there; whoever has it keeps it until it is answered, and gets
/// it back when it is not.
#[utoipa::path(patch, path = "/ccaas/voice/2/conversation/{conversationId}/transfer/agent",
    operation_id = "transfer-call-to-agent", tag = "Transfer",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = TransferToAgentRequest,
    responses(
        (status = 200, body = StatusResponse),
        (status = 400, body = ApiException),
        (status = 404, body = StatusResponse, description = "There is no such agent."),
        (status = 409, body = StatusResponse, description = "The agent cannot take the call now."),
        (status = 412, body = StatusResponse, description = "The conversation has no call to be handed over."),
    ))]
async fn to_agent(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<StatusResponse>, ApiError> {
    let agent = fields.required_text("agentId", ID_MAX);
    fields.done()?;
    let leg = agents_leg(&state, &caller, &id).await?.ok_or_else(|| no_call(&id))?;
    let to: AgentId = agent.parse().map_err(|_| unknown_destination())?;
    hand_over(&state, &caller, &id, leg, Command::TransferToAgent { leg, to }).await
}

/// Hands the conversation's call over to a queue: it waits there, and whoever had it wraps up.
#[utoipa::path(patch, path = "/ccaas/voice/2/conversation/{conversationId}/transfer/queue",
    operation_id = "transfer-call-to-queue", tag = "Transfer",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = TransferToQueueRequest,
    responses(
        (status = 200, body = StatusResponse),
        (status = 400, body = ApiException),
        (status = 404, body = StatusResponse, description = "There is no such queue."),
        (status = 409, body = StatusResponse, description = "The queue cannot take the call now."),
        (status = 412, body = StatusResponse, description = "The conversation has no call to be handed over."),
    ))]
async fn to_queue(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<StatusResponse>, ApiError> {
    if !fields.mentions("queueId") {
        fields.reject("queueId", "must be a queue's id, or null for the default queue");
    }
    let queue = fields.text("queueId", 0..=ID_MAX);
    fields.done()?;
    let leg = agents_leg(&state, &caller, &id).await?.ok_or_else(|| no_call(&id))?;
    let to: Option<QueueId> = queue.map(|queue| queue.parse()).transpose().map_err(|_| unknown_destination())?;
    hand_over(&state, &caller, &id, leg, Command::TransferToQueue { leg, to }).await
}

async fn hand_over(
    state: &AppState,
    caller: &Caller,
    conversation: &str,
    leg: LegId,
    command: Command,
) -> Result<Json<StatusResponse>, ApiError> {
    let refusal = match done_by(state, caller, command).await {
        Ok(_) => return Ok(StatusResponse::success("Call transferred successfully.")),
        Err(AccountError::Refused(refusal)) => refusal,
        Err(error) => return Err(error.into()),
    };
    Err(match refusal {
        CommandError::UnknownAgent(_) | CommandError::UnknownQueue(_) => unknown_destination(),
        CommandError::UnknownLeg(unknown) if unknown == leg => no_call(conversation),
        CommandError::NotInTalk => no_call(conversation),
        CommandError::CannotTransfer(why) => {
            ApiError::conflict(format!("Destination not available. Reason: {why}.")).in_short()
        }
        CommandError::BeingTransferred => ApiError::conflict("The call is being transferred already.").in_short(),
        other => other.into(),
    })
}

fn unknown_destination() -> ApiError {
    ApiError::not_found("Destination not found.").in_short()
}

fn no_call(conversation: &str) -> ApiError {
    let text = format!("No conference found for the conversation {conversation}: it has no call with an agent.");
    ApiError::precondition_failed(text).in_short()
}
