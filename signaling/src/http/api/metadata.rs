//! `/ccaas/1/conversations/{conversationId}/metadata`

use super::conversations::open_conversation;
use super::{conversation, done_by};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusCodeResponse};
use crate::http::fields::Fields;
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use callcenter_core::command::Command;
use serde_json::{Map, Value};
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ReadMetadata, routes!(read))
        .on(Operation::SetMetadata, routes!(set))
        .on(Operation::PatchMetadata, routes!(patch))
        .on(Operation::DeleteMetadata, routes!(delete))
}

/// Reads a conversation's free values: a JSON object, without members when there are none.
#[utoipa::path(get, path = "/ccaas/1/conversations/{conversationId}/metadata", operation_id = "get-metadata",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = Object), (status = 400, body = ApiException)))]
async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let row = conversation(&state, &caller, &id).await?;
    let found = state.store.metadata(caller.account, row.id).await?;
    Ok(Json(found.map(|found| found.values).unwrap_or_default()))
}

/// Replaces a conversation's free values, up to 16 KiB of JSON. Closed conversations do not change.
#[utoipa::path(put, path = "/ccaas/1/conversations/{conversationId}/metadata", operation_id = "create-metadata",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = Object,
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn set(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    change(&state, &caller, &id, fields, false).await
}

/// Adds to a conversation's free values: those that are not named stay, `null` removes one. Closed conversations do
/// not change.
#[utoipa::path(patch, path = "/ccaas/1/conversations/{conversationId}/metadata", operation_id = "patch-metadata",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    request_body = Object,
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    change(&state, &caller, &id, fields, true).await
}

async fn change(
    state: &AppState,
    caller: &Caller,
    id: &str,
    fields: Fields,
    merge: bool,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let row = open_conversation(state, caller, id).await?;
    let values = fields.all();
    if values.is_empty() {
        return Err(ApiError::bad_request("The body must name at least one value."));
    }
    done_by(state, caller, Command::SetMetadata { conversation: row.id, values, merge }).await?;
    Ok(StatusCodeResponse::success("Metadata saved."))
}

/// Removes a conversation's free values. Closed conversations do not change.
#[utoipa::path(delete, path = "/ccaas/1/conversations/{conversationId}/metadata", operation_id = "delete-metadata",
    tag = "Conversations",
    params(("conversationId" = String, Path, description = "The conversation.")),
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let row = open_conversation(&state, &caller, &id).await?;
    done_by(&state, &caller, Command::ClearMetadata(row.id)).await?;
    Ok(StatusCodeResponse::success("Metadata deleted."))
}
