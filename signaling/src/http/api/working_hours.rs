//! `/ccaas/1/working-hours`

use super::call_center;
use super::working_hours_dto::{HolidayRequest, WorkingHours, WorkingHoursRequest, parse, read, read_holiday};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusCodeResponse};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params, page_of};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::Command;
use callcenter_core::row::{DayHours, WorkingHoursRow};
use model::{HolidayId, WallTime, WorkingHoursId};
use serde::Serialize;
use std::cmp::Ordering;
use store::NamedOrder;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListWorkingHours, routes!(list))
        .on(Operation::CreateWorkingHours, routes!(create))
        .on(Operation::ReadWorkingHours, routes!(get))
        .on(Operation::ReplaceWorkingHours, routes!(replace))
        .on(Operation::PatchWorkingHours, routes!(patch))
        .on(Operation::DeleteWorkingHours, routes!(delete))
        .on(Operation::ReadWorkingHoursStatus, routes!(status))
        .on(Operation::AddHoliday, routes!(add_holiday))
        .on(Operation::DeleteHoliday, routes!(delete_holiday))
}

/// A page of working hours.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WorkingHoursPage {
    working_hours: Vec<WorkingHours>,
    pagination: Pagination,
}

/// Lists working hours.
#[utoipa::path(get, path = "/ccaas/1/working-hours", operation_id = "get-filtered-working-hours",
    tag = "Working hours",
    params(
        ("name" = Option<String>, Query, description = "Part of the name, in any case."),
        ("enabled" = Option<bool>, Query, description = "Enabled or disabled ones."),
        ("isDefault" = Option<bool>, Query, description = "The default ones, or all others."),
        ("createdAfter" = Option<String>, Query, description = "Made after then."),
        ("createdBefore" = Option<String>, Query, description = "Made before then."),
        ("updatedAfter" = Option<String>, Query, description = "Changed after then."),
        ("updatedBefore" = Option<String>, Query, description = "Changed before then."),
        LimitPaging,
    ),
    responses((status = 200, body = WorkingHoursPage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<WorkingHoursPage>, ApiError> {
    let name = params.text("name").map(|name| name.to_lowercase());
    let (enabled, is_default) = (params.flag("enabled"), params.flag("isDefault"));
    let created = (params.time("createdAfter"), params.time("createdBefore"));
    let updated = (params.time("updatedAfter"), params.time("updatedBefore"));
    let request = params.limit_page::<NamedOrder>();
    params.done()?;
    let page = call_center(&state, caller.account)?
        .query(move |core, _| {
            let fits = |row: &&WorkingHoursRow| {
                name.as_ref().is_none_or(|part| row.name.to_lowercase().contains(part))
                    && enabled.is_none_or(|enabled| row.enabled == enabled)
                    && is_default.is_none_or(|is_default| row.is_default == is_default)
                    && super::agents::within(created, row.created_at)
                    && super::agents::within(updated, row.updated_at)
            };
            page_of(core.all_working_hours().filter(fits).cloned().collect(), &request, compare)
        })
        .await?;
    let working_hours = page.items.into_iter().map(WorkingHours::from).collect();
    Ok(Json(WorkingHoursPage { working_hours, pagination: Pagination::of(&request, page.total) }))
}

fn compare(by: NamedOrder, left: &WorkingHoursRow, right: &WorkingHoursRow) -> Ordering {
    let first = match by {
        NamedOrder::Id => Ordering::Equal,
        NamedOrder::Name => left.name.cmp(&right.name),
        NamedOrder::CreatedAt => left.created_at.cmp(&right.created_at),
        NamedOrder::UpdatedAt => left.updated_at.cmp(&right.updated_at),
    };
    first.then(left.id.cmp(&right.id))
}

async fn known(state: &AppState, caller: &Caller, id: &str) -> Result<WorkingHoursRow, ApiError> {
    let parsed: WorkingHoursId = parse(id)?;
    let found = call_center(state, caller.account)?.query(move |core, _| core.working_hours(parsed).cloned()).await?;
    found.ok_or_else(|| ApiError::unknown_id(id))
}

async fn save(state: &AppState, caller: &Caller, row: WorkingHoursRow) -> Result<WorkingHoursRow, ApiError> {
    let row = WorkingHoursRow { updated_at: state.clock.now().wall, ..row };
    call_center(state, caller.account)?.handle(Command::PutWorkingHours(row.clone())).await?;
    Ok(row)
}

async fn put(state: &AppState, caller: &Caller, row: WorkingHoursRow) -> Result<Json<WorkingHours>, ApiError> {
    Ok(Json(save(state, caller, row).await?.into()))
}

fn empty(now: WallTime) -> WorkingHoursRow {
    WorkingHoursRow {
        id: WorkingHoursId::fresh(),
        name: String::new(),
        timezone: String::new(),
        message: String::new(),
        week: [DayHours::default(); 7],
        enabled: true,
        is_default: false,
        close_conversations: false,
        away_message_every_period: false,
        holidays: Vec::new(),
        created_at: now,
        updated_at: now,
    }
}

/// Makes working hours.
#[utoipa::path(post, path = "/ccaas/1/working-hours", operation_id = "create-working-hours", tag = "Working hours",
    request_body = WorkingHoursRequest,
    responses((status = 200, body = WorkingHours), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<WorkingHours>, ApiError> {
    let row = read(&mut fields, empty(state.clock.now().wall), false);
    fields.done()?;
    put(&state, &caller, row).await
}

/// Reads working hours.
#[utoipa::path(get, path = "/ccaas/1/working-hours/{id}", operation_id = "get-working-hours",
    tag = "Working hours",
    params(("id" = String, Path, description = "The working hours.")),
    responses((status = 200, body = WorkingHours), (status = 404, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<WorkingHours>, ApiError> {
    Ok(Json(known(&state, &caller, &id).await?.into()))
}

/// Replaces working hours: what is left out has its default again.
#[utoipa::path(put, path = "/ccaas/1/working-hours/{id}", operation_id = "update-working-hours",
    tag = "Working hours",
    params(("id" = String, Path, description = "The working hours.")),
    request_body = WorkingHoursRequest,
    responses(
        (status = 200, body = WorkingHours),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException),
    ))]
async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<WorkingHours>, ApiError> {
    let row = read(&mut fields, known(&state, &caller, &id).await?, false);
    fields.done()?;
    put(&state, &caller, row).await
}

/// Changes some of the working hours. Of the week, days that are left out stay; holidays are replaced as a list.
#[utoipa::path(patch, path = "/ccaas/1/working-hours/{id}", operation_id = "patch-working-hours",
    tag = "Working hours",
    params(("id" = String, Path, description = "The working hours.")),
    request_body = WorkingHoursRequest,
    responses(
        (status = 200, body = WorkingHours),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException),
    ))]
