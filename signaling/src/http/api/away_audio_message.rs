//! `/ccaas/voice/2/away-audio-message`

use super::audio_dto::{self, MessageDto, check_audible};
use super::call_center;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, StatusResponse};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::Command;
use callcenter_core::row::AwayMessageRow;
use model::WorkingHoursId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ReadAwayAudioMessage, routes!(get))
        .on(Operation::SetAwayAudioMessage, routes!(set))
        .on(Operation::DeleteAwayAudioMessage, routes!(delete))
}

/// What callers hear outside of working hours, before their call ends.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AwayAudioMessage {
    id: String,
    working_hours_config_id: String,
    audio_source: MessageDto,
}

/// What is set of an away message.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `set` reads")]
struct AwayAudioMessageRequest {
    audio_source: MessageDto,
}

impl From<AwayMessageRow> for AwayAudioMessage {
    fn from(row: AwayMessageRow) -> Self {
        let id = row.id.to_string();
        Self { working_hours_config_id: id.clone(), id, audio_source: row.message.into() }
    }
}

fn hours(id: &str) -> Result<WorkingHoursId, ApiError> {
    id.parse().map_err(|_| ApiError::unknown_id(id))
}

async fn message(state: &AppState, caller: &Caller, id: &str) -> Result<AwayMessageRow, ApiError> {
    let hours = hours(id)?;
    let found = call_center(state, caller.account)?.query(move |core, _| core.away_message(hours).cloned()).await?;
    found.ok_or_else(|| ApiError::unknown_id(id))
}

/// Reads what callers hear outside of working hours.
#[utoipa::path(get, path = "/ccaas/voice/2/away-audio-message/{workingHoursConfigId}",
    operation_id = "get-conversations-away-audio-message", tag = "Away audio messages",
    params(("workingHoursConfigId" = String, Path, description = "The working hours.")),
    responses((status = 200, body = AwayAudioMessage), (status = 404, body = StatusResponse)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AwayAudioMessage>, ApiError> {
    Ok(Json(message(&state, &caller, &id).await?.into()))
}

/// Sets what callers hear outside of working hours.
#[utoipa::path(put, path = "/ccaas/voice/2/away-audio-message/{workingHoursConfigId}",
    operation_id = "set-away-audio-message", tag = "Away audio messages",
    params(("workingHoursConfigId" = String, Path, description = "The working hours.")),
    request_body = AwayAudioMessageRequest,
    responses(
        (status = 200, body = AwayAudioMessage),
        (status = 400, body = StatusResponse),
        (status = 404, body = StatusResponse),
    ))]
async fn set(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<AwayAudioMessage>, ApiError> {
    let id = hours(&id)?;
    fields.require("audioSource");
    let message = fields.object("audioSource", audio_dto::message);
    // Whoever announces keys that do nothing would mislead callers.
    if fields.list("collectables", usize::MAX).is_some_and(|keys| !keys.is_empty()) {
        fields.reject("collectables", "is not supported by this release");
    }
    // Without keys it has nothing to bound.
    audio_dto::span(&mut fields, "collectDuration");
    fields.done()?;
    let message = message.ok_or_else(|| ApiError::bad_request("Request validation failed."))?;
    check_audible(&state, caller.account, &[("audioSource", &message)], None).await?;
    let row = AwayMessageRow { id, message };
    call_center(&state, caller.account)?.handle(Command::PutAwayMessage(Box::new(row.clone()))).await?;
    Ok(Json(row.into()))
}

/// Deletes what callers hear outside of working hours.
#[utoipa::path(delete, path = "/ccaas/voice/2/away-audio-message/{workingHoursConfigId}",
    operation_id = "delete-conversations-away-audio-message", tag = "Away audio messages",
    params(("workingHoursConfigId" = String, Path, description = "The working hours.")),
    responses((status = 200, body = StatusResponse), (status = 404, body = StatusResponse)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusResponse>, ApiError> {
    let row = message(&state, &caller, &id).await?;
    call_center(&state, caller.account)?.handle(Command::DeleteAwayMessage(row.id)).await?;
    Ok(StatusResponse::success("Away audio message deleted successfully."))
}
