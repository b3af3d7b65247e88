//! `/calls/1/recordings`

use super::public_recording::{self, RecordingOutcome, of_file_id};
use super::recording_answer::BadRange;
use super::recording_dto::{PublicRecordingFile, Whole};
use super::recording_metadata::known;
use super::recordings::delete_rows;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::limits::SIZE_DEFAULT;
use crate::http::params::{PageInfo, Params, SizePage, SizePaging};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use callcenter_core::row::{CallRow, SegmentRow, SegmentState};
use model::{AgentId, CallDirection, LegId, SegmentId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{Direction, Order, SegmentFilter, Span, Together, TogetherOrder};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListCallRecordings, routes!(list))
        .on(Operation::ReadCallRecordings, routes!(get))
        .on(Operation::DeleteCallRecordings, routes!(delete))
        .on(Operation::DownloadCallRecording, routes!(download))
        .on(Operation::DeleteCallRecordingFile, routes!(delete_file))
}

/// A city in which recordings are kept; there is one place here, and so it sorts nothing out.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CallsLocation {
    SaoPaulo,
    Bogota,
    Frankfurt,
    Johannesburg,
    NewYork,
    Portland,
    Moscow,
    Singapore,
    Istanbul,
    KualaLumpur,
    Jakarta,
    Mumbai,
    HongKong,
    Riyadh,
    Chennai,
}

const LOCATIONS: &str = "SAO_PAULO, BOGOTA, FRANKFURT, JOHANNESBURG, NEW_YORK, PORTLAND, MOSCOW, SINGAPORE, ISTANBUL, \
                         KUALA_LUMPUR, JAKARTA, MUMBAI, HONG_KONG, RIYADH, CHENNAI";

/// What a leg is connected by. All are `WEBRTC` here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
enum CallEndpointType {
    Phone,
    Sip,
    WebRtc,
    Viber,
    Whatsapp,
    Websocket,
}

/// Who speaks on a leg.
#[derive(Debug, Serialize, ToSchema)]
struct CallEndpoint {
    #[serde(rename = "type")]
    kind: CallEndpointType,
    identity: String,
}

/// What is recorded of a leg (the public API's call).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PublicCallRecording {
    call_id: String,
    /// The call that the leg is of.
    conference_id: String,
    conversation_id: String,
    endpoint: CallEndpoint,
    direction: CallDirection,
    files: Vec<PublicRecordingFile>,
    status: RecordingOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[schema(format = DateTime)]
    start_time: String,
    #[schema(format = DateTime)]
    end_time: String,
}

/// A page of them, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct CallRecordingPage {
    results: Vec<PublicCallRecording>,
    paging: PageInfo,
}

fn told(rows: &[SegmentRow], calls: &[CallRow]) -> Option<PublicCallRecording> {
    let first = rows.first()?;
    let call = calls.iter().find(|call| call.id == first.call);
    let none = BTreeMap::new();
    let whole = Whole::of(rows, call.map_or(&none, |call| &call.custom_data))?;
    Some(PublicCallRecording {
        call_id: first.leg.to_string(),
        conference_id: first.call.to_string(),
        conversation_id: first.conversation.to_string(),
        endpoint: CallEndpoint { kind: CallEndpointType::WebRtc, identity: whole.identity },
        direction: whole.direction,
        files: whole.files,
        status: whole.status,
        reason: whole.reason,
        start_time: whole.start_time,
        end_time: whole.end_time,
    })
}

/// Query parameters: what a leg must be like to be listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `filter` reads")]
struct CallRecordingParams {
    call_id: Option<String>,
    /// Nothing here has one.
    calls_configuration_id: Option<String>,
    /// Nothing here has one.
    application_id: Option<String>,
    /// Nothing here has one.
    entity_id: Option<String>,
    /// Identity of who speaks.
    endpoint_identifier: Option<String>,
    #[param(format = DateTime)]
    start_time_after: Option<String>,
    #[param(format = DateTime)]
    end_time_before: Option<String>,
    #[param(inline)]
    direction: Option<CallDirection>,
    #[param(inline)]
    endpoint_type: Option<CallEndpointType>,
    #[param(inline)]
    location: Option<CallsLocation>,
}

