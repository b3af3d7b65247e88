//! `/ccaas/1/conversations`

use super::conversation_dto::{
    Conversation, ConversationPage, ConversationRequest, PRIORITY_NAMES, PriorityDto, STATUS_NAMES, StatusDto, read,
    read_replacement,
};
use super::done_by;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, CommandError, ConversationFields, Reply};
use callcenter_core::row::{ConversationRow, ConversationStatus};
use model::{AccountId, AgentId};
use store::{ConversationFilter, ConversationOrder, PageRequest};
use utoipa::ToSchema;
use utoipa_axum::routes;

/// Longest id, in characters.
const ID_MAX: usize = 255;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListConversations, routes!(list))
        .on(Operation::CreateConversation, routes!(create))
        .on(Operation::ReadConversation, routes!(get))
        .on(Operation::ReplaceConversation, routes!(replace))
        .on(Operation::PatchConversation, routes!(patch))
        .on(Operation::AssignConversation, routes!(assign))
        .on(Operation::UnassignConversation, routes!(unassign))
}

/// Which conversations to list, and which page of them.
pub(super) struct ConversationQuery {
    pub(super) filter: ConversationFilter,
    pub(super) page: PageRequest<ConversationOrder>,
}

pub(super) async fn list_page(
    state: &AppState,
    account: AccountId,
    query: ConversationQuery,
) -> Result<Json<ConversationPage>, ApiError> {
    let page = state.store.conversations(account, &query.filter, query.page).await?;
    let conversations = with_customers(state, account, page.items).await?;
    Ok(Json(ConversationPage { conversations, pagination: Pagination::of(&query.page, page.total) }))
}

pub(super) async fn with_customers(
    state: &AppState,
    account: AccountId,
    rows: Vec<ConversationRow>,
) -> Result<Vec<Conversation>, ApiError> {
    let mut ids: Vec<_> = rows.iter().filter_map(|row| row.customer).collect();
    ids.sort_unstable();
    ids.dedup();
    let customers = state.store.customers(account, &ids).await?;
    Ok(rows.into_iter().map(|row| Conversation::of(row, &customers)).collect())
}

pub(super) async fn answer(
    state: &AppState,
    account: AccountId,
    row: ConversationRow,
) -> Result<Json<Conversation>, ApiError> {
    let mut shown = with_customers(state, account, vec![row]).await?;
    shown.pop().map(Json).ok_or_else(super::unexpected_reply)
}

/// Lists conversations; an agent's are those assigned to them.
#[utoipa::path(get, path = "/ccaas/1/conversations", operation_id = "get-conversations", tag = "Conversations",
    params(
        ("conversationIds" = Option<Vec<String>>, Query, description = "These conversations."),
        ("queueIds" = Option<Vec<String>>, Query, description = "Of one of these queues."),
        ("tagNames" = Option<Vec<String>>, Query, description = "With one of these tags."),
        ("agentId" = Option<String>, Query, description = "Assigned to this agent."),
        ("status" = Option<StatusDto>, Query, description = "In this status."),
        ("priority" = Option<PriorityDto>, Query, description = "Of this priority."),
        ("createdAfter" = Option<String>, Query, description = "Begun after then."),
        ("createdBefore" = Option<String>, Query, description = "Begun before then."),
        ("updatedAfter" = Option<String>, Query, description = "Changed after then."),
        ("updatedBefore" = Option<String>, Query, description = "Changed before then."),
        ("closedAfter" = Option<String>, Query, description = "Closed after then."),
        ("closedBefore" = Option<String>, Query, description = "Closed before then."),
        LimitPaging,
    ),
    responses((status = 200, body = ConversationPage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<ConversationPage>, ApiError> {
    let nobody = || AgentId::of(0);
    let asked = params.id("agentId").map(|agent| agent.unwrap_or_else(nobody));
    let agent = match (caller.narrowed()?, asked) {
        (Some(own), Some(asked)) if own != asked => Some(nobody()),
        (Some(own), _) => Some(own),
        (None, asked) => asked,
    };
    let query = ConversationQuery {
        filter: ConversationFilter {
            ids: params.ids("conversationIds").unwrap_or_default(),
            queues: params.ids("queueIds").unwrap_or_default(),
            tag_names: params.texts("tagNames"),
            agent,
            status: params.one_of("status", STATUS_NAMES),
            priority: params.one_of("priority", PRIORITY_NAMES),
            created_after: params.time("createdAfter"),
            created_before: params.time("createdBefore"),
            updated_after: params.time("updatedAfter"),
            updated_before: params.time("updatedBefore"),
            closed_after: params.time("closedAfter"),
            closed_before: params.time("closedBefore"),
        },
        page: params.limit_page(),
    };
    params.done()?;
    list_page(&state, caller.account, query).await
}

/// Makes a conversation without a contact.
#[utoipa::path(post, path = "/ccaas/1/conversations", operation_id = "create-conversation", tag = "Conversations",
    request_body = ConversationRequest,
    responses((status = 200, body = Conversation), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<Conversation>, ApiError> {
    let new = read(&mut fields);
    fields.done()?;
    let reply = done_by(&state, &caller, Command::CreateConversation(new)).await;
    let Reply::Conversation(row) = reply.map_err(naming_fields)? else { return Err(super::unexpected_reply()) };
    answer(&state, caller.account, *row).await
}

/// Reads a conversation.
#[utoipa::path(get, path = "/ccaas/1/conversations/{conversationId}", operation_id = "get-conversation",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = Conversation), (status = 400, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Conversation>, ApiError> {
    let row = super::conversation(&state, &caller, &id).await?;
    answer(&state, caller.account, row).await
}

/// Replaces a conversation's fields. Closed conversations do not change.
#[utoipa::path(put, path = "/ccaas/1/conversations/{conversationId}", operation_id = "update-conversation",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = ConversationRequest,
    responses((status = 200, body = Conversation), (status = 400, body = ApiException)))]
