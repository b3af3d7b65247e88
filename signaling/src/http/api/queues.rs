//! `/ccaas/1/queues`

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
use callcenter_core::CallCenter;
use callcenter_core::command::{Command, NewQueue, Reply};
use callcenter_core::row::QueueRow;
use model::{AgentId, QueueId};
use serde::Serialize;
use std::cmp::Ordering;
use store::QueueOrder;
use utoipa::ToSchema;
use utoipa_axum::routes;

const NAME_MAX: usize = 255;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListQueues, routes!(list))
        .on(Operation::CreateQueue, routes!(create))
        .on(Operation::UpdateQueue, routes!(update))
        .on(Operation::DeleteQueue, routes!(delete))
}

/// A queue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Queue {
    id: String,
    name: String,
    /// Calls without another route come here.
    is_default: bool,
    /// Enabled agents that serve it.
    enabled_agents_count: usize,
    enabled_routes_count: usize,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    is_auto_assignment_enabled: bool,
    auto_assignment_algorithm: &'static str,
    is_auto_assignment_outside_of_working_hours_enabled: bool,
    is_sticky_auto_assignment_enabled: bool,
    is_restricted: bool,
    is_private: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

struct QueueView {
    row: QueueRow,
    agents: usize,
}

fn view(core: &CallCenter, row: &QueueRow) -> QueueView {
    let agents = core.agents().filter(|agent| agent.enabled && agent.queues.contains(&row.id)).count();
    QueueView { row: row.clone(), agents }
}

impl Queue {
    fn of(view: QueueView) -> Self {
        let QueueView { row, agents } = view;
        Self {
            id: row.id.to_string(),
            name: row.name,
            is_default: row.is_default,
            enabled_agents_count: agents,
            enabled_routes_count: 0,
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
            is_auto_assignment_enabled: row.auto_assignment,
            auto_assignment_algorithm: "LOAD_BALANCING",
            is_auto_assignment_outside_of_working_hours_enabled: false,
            is_sticky_auto_assignment_enabled: false,
            is_restricted: false,
            is_private: false,
            deleted_at: times::text_of(row.deleted_at),
            external_id: row.external_id,
        }
    }
}

/// A page of queues.
#[derive(Debug, Serialize, ToSchema)]
struct QueuePage {
    queues: Vec<Queue>,
    pagination: Pagination,
}

/// Fields of a new queue.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `create` reads")]
struct CreateQueueRequest {
    #[schema(max_length = 255)]
    name: String,
    #[schema(default = false)]
    is_auto_assignment_enabled: Option<bool>,
    #[schema(max_length = 255)]
    external_id: Option<String>,
}

/// New fields of a queue; what is left out stays, except automatic assignment, which is on by default.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `update` reads")]
struct UpdateQueueRequest {
    #[schema(max_length = 255)]
    name: Option<String>,
    #[schema(default = true)]
    is_auto_assignment_enabled: Option<bool>,
    #[schema(max_length = 255)]
    external_id: Option<String>,
}

/// Refuses what this release cannot do, rather than storing it without effect.
fn refuse_unsupported(fields: &mut Fields) {
    for name in ["workingHoursId", "stickyAgentTimeoutDays"] {
        if fields.raw(name).is_some() {
            fields.reject(name, "is not supported by this release");
        }
    }
    for name in ["isStickyAutoAssignmentEnabled", "isRestricted"] {
        if fields.flag(name) == Some(true) {
            fields.reject(name, "true is not supported by this release");
        }
    }
    let algorithm = fields.text("autoAssignmentAlgorithm", 0..=64);
    if algorithm.is_some_and(|name| name != "LOAD_BALANCING") {
        fields.reject("autoAssignmentAlgorithm", "only LOAD_BALANCING is supported by this release");
    }
}

/// Lists queues.
#[utoipa::path(get, path = "/ccaas/1/queues", operation_id = "get-queues", tag = "Queues",
    params(
        ("queueIds" = Option<Vec<String>>, Query, description = "These queues."),
        ("agentId" = Option<String>, Query, description = "Queues that this agent serves."),
        ("name" = Option<String>, Query, description = "Part of the name, in any case."),
        ("workingHoursId" = Option<String>, Query, description = "No queue has working hours yet: fits none."),
        LimitPaging,
    ),
    responses((status = 200, body = QueuePage), (status = 400, body = ApiException)))]
