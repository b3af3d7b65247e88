//! `/ccaas/voice/2/hold-configs-per-queue`

use super::audio_dto::check_audible;
use super::sound_dto::{self, MusicOrDefaultDto, PeriodicDto};
use super::waiting_dto::{queue_ids, queue_name};
use super::waiting_strategies::default_queue;
use super::{call_center, unexpected_reply};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::elements::{ElementPaging, ElementPagingParams, Elements, SortBy};
use crate::http::errors::{ApiError, StatusResponse};
use crate::http::fields::Fields;
use crate::http::params::Params;
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, Reply};
use callcenter_core::row::{HoldConfigFields, HoldConfigRow};
use model::{HoldConfigId, QueueId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

const NAME_MAX: usize = 128;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListHoldConfigs, routes!(list))
        .on(Operation::CreateHoldConfig, routes!(create))
        .on(Operation::ReadHoldConfig, routes!(get))
        .on(Operation::ReplaceHoldConfig, routes!(replace))
        .on(Operation::DeleteHoldConfig, routes!(delete))
}

/// What customers on hold hear in calls of some queues.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HoldConfigWithQueues)]
struct HoldConfigDto {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_hold_music: Option<MusicOrDefaultDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    announcement_message: Option<PeriodicDto>,
    /// Ids, or `default` for the default queue.
    queue_ids: Vec<String>,
    enabled: bool,
    #[serde(rename = "default")]
    is_default: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// What is set of a hold configuration.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `fields` reads")]
struct HoldConfigRequest {
    #[schema(min_length = 1, max_length = 128)]
    name: String,
    /// What plays. Without it there is the music that comes with the program; `enabled: false` is silence.
    on_hold_music: Option<MusicOrDefaultDto>,
    /// What interrupts the music.
    announcement_message: Option<PeriodicDto>,
    /// Ids, or `default` for the default queue. Only the default configuration may go without.
    queue_ids: Vec<String>,
    /// Otherwise its queues have the default configuration; true when absent.
    #[schema(default = true)]
    enabled: Option<bool>,
    /// It is for all queues without an own one that is enabled.
    #[schema(rename = "default", default = false)]
    is_default: Option<bool>,
}

impl HoldConfigDto {
    fn of(row: HoldConfigRow, default_queue: QueueId) -> Self {
        let fields = row.fields;
        Self {
            id: row.id.to_string(),
            name: fields.name,
            on_hold_music: fields.music.map(MusicOrDefaultDto::from),
            announcement_message: fields.announcement.map(PeriodicDto::from),
            queue_ids: fields.queues.into_iter().map(|queue| queue_name(queue, default_queue)).collect(),
            enabled: fields.enabled,
            is_default: fields.is_default,
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }
}

/// Reads a whole configuration; nothing when something is wrong, which is noted.
fn fields(fields: &mut Fields, default_queue: QueueId) -> Option<HoldConfigFields> {
    fields.require("name");
    let name = fields.text("name", 1..=NAME_MAX);
    let music = fields.object("onHoldMusic", sound_dto::music_or_default);
    let announcement = fields.object("announcementMessage", sound_dto::periodic);
    let queues = queue_ids(fields, "queueIds", default_queue);
    let enabled = fields.flag("enabled").unwrap_or(true);
    let is_default = fields.flag("default").unwrap_or(false);
    Some(HoldConfigFields { name: name?, music, announcement, queues: queues?, enabled, is_default })
}

/// Lists hold configurations.
#[utoipa::path(get, path = "/ccaas/voice/2/hold-configs-per-queue", operation_id = "get-multiple-hold-configs",
    tag = "Hold",
    params(ElementPagingParams),
    responses((status = 200, body = Elements<HoldConfigDto>), (status = 400, body = StatusResponse)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<Elements<HoldConfigDto>>, ApiError> {
    let paging = ElementPaging::read(&mut params);
    params.done()?;
    let (rows, default_queue) = call_center(&state, caller.account)?
        .query(|core, _| (core.hold_configs().cloned().collect::<Vec<_>>(), core.default_queue()))
        .await?;
    let compare = |by, left: &HoldConfigRow, right: &HoldConfigRow| match by {
        SortBy::Name => left.fields.name.cmp(&right.fields.name).then(left.id.cmp(&right.id)),
        SortBy::CreatedAt => left.created_at.cmp(&right.created_at).then(left.id.cmp(&right.id)),
    };
    Ok(Json(paging.cut(rows, compare, |row| HoldConfigDto::of(row, default_queue))))
}

/// Makes a hold configuration.
#[utoipa::path(post, path = "/ccaas/voice/2/hold-configs-per-queue", operation_id = "create-hold-config",
    tag = "Hold",
    request_body = HoldConfigRequest,
    responses(
        (status = 200, body = HoldConfigDto),
        (status = 400, body = StatusResponse),
        (status = 404, body = StatusResponse),
    ))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    fields: Fields,
) -> Result<Json<HoldConfigDto>, ApiError> {
    put(&state, &caller, None, fields).await
}

/// Reads a hold configuration.
#[utoipa::path(get, path = "/ccaas/voice/2/hold-configs-per-queue/{id}", operation_id = "get-hold-config",
    tag = "Hold",
    params(("id" = String, Path, description = "The configuration.")),
    responses((status = 200, body = HoldConfigDto), (status = 404, body = StatusResponse)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<HoldConfigDto>, ApiError> {
    let row = config(&state, &caller, &id).await?;
    Ok(Json(HoldConfigDto::of(row, default_queue(&state, &caller).await?)))
}

/// Replaces a hold configuration. Customers who are on hold hear the new one at once.
#[utoipa::path(put, path = "/ccaas/voice/2/hold-configs-per-queue/{id}", operation_id = "update-hold-config",
    tag = "Hold",
    params(("id" = String, Path, description = "The configuration.")),
    request_body = HoldConfigRequest,
    responses(
        (status = 200, body = HoldConfigDto),
        (status = 400, body = StatusResponse),
        (status = 404, body = StatusResponse),
    ))]
