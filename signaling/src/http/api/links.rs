//! `/call-link/1/links`

use super::call_center;
use super::link_dto::{CallLink, CallLinkPage, CallLinkRequest, NewLink};
use super::link_theme::PageOptions;
use crate::account::AccountError;
use crate::auth::{keys, link_secret};
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::doors::Client;
use crate::http::errors::{ApiError, ApiException};
use crate::http::fields::Fields;
use crate::http::params::{Params, SizePaging};
use crate::http::routes::Routes;
use crate::http::subdomains::OwnName;
use crate::state::AppState;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use callcenter_core::command::{Command, CommandError};
use callcenter_core::row::LinkRow;
use callcenter_core::{CallCenter, LinkState};
use model::{AccountId, AgentId, LinkConfigId, LinkId, Now, SubdomainId, WallTime};
use serde::Serialize;
use std::time::Duration;
use store::SubdomainRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListLinks, routes!(list))
        .on(Operation::CreateLink, routes!(create))
        .on(Operation::ReadLink, routes!(get))
        .on(Operation::DeleteLink, routes!(delete))
}

/// A new call link.
#[derive(Debug, Serialize, ToSchema)]
struct CallLinkResponse {
    id: String,
    /// What the customer opens. Whoever has it may call.
    url: String,
}

/// Where people reach the server, under this subdomain if there is one.
fn base_url(state: &AppState, client: &Client, subdomain: Option<&str>) -> Option<String> {
    if let Some((label, own)) = subdomain.zip(OwnName::of(&state.config).ok()) {
        return Some(own.under(label));
    }
    let configured = state.config.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    configured.or_else(|| client.own_origin())
}

/// The address of a link's page.
pub(crate) fn link_url(base: &str, secret: &str) -> String {
    format!("{base}/c/{secret}")
}

/// A link with what is known of it besides its row.
struct Found {
    row: LinkRow,
    state: LinkState,
    subdomain: Option<SubdomainId>,
}

impl Found {
    fn of(core: &CallCenter, row: &LinkRow, now: Now) -> Self {
        let subdomain = subdomain_of(core, row.config);
        Self { row: row.clone(), state: core.link_state(row, now), subdomain }
    }
}

/// What the links of a configuration, or of the default one, are opened under.
fn subdomain_of(core: &CallCenter, config: Option<LinkConfigId>) -> Option<SubdomainId> {
    PageOptions::stored(&core.link_config(config)?.body).subdomain_id
}

fn label_of(subdomains: &[SubdomainRow], id: Option<SubdomainId>) -> Option<&str> {
    subdomains.iter().find(|one| Some(one.id) == id).map(|one| one.name.as_str())
}

fn shown(
    state: &AppState,
    client: &Client,
    account: AccountId,
    Found { row, state: link_state, subdomain }: Found,
    subdomains: &[SubdomainRow],
) -> CallLink {
    let label = label_of(subdomains, subdomain);
    let secret = state.auth.links.open(account, row.id, &row.secret_sealed);
    if let Err(error) = &secret {
        tracing::warn!(%error, link = %row.id, "a call link's address cannot be shown");
    }
    let url = secret.ok().zip(base_url(state, client, label)).map(|(secret, base)| link_url(&base, &secret));
    CallLink::of(row, link_state, url)
}

/// The row of a new link to the contact center, and its secret.
pub(crate) fn long_lived_row(
    state: &AppState,
    account: AccountId,
    config: Option<LinkConfigId>,
    now: WallTime,
    life: Duration,
) -> (LinkRow, String) {
    let new = NewLink::to_contact_center(config, now, life);
    new_row(state, account, new, now)
}

/// A new row and its secret.
fn new_row(state: &AppState, account: AccountId, new: NewLink, now: WallTime) -> (LinkRow, String) {
    let (id, secret) = (LinkId::fresh(), link_secret::new_secret());
    let row = LinkRow {
        id,
        secret_hash: keys::secret_hash(&secret),
        secret_sealed: state.auth.links.seal(account, id, &secret),
        config: new.config,
        identity: new.identity,
        display_name: new.display_name,
        show_identity: new.show_identity,
        destination: new.destination,
        custom_data: new.custom_data,
        one_time: new.window.one_time,
        start: new.window.start,
        end: new.window.end,
        open_hours: new.window.open_hours,
        created_by: None,
        created_at: now,
        used_at: None,
    };
    (row, secret)
}

