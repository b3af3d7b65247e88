//! `/ccaas/voice/2/waiting-strategies`

use super::audio_dto::check_audible;
use super::waiting_dto::{self, StrategyDto, StrategyRequest};
use super::{call_center, unexpected_reply};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::elements::{ElementPaging, ElementPagingParams, Elements, SortBy};
use crate::http::errors::{ApiError, ApiException, StatusResponse};
use crate::http::fields::Fields;
use crate::http::params::Params;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, Reply};
use callcenter_core::row::{WaitingCondition, WaitingStrategyFields, WaitingStrategyRow};
use model::{QueueId, WaitingStrategyId};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListWaitingStrategies, routes!(list))
        .on(Operation::CreateWaitingStrategy, routes!(create))
        .on(Operation::ReadWaitingStrategy, routes!(get))
        .on(Operation::ReplaceWaitingStrategy, routes!(replace))
        .on(Operation::DeleteWaitingStrategy, routes!(delete))
}

pub(super) async fn default_queue(state: &AppState, caller: &Caller) -> Result<QueueId, ApiError> {
    Ok(call_center(state, caller.account)?.query(|core, _| core.default_queue()).await?)
}

/// Lists waiting strategies.
#[utoipa::path(get, path = "/ccaas/voice/2/waiting-strategies", operation_id = "get-conversations-waiting-strategies",
    tag = "Waiting strategies",
    params(
        ("queueId" = Option<String>, Query, description = "Only those for this queue; `default` is the default one."),
        ElementPagingParams,
    ),
    responses((status = 200, body = Elements<StrategyDto>), (status = 400, body = StatusResponse)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<Elements<StrategyDto>>, ApiError> {
    let paging = ElementPaging::read(&mut params);
    let queue = params.text("queueId");
    params.done()?;
    let (rows, default_queue) = call_center(&state, caller.account)?
        .query(|core, _| (core.waiting_strategies().cloned().collect::<Vec<_>>(), core.default_queue()))
        .await?;
    let wanted = queue.map(|text| waiting_dto::queue(&text, default_queue));
    let is_for = |row: &WaitingStrategyRow| match (&wanted, &row.fields.condition) {
        (None, _) => true,
        (Some(Some(queue)), WaitingCondition::Queue(queues)) => queues.contains(queue),
        (Some(_), _) => false,
    };
    let rows: Vec<WaitingStrategyRow> = rows.into_iter().filter(is_for).collect();
    let compare = |by, left: &WaitingStrategyRow, right: &WaitingStrategyRow| match by {
        SortBy::Name => left.fields.name.cmp(&right.fields.name).then(left.id.cmp(&right.id)),
        SortBy::CreatedAt => left.created_at.cmp(&right.created_at).then(left.id.cmp(&right.id)),
    };
    Ok(Json(paging.cut(rows, compare, |row| StrategyDto::of(row, default_queue))))
}

/// Makes a waiting strategy.
#[utoipa::path(post, path = "/ccaas/voice/2/waiting-strategies", operation_id = "create-conversations-waiting-strategy",
    tag = "Waiting strategies",
    request_body = StrategyRequest,
    responses((status = 200, body = StrategyDto), (status = 400, body = StatusResponse)))]
async fn create(State(state): State<AppState>, caller: Caller, fields: Fields) -> Result<Json<StrategyDto>, ApiError> {
    put(&state, &caller, None, fields).await
}

/// Reads a waiting strategy.
#[utoipa::path(get, path = "/ccaas/voice/2/waiting-strategies/{id}",
    operation_id = "get-conversations-waiting-strategy", tag = "Waiting strategies",
    params(("id" = String, Path, description = "The strategy.")),
    responses((status = 200, body = StrategyDto), (status = 404, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StrategyDto>, ApiError> {
    let row = strategy(&state, &caller, &id).await?;
    Ok(Json(StrategyDto::of(row, default_queue(&state, &caller).await?)))
}

/// Replaces a waiting strategy. Who waits already goes on by the one before.
#[utoipa::path(put, path = "/ccaas/voice/2/waiting-strategies/{id}",
    operation_id = "update-conversations-waiting-strategy", tag = "Waiting strategies",
    params(("id" = String, Path, description = "The strategy.")),
    request_body = StrategyRequest,
    responses(
        (status = 200, body = StrategyDto),
        (status = 400, body = StatusResponse),
        (status = 404, body = ApiException),
    ))]
async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<StrategyDto>, ApiError> {
    let row = strategy(&state, &caller, &id).await?;
    put(&state, &caller, Some(row.id), fields).await
}

/// Deletes a waiting strategy. Who waits by it goes on so.
#[utoipa::path(delete, path = "/ccaas/voice/2/waiting-strategies/{id}",
    operation_id = "delete-conversations-waiting-strategy", tag = "Waiting strategies",
    params(("id" = String, Path, description = "The strategy.")),
    responses((status = 200, body = StatusResponse), (status = 404, body = StatusResponse)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusResponse>, ApiError> {
    let row = strategy(&state, &caller, &id).await?;
    call_center(&state, caller.account)?.handle(Command::DeleteWaitingStrategy(row.id)).await?;
    Ok(StatusResponse::success("Waiting strategy deleted successfully."))
}

async fn strategy(state: &AppState, caller: &Caller, id: &str) -> Result<WaitingStrategyRow, ApiError> {
    let parsed: WaitingStrategyId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let found = call_center(state, caller.account)?
        .query(move |core, _| core.waiting_strategies().find(|row| row.id == parsed).cloned())
        .await?;
    found.ok_or_else(|| ApiError::unknown_id(id))
}

async fn put(
    state: &AppState,
    caller: &Caller,
    strategy: Option<WaitingStrategyId>,
    mut body: Fields,
) -> Result<Json<StrategyDto>, ApiError> {
    let default_queue = default_queue(state, caller).await?;
    let fields = waiting_dto::fields(&mut body, default_queue);
    body.done()?;
    let fields = fields.ok_or_else(|| ApiError::bad_request("Request validation failed."))?;
    audible(state, caller, &fields).await?;
    let command = Command::PutWaitingStrategy { strategy, fields: Box::new(fields) };
    match call_center(state, caller.account)?.handle(command).await? {
        Reply::WaitingStrategy(row) => Ok(Json(StrategyDto::of(*row, default_queue))),
        _ => Err(unexpected_reply()),
    }
}

async fn audible(state: &AppState, caller: &Caller, fields: &WaitingStrategyFields) -> Result<(), ApiError> {
    let announcement = fields.announcement.as_ref().map(|periodic| &periodic.message);
    let messages: Vec<_> = [
        ("greetingMessage", fields.greeting.as_ref()),
        ("announcementMessage", announcement),
        ("maximumWaitTimeMessage", fields.last_message.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, message)| Some((name, message?)))
    .collect();
    let music = fields.music.as_ref().map(|music| ("musicOnHold", music));
    check_audible(state, caller.account, &messages, music).await
}