async fn list(State(state): State<AppState>, caller: Caller, mut params: Params) -> Result<Json<QueuePage>, ApiError> {
    let ids: Option<Vec<QueueId>> = params.ids("queueIds");
    let agent: Option<Option<AgentId>> = params.id("agentId");
    let name = params.text("name").map(|name| name.to_lowercase());
    let all_hours = params.text("workingHoursId").is_none();
    let request = params.limit_page::<QueueOrder>();
    params.done()?;
    let page = call_center(&state, caller.account)?
        .query(move |core, _| {
            let served = agent.map(|id| id.and_then(|id| core.agent(id)).map_or(&[][..], |agent| &agent.queues));
            let fits = |row: &&QueueRow| {
                all_hours
                    && row.deleted_at.is_none()
                    && ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
                    && served.is_none_or(|served| served.contains(&row.id))
                    && name.as_ref().is_none_or(|part| row.name.to_lowercase().contains(part))
            };
            page_of(core.queues().filter(fits).map(|row| view(core, row)).collect(), &request, compare)
        })
        .await?;
    let queues = page.items.into_iter().map(Queue::of).collect();
    Ok(Json(QueuePage { queues, pagination: Pagination::of(&request, page.total) }))
}

fn compare(by: QueueOrder, left: &QueueView, right: &QueueView) -> Ordering {
    let (left, right) = (&left.row, &right.row);
    let first = match by {
        QueueOrder::Id => Ordering::Equal,
        QueueOrder::Name => left.name.cmp(&right.name),
        QueueOrder::CreatedAt => left.created_at.cmp(&right.created_at),
        QueueOrder::UpdatedAt => left.updated_at.cmp(&right.updated_at),
    };
    first.then(left.id.cmp(&right.id))
}

async fn queue(state: &AppState, caller: &Caller, id: &str) -> Result<QueueView, ApiError> {
    let queue: QueueId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let found = call_center(state, caller.account)?
        .query(move |core, _| {
            core.queues().find(|row| row.id == queue && row.deleted_at.is_none()).map(|row| view(core, row))
        })
        .await?;
    found.ok_or_else(|| ApiError::unknown_id(id))
}

/// Makes a queue.
#[utoipa::path(post, path = "/ccaas/1/queues", operation_id = "create-queue", tag = "Queues",
    request_body = CreateQueueRequest,
    responses((status = 200, body = Queue), (status = 400, body = ApiException)))]
async fn create(State(state): State<AppState>, caller: Caller, mut fields: Fields) -> Result<Json<Queue>, ApiError> {
    let new = NewQueue {
        name: fields.required_text("name", NAME_MAX),
        is_default: false,
        auto_assignment: fields.flag("isAutoAssignmentEnabled").unwrap_or(false),
        external_id: fields.text("externalId", 0..=NAME_MAX),
    };
    refuse_unsupported(&mut fields);
    fields.done()?;
    let reply = call_center(&state, caller.account)?.handle(Command::CreateQueue(new)).await?;
    let Reply::Queue(row) = reply else { return Err(super::unexpected_reply()) };
    Ok(Json(Queue::of(QueueView { row: *row, agents: 0 })))
}

/// Changes a queue.
#[utoipa::path(put, path = "/ccaas/1/queues/{queueId}", operation_id = "update-queue", tag = "Queues",
    params(("queueId" = String, Path, description = "The queue.")),
    request_body = UpdateQueueRequest,
    responses((status = 200, body = Queue), (status = 400, body = ApiException)))]
async fn update(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<Queue>, ApiError> {
    let known = queue(&state, &caller, &id).await?.row;
    let new = NewQueue {
        name: fields.text("name", 1..=NAME_MAX).unwrap_or(known.name),
        is_default: known.is_default,
        auto_assignment: fields.flag("isAutoAssignmentEnabled").unwrap_or(true),
        external_id: fields.text("externalId", 0..=NAME_MAX).or(known.external_id),
    };
    refuse_unsupported(&mut fields);
    fields.done()?;
    let command = Command::UpdateQueue { queue: known.id, fields: new };
    call_center(&state, caller.account)?.handle(command).await?;
    Ok(Json(Queue::of(queue(&state, &caller, &id).await?)))
}

/// Deletes a queue. Calls that wait in it go to the default queue, which itself cannot be deleted.
#[utoipa::path(delete, path = "/ccaas/1/queues/{queueId}", operation_id = "delete-queue", tag = "Queues",
    params(("queueId" = String, Path, description = "The queue.")),
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let known = queue(&state, &caller, &id).await?.row;
    call_center(&state, caller.account)?.handle(Command::DeleteQueue(known.id)).await?;
    Ok(StatusCodeResponse::success("The queue is deleted."))
}