/// Lists what is recorded, by leg.
#[utoipa::path(get, path = "/calls/1/recordings/calls", operation_id = "get-calls-recordings", tag = "Recordings",
    params(CallRecordingParams, SizePaging),
    responses((status = 200, body = CallRecordingPage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<CallRecordingPage>, ApiError> {
    let filter = filter(&mut params);
    let page = params.size_page_of(SIZE_DEFAULT);
    params.done()?;
    let own = caller.narrowed()?;
    let Some(mut filter) = filter else { return Ok(Json(CallRecordingPage::of(Vec::new(), page, 0))) };
    filter.agent = own;
    let order = Order { by: TogetherOrder::Began, direction: Direction::Descending };
    let found = state.store.recorded(caller.account, Together::Leg, &filter, page.request(order)).await?;
    let rows = state.store.segments_together(caller.account, Together::Leg, &found.items).await?;
    let calls = calls_of(&state, &caller, &rows).await?;
    let of_leg = |leg: &String| {
        let is_of_leg = |row: &&SegmentRow| row.leg.to_string() == *leg;
        told(&rows.iter().filter(is_of_leg).cloned().collect::<Vec<_>>(), &calls)
    };
    Ok(Json(CallRecordingPage::of(found.items.iter().filter_map(of_leg).collect(), page, found.total)))
}

impl CallRecordingPage {
    fn of(results: Vec<PublicCallRecording>, page: SizePage, total: u64) -> Self {
        Self { results, paging: page.info(total) }
    }
}

/// The calls that the files are of.
pub(super) async fn calls_of(state: &AppState, caller: &Caller, rows: &[SegmentRow]) -> Result<Vec<CallRow>, ApiError> {
    let ids: BTreeSet<_> = rows.iter().map(|row| row.call).collect();
    Ok(state.store.calls(caller.account, &ids.into_iter().collect::<Vec<_>>()).await?)
}

/// What is asked for; nothing when it is something that nothing has.
fn filter(params: &mut Params) -> Option<SegmentFilter> {
    let direction = params.one_of("direction", "INBOUND, OUTBOUND");
    let kind = params.one_of("endpointType", "PHONE, SIP, WEBRTC, VIBER, WHATSAPP, WEBSOCKET");
    let after = params.time("startTimeAfter").map(|time| time.0.saturating_add(1));
    let before = params.time("endTimeBefore").map(|time| time.0.saturating_sub(1));
    params.one_of::<CallsLocation>("location", LOCATIONS);
    let is_foreign =
        ["callsConfigurationId", "applicationId", "entityId"].iter().any(|name| params.text(name).is_some());
    if is_foreign || kind.is_some_and(|kind: CallEndpointType| kind != CallEndpointType::WebRtc) {
        return None;
    }
    Some(SegmentFilter {
        leg: known(params, "callId")?,
        identity: params.text("endpointIdentifier"),
        direction,
        began: Span { from: after, to: None },
        ended: Span { from: None, to: before },
        ..SegmentFilter::default()
    })
}

/// The files of a leg, if there are any and the caller may have them.
async fn of_leg(
    state: &AppState,
    caller: &Caller,
    id: &str,
    own: Option<AgentId>,
) -> Result<Vec<SegmentRow>, ApiError> {
    let leg: LegId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let mut rows = state.store.segments_together(caller.account, Together::Leg, &[leg.to_string()]).await?;
    rows.retain(|row| own.is_none() || row.agent == own);
    if rows.is_empty() { Err(ApiError::unknown_id(id)) } else { Ok(rows) }
}

async fn answer(state: &AppState, caller: &Caller, rows: &[SegmentRow]) -> Result<Json<PublicCallRecording>, ApiError> {
    let calls = calls_of(state, caller, rows).await?;
    told(rows, &calls).map(Json).ok_or_else(|| ApiError::internal(&"files without a leg"))
}

/// What is recorded of a leg.
#[utoipa::path(get, path = "/calls/1/recordings/calls/{callId}", operation_id = "get-call-recordings", tag = "Recordings",
    params(
        ("callId" = String, Path, description = "The leg."),
        ("location" = inline(Option<CallsLocation>), Query, description = "There is one place here."),
    ),
    responses((status = 200, body = PublicCallRecording), (status = 404, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<PublicCallRecording>, ApiError> {
    check_location(params)?;
    let rows = of_leg(&state, &caller, &id, caller.narrowed()?).await?;
    answer(&state, &caller, &rows).await
}

fn check_location(mut params: Params) -> Result<(), ApiError> {
    params.one_of::<CallsLocation>("location", LOCATIONS);
    params.done()
}

/// Deletes all files of a leg for good. What is known of them stays.
#[utoipa::path(delete, path = "/calls/1/recordings/calls/{callId}", operation_id = "delete-call-recordings",
    tag = "Recordings",
    params(
        ("callId" = String, Path, description = "The leg."),
        ("location" = inline(Option<CallsLocation>), Query, description = "There is one place here."),
    ),
    responses((status = 200, body = PublicCallRecording), (status = 404, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<PublicCallRecording>, ApiError> {
    check_location(params)?;
    let rows = of_leg(&state, &caller, &id, None).await?;
    delete_all(&state, &caller, &rows).await?;
    let rows = of_leg(&state, &caller, &id, None).await?;
    answer(&state, &caller, &rows).await
}

/// Deletes the segments that these rows are of.
pub(super) async fn delete_all(state: &AppState, caller: &Caller, rows: &[SegmentRow]) -> Result<(), ApiError> {
    let segments: BTreeSet<SegmentId> = rows.iter().map(|row| row.id).collect();
    for segment in segments {
        let files = rows.iter().filter(|row| row.id == segment).cloned().collect();
        delete_rows(state, caller, files).await?;
    }
    Ok(())
}

/// The bytes of a recording file: sound as WAV, pictures as MP4.
#[utoipa::path(get, path = "/calls/1/recordings/files/{fileId}", operation_id = "download-recording-file",
    tag = "Recordings",
    params(
        ("fileId" = String, Path, description = "The file."),
        ("location" = inline(Option<CallsLocation>), Query, description = "There is one place here."),
        ("Range" = Option<String>, Header, description = "One range of bytes (RFC 9110)."),
    ),
    responses(
        (status = 200, description = "The whole file.", content_type = "application/octet-stream"),
        (status = 206, description = "The range that was asked for.", content_type = "application/octet-stream"),
        (status = 304, description = "The file is the one that the client has."),
        (status = 404, body = ApiException),
        (status = 416, body = ApiException),
    ))]
async fn download(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_location(params)?;
    public_recording::download(&state, &caller, &id, &headers, BadRange::Whole).await
}

/// Deletes a file for good, and with it the shared screen that was recorded beside it. What is known of it stays.
#[utoipa::path(delete, path = "/calls/1/recordings/files/{fileId}", operation_id = "delete-recording-file",
    tag = "Recordings",
    params(
        ("fileId" = String, Path, description = "The file."),
        ("location" = inline(Option<CallsLocation>), Query, description = "There is one place here."),
    ),
    responses((status = 200, body = PublicRecordingFile), (status = 404, body = ApiException)))]
async fn delete_file(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<PublicRecordingFile>, ApiError> {
    check_location(params)?;
    let rows = of_file(&state, &caller, &id).await?;
    delete_rows(&state, &caller, rows).await?;
    let rows = of_file(&state, &caller, &id).await?;
    let calls = calls_of(&state, &caller, &rows).await?;
    let custom_data = calls.into_iter().next().map(|call| call.custom_data).unwrap_or_default();
    let (_, screen) = of_file_id(&id);
    let row = rows.iter().find(|row| row.screen == screen).ok_or_else(|| ApiError::unknown_id(&id))?;
    Ok(Json(PublicRecordingFile::of(row, &custom_data)))
}

/// All files of the segment that a file is of.
pub(super) async fn of_file(state: &AppState, caller: &Caller, id: &str) -> Result<Vec<SegmentRow>, ApiError> {
    let unknown = || ApiError::unknown_id(id);
    let (segment, screen) = of_file_id(id);
    let segment: SegmentId = segment.parse().map_err(|_| unknown())?;
    let rows = state.store.segment(caller.account, segment).await?;
    let is_there = rows.iter().any(|row| row.screen == screen && row.state != SegmentState::Recording);
    if is_there { Ok(rows) } else { Err(unknown()) }
}