async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<WorkingHours>, ApiError> {
    let row = read(&mut fields, known(&state, &caller, &id).await?, true);
    fields.done()?;
    put(&state, &caller, row).await
}

/// Deletes working hours. Queues that have them have the default ones then.
#[utoipa::path(delete, path = "/ccaas/1/working-hours/{id}", operation_id = "delete-working-hours",
    tag = "Working hours",
    params(("id" = String, Path, description = "The working hours.")),
    responses((status = 200, body = StatusCodeResponse), (status = 404, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let row = known(&state, &caller, &id).await?;
    call_center(&state, caller.account)?.handle(Command::DeleteWorkingHours(row.id)).await?;
    Ok(StatusCodeResponse::success("The working hours are deleted."))
}

/// Whether it is within working hours.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum WorkingHoursState {
    InsideOfWorkingHours,
    OutsideOfWorkingHours,
}

/// Where working hours stand.
#[derive(Debug, Serialize, ToSchema)]
struct WorkingHoursStatus {
    status: WorkingHoursState,
}

/// Tells whether it is within the working hours now. It always is within disabled ones.
#[utoipa::path(get, path = "/ccaas/1/working-hours/{id}/status", operation_id = "get-working-hours-status",
    tag = "Working hours",
    params(("id" = String, Path, description = "The working hours.")),
    responses((status = 200, body = WorkingHoursStatus), (status = 404, body = ApiException)))]
async fn status(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<WorkingHoursStatus>, ApiError> {
    let parsed: WorkingHoursId = parse(&id)?;
    let open = call_center(&state, caller.account)?.query(move |core, now| core.are_hours_open(parsed, now)).await?;
    let status = match open.ok_or_else(|| ApiError::unknown_id(&id))? {
        true => WorkingHoursState::InsideOfWorkingHours,
        false => WorkingHoursState::OutsideOfWorkingHours,
    };
    Ok(Json(WorkingHoursStatus { status }))
}

/// Adds a holiday to working hours.
#[utoipa::path(post, path = "/ccaas/1/working-hours/{workingHoursId}/holiday",
    operation_id = "create-working-hours-holiday", tag = "Working hours",
    params(("workingHoursId" = String, Path, description = "The working hours.")),
    request_body = HolidayRequest,
    responses(
        (status = 200, body = WorkingHours),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException),
    ))]
async fn add_holiday(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<WorkingHours>, ApiError> {
    let mut row = known(&state, &caller, &id).await?;
    row.holidays.push(read_holiday(&mut fields));
    fields.done()?;
    put(&state, &caller, row).await
}

/// Takes a holiday away.
#[utoipa::path(delete, path = "/ccaas/1/working-hours/{workingHoursId}/holiday/{id}",
    operation_id = "delete-working-hours-holiday", tag = "Working hours",
    params(
        ("workingHoursId" = String, Path, description = "The working hours."),
        ("id" = String, Path, description = "The holiday."),
    ),
    responses((status = 200, body = StatusCodeResponse), (status = 404, body = ApiException)))]
async fn delete_holiday(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, holiday)): Path<(String, String)>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let mut row = known(&state, &caller, &id).await?;
    let parsed: HolidayId = parse(&holiday)?;
    let count = row.holidays.len();
    row.holidays.retain(|one| one.id != parsed);
    if row.holidays.len() == count {
        return Err(ApiError::unknown_id(&holiday));
    }
    save(&state, &caller, row).await?;
    Ok(StatusCodeResponse::success("The holiday is deleted."))
}
