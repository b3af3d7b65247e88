//! `/webrtc/1/recordings`: of calls that were begun without a link.

use super::public_recording;
use super::recorded_calls::{self, RecordedCall, began, check_file};
use super::recording_answer::BadRange;
use super::recording_dto::{CallFiles, RecordingLocation};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::elements::SortDirection;
use crate::http::errors::{ApiError, ApiException};
use crate::http::params::{PageInfo, Params, SizePaging};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use callcenter_core::row::CallRow;
use serde::{Deserialize, Serialize};
use store::{Direction, Entrance, Order, SegmentFilter, TogetherOrder};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListWebRtcRecordings, routes!(list))
        .on(Operation::DeleteWebRtcRecording, routes!(delete))
        .on(Operation::DownloadWebRtcRecording, routes!(download))
}

/// What a call leads to. All are calls between pages here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
enum CallType {
    #[serde(rename = "WEBRTC_CALL")]
    WebRtc,
    #[serde(rename = "PHONE_CALL")]
    Phone,
    #[serde(rename = "VIBER_CALL")]
    Viber,
    #[serde(rename = "ROOM_CALL")]
    Room,
}

/// What calls are sorted by. Kinds and rooms are the same for all.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SortColumn {
    CallType,
    RoomName,
    RoomId,
    StartTime,
    EndTime,
}

/// By what the call was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Application {
    #[serde(rename = "type")]
    kind: ApplicationType,
    call_type: CallType,
}

/// The only one.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = WebRtcApplicationType)]
enum ApplicationType {
    WebRtc,
}

/// What is recorded of a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebRtcRecordingResponse)]
struct RecordingResponse {
    /// The call (the API's conference).
    id: String,
    application: Application,
    recording: CallFiles,
}

/// A page of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebrtcRecordingPageResponse {
    results: Vec<RecordingResponse>,
    page_info: PageInfo,
}

impl From<RecordedCall> for RecordingResponse {
    fn from(recorded: RecordedCall) -> Self {
        Self {
            id: recorded.call.id.to_string(),
            application: Application { kind: ApplicationType::WebRtc, call_type: CallType::WebRtc },
            recording: CallFiles::of(&recorded.rows, &recorded.call.custom_data),
        }
    }
}

/// Query parameters: what a call must be like to be listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `list` reads")]
struct WebRtcRecordingParams {
    #[param(default = "START_TIME", inline)]
    sort_by: Option<SortColumn>,
    #[param(default = "DESC", inline)]
    sort_direction: Option<SortDirection>,
    #[param(inline)]
    call_type: Option<CallType>,
    /// No call here has one.
    phone_number: Option<String>,
    /// Of one of its parties.
    identity: Option<String>,
    /// No call here has one.
    room_name: Option<String>,
    /// No call here has one.
    room_id: Option<String>,
    #[param(format = DateTime)]
    start_time_after: Option<String>,
    #[param(format = DateTime)]
    start_time_before: Option<String>,
    #[param(inline)]
    location: Option<RecordingLocation>,
}

/// Lists what is recorded of calls that were begun without a link.
#[utoipa::path(get, path = "/webrtc/1/recordings", operation_id = "get-webrtc-recordings", tag = "Recordings",
    params(WebRtcRecordingParams, SizePaging),
    responses((status = 200, body = WebrtcRecordingPageResponse), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<WebrtcRecordingPageResponse>, ApiError> {
    let by = match params.one_of("sortBy", "CALL_TYPE, ROOM_NAME, ROOM_ID, START_TIME, END_TIME") {
        Some(SortColumn::EndTime) => TogetherOrder::Ended,
        _ => TogetherOrder::Began,
    };
    let direction = direction(&mut params);
    let filter = filter(&mut params);
    let page = params.size_page();
    params.done()?;
    let (calls, page_info) = recorded_calls::list(&state, &caller, filter, page, Order { by, direction }).await?;
    let results = calls.into_iter().map(RecordingResponse::from).collect();
    Ok(Json(WebrtcRecordingPageResponse { results, page_info }))
}

pub(super) fn direction(params: &mut Params) -> Direction {
    match params.one_of("sortDirection", "ASC, DESC").unwrap_or_default() {
        SortDirection::Asc => Direction::Ascending,
        SortDirection::Desc => Direction::Descending,
    }
}

/// What is asked for; nothing when it is something that nothing has.
fn filter(params: &mut Params) -> Option<SegmentFilter> {
    let kind: Option<CallType> = params.one_of("callType", "WEBRTC_CALL, PHONE_CALL, VIBER_CALL, ROOM_CALL");
    let began = began(params);
    params.one_of::<RecordingLocation>("location", RecordingLocation::NAMES);
    let is_foreign = ["phoneNumber", "roomName", "roomId"].iter().any(|name| params.text(name).is_some());
    if is_foreign || kind.is_some_and(|kind| kind != CallType::WebRtc) {
        return None;
    }
    let party = params.text("identity");
    Some(SegmentFilter { began, party, entrance: Some(Entrance::Direct), ..SegmentFilter::default() })
}

fn is_direct(call: &CallRow) -> bool {
    call.link.is_none()
}

/// Reads the one parameter that operations on a recording have.
pub(super) fn check_location(mut params: Params) -> Result<(), ApiError> {
    params.one_of::<RecordingLocation>("location", RecordingLocation::NAMES);
    params.done()
}

/// Deletes the files of a call, or one file, for good. What is known of them stays.
#[utoipa::path(delete, path = "/webrtc/1/recordings/{id}", operation_id = "delete-webrtc-recording-by-id",
    tag = "Recordings",
    params(
        ("id" = String, Path, description = "The call, or a file."),
        ("location" = inline(Option<RecordingLocation>), Query, description = "There is one place here."),
    ),
    responses(
        (status = 200, body = RecordingResponse),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException),
    ))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<RecordingResponse>, ApiError> {
    check_location(params)?;
    Ok(Json(recorded_calls::delete(&state, &caller, &id, is_direct).await?.into()))
}

/// The bytes of a recording file: sound as WAV, pictures as MP4.
#[utoipa::path(get, path = "/webrtc/1/recordings/{id}/download", operation_id = "download-webrtc-recording-by-id",
    tag = "Recordings",
    params(
        ("id" = String, Path, description = "The file."),
        ("location" = inline(Option<RecordingLocation>), Query, description = "There is one place here."),
        ("Range" = Option<String>, Header, description = "One range of bytes (RFC 9110)."),
    ),
    responses(
        (status = 200, description = "The whole file.", content_type = "application/octet-stream"),
        (status = 206, description = "The range that was asked for.", content_type = "application/octet-stream"),
        (status = 304, description = "The file is the one that the client has."),
        (status = 400, body = ApiException, description = "The range cannot be read, or lies outside of the file."),
        (status = 404, body = ApiException),
    ))]
async fn download(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_location(params)?;
    check_file(&state, &caller, &id, is_direct).await?;
    public_recording::download(&state, &caller, &id, &headers, BadRange::Refuse).await
}
