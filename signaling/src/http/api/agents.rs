//! `/ccaas/1/agents`

use super::agent_dto::{AgentPage, AgentRequest, AgentResponse, AgentView, ROLE_NAMES, STATUS_NAMES};
use super::call_center;
use super::conversation_dto::ConversationPage;
use super::conversations::{ConversationQuery, list_page};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusCodeResponse};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params, page_of};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::CallCenter;
use callcenter_core::command::{Command, Reply};
use callcenter_core::row::AgentRow;
use model::{AgentId, AgentStatus, Now, QueueId, Role, StatusId, WallTime};
use store::{AgentOrder, PageRequest};
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListAgents, routes!(list))
        .on(Operation::CreateAgent, routes!(create))
        .on(Operation::ReadAgent, routes!(read))
        .on(Operation::UpdateAgent, routes!(update))
        .on(Operation::SetAgentStatus, routes!(set_status))
        .on(Operation::AgentHeartbeat, routes!(heartbeat))
        .on(Operation::LinkAgentQueue, routes!(link_queue))
        .on(Operation::UnlinkAgentQueue, routes!(unlink_queue))
        .on(Operation::ListAgentConversations, routes!(conversations))
}

/// The agent of a path.
pub(super) async fn agent(state: &AppState, caller: &Caller, id: &str) -> Result<AgentView, ApiError> {
    let agent: AgentId = id.parse().map_err(|_| ApiError::unknown_agent(id))?;
    let found = call_center(state, caller.account)?
        .query(move |core, now| core.agent(agent).map(|row| view(core, row, now)))
        .await?;
    found.ok_or_else(|| ApiError::unknown_agent(id))
}

fn view(core: &CallCenter, row: &AgentRow, now: Now) -> AgentView {
    let availability = core.agent_state(row.id, now).map_or(AgentStatus::Invisible, |state| state.availability);
    let status_name = row.custom_status.and_then(|status| core.status(status)).map(|status| status.name.clone());
    AgentView { row: row.clone(), availability, found: core.found_status(row.id), status_name }
}

struct AgentQuery {
    ids: Option<Vec<AgentId>>,
    queues: Option<Vec<QueueId>>,
    display_name: Option<String>,
    email: Option<String>,
    status: Option<AgentStatus>,
    availability: Option<AgentStatus>,
    role: Option<Role>,
    enabled: Option<bool>,
    created: (Option<WallTime>, Option<WallTime>),
    updated: (Option<WallTime>, Option<WallTime>),
    page: PageRequest<AgentOrder>,
}

impl AgentQuery {
    fn read(mut params: Params) -> Result<Self, ApiError> {
        let query = Self {
            ids: params.ids("agentIds"),
            queues: params.ids("queueIds"),
            display_name: params.text("displayName").map(|name| name.to_lowercase()),
            email: params.text("email"),
            status: params.one_of("status", STATUS_NAMES),
            availability: params.one_of("availability", STATUS_NAMES),
            role: params.one_of("role", ROLE_NAMES),
            enabled: params.flag("enabled"),
            created: (params.time("createdAfter"), params.time("createdBefore")),
            updated: (params.time("updatedAfter"), params.time("updatedBefore")),
            page: params.limit_page(),
        };
        params.done()?;
        Ok(query)
    }

    fn fits(&self, view: &AgentView) -> bool {
        let row = &view.row;
        self.ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
            && self.queues.as_ref().is_none_or(|queues| queues.iter().any(|queue| row.queues.contains(queue)))
            && self.display_name.as_ref().is_none_or(|part| row.display_name.to_lowercase().contains(part))
            && self.email.as_ref().is_none_or(|email| row.email.as_ref() == Some(email))
            && self.status.is_none_or(|status| row.status == status)
            && self.availability.is_none_or(|availability| view.availability == availability)
            && self.role.is_none_or(|role| row.role == role)
            && self.enabled.is_none_or(|enabled| row.enabled == enabled)
            && within(self.created, row.created_at)
            && within(self.updated, row.updated_at)
    }
}

pub(super) fn within((after, before): (Option<WallTime>, Option<WallTime>), time: WallTime) -> bool {
    after.is_none_or(|after| time > after) && before.is_none_or(|before| time < before)
}

