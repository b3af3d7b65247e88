//! `/ccaas/1/tags`

use super::{conversation, done_by};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusCodeResponse};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params};
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::{Command, Reply};
use callcenter_core::row::TagRow;
use serde::Serialize;
use store::TagFilter;
use utoipa::ToSchema;
use utoipa_axum::routes;

/// Longest name of a tag, in characters.
pub(super) const NAME_MAX: usize = callcenter_core::limits::MAX_TAG_NAME;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListTags, routes!(list))
        .on(Operation::CreateTag, routes!(create))
        .on(Operation::DeleteTag, routes!(delete))
}

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Tag {
    id: String,
    #[schema(max_length = 100)]
    name: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<TagRow> for Tag {
    fn from(row: TagRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }
}

/// A page of tags.
#[derive(Debug, Serialize, ToSchema)]
struct TagPage {
    tags: Vec<Tag>,
    pagination: Pagination,
}

/// A new tag.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `create` reads")]
struct CreateTagRequest {
    /// Letters, digits, dots and underscores.
    #[schema(max_length = 100)]
    name: String,
}

/// Lists tags.
#[utoipa::path(get, path = "/ccaas/1/tags", operation_id = "get-tags", tag = "Tags",
    params(
        ("conversationId" = Option<String>, Query, description = "Those that this conversation carries."),
        ("name" = Option<String>, Query, description = "Part of the name, in any case."),
        LimitPaging,
    ),
    responses((status = 200, body = TagPage), (status = 400, body = ApiException)))]
async fn list(State(state): State<AppState>, caller: Caller, mut params: Params) -> Result<Json<TagPage>, ApiError> {
    let request = params.limit_page();
    let (of, name) = (params.text("conversationId"), params.text("name"));
    params.done()?;
    let of = match of {
        Some(id) => Some(conversation(&state, &caller, &id).await?.id),
        None => None,
    };
    let page = state.store.tags(caller.account, &TagFilter { conversation: of, name }, request).await?;
    let tags = page.items.into_iter().map(Tag::from).collect();
    Ok(Json(TagPage { tags, pagination: Pagination::of(&request, page.total) }))
}

/// Makes a tag.
#[utoipa::path(post, path = "/ccaas/1/tags", operation_id = "create-tag", tag = "Tags",
    request_body = CreateTagRequest,
    responses((status = 200, body = Tag), (status = 400, body = ApiException)))]
async fn create(State(state): State<AppState>, caller: Caller, mut fields: Fields) -> Result<Json<Tag>, ApiError> {
    let name = fields.required_text("name", NAME_MAX);
    fields.done()?;
    match done_by(&state, &caller, Command::CreateTag { name }).await? {
        Reply::Tag(row) => Ok(Json(Tag::from(*row))),
        _ => Err(super::unexpected_reply()),
    }
}

/// Deletes a tag and takes it from all conversations.
#[utoipa::path(delete, path = "/ccaas/1/tags/{tagName}", operation_id = "delete-tags", tag = "Tags",
    params(("tagName" = String, Path, description = "The tag's name.")),
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    done_by(&state, &caller, Command::DeleteTag { name }).await?;
    Ok(StatusCodeResponse::success("Tag deleted."))
}
