//! Where routing puts a conversation, and what it is linked with.

use super::conversation_dto::{Conversation, ConversationPage, PriorityDto};
use super::conversations::{open_conversation, with_customers};
use super::{call_center, conversation, done_by};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::params::Pagination;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, CommandError, Reply};
use serde::Serialize;
use store::{ConversationOrder, PageRequest};
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::RouteConversation, routes!(route))
        .on(Operation::SimulateRouting, routes!(simulate))
        .on(Operation::ListLinkedConversations, routes!(linked))
}

/// Where routing puts a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RoutingResult {
    /// The conversation.
    id: String,
    queue_id: String,
    priority: PriorityDto,
}

/// Takes the assignee away and routes the conversation again, with its waiting call. Closed conversations do not change,
/// and one whose call is with an agent is not routed.
#[utoipa::path(post, path = "/ccaas/1/conversations/{conversationId}/route", operation_id = "route-conversation",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = ConversationPage), (status = 400, body = ApiException)))]
async fn route(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ConversationPage>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    let reply = done_by(&state, &caller, Command::RouteConversation(row.id)).await?;
    let Reply::Conversation(row) = reply else { return Err(super::unexpected_reply()) };
    let conversations: Vec<Conversation> = with_customers(&state, caller.account, vec![*row]).await?;
    let page = PageRequest::<ConversationOrder>::default();
    Ok(Json(ConversationPage { conversations, pagination: Pagination::of(&page, 1) }))
}

/// Tells where routing would put the conversation now. Nothing changes.
#[utoipa::path(get, path = "/ccaas/1/conversations/{conversationId}/simulate-routing",
    operation_id = "simulate-routing-result-for-conversation", tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = RoutingResult), (status = 400, body = ApiException)))]
async fn simulate(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RoutingResult>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    let route = call_center(&state, caller.account)?.query(move |core, now| core.route_of(row.id, now)).await?;
    // It was closed in this moment.
    let route = route.ok_or(CommandError::ConversationClosed)?;
    Ok(Json(RoutingResult {
        id: row.id.to_string(),
        queue_id: route.queue.to_string(),
        priority: route.priority.into(),
    }))
}

/// Conversations that a conversation is linked with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LinkedConversations {
    linked_conversations: Vec<LinkedConversation>,
}

/// A pair of linked conversations.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LinkedConversation {
    parent_conversation: Conversation,
    child_conversation: Conversation,
}

/// Lists the conversations that this one is linked with. Calls join their customer's open conversation instead of being
/// linked with it, so that there are none.
#[utoipa::path(get, path = "/ccaas/1/conversations/{conversationId}/links", operation_id = "get-linked-conversations",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = LinkedConversations), (status = 400, body = ApiException)))]
async fn linked(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<LinkedConversations>, ApiError> {
    conversation(&state, &caller, &id).await?;
    Ok(Json(LinkedConversations { linked_conversations: Vec::new() }))
}
