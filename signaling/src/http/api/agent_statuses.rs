//! `/ccaas/1/agent-statuses`: an account's own statuses within the four groups of the public API.

use super::agent_dto::STATUS_NAMES;
use super::call_center;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusCodeResponse};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params, page_of};
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, NewStatus, Reply};
use callcenter_core::row::StatusRow;
use model::{AgentStatus, StatusId};
use serde::Serialize;
use std::cmp::Ordering;
use store::NamedOrder;
use utoipa::ToSchema;
use utoipa_axum::routes;

const NAME_MAX: usize = 255;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListAgentStatuses, routes!(list))
        .on(Operation::CreateAgentStatus, routes!(create))
        .on(Operation::ReadAgentStatus, routes!(read))
        .on(Operation::UpdateAgentStatus, routes!(update))
        .on(Operation::DeleteAgentStatus, routes!(delete))
}

/// A status that the account has named itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NamedAgentStatus {
    id: String,
    name: String,
    /// Agents get new calls in `ACTIVE` alone.
    group: AgentStatus,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<StatusRow> for NamedAgentStatus {
    fn from(row: StatusRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            group: row.group,
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }
}

/// A page of statuses.
#[derive(Debug, Serialize, ToSchema)]
struct NamedAgentStatusPage {
    statuses: Vec<NamedAgentStatus>,
    pagination: Pagination,
}

/// Fields of a status.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `read_fields` reads")]
struct NamedAgentStatusRequest {
    /// Unlike those of all others.
    #[schema(max_length = 255)]
    name: String,
    group: AgentStatus,
}

fn read_fields(mut fields: Fields) -> Result<NewStatus, ApiError> {
    let name = fields.required_text("name", NAME_MAX);
    let group = fields.required_one_of("group", STATUS_NAMES);
    fields.done()?;
    Ok(NewStatus { name, group })
}

/// Lists the account's own statuses.
#[utoipa::path(get, path = "/ccaas/1/agent-statuses", operation_id = "get-agent-statuses", tag = "Agents",
    params(
        ("name" = Option<String>, Query, description = "Part of the name, in any case."),
        ("group" = Option<AgentStatus>, Query, description = "Statuses of this group."),
        LimitPaging,
    ),
    responses((status = 200, body = NamedAgentStatusPage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<NamedAgentStatusPage>, ApiError> {
    let name = params.text("name").map(|name| name.to_lowercase());
    let group: Option<AgentStatus> = params.one_of("group", STATUS_NAMES);
    let request = params.limit_page::<NamedOrder>();
    params.done()?;
    let page = call_center(&state, caller.account)?
        .query(move |core, _| {
            let fits = |row: &&StatusRow| {
                name.as_ref().is_none_or(|part| row.name.to_lowercase().contains(part))
                    && group.is_none_or(|group| row.group == group)
            };
            page_of(core.statuses().filter(fits).cloned().collect(), &request, compare)
        })
        .await?;
    let statuses = page.items.into_iter().map(NamedAgentStatus::from).collect();
    Ok(Json(NamedAgentStatusPage { statuses, pagination: Pagination::of(&request, page.total) }))
}

fn compare(by: NamedOrder, left: &StatusRow, right: &StatusRow) -> Ordering {
    let first = match by {
        NamedOrder::Id => Ordering::Equal,
        NamedOrder::Name => left.name.cmp(&right.name),
        NamedOrder::CreatedAt => left.created_at.cmp(&right.created_at),
        NamedOrder::UpdatedAt => left.updated_at.cmp(&right.updated_at),
    };
    first.then(left.id.cmp(&right.id))
}

async fn status(state: &AppState, caller: &Caller, id: &str) -> Result<StatusRow, ApiError> {
    let parsed: StatusId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let found = call_center(state, caller.account)?.query(move |core, _| core.status(parsed).cloned()).await?;
    found.ok_or_else(|| ApiError::unknown_id(id))
}

async fn change(state: &AppState, caller: &Caller, command: Command) -> Result<Json<NamedAgentStatus>, ApiError> {
    match call_center(state, caller.account)?.handle(command).await? {
        Reply::Status(row) => Ok(Json((*row).into())),
        _ => Err(super::unexpected_reply()),
    }
}

/// Makes a status.
#[utoipa::path(post, path = "/ccaas/1/agent-statuses", operation_id = "create-agent-status", tag = "Agents",
    request_body = NamedAgentStatusRequest,
    responses((status = 200, body = NamedAgentStatus), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    fields: Fields,
) -> Result<Json<NamedAgentStatus>, ApiError> {
    change(&state, &caller, Command::CreateStatus(read_fields(fields)?)).await
}

/// Reads a status.
#[utoipa::path(get, path = "/ccaas/1/agent-statuses/{statusId}", operation_id = "get-agent-status", tag = "Agents",
    params(("statusId" = String, Path, description = "The status.")),
    responses((status = 200, body = NamedAgentStatus), (status = 400, body = ApiException)))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<NamedAgentStatus>, ApiError> {
    Ok(Json(status(&state, &caller, &id).await?.into()))
}

/// Replaces a status. Agents who are in it stay in it, and change groups with it.
#[utoipa::path(put, path = "/ccaas/1/agent-statuses/{statusId}", operation_id = "replace-agent-status",
    tag = "Agents",
    params(("statusId" = String, Path, description = "The status.")),
    request_body = NamedAgentStatusRequest,
    responses((status = 200, body = NamedAgentStatus), (status = 400, body = ApiException)))]
async fn update(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<NamedAgentStatus>, ApiError> {
    let known = status(&state, &caller, &id).await?;
    change(&state, &caller, Command::UpdateStatus { status: known.id, fields: read_fields(fields)? }).await
}

/// Deletes a status. Agents who are in it stay in its group.
#[utoipa::path(delete, path = "/ccaas/1/agent-statuses/{statusId}", operation_id = "delete-agent-status",
    tag = "Agents",
    params(("statusId" = String, Path, description = "The status.")),
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let known = status(&state, &caller, &id).await?;
    call_center(&state, caller.account)?.handle(Command::DeleteStatus(known.id)).await?;
    Ok(StatusCodeResponse::success("The agent status is deleted."))
}
