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
use callcenter_core::limits::MAX_STICKY_DAYS;
use callcenter_core::row::{AssignmentAlgorithm, QueueRow};
use model::{AgentId, QueueId, WorkingHoursId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use store::NamedOrder;
use utoipa::ToSchema;
use utoipa_axum::routes;

const NAME_MAX: usize = 255;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListQueues, routes!(list))
        .on(Operation::CreateQueue, routes!(create))
        .on(Operation::ReadQueue, routes!(read))
        .on(Operation::UpdateQueue, routes!(update))
        .on(Operation::DeleteQueue, routes!(delete))
}

/// In which order a queue's free agents are rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Algorithm {
    /// Who is free longest.
    LoadBalancing,
    /// One after the other, in a circle.
    RoundRobin,
    /// Refused by this release.
    PerformanceBased,
}

impl From<AssignmentAlgorithm> for Algorithm {
    fn from(algorithm: AssignmentAlgorithm) -> Self {
        match algorithm {
            AssignmentAlgorithm::LoadBalancing => Self::LoadBalancing,
            AssignmentAlgorithm::RoundRobin => Self::RoundRobin,
        }
    }
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
    /// Enabled routing rules that lead to it.
    enabled_routes_count: usize,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    is_auto_assignment_enabled: bool,
    auto_assignment_algorithm: Algorithm,
    is_auto_assignment_outside_of_working_hours_enabled: bool,
    is_sticky_auto_assignment_enabled: bool,
    /// Days after which it is forgotten who handled a customer; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    sticky_agent_timeout_days: Option<u32>,
    /// Absent where the default working hours apply, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    working_hours_id: Option<String>,
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
    routes: usize,
}

fn view(core: &CallCenter, row: &QueueRow) -> QueueView {
    let agents = core.members(row.id).filter(|agent| agent.enabled).count();
    let routes = core.rules().filter(|rule| rule.enabled && rule.queue == row.id).count();
    QueueView { row: row.clone(), agents, routes }
}

impl Queue {
    fn of(view: QueueView) -> Self {
        let QueueView { row, agents, routes } = view;
        Self {
            id: row.id.to_string(),
            name: row.name,
            is_default: row.is_default,
            enabled_agents_count: agents,
            enabled_routes_count: routes,
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
            is_auto_assignment_enabled: row.auto_assignment,
            auto_assignment_algorithm: row.algorithm.into(),
            is_auto_assignment_outside_of_working_hours_enabled: row.assign_outside_hours,
            is_sticky_auto_assignment_enabled: row.sticky,
            sticky_agent_timeout_days: row.sticky_days,
            working_hours_id: row.working_hours.map(|hours| hours.to_string()),
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
    /// The default working hours apply when it is left out.
    #[schema(max_length = 255)]
    working_hours_id: Option<String>,
    #[schema(max_length = 255)]
    external_id: Option<String>,
}

/// New fields of a queue. What has a default falls back to it when left out; everything else stays as it is.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `update` reads")]
struct UpdateQueueRequest {
    #[schema(max_length = 255)]
    name: Option<String>,
    #[schema(default = true)]
    is_auto_assignment_enabled: Option<bool>,
    #[schema(default = "LOAD_BALANCING")]
    auto_assignment_algorithm: Option<Algorithm>,
    #[schema(default = false)]
    is_auto_assignment_outside_of_working_hours_enabled: Option<bool>,
    /// With null the default working hours apply.
    #[schema(max_length = 255)]
    working_hours_id: Option<String>,
    /// A customer's next call goes first to the agent who has the conversation, if that one is free.
    is_sticky_auto_assignment_enabled: Option<bool>,
    /// Days after which that is forgotten; never with null.
    #[schema(minimum = 1, maximum = 3650)]
    sticky_agent_timeout_days: Option<u32>,
    #[schema(default = false)]
    is_restricted: Option<bool>,
    #[schema(max_length = 255)]
    external_id: Option<String>,
}

/// Refuses what this release cannot do, rather than storing it without effect.
fn refuse_unsupported(fields: &mut Fields) {
    if fields.flag("isRestricted") == Some(true) {
        fields.reject("isRestricted", "true is not supported by this release");
    }
}

fn algorithm(fields: &mut Fields) -> AssignmentAlgorithm {
    const NAME: &str = "autoAssignmentAlgorithm";
    match fields.one_of(NAME, "LOAD_BALANCING, ROUND_ROBIN") {
        Some(Algorithm::RoundRobin) => AssignmentAlgorithm::RoundRobin,
        Some(Algorithm::PerformanceBased) => {
            fields.reject(NAME, "PERFORMANCE_BASED is not supported by this release");
            AssignmentAlgorithm::default()
        }
        Some(Algorithm::LoadBalancing) | None => AssignmentAlgorithm::LoadBalancing,
    }
}

fn sticky_days(fields: &mut Fields, known: Option<u32>) -> Option<u32> {
    const NAME: &str = "stickyAgentTimeoutDays";
    let days = fields.number(NAME, 1..=i64::from(MAX_STICKY_DAYS));
    let days = days.map(|days| u32::try_from(days).expect("within the range above"));
    if fields.mentions(NAME) { days } else { known }
}

fn working_hours(fields: &mut Fields, known: Option<WorkingHoursId>) -> Option<WorkingHoursId> {
    const NAME: &str = "workingHoursId";
    if fields.mentions(NAME) { fields.id(NAME) } else { known }
}

/// Lists queues.
#[utoipa::path(get, path = "/ccaas/1/queues", operation_id = "get-queues", tag = "Queues",
    params(
        ("queueIds" = Option<Vec<String>>, Query, description = "These queues."),
        ("agentId" = Option<String>, Query, description = "Queues that this agent serves."),
        ("name" = Option<String>, Query, description = "Part of the name, in any case."),
        ("workingHoursId" = Option<String>, Query, description = "Queues with these working hours of their own."),
        LimitPaging,
    ),
    responses((status = 200, body = QueuePage), (status = 400, body = ApiException)))]
