//! `/recordings/1/conversations/{conversationId}/pause` and `/resume`

use super::hold::agents_leg;
use super::recordings::name_of;
use crate::account::AccountError;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use callcenter_core::command::{Command, CommandError, RecordingCommand};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::PauseRecording, routes!(pause)).on(Operation::ResumeRecording, routes!(resume))
}

/// Keeps nothing of the conversation's call from now on, for example while a card number is read out. Each file states
/// the gap, and both parties are shown that the recording is paused. A pause lasts through holds and transfers.
#[utoipa::path(post, path = "/recordings/1/conversations/{conversationId}/pause", operation_id = "pause-recording",
    tag = "Recordings",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses(
        (status = 204, description = "Paused, or paused before."),
        (status = 400, body = ApiException, description = "The call is not being recorded."),
        (status = 404, body = ApiException, description = "The conversation has no call with an agent."),
    ))]
async fn pause(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    set_paused(&state, &caller, &id, true).await
}

/// Keeps everything again.
#[utoipa::path(post, path = "/recordings/1/conversations/{conversationId}/resume", operation_id = "resume-recording",
    tag = "Recordings",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses(
        (status = 204, description = "It goes on, or went on before."),
        (status = 400, body = ApiException, description = "The call is not being recorded."),
        (status = 404, body = ApiException, description = "The conversation has no call with an agent."),
    ))]
async fn resume(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    set_paused(&state, &caller, &id, false).await
}

async fn set_paused(state: &AppState, caller: &Caller, id: &str, paused: bool) -> Result<StatusCode, ApiError> {
    let no_call = || ApiError::not_found(format!("The conversation {id} has no call with an agent."));
    let leg = agents_leg(state, caller, id).await?.ok_or_else(no_call)?;
    let by = name_of(state, caller).await?;
    let command = Command::Recording(RecordingCommand::SetPaused { leg, paused, by });
    match super::done_by(state, caller, command).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(AccountError::Refused(CommandError::UnknownLeg(_) | CommandError::NotInTalk)) => Err(no_call()),
        Err(error) => Err(error.into()),
    }
}