/// Lists call links, newest first; an agent's are those they made.
#[utoipa::path(get, path = "/call-link/1/links", operation_id = "get-call-links", tag = "Call links",
    params(SizePaging),
    responses((status = 200, body = CallLinkPage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<CallLinkPage>, ApiError> {
    let page = params.size_page();
    params.done()?;
    let own = caller.narrowed()?;
    let (rows, paging) = call_center(&state, caller.account)?
        .query(move |core, now| {
            let mut all: Vec<&LinkRow> = core.links().filter(|row| own.is_none() || row.created_by == own).collect();
            all.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.id)));
            let (rows, paging) = page.cut(all);
            (rows.into_iter().map(|row| Found::of(core, row, now)).collect::<Vec<_>>(), paging)
        })
        .await?;
    let subdomains = state.store.subdomains(caller.account).await?;
    let shown = |found| shown(&state, &client, caller.account, found, &subdomains);
    Ok(Json(CallLinkPage { results: rows.into_iter().map(shown).collect(), paging }))
}

/// Makes a call link.
#[utoipa::path(post, path = "/call-link/1/links", operation_id = "create-call-link", tag = "Call links",
    request_body = CallLinkRequest,
    responses((status = 201, body = CallLinkResponse), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    caller: Caller,
    mut fields: Fields,
) -> Result<(StatusCode, Json<CallLinkResponse>), ApiError> {
    let now = state.clock.now().wall;
    let new = NewLink::read(&mut fields, now);
    fields.done()?;
    let config = new.config;
    let subdomain = call_center(&state, caller.account)?.query(move |core, _| subdomain_of(core, config)).await?;
    let subdomains = state.store.subdomains(caller.account).await?;
    let label = label_of(&subdomains, subdomain);
    let base = base_url(&state, &client, label)
        .ok_or_else(|| ApiError::bad_request("The request needs a Host header, or the server a public_url."))?;
    let (mut row, secret) = new_row(&state, caller.account, new, now);
    row.created_by = caller.own_agent();
    let id = row.id.to_string();
    call_center(&state, caller.account)?.handle(Command::CreateLink(row)).await.map_err(naming_fields)?;
    Ok((StatusCode::CREATED, Json(CallLinkResponse { id, url: link_url(&base, &secret) })))
}

/// An unknown agent or configuration is here a wrong field and not a wrong path.
fn naming_fields(error: AccountError) -> ApiError {
    match &error {
        AccountError::Refused(CommandError::UnknownAgent(_)) => {
            ApiError::invalid("destination.identity", error.to_string())
        }
        AccountError::Refused(CommandError::UnknownLinkConfig(_)) => {
            ApiError::invalid("callLinkConfigId", error.to_string())
        }
        _ => error.into(),
    }
}

async fn link(state: &AppState, caller: &Caller, id: &str) -> Result<Found, ApiError> {
    let parsed: LinkId = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let own: Option<AgentId> = caller.narrowed()?;
    let found = call_center(state, caller.account)?
        .query(move |core, now| {
            let row = core.link(parsed).filter(|row| own.is_none() || row.created_by == own);
            row.map(|row| Found::of(core, row, now))
        })
        .await?;
    found.ok_or_else(|| ApiError::unknown_id(id))
}

/// Reads a call link.
#[utoipa::path(get, path = "/call-link/1/links/{id}", operation_id = "get-call-link", tag = "Call links",
    params(("id" = String, Path, description = "The link's id, which is not the secret in its address.")),
    responses((status = 200, body = CallLink), (status = 404, body = ApiException)))]
async fn get(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CallLink>, ApiError> {
    let found = link(&state, &caller, &id).await?;
    let subdomains = state.store.subdomains(caller.account).await?;
    Ok(Json(shown(&state, &client, caller.account, found, &subdomains)))
}

/// Deletes a call link. A call that came by it goes on.
#[utoipa::path(delete, path = "/call-link/1/links/{id}", operation_id = "delete-call-link", tag = "Call links",
    params(("id" = String, Path, description = "The link.")),
    responses((status = 200, body = CallLink), (status = 404, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CallLink>, ApiError> {
    let found = link(&state, &caller, &id).await?;
    let subdomains = state.store.subdomains(caller.account).await?;
    call_center(&state, caller.account)?.handle(Command::DeleteLink(found.row.id)).await?;
    Ok(Json(shown(&state, &client, caller.account, found, &subdomains)))
}
