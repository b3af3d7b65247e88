//! `/ccaas/voice/2/recording`

use super::public_recording::{
    self, RecordingOutcome, file_id, file_name, native_names, native_url, of_file_id, outcome, seconds, size,
};
use super::recording_answer::BadRange;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::elements::{Elements, SortDirection};
use crate::http::errors::{ApiError, StatusResponse};
use crate::http::limits::{ELEMENTS_DEFAULT, ELEMENTS_MAX};
use crate::http::params::Params;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use callcenter_core::row::SegmentRow;
use model::{CallDirection, ParticipantType, RecordingMedia};
use serde::Serialize;
use std::str::FromStr;
use store::{Direction, Order, PageRequest, SegmentFilter, SegmentOrder, Sortable, Span};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::ListRecordingMetadata, routes!(list)).on(Operation::DownloadRecordingFile, routes!(download))
}

/// What is known of a recording file. It stays when the file is deleted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RecordingMetadata {
    recording_id: String,
    conversation_id: String,
    conference_id: String,
    /// The leg. Absent where several parties are in it, as are those of the participant.
    #[serde(skip_serializing_if = "Option::is_none")]
    call_id: Option<String>,
    direction: CallDirection,
    recording_status: RecordingOutcome,
    /// Why it is not all there.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Several parties are in it.
    composed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u64>,
    /// Bytes, as it is downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_type: Option<ParticipantType>,
    media_type: RecordingMedia,
    /// The shared screen rather than voice and camera.
    screen: bool,
    /// Milliseconds since 1970, UTC.
    started_at: i64,
    /// Milliseconds since 1970, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<i64>,
    /// Name of the person or key.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_by: Option<String>,
    /// Id of the agent who had the call before.
    #[serde(skip_serializing_if = "Option::is_none")]
    transferred_from: Option<String>,
    /// Id of the agent who got the call after.
    #[serde(skip_serializing_if = "Option::is_none")]
    transferred_to: Option<String>,
    /// Id of the queue whose call it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    transferred_from_queue: Option<String>,
    /// Id of the queue that got the call after.
    #[serde(skip_serializing_if = "Option::is_none")]
    transferred_to_queue: Option<String>,
    /// As it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    native_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    native_mime_type: Option<String>,
}

impl From<SegmentRow> for RecordingMetadata {
    fn from(row: SegmentRow) -> Self {
        let (recording_status, reason) = outcome(&row);
        let native_url = native_url(&row);
        let is_of_one = row.composed.is_none();
        Self {
            recording_id: file_id(&row),
            conversation_id: row.conversation.to_string(),
            conference_id: row.call.to_string(),
            call_id: is_of_one.then(|| row.leg.to_string()),
            recording_status,
            reason,
            composed: !is_of_one,
            filename: file_name(&row),
            duration: seconds(&row),
            size: size(&row),
            participant_name: is_of_one.then_some(row.display_name),
            participant_type: is_of_one.then_some(row.participant),
            media_type: row.media,
            screen: row.screen,
            deleted_at: row.deleted.as_ref().map(|deletion| deletion.at.0),
            deleted_by: row.deleted.map(|deletion| deletion.by),
            direction: row.origin.direction,
            participant_id: row.origin.participant,
            participant_identity: row.origin.identity,
            started_at: row.origin.began_at.0,
            transferred_from: row.origin.transferred_from.map(|id| id.to_string()),
            transferred_to: row.origin.transferred_to.map(|id| id.to_string()),
            transferred_from_queue: row.origin.transferred_from_queue.map(|id| id.to_string()),
            transferred_to_queue: row.origin.transferred_to_queue.map(|id| id.to_string()),
            native_mime_type: native_url.as_ref().and(row.mime),
            native_url,
        }
    }
}

/// Query parameters: what a file must be like to be listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `filter` reads")]
struct MetadataParams {
    recording_id: Option<String>,
    conversation_id: Option<String>,
    conference_id: Option<String>,
    call_id: Option<String>,
    #[param(inline)]
    direction: Option<CallDirection>,
    /// All of it.
    filename: Option<String>,
    participant_id: Option<String>,
    participant_identity: Option<String>,
    participant_name: Option<String>,
    #[param(inline)]
    participant_type: Option<ParticipantType>,
    #[param(inline)]
    media_type: Option<RecordingMedia>,
    /// Name of the person or key.
    deleted_by: Option<String>,
    /// Id of an agent.
    transferred_from: Option<String>,
    /// Id of an agent.
    transferred_to: Option<String>,
    /// Id of a queue.
    transferred_from_queue: Option<String>,
    /// Id of a queue.
    transferred_to_queue: Option<String>,
    /// Seconds.
    #[param(minimum = 0)]
    duration_from: Option<i64>,
    /// Seconds.
    #[param(minimum = 0)]
    duration_to: Option<i64>,
    /// Milliseconds since 1970, UTC.
    #[param(minimum = 0)]
    started_at_from: Option<i64>,
    /// Milliseconds since 1970, UTC.
    #[param(minimum = 0)]
    started_at_to: Option<i64>,
    /// Milliseconds since 1970, UTC.
    #[param(minimum = 0)]
    deleted_at_from: Option<i64>,
    /// Milliseconds since 1970, UTC.
    #[param(minimum = 0)]
    deleted_at_to: Option<i64>,
    /// Counts from zero.
    #[param(default = 0, minimum = 0, maximum = 2147483647)]
    page: Option<u32>,
    /// Rows of a page.
    #[param(default = 20, minimum = 1, maximum = 999)]
    size: Option<u32>,
    /// `startedAt`, `duration`, `deletedAt`, `filename`, `participantName` or `recordingId`.
    #[param(default = "startedAt")]
    sort_by: Option<String>,
    #[param(default = "DESC", inline)]
    sort_direction: Option<SortDirection>,
}