/// Lists agents.
#[utoipa::path(get, path = "/ccaas/1/agents", operation_id = "get-agents", tag = "Agents",
    params(
        ("agentIds" = Option<Vec<String>>, Query, description = "These agents."),
        ("queueIds" = Option<Vec<String>>, Query, description = "Agents that serve one of these queues."),
        ("displayName" = Option<String>, Query, description = "Part of the name, in any case."),
        ("email" = Option<String>, Query, description = "The whole mail address."),
        ("status" = Option<AgentStatus>, Query, description = "What the agent set."),
        ("availability" = Option<AgentStatus>, Query, description = "What the system finds."),
        ("role" = Option<super::agent_dto::AgentRole>, Query, description = "The role."),
        ("enabled" = Option<bool>, Query, description = "Enabled or disabled ones."),
        ("createdAfter" = Option<String>, Query, description = "Made after then."),
        ("createdBefore" = Option<String>, Query, description = "Made before then."),
        ("updatedAfter" = Option<String>, Query, description = "Changed after then."),
        ("updatedBefore" = Option<String>, Query, description = "Changed before then."),
        LimitPaging,
    ),
    responses((status = 200, body = AgentPage), (status = 400, body = ApiException)))]
async fn list(State(state): State<AppState>, caller: Caller, params: Params) -> Result<Json<AgentPage>, ApiError> {
    let query = AgentQuery::read(params)?;
    let request = query.page;
    let page = call_center(&state, caller.account)?
        .query(move |core, now| {
            let all = core.agents().map(|row| view(core, row, now)).filter(|view| query.fits(view)).collect();
            page_of(all, &query.page, compare)
        })
        .await?;
    let agents = page.items.into_iter().map(AgentResponse::of).collect();
    Ok(Json(AgentPage { agents, pagination: Pagination::of(&request, page.total) }))
}

fn compare(by: AgentOrder, left: &AgentView, right: &AgentView) -> std::cmp::Ordering {
    let (left, right) = (&left.row, &right.row);
    let first = match by {
        AgentOrder::Id => std::cmp::Ordering::Equal,
        AgentOrder::DisplayName => left.display_name.cmp(&right.display_name),
        AgentOrder::CreatedAt => left.created_at.cmp(&right.created_at),
        AgentOrder::UpdatedAt => left.updated_at.cmp(&right.updated_at),
    };
    first.then(left.id.cmp(&right.id))
}

/// Makes an agent.
#[utoipa::path(post, path = "/ccaas/1/agents", operation_id = "create-agent", tag = "Agents",
    request_body = AgentRequest,
    responses((status = 200, body = AgentResponse), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<AgentResponse>, ApiError> {
    let new = AgentRequest::read(&mut fields, None);
    fields.done()?;
    let reply = call_center(&state, caller.account)?.handle(Command::CreateAgent(new)).await?;
    let Reply::Agent(row) = reply else { return Err(super::unexpected_reply()) };
    Ok(Json(AgentResponse::of(agent(&state, &caller, &row.id.to_string()).await?)))
}

/// Reads an agent.
#[utoipa::path(get, path = "/ccaas/1/agents/{agentId}", operation_id = "get-agent", tag = "Agents",
    params(("agentId" = String, Path, description = "The agent.")),
    responses((status = 200, body = AgentResponse), (status = 400, body = ApiException)))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AgentResponse>, ApiError> {
    Ok(Json(AgentResponse::with_email(agent(&state, &caller, &id).await?)))
}

/// Replaces an agent's fields.
#[utoipa::path(put, path = "/ccaas/1/agents/{agentId}", operation_id = "update-agent", tag = "Agents",
    params(("agentId" = String, Path, description = "The agent.")),
    request_body = AgentRequest,
    responses((status = 200, body = AgentResponse), (status = 400, body = ApiException)))]
async fn update(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<AgentResponse>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    let new = AgentRequest::read(&mut fields, Some(&known));
    fields.done()?;
    let command = Command::UpdateAgent { agent: known.id, fields: new };
    call_center(&state, caller.account)?.handle(command).await?;
    Ok(Json(AgentResponse::of(agent(&state, &caller, &id).await?)))
}

/// What an agent says of itself.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `set_status` reads")]
struct AgentStatusRequest {
    /// The group. Needed unless `statusId` is given, whose group it must be then.
    status: Option<AgentStatus>,
    /// One of the account's own statuses.
    #[schema(max_length = 255)]
    status_id: Option<String>,
}