async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<Conversation>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    let new = read_replacement(&mut fields);
    fields.done()?;
    change(&state, &caller, row, new).await
}

/// Changes some of a conversation's fields. Closed conversations do not change.
#[utoipa::path(patch, path = "/ccaas/1/conversations/{conversationId}", operation_id = "patch-conversation",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = ConversationRequest,
    responses((status = 200, body = Conversation), (status = 400, body = ApiException)))]
async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<Conversation>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    let new = read(&mut fields);
    fields.done()?;
    change(&state, &caller, row, new).await
}

/// The new assignee.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `assign` reads")]
struct AssignAgentRequest {
    #[schema(max_length = 255)]
    agent_id: String,
}

/// Assigns a conversation to an agent. Its live call stays where it is. Closed conversations do not change.
#[utoipa::path(put, path = "/ccaas/1/conversations/{conversationId}/assignee",
    operation_id = "change-conversation-assignment", tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = AssignAgentRequest,
    responses((status = 200, body = Conversation), (status = 400, body = ApiException)))]
async fn assign(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<Conversation>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    fields.required_text("agentId", ID_MAX);
    let agent = fields.id("agentId");
    fields.done()?;
    set_assignee(&state, &caller, &row, agent).await
}

/// Takes a conversation from its assignee. Closed conversations do not change.
#[utoipa::path(delete, path = "/ccaas/1/conversations/{conversationId}/assignee",
    operation_id = "unassign-conversation-agent", tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = Conversation), (status = 400, body = ApiException)))]
async fn unassign(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Conversation>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    set_assignee(&state, &caller, &row, None).await
}

async fn set_assignee(
    state: &AppState,
    caller: &Caller,
    row: &ConversationRow,
    agent: Option<AgentId>,
) -> Result<Json<Conversation>, ApiError> {
    let fields = ConversationFields { agent: Some(agent), ..ConversationFields::default() };
    let command = Command::UpdateConversation { conversation: row.id, fields };
    let reply = done_by(state, caller, command).await;
    let Reply::Conversation(row) = reply.map_err(naming_fields)? else { return Err(super::unexpected_reply()) };
    answer(state, caller.account, *row).await
}

/// A conversation of the caller's that can still change.
pub(super) async fn open_conversation(
    state: &AppState,
    caller: &Caller,
    id: &str,
) -> Result<ConversationRow, ApiError> {
    let row = super::conversation(state, caller, id).await?;
    if row.status == ConversationStatus::Closed {
        return Err(CommandError::ConversationClosed.into());
    }
    Ok(row)
}

async fn change(
    state: &AppState,
    caller: &Caller,
    row: ConversationRow,
    fields: ConversationFields,
) -> Result<Json<Conversation>, ApiError> {
    let gives_away = fields.agent.is_some_and(|agent| agent != row.agent);
    if gives_away && caller.narrowed()?.is_some() {
        return Err(ApiError::forbidden("Agents may not give a conversation to another agent this way."));
    }
    let command = Command::UpdateConversation { conversation: row.id, fields };
    let reply = done_by(state, caller, command).await;
    let Reply::Conversation(row) = reply.map_err(naming_fields)? else { return Err(super::unexpected_reply()) };
    answer(state, caller.account, *row).await
}

/// An unknown queue or agent is here a wrong field and not a wrong path.
fn naming_fields(error: crate::account::AccountError) -> ApiError {
    use crate::account::AccountError::Refused;
    match &error {
        Refused(CommandError::UnknownAgent(_)) => ApiError::invalid("agentId", error.to_string()),
        Refused(CommandError::UnknownQueue(_)) => ApiError::invalid("queueId", error.to_string()),
        _ => error.into(),
    }
}