/// Lists what is known of recording files.
#[utoipa::path(get, path = "/ccaas/voice/2/recording/metadata", operation_id = "get-conversations-recording-metadata",
    tag = "Recordings",
    params(MetadataParams),
    responses((status = 200, body = Elements<RecordingMetadata>), (status = 400, body = StatusResponse)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<Elements<RecordingMetadata>>, ApiError> {
    let filter = filter(&mut params);
    let page = page(&mut params);
    params.done()?;
    let own = caller.narrowed()?;
    let Some(mut filter) = filter else { return Ok(Json(Elements::of(Vec::new(), 0, page.limit))) };
    if own.is_some() {
        filter.agent = own;
    }
    let found = state.store.segments(caller.account, &filter, page).await?;
    let rows = found.items.into_iter().map(RecordingMetadata::from).collect();
    Ok(Json(Elements::of(rows, found.total, page.limit)))
}

/// What is asked for; nothing when an id is one that nothing has.
fn filter(params: &mut Params) -> Option<SegmentFilter> {
    let span = |params: &mut Params, from: &str, to: &str| Span { from: params.count(from), to: params.count(to) };
    let seconds = span(params, "durationFrom", "durationTo");
    let began = span(params, "startedAtFrom", "startedAtTo");
    let deleted = span(params, "deletedAtFrom", "deletedAtTo");
    let direction = params.one_of("direction", "INBOUND, OUTBOUND");
    let participant_type = params.one_of("participantType", "CUSTOMER, AGENT");
    let media = params.one_of("mediaType", "AUDIO, AUDIO_AND_VIDEO");
    let file = params.text("recordingId");
    let (id, screen) = match file.as_deref().map(of_file_id) {
        None => (None, None),
        Some((id, screen)) => (Some(id.parse().ok()?), Some(screen)),
    };
    Some(SegmentFilter {
        id,
        screen,
        conversation: known(params, "conversationId")?,
        call: known(params, "conferenceId")?,
        leg: known(params, "callId")?,
        direction,
        file_names: params.text("filename").map(|name| native_names(&name)).unwrap_or_default(),
        participant: params.text("participantId"),
        identity: params.text("participantIdentity"),
        display_name: params.text("participantName"),
        participant_type,
        media,
        deleted_by: params.text("deletedBy"),
        transferred_from: known(params, "transferredFrom")?,
        transferred_to: known(params, "transferredTo")?,
        transferred_from_queue: known(params, "transferredFromQueue")?,
        transferred_to_queue: known(params, "transferredToQueue")?,
        seconds,
        began,
        deleted,
        ..SegmentFilter::default()
    })
}

/// An id that is asked for, if one is; nothing at all when it cannot be one.
pub(super) fn known<T: FromStr>(params: &Params, name: &str) -> Option<Option<T>> {
    match params.id(name) {
        None => Some(None),
        Some(id) => id.map(Some),
    }
}

fn page(params: &mut Params) -> PageRequest<SegmentOrder> {
    let page = params.number("page", 0..=i32::MAX.cast_unsigned()).unwrap_or(0);
    let limit = params.number("size", 1..=ELEMENTS_MAX).unwrap_or(ELEMENTS_DEFAULT);
    let by = match params.text("sortBy") {
        None => SegmentOrder::default(),
        Some(name) => SegmentOrder::of_name(&name).unwrap_or_else(|| {
            let names: Vec<_> = SegmentOrder::ALL.iter().map(|field| field.name()).collect();
            params.reject("sortBy", format!("must be one of {}", names.join(", ")));
            SegmentOrder::default()
        }),
    };
    let direction = match params.one_of("sortDirection", "ASC, DESC").unwrap_or_default() {
        SortDirection::Asc => Direction::Ascending,
        SortDirection::Desc => Direction::Descending,
    };
    PageRequest { page, limit, order: Order { by, direction } }
}

/// The bytes of a recording file: sound as WAV, pictures as MP4.
#[utoipa::path(get, path = "/ccaas/voice/2/recording/download/{recordingId}", operation_id = "download-call-recording",
    tag = "Recordings",
    params(
        ("recordingId" = String, Path, description = "The file, as the metadata name it."),
        ("Range" = Option<String>, Header, description = "One range of bytes (RFC 9110)."),
    ),
    responses(
        (status = 200, description = "The whole file.", content_type = "application/octet-stream"),
        (status = 206, description = "The range that was asked for.", content_type = "application/octet-stream"),
        (status = 304, description = "The file is the one that the client has."),
        (status = 400, body = StatusResponse, description = "The range cannot be read, or lies outside of the file."),
        (status = 404, body = StatusResponse),
    ))]
async fn download(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    public_recording::download(&state, &caller, &id, &headers, BadRange::Refuse).await
}