async fn list(State(state): State<AppState>, caller: Caller, mut params: Params) -> Result<Json<QueuePage>, ApiError> {
    let ids: Option<Vec<QueueId>> = params.ids("queueIds");
    let agent: Option<Option<AgentId>> = params.id("agentId");
    let name = params.text("name").map(|name| name.to_lowercase());
    let hours: Option<Option<WorkingHoursId>> = params.id("workingHoursId");
    let request = params.limit_page::<NamedOrder>();
    params.done()?;
    let page = call_center(&state, caller.account)?
        .query(move |core, _| {
            let served = agent.map(|id| id.and_then(|id| core.agent(id)).map_or(&[][..], |agent| &agent.queues));
            let fits = |row: &&QueueRow| {
                row.deleted_at.is_none()
                    && hours.is_none_or(|hours| hours.is_some() && row.working_hours == hours)
                    && ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
                    && served.is_none_or(|served| served.contains(&row.id))
                    && name.as_ref().is_none_or(|part| row.name.to_lowercase().contains(part))
            };
            let page =
                page_of(core.queues().filter(fits).collect(), &request, |by, left, right| compare(by, left, right));
            store::Page {
                items: page.items.into_iter().map(|row| view(core, row)).collect::<Vec<_>>(),
                total: page.total,
            }
        })
        .await?;
    let queues = page.items.into_iter().map(Queue::of).collect();
    Ok(Json(QueuePage { queues, pagination: Pagination::of(&request, page.total) }))
}

fn compare(by: NamedOrder, left: &QueueRow, right: &QueueRow) -> Ordering {
    let first = match by {
        NamedOrder::Id => Ordering::Equal,
        NamedOrder::Name => left.name.cmp(&right.name),
        NamedOrder::CreatedAt => left.created_at.cmp(&right.created_at),
        NamedOrder::UpdatedAt => left.updated_at.cmp(&right.updated_at),
    };
    first.then(left.id.cmp(&right.id))
}

async fn queue(state: &AppState, caller: &Caller, id: &str) -> Result<QueueView, ApiError> {
    let queue: QueueId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let found = call_center(state, caller.account)?
        .query(move |core, _| core.queue(queue).filter(|row| row.deleted_at.is_none()).map(|row| view(core, row)))
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
        auto_assignment: fields.flag("isAutoAssignmentEnabled").unwrap_or(false),
        working_hours: fields.id("workingHoursId"),
        external_id: fields.text("externalId", 0..=NAME_MAX),
        ..NewQueue::default()
    };
    refuse_unsupported(&mut fields);
    fields.done()?;
    let reply = call_center(&state, caller.account)?.handle(Command::CreateQueue(new)).await?;
    let Reply::Queue(row) = reply else { return Err(super::unexpected_reply()) };
    Ok(Json(Queue::of(QueueView { row: *row, agents: 0, routes: 0 })))
}

/// Shows a queue.
#[utoipa::path(get, path = "/ccaas/1/queues/{queueId}", operation_id = "get-queue", tag = "Queues",
    params(("queueId" = String, Path, description = "The queue.")),
    responses((status = 200, body = Queue), (status = 400, body = ApiException)))]
async fn read(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Json<Queue>, ApiError> {
    Ok(Json(Queue::of(queue(&state, &caller, &id).await?)))
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
        algorithm: algorithm(&mut fields),
        sticky: fields.flag("isStickyAutoAssignmentEnabled").unwrap_or(known.sticky),
        sticky_days: sticky_days(&mut fields, known.sticky_days),
        working_hours: working_hours(&mut fields, known.working_hours),
        assign_outside_hours: fields.flag("isAutoAssignmentOutsideOfWorkingHoursEnabled").unwrap_or(false),
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
