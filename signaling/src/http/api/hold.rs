//! `/ccaas/voice/2/{conversationId}/hold` and `/unhold`

use super::{call_center, done_by};
use crate::account::AccountError;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, StatusResponse};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, CommandError};
use model::{ConversationId, LegId};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::HoldCall, routes!(hold)).on(Operation::ResumeCall, routes!(unhold))
}

/// The agent's leg of the conversation's live call. To an agent there are no calls but their own.
pub(super) async fn agents_leg(
    state: &AppState,
    caller: &Caller,
    conversation: &str,
) -> Result<Option<LegId>, ApiError> {
    let own = caller.narrowed()?;
    let Ok(conversation) = conversation.parse::<ConversationId>() else { return Ok(None) };
    let leg = call_center(state, caller.account)?
        .query(move |core, _| {
            let leg = core.leg(core.agents_leg_of(conversation)?)?;
            own.is_none_or(|own| leg.agent == Some(own)).then_some(leg.id)
        })
        .await?;
    Ok(leg)
}

/// Puts the conversation's call on hold: the customer hears music, and neither party hears the other.
#[utoipa::path(patch, path = "/ccaas/voice/2/{conversationId}/hold", operation_id = "set-call-on-hold",
    tag = "Hold",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses(
        (status = 200, body = StatusResponse),
        (status = 400, body = StatusResponse),
        (status = 404, body = StatusResponse),
    ))]
async fn hold(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusResponse>, ApiError> {
    command(&state, &caller, &id, "Hold action failed.", |leg| Command::Hold { leg }).await?;
    Ok(StatusResponse::success("The call is on hold."))
}

/// Ends the hold: both parties hear each other again.
#[utoipa::path(patch, path = "/ccaas/voice/2/{conversationId}/unhold", operation_id = "release-call-from-hold",
    tag = "Hold",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses(
        (status = 200, body = StatusResponse),
        (status = 400, body = StatusResponse),
        (status = 404, body = StatusResponse),
    ))]
async fn unhold(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusResponse>, ApiError> {
    command(&state, &caller, &id, "Unhold action failed.", |leg| Command::Resume { leg }).await?;
    Ok(StatusResponse::success("The call is no longer on hold."))
}

async fn command(
    state: &AppState,
    caller: &Caller,
    conversation: &str,
    failed: &str,
    command: impl FnOnce(LegId) -> Command,
) -> Result<(), ApiError> {
    let no_call = || {
        ApiError::not_found(format!("{failed} The conversation {conversation} has no call with an agent.")).in_short()
    };
    let leg = agents_leg(state, caller, conversation).await?.ok_or_else(no_call)?;
    match done_by(state, caller, command(leg)).await {
        Ok(_) => Ok(()),
        Err(AccountError::Refused(CommandError::UnknownLeg(_))) => Err(no_call()),
        Err(AccountError::Refused(refusal)) => Err(ApiError::bad_request(format!("{failed} Reason: {refusal}."))),
        Err(error) => Err(error.into()),
    }
}