async fn status_command(
    state: &AppState,
    caller: &Caller,
    agent: AgentId,
    mut fields: Fields,
) -> Result<Command, ApiError> {
    let custom: Option<StatusId> = fields.id("statusId");
    if custom.is_none() {
        fields.require("status");
    }
    let group: Option<AgentStatus> = fields.one_of("status", STATUS_NAMES);
    let found = match custom {
        Some(custom) => call_center(state, caller.account)?.query(move |core, _| core.status(custom).cloned()).await?,
        None => None,
    };
    if group.is_some_and(|group| found.as_ref().is_some_and(|found| found.group != group)) {
        fields.reject("status", "is not the group of this statusId");
    }
    fields.done()?;
    match custom {
        Some(status) => Ok(Command::SetCustomStatus { agent, status }),
        None => Ok(Command::SetStatus { agent, status: group.unwrap_or_default() }),
    }
}

/// Sets an agent's status. Agents set their own.
#[utoipa::path(put, path = "/ccaas/1/agents/{agentId}/status", operation_id = "update-agent-status", tag = "Agents",
    params(("agentId" = String, Path, description = "The agent.")),
    request_body = AgentStatusRequest,
    responses((status = 200, body = AgentResponse), (status = 400, body = ApiException)))]
async fn set_status(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<AgentResponse>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    let command = status_command(&state, &caller, known.id, fields).await?;
    call_center(&state, caller.account)?.handle(command).await?;
    Ok(Json(AgentResponse::of(agent(&state, &caller, &id).await?)))
}

/// Tells that an agent's client lives. An agent unheard of for 15 s gets no new calls.
#[utoipa::path(put, path = "/ccaas/1/agents/{agentId}/heartbeat", operation_id = "update-agent-heartbeat",
    tag = "Agents",
    params(("agentId" = String, Path, description = "The agent.")),
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn heartbeat(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    call_center(&state, caller.account)?.handle(Command::Heartbeat { agent: known.id }).await?;
    Ok(StatusCodeResponse::success("Heartbeat received."))
}

/// Which queue an agent is to serve.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `link_queue` reads")]
struct QueueAssignRequest {
    #[schema(max_length = 255)]
    queue_id: String,
}

/// Lets an agent serve a queue.
#[utoipa::path(post, path = "/ccaas/1/agents/{agentId}/queues", operation_id = "add-agent-queue", tag = "Agents",
    params(("agentId" = String, Path, description = "The agent.")),
    request_body = QueueAssignRequest,
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn link_queue(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    fields.require("queueId");
    let queue: Option<QueueId> = fields.id("queueId");
    fields.done()?;
    let queue = queue.ok_or_else(|| ApiError::invalid("queueId", "must not be blank"))?;
    call_center(&state, caller.account)?.handle(Command::LinkAgentQueue { agent: known.id, queue }).await?;
    Ok(StatusCodeResponse::success("The agent serves the queue."))
}

/// Lets an agent no longer serve a queue.
#[utoipa::path(delete, path = "/ccaas/1/agents/{agentId}/queues/{queueId}", operation_id = "remove-agent-queue",
    tag = "Agents",
    params(("agentId" = String, Path, description = "The agent."), ("queueId" = String, Path, description = "The queue.")),
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn unlink_queue(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, queue)): Path<(String, String)>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    let queue = queue.parse().map_err(|_| ApiError::unknown_id(&queue))?;
    call_center(&state, caller.account)?.handle(Command::UnlinkAgentQueue { agent: known.id, queue }).await?;
    Ok(StatusCodeResponse::success("The agent no longer serves the queue."))
}

/// Lists the conversations that are assigned to an agent.
#[utoipa::path(get, path = "/ccaas/1/agents/{agentId}/conversations", operation_id = "get-agent-conversations",
    tag = "Agents",
    params(("agentId" = String, Path, description = "The agent."), LimitPaging),
    responses((status = 200, body = ConversationPage), (status = 400, body = ApiException)))]
async fn conversations(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Json<ConversationPage>, ApiError> {
    let known = agent(&state, &caller, &id).await?.row;
    let page = params.limit_page();
    params.done()?;
    let query =
        ConversationQuery { filter: store::ConversationFilter { agent: Some(known.id), ..Default::default() }, page };
    list_page(&state, caller.account, query).await
}
