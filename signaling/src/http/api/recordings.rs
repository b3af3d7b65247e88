//! Recordings of a conversation and their bytes.

use super::conversation;
use super::recording_answer::{self, BadRange, Content, Served};
use crate::http::access::Operation;
use crate::http::caller::{Caller, Who};
use crate::http::errors::{ApiError, ApiException};
use crate::http::params::Params;
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use callcenter_core::command::{Command, RecordingCommand};
use callcenter_core::row::{SegmentRow, SegmentState};
use model::{AgentId, ParticipantType, RecordingMedia, SegmentId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListRecordings, routes!(list))
        .on(Operation::DownloadRecording, routes!(bytes))
        .on(Operation::DeleteRecording, routes!(delete))
}

/// The recording files of a conversation.
#[derive(Debug, Serialize, ToSchema)]
struct Recordings {
    recordings: Vec<Recording>,
}

/// One recording file: one party's voice and camera, its shared screen, or what is merged from all parties' files.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Recording {
    segment_id: String,
    /// The call (the API's conference).
    call_id: String,
    /// Absent in a merged file.
    #[serde(skip_serializing_if = "Option::is_none")]
    leg_id: Option<String>,
    /// Absent in a merged file.
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_type: Option<ParticipantType>,
    /// Absent in a merged file.
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_name: Option<String>,
    kind: RecordingKind,
    media_type: RecordingMedia,
    /// The shared screen rather than voice and camera.
    screen: bool,
    status: RecordingStatus,
    duration_ms: Option<u64>,
    /// Time that the file misses and states as gaps.
    gaps_ms: Option<u64>,
    bytes: Option<u64>,
    mime: Option<String>,
    file_name: Option<String>,
    #[schema(format = DateTime)]
    started_at: String,
    /// Why there is nothing to play.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// To play it; absent until the file is complete.
    url: Option<String>,
    /// To save it under its name.
    download_url: Option<String>,
    /// When it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    /// Name of who had it deleted: of a person, or of a program's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_by: Option<String>,
}

/// Whom a recording file lets hear.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RecordingKind {
    /// One party.
    Leg,
    /// All parties of the call, merged from their files: agents left, the customer right.
    Composed,
}

/// Life of a recording file.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RecordingStatus {
    /// Being written.
    Recording,
    /// Complete.
    Finished,
    /// Nothing could be kept.
    Failed,
    /// Removed.
    Deleted,
}

impl From<SegmentState> for RecordingStatus {
    fn from(state: SegmentState) -> Self {
        match state {
            SegmentState::Recording => Self::Recording,
            SegmentState::Finished => Self::Finished,
            SegmentState::Failed => Self::Failed,
            SegmentState::Deleting | SegmentState::Deleted => Self::Deleted,
        }
    }
}

impl From<SegmentRow> for Recording {
    fn from(row: SegmentRow) -> Self {
        let url = (row.state == SegmentState::Finished && row.path.is_some())
            .then(|| format!("/recordings/1/files/{}{}", row.id, if row.screen { "?screen=true" } else { "" }));
        let download_url = url.as_ref().map(|url| format!("{url}{}download=1", if row.screen { '&' } else { '?' }));
        let composed = row.composed.is_some();
        Self {
            segment_id: row.id.to_string(),
            call_id: row.call.to_string(),
            leg_id: (!composed).then(|| row.leg.to_string()),
            participant_type: (!composed).then_some(row.participant),
            participant_name: (!composed).then_some(row.display_name),
            kind: if composed { RecordingKind::Composed } else { RecordingKind::Leg },
            media_type: row.media,
            screen: row.screen,
            status: row.state.into(),
            duration_ms: row.duration_ms,
            gaps_ms: row.gaps_ms,
            bytes: row.bytes,
            mime: row.mime,
            file_name: row.file_name,
            started_at: times::text(row.started_at),
            reason: row.reason,
            url,
            download_url,
            deleted_at: times::text_of(row.deleted.as_ref().map(|deletion| deletion.at)),
            deleted_by: row.deleted.map(|deletion| deletion.by),
        }
    }
}

/// Lists the recordings of a conversation.
#[utoipa::path(get, path = "/ccaas/1/conversations/{conversationId}/recordings", operation_id = "get-recordings",
    tag = "Recordings",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = Recordings), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Recordings>, ApiError> {
    let row = conversation(&state, &caller, &id).await?;
    let segments = state.store.segments_of(caller.account, row.id).await?;
    Ok(Json(Recordings { recordings: segments.into_iter().map(Recording::from).collect() }))
}

