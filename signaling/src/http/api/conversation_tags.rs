//! `/ccaas/1/conversations/{conversationId}/tags`

use super::conversations::open_conversation;
use super::done_by;
use super::tags::NAME_MAX;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusCodeResponse};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::Command;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes.on(Operation::AddConversationTag, routes!(add)).on(Operation::RemoveConversationTag, routes!(remove))
}

/// A tag for a conversation.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `add` reads")]
struct AddTagRequest {
    /// Name of a tag that exists.
    #[schema(max_length = 100)]
    tag_name: String,
}

/// Gives a conversation a tag. Closed conversations do not change.
#[utoipa::path(post, path = "/ccaas/1/conversations/{conversationId}/tags", operation_id = "add-conversation-tag",
    tag = "Tags",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = AddTagRequest,
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    let name = fields.required_text("tagName", NAME_MAX);
    fields.done()?;
    done_by(&state, &caller, Command::TagConversation { conversation: row.id, name }).await?;
    Ok(StatusCodeResponse::success("Tag added."))
}

/// Takes a tag from a conversation. Closed conversations do not change.
#[utoipa::path(delete, path = "/ccaas/1/conversations/{conversationId}/tags/{tagName}",
    operation_id = "delete-conversation-tag", tag = "Tags",
    params(
        ("conversationId" = String, Path, description = "The conversation."),
        ("tagName" = String, Path, description = "The tag's name."),
    ),
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    done_by(&state, &caller, Command::UntagConversation { conversation: row.id, name }).await?;
    Ok(StatusCodeResponse::success("Tag removed."))
}
