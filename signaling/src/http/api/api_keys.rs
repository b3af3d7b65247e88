//! `/auth/1/api-keys`: keys of programs.

use crate::auth::keys;
use crate::http::access::{Operation, Scope};
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params, page_of};
use crate::http::routes::Routes;
use crate::http::times;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use store::{ApiKeyRow, CreatedOrder};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

const NAME_MAX: usize = 255;
const SCOPES: [Scope; 2] = [Scope::Read, Scope::Manage];

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListApiKeys, routes!(list))
        .on(Operation::CreateApiKey, routes!(create))
        .on(Operation::DeleteApiKey, routes!(delete))
}

/// A program's key, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiKey {
    id: String,
    #[schema(max_length = 255)]
    name: String,
    /// `conversations:read`, `conversations:manage`.
    scopes: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Valid until then; for ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Its last use, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            scopes: row.scopes,
            created_at: times::text(row.created_at),
            expires_at: times::text_of(row.expires_at),
            last_used_at: times::text_of(row.last_used_at),
        }
    }
}

/// A new key, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewApiKey {
    #[serde(flatten)]
    api_key: ApiKey,
    /// For `Authorization: App <key>`.
    key: String,
}

/// A page of keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiKeyPage {
    api_keys: Vec<ApiKey>,
    pagination: Pagination,
}

/// Fields of a new key.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `create` reads")]
struct CreateApiKeyRequest {
    /// Without a colon, since it is a user name for Basic.
    #[schema(max_length = 255)]
    name: String,
    /// `conversations:read`, `conversations:manage`; the second includes the first.
    #[schema(min_items = 1, max_items = 2)]
    scopes: Vec<String>,
    /// Valid until then; for ever when left out.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// Lists API keys.
#[utoipa::path(get, path = "/auth/1/api-keys", operation_id = "get-api-keys", tag = "API keys",
    params(LimitPaging),
    responses((status = 200, body = ApiKeyPage), (status = 400, body = ApiException)))]
async fn list(State(state): State<AppState>, caller: Caller, mut params: Params) -> Result<Json<ApiKeyPage>, ApiError> {
    let request = params.limit_page::<CreatedOrder>();
    params.done()?;
    let page = page_of(state.store.api_keys(caller.account).await?, &request, |by, left, right| match by {
        CreatedOrder::Id => left.id.cmp(&right.id),
        CreatedOrder::CreatedAt => (left.created_at, left.id).cmp(&(right.created_at, right.id)),
    });
    let api_keys = page.items.into_iter().map(ApiKey::from).collect();
    Ok(Json(ApiKeyPage { api_keys, pagination: Pagination::of(&request, page.total) }))
}

/// Makes an API key. The answer shows it this once. Any number may be valid at the same time, so that a program can
/// change to a new one before the old one is deleted.
#[utoipa::path(post, path = "/auth/1/api-keys", operation_id = "create-api-key", tag = "API keys",
    request_body = CreateApiKeyRequest,
    responses((status = 200, body = NewApiKey), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<NewApiKey>, ApiError> {
    let now = state.clock.wall();
    let name = fields.required_text("name", NAME_MAX);
    if name.contains(':') {
        fields.reject("name", "must not contain a colon");
    }
    let scopes = scopes(&mut fields);
    let expires_at = fields.time("expiresAt");
    if expires_at.is_some_and(|end| end <= now) {
        fields.reject("expiresAt", "must be in the future");
    }
    fields.done()?;
    let key = keys::new_secret();
    let row = ApiKeyRow {
        account: caller.account,
        id: Uuid::now_v7(),
        hash: keys::secret_hash(&key),
        name,
        scopes,
        created_at: now,
        expires_at,
        last_used_at: None,
    };
    state.store.create_api_key(&row).await?;
    tracing::info!(account = %caller.account, key = %row.id, by = caller.name(), "an API key was made");
    Ok(Json(NewApiKey { api_key: row.into(), key }))
}

fn scopes(fields: &mut Fields) -> Vec<String> {
    let named = fields.list("scopes", SCOPES.len()).unwrap_or_default();
    let names = SCOPES.map(Scope::name);
    let mut scopes = Vec::new();
    for one in named {
        match one {
            Value::String(name) if names.contains(&name.as_str()) => scopes.push(name),
            other => fields.reject("scopes", format!("{other} is none of {}", names.join(", "))),
        }
    }
    if scopes.is_empty() {
        fields.reject("scopes", format!("must name at least one of {}", names.join(", ")));
    }
    scopes
}

/// Ends an API key and the access tokens that were got with it, at once.
#[utoipa::path(delete, path = "/auth/1/api-keys/{keyId}", operation_id = "delete-api-key", tag = "API keys",
    params(("keyId" = String, Path, description = "The key's id.")),
    responses((status = 204, description = "Ended."), (status = 404, body = ApiException)))]
async fn delete(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let parsed = id.parse().map_err(|_| ApiError::unknown_id(&id))?;
    if !state.store.delete_api_key(caller.account, parsed).await? {
        return Err(ApiError::unknown_id(&id));
    }
    tracing::info!(account = %caller.account, key = %parsed, by = caller.name(), "an API key was ended");
    Ok(StatusCode::NO_CONTENT)
}