/// The bytes of a recording file.
#[utoipa::path(get, path = "/recordings/1/files/{segmentId}", operation_id = "get-recording-file", tag = "Recordings",
    params(
        ("segmentId" = String, Path, description = "The segment."),
        ("screen" = Option<bool>, Query, description = "The shared screen instead of voice and camera."),
        ("download" = Option<String>, Query, description = "1: to be saved under the file's name."),
        ("Range" = Option<String>, Header, description = "One range of bytes (RFC 9110)."),
    ),
    responses(
        (status = 200, description = "The whole file.", content_type = "application/octet-stream"),
        (status = 206, description = "The range that was asked for.", content_type = "application/octet-stream"),
        (status = 304, description = "The file is the one that the client has."),
        (status = 404, body = ApiException),
        (status = 416, body = ApiException),
    ))]
async fn bytes(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let screen = params.flag("screen").unwrap_or(false);
    let download = params.text("download").is_some_and(|value| value == "1" || value == "true");
    params.done()?;
    let segment = segment(&state, &caller, &id, screen).await?;
    let path = segment.path.as_deref().ok_or_else(|| ApiError::unknown_id(&id))?;
    let (source, length) = recording_answer::open(&state, &segment, path).await?;
    let name = segment.file_name.clone().unwrap_or("recording".to_owned());
    let served = Served {
        content: Content::Native(source),
        length,
        tag: segment.sha256.clone().unwrap_or("unknown".to_owned()),
        mime: segment.mime.clone().unwrap_or("application/octet-stream".to_owned()),
        name,
        download,
    };
    served.answer(&caller, &segment, &headers, BadRange::Whole).await
}

/// Deletes a segment's files for good: voice, camera and shared screen. What is known of them stays, with who had them
/// deleted and when.
#[utoipa::path(delete, path = "/recordings/1/files/{segmentId}", operation_id = "delete-recording",
    tag = "Recordings",
    params(("segmentId" = String, Path, description = "The segment.")),
    responses(
        (status = 204, description = "Deleted, or deleted before."),
        (status = 400, body = ApiException, description = "It is still being made."),
        (status = 404, body = ApiException),
    ))]
async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let segment: SegmentId = id.parse().map_err(|_| ApiError::unknown_id(&id))?;
    let rows = state.store.segment(caller.account, segment).await?;
    if rows.is_empty() {
        return Err(ApiError::unknown_id(&id));
    }
    delete_rows(&state, &caller, rows).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes the files of one segment, of which these are the rows.
pub(super) async fn delete_rows(state: &AppState, caller: &Caller, rows: Vec<SegmentRow>) -> Result<(), ApiError> {
    let by = name_of(state, caller).await?;
    let segment = rows.first().map(|row| row.id.to_string()).unwrap_or_default();
    tracing::info!(account = %caller.account, by = caller.name(), segment, "a recording is deleted");
    super::done_by(state, caller, Command::Recording(RecordingCommand::Delete { rows, by })).await?;
    Ok(())
}

/// Who acts, as people know them: a person's sign-in, or the name of a program's key.
pub(super) async fn name_of(state: &AppState, caller: &Caller) -> Result<String, ApiError> {
    Ok(match &caller.who {
        Who::Person(person) => person.login.clone(),
        Who::Key(key) => state.store.api_key(caller.account, *key).await?.map_or_else(|| caller.name(), |key| key.name),
    })
}

/// The file's row, if it is complete and the caller may hear it.
pub(super) async fn segment(state: &AppState, caller: &Caller, id: &str, screen: bool) -> Result<SegmentRow, ApiError> {
    let unknown = || ApiError::unknown_id(id);
    let parsed: SegmentId = id.parse().map_err(|_| unknown())?;
    let rows = state.store.segment(caller.account, parsed).await?;
    let row = rows.into_iter().find(|row| row.screen == screen).ok_or_else(unknown)?;
    if let Some(own) = caller.narrowed()?
        && row.agent != Some(own)
        && !took_part(state, caller, &row, own).await?
    {
        let conversation = state.store.conversation(caller.account, row.conversation).await?.ok_or_else(unknown)?;
        caller.check_sees(&conversation).map_err(|_| unknown())?;
    }
    if row.state == SegmentState::Finished { Ok(row) } else { Err(unknown()) }
}

/// True when one of the files that are merged into this one is of a call that the agent had.
async fn took_part(state: &AppState, caller: &Caller, row: &SegmentRow, own: AgentId) -> Result<bool, ApiError> {
    if row.composed.is_none() {
        return Ok(false);
    }
    let files = state.store.segments_of(caller.account, row.conversation).await?;
    Ok(files.iter().any(|file| file.call == row.call && file.agent == Some(own)))
}
