//! `/call-link/1/configs`

use super::call_center;
use super::link_theme::PageOptions;
use super::{link_images, subdomains};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::params::{PageInfo, Params, SizePaging};
use crate::http::routes::Routes;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use callcenter_core::command::Command;
use callcenter_core::row::LinkConfigRow;
use model::{AccountId, LinkConfigId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

const NAME_MAX: usize = 255;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListLinkConfigs, routes!(list))
        .on(Operation::CreateLinkConfig, routes!(create))
        .on(Operation::ReadLinkConfig, routes!(get))
        .on(Operation::ReplaceLinkConfig, routes!(replace))
        .on(Operation::PatchLinkConfig, routes!(patch))
        .on(Operation::DeleteLinkConfig, routes!(delete))
}

/// The looks of call links' pages.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CallLinkConfig {
    id: String,
    name: String,
    /// The one for links that name none.
    is_default: bool,
    #[serde(flatten)]
    options: PageOptions,
}

async fn shown(state: &AppState, caller: &Caller, row: LinkConfigRow) -> Result<CallLinkConfig, ApiError> {
    let options = options(state, caller.account, &row.body).await?;
    Ok(CallLinkConfig { id: row.id.to_string(), name: row.name, is_default: row.is_default, options })
}

/// What a configuration has set, without what has been deleted since.
pub(super) async fn options(state: &AppState, account: AccountId, body: &Value) -> Result<PageOptions, ApiError> {
    let mut options = PageOptions::stored(body);
    options.theme.images = link_images::without_deleted(state, account, options.theme.images).await?;
    options.subdomain_id = subdomains::unless_deleted(state, account, options.subdomain_id).await?;
    Ok(options)
}

/// Refuses what is not there to be chosen.
async fn check(state: &AppState, caller: &Caller, options: &mut PageOptions) -> Result<(), ApiError> {
    link_images::check_chosen(state, caller.account, &mut options.theme.images).await?;
    subdomains::check_chosen(state, caller.account, options.subdomain_id).await
}

/// A page of configurations.
#[derive(Debug, Serialize, ToSchema)]
struct CallLinkConfigPage {
    results: Vec<CallLinkConfig>,
    paging: PageInfo,
}

/// Fields of a configuration. What is left out has its default, or with PATCH stays.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CallLinkConfigRequest {
    #[schema(max_length = 255)]
    name: String,
    /// Becoming the default takes that from the other.
    #[schema(default = false)]
    is_default: Option<bool>,
    #[serde(flatten)]
    options: PageOptions,
}

/// Lists configurations, oldest first.
#[utoipa::path(get, path = "/call-link/1/configs", operation_id = "get-configs", tag = "Call links",
    params(SizePaging),
    responses((status = 200, body = CallLinkConfigPage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<CallLinkConfigPage>, ApiError> {
    let page = params.size_page();
    params.done()?;
    let (rows, paging) = call_center(&state, caller.account)?
        .query(move |core, _| {
            let (rows, paging) = page.cut(core.link_configs().collect());
            (rows.into_iter().cloned().collect::<Vec<_>>(), paging)
        })
        .await?;
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        results.push(shown(&state, &caller, row).await?);
    }
    Ok(Json(CallLinkConfigPage { results, paging }))
}

/// Makes a configuration.
#[utoipa::path(post, path = "/call-link/1/configs", operation_id = "create-config", tag = "Call links",
    request_body = CallLinkConfigRequest,
    responses((status = 201, body = CallLinkConfig), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<(StatusCode, Json<CallLinkConfig>), ApiError> {
    let mut options = PageOptions::default();
    let name = fields.required_text("name", NAME_MAX);
    let is_default = fields.flag("isDefault").unwrap_or(false);
    options.read(&mut fields);
    fields.done()?;
    check(&state, &caller, &mut options).await?;
    let now = state.clock.now().wall;
    let row = LinkConfigRow {
        id: LinkConfigId::fresh(),
        name,
        is_default,
        body: options.body(),
        created_at: now,
        updated_at: now,
    };
    let shown = put(&state, &caller, row).await?;
    Ok((StatusCode::CREATED, shown))
}

async fn put(state: &AppState, caller: &Caller, row: LinkConfigRow) -> Result<Json<CallLinkConfig>, ApiError> {
    call_center(state, caller.account)?.handle(Command::PutLinkConfig(row.clone())).await?;
    Ok(Json(shown(state, caller, row).await?))
}

async fn config(state: &AppState, caller: &Caller, id: &str) -> Result<LinkConfigRow, ApiError> {
    let parsed: LinkConfigId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let found = call_center(state, caller.account)?
        .query(move |core, _| core.link_configs().find(|row| row.id == parsed).cloned())
        .await?;
    found.ok_or_else(|| ApiError::unknown_id(id))
}

/// Reads a configuration.
#[utoipa::path(get, path = "/call-link/1/configs/{id}", operation_id = "get-config", tag = "Call links",
    params(("id" = String, Path, description = "The configuration.")),
    responses((status = 200, body = CallLinkConfig), (status = 404, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CallLinkConfig>, ApiError> {
    let row = config(&state, &caller, &id).await?;
    Ok(Json(shown(&state, &caller, row).await?))
}

/// Replaces a configuration: what is left out has its default again.
#[utoipa::path(put, path = "/call-link/1/configs/{id}", operation_id = "update-config", tag = "Call links",
    params(("id" = String, Path, description = "The configuration.")),
    request_body = CallLinkConfigRequest,
    responses(
        (status = 200, body = CallLinkConfig),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException),
    ))]
async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<CallLinkConfig>, ApiError> {
    let mut row = config(&state, &caller, &id).await?;
    let mut options = PageOptions::default();
    row.name = fields.required_text("name", NAME_MAX);
    row.is_default = fields.flag("isDefault").unwrap_or(false);
    options.read(&mut fields);
    fields.done()?;
    check(&state, &caller, &mut options).await?;
    row.body = options.body();
    row.updated_at = state.clock.now().wall;
    put(&state, &caller, row).await
}

/// Changes some of a configuration.
#[utoipa::path(patch, path = "/call-link/1/configs/{id}", operation_id = "patch-config", tag = "Call links",
    params(("id" = String, Path, description = "The configuration.")),
    request_body = CallLinkConfigRequest,
    responses(
        (status = 200, body = CallLinkConfig),
        (status = 400, body = ApiException),
        (status = 404, body = ApiException),
    ))]
async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<CallLinkConfig>, ApiError> {
    let mut row = config(&state, &caller, &id).await?;
    let mut options = options(&state, caller.account, &row.body).await?;
    if fields.mentions("name") {
        row.name = fields.required_text("name", NAME_MAX);
    }
    row.is_default = fields.flag("isDefault").unwrap_or(row.is_default);
    options.read(&mut fields);
    fields.done()?;
    check(&state, &caller, &mut options).await?;
    row.body = options.body();
    row.updated_at = state.clock.now().wall;
    put(&state, &caller, row).await
}

/// Deletes a configuration: its links have the default one's looks.
#[utoipa::path(delete, path = "/call-link/1/configs/{id}", operation_id = "delete-config", tag = "Call links",
    params(("id" = String, Path, description = "The configuration.")),
    responses((status = 200, body = CallLinkConfig), (status = 404, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CallLinkConfig>, ApiError> {
    let row = config(&state, &caller, &id).await?;
    call_center(&state, caller.account)?.handle(Command::DeleteLinkConfig(row.id)).await?;
    Ok(Json(shown(&state, &caller, row).await?))
}
