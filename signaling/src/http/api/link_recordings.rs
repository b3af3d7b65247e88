//! `/call-link/1/recordings`: of calls that were begun by a link.

use super::public_recording;
use super::recorded_calls::{self, RecordedCall, began, check_file};
use super::recording_answer::BadRange;
use super::recording_dto::{CallFiles, RecordingLocation};
use super::recording_metadata::known;
use super::webrtc_recordings::{check_location, direction};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::elements::SortDirection;
use crate::http::errors::{ApiError, ApiException};
use crate::http::limits::LIMIT_DEFAULT;
use crate::http::params::{PageInfo, Params};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use callcenter_core::row::{CallRow, LinkDestination, LinkRow};
use model::LinkId;
use serde::{Deserialize, Serialize};
use store::{Entrance, Order, SegmentFilter, TogetherOrder};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListLinkRecordings, routes!(list))
        .on(Operation::DeleteLinkRecording, routes!(delete))
        .on(Operation::DownloadLinkRecording, routes!(download))
}

/// Where a link leads, as recordings are looked up by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = RecordedDestination)]
enum DestinationType {
    Room,
    #[serde(rename = "WEBRTC")]
    WebRtc,
    Phone,
    /// To the contact center.
    Conversations,
}

/// What calls are sorted by. By their start, whatever it is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SortColumn {
    DestinationData,
    DestinationType,
    CallLinkConfigId,
    CallLinkId,
    StartTimeBefore,
    StartTimeAfter,
}

/// By what the call was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CallLinkApplication {
    #[serde(rename = "type")]
    kind: ApplicationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_link_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_link_config_id: Option<String>,
    /// Absent when the link was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_type: Option<DestinationType>,
    /// Identity that the link leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_data: Option<String>,
}

/// The only one.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = CallLinkApplicationType)]
enum ApplicationType {
    CallLink,
}

/// What is recorded of a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallLinkRecordingResponse)]
struct RecordingResponse {
    /// The call (the API's conference).
    id: String,
    application: CallLinkApplication,
    recording: CallFiles,
}

/// A page of them, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallLinkRecordingPage)]
struct RecordingPage {
    results: Vec<RecordingResponse>,
    paging: PageInfo,
}

impl RecordingResponse {
    fn of(recorded: &RecordedCall, link: Option<LinkRow>) -> Self {
        let (destination_type, destination_data) = match link.as_ref().map(|link| &link.destination) {
            None => (None, None),
            Some(LinkDestination::Conversations { .. }) => (Some(DestinationType::Conversations), None),
            Some(LinkDestination::Webrtc { identity, .. }) => (Some(DestinationType::WebRtc), Some(identity.clone())),
        };
        let application = CallLinkApplication {
            kind: ApplicationType::CallLink,
            call_link_id: recorded.call.link.map(|link| link.to_string()),
            call_link_config_id: link.and_then(|link| link.config).map(|config| config.to_string()),
            destination_type,
            destination_data,
        };
        let recording = CallFiles::of(&recorded.rows, &recorded.call.custom_data);
        Self { id: recorded.call.id.to_string(), application, recording }
    }
}

async fn told(state: &AppState, caller: &Caller, recorded: &RecordedCall) -> Result<RecordingResponse, ApiError> {
    let link: Option<LinkId> = recorded.call.link;
    let link = match link {
        Some(link) => state.store.link(caller.account, link).await?,
        None => None,
    };
    Ok(RecordingResponse::of(recorded, link))
}

/// Query parameters: what a call must be like to be listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `list` reads")]
struct LinkRecordingParams {
    #[param(inline)]
    sort_by: Option<SortColumn>,
    #[param(default = "DESC", inline)]
    sort_direction: Option<SortDirection>,
    /// Identity that the link leads to.
    destination_data: Option<String>,
    #[param(inline)]
    destination_type: Option<DestinationType>,
    call_link_config_id: Option<String>,
    call_link_id: Option<String>,
    #[param(format = DateTime)]
    start_time_after: Option<String>,
    #[param(format = DateTime)]
    start_time_before: Option<String>,
    #[param(inline)]
    location: Option<RecordingLocation>,
    /// Counts from zero.
    #[param(default = 0)]
    page: Option<u32>,
    /// Rows of a page.
    #[param(default = 10, minimum = 1, maximum = 100)]
    size: Option<u32>,
}

/// Lists what is recorded of calls that were begun by a link.
#[utoipa::path(get, path = "/call-link/1/recordings", operation_id = "get-call-link-recordings", tag = "Recordings",
    params(LinkRecordingParams),
    responses((status = 200, body = RecordingPage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<RecordingPage>, ApiError> {
    let columns =
        "DESTINATION_DATA, DESTINATION_TYPE, CALL_LINK_CONFIG_ID, CALL_LINK_ID, START_TIME_BEFORE, START_TIME_AFTER";
    params.one_of::<SortColumn>("sortBy", columns);
    let order = Order { by: TogetherOrder::Began, direction: direction(&mut params) };
    let filter = filter(&mut params);
    let page = params.size_page_of(LIMIT_DEFAULT);
    params.done()?;
    let (calls, paging) = recorded_calls::list(&state, &caller, filter, page, order).await?;
    let mut results = Vec::with_capacity(calls.len());
    for call in &calls {
        results.push(told(&state, &caller, call).await?);
    }
    Ok(Json(RecordingPage { results, paging }))
}

/// What is asked for; nothing when it is something that nothing has.
fn filter(params: &mut Params) -> Option<SegmentFilter> {
    let kind = params.one_of("destinationType", "ROOM, WEBRTC, PHONE, CONVERSATIONS");
    let began = began(params);
    params.one_of::<RecordingLocation>("location", RecordingLocation::NAMES);
    let destination = match kind {
        None => None,
        Some(DestinationType::WebRtc) => Some("WEBRTC"),
        Some(DestinationType::Conversations) => Some("CONVERSATIONS"),
        Some(DestinationType::Room | DestinationType::Phone) => return None,
    };
    let link = known(params, "callLinkId")?;
    let config = known(params, "callLinkConfigId")?;
    let entrance = Entrance::Link { link, config, destination, identity: params.text("destinationData") };
    Some(SegmentFilter { began, entrance: Some(entrance), ..SegmentFilter::default() })
}

fn is_by_link(call: &CallRow) -> bool {
    call.link.is_some()
}

/// Deletes the files of a call, or one file, for good. What is known of them stays.
#[utoipa::path(delete, path = "/call-link/1/recordings/{id}", operation_id = "delete-call-link-recording",
    tag = "Recordings",
    params(
        ("id" = String, Path, description = "The call, or a file."),
        ("location" = inline(Option<RecordingLocation>), Query, description = "There is one place here."),
    ),
    responses((status = 200, body = RecordingResponse), (status = 404, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<RecordingResponse>, ApiError> {
    check_location(params)?;
    let left = recorded_calls::delete(&state, &caller, &id, is_by_link).await?;
    Ok(Json(told(&state, &caller, &left).await?))
}

/// The bytes of a recording file: sound as WAV, pictures as MP4.
#[utoipa::path(get, path = "/call-link/1/recordings/files/{fileId}", operation_id = "download-call-link-recording",
    tag = "Recordings",
    params(
        ("fileId" = String, Path, description = "The file."),
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
    check_file(&state, &caller, &id, is_by_link).await?;
    public_recording::download(&state, &caller, &id, &headers, BadRange::Refuse).await
}