async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<HoldConfigDto>, ApiError> {
    let row = config(&state, &caller, &id).await?;
    put(&state, &caller, Some(row.id), fields).await
}

/// Deletes a hold configuration. Its queues have the default one.
#[utoipa::path(delete, path = "/ccaas/voice/2/hold-configs-per-queue/{id}", operation_id = "delete-hold-config",
    tag = "Hold",
    params(("id" = String, Path, description = "The configuration.")),
    responses((status = 200, body = StatusResponse), (status = 404, body = StatusResponse)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusResponse>, ApiError> {
    let row = config(&state, &caller, &id).await?;
    call_center(&state, caller.account)?.handle(Command::DeleteHoldConfig(row.id)).await?;
    Ok(StatusResponse::success("Hold config deleted successfully."))
}

async fn config(state: &AppState, caller: &Caller, id: &str) -> Result<HoldConfigRow, ApiError> {
    let parsed: HoldConfigId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let found = call_center(state, caller.account)?
        .query(move |core, _| core.hold_configs().find(|row| row.id == parsed).cloned())
        .await?;
    found.ok_or_else(|| ApiError::unknown_id(id))
}

async fn put(
    state: &AppState,
    caller: &Caller,
    config: Option<HoldConfigId>,
    mut body: Fields,
) -> Result<Json<HoldConfigDto>, ApiError> {
    let default_queue = default_queue(state, caller).await?;
    let fields = fields(&mut body, default_queue);
    body.done()?;
    let fields = fields.ok_or_else(|| ApiError::bad_request("Request validation failed."))?;
    let announcement: Vec<_> =
        fields.announcement.iter().map(|periodic| ("announcementMessage", &periodic.message)).collect();
    let music = fields.music.as_ref().map(|music| ("onHoldMusic", music));
    check_audible(state, caller.account, &announcement, music).await?;
    match call_center(state, caller.account)?
        .handle(Command::PutHoldConfig { config, fields: Box::new(fields) })
        .await?
    {
        Reply::HoldConfig(row) => Ok(Json(HoldConfigDto::of(*row, default_queue))),
        _ => Err(unexpected_reply()),
    }
}
