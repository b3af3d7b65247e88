//! `/ccaas/1/webhooks`

use super::webhook_dto::{ReplayRequest, Webhook, WebhookPage, WebhookRequest, WebhookWithSecret, read};
use crate::auth::keys;
use crate::http::access::Operation;
use crate::http::caller::Caller;
use crate::http::errors::{ApiError, ApiException, StatusCodeResponse};
use crate::http::fields::Fields;
use crate::http::params::{LimitPaging, Pagination, Params, page_of};
use crate::http::routes::Routes;
use crate::state::AppState;
use crate::webhooks::limits::OLD_SECRET_LIFE;
use crate::webhooks::secret_context;
use axum::Json;
use axum::extract::{Path, State};
use model::{AccountId, WebhookId};
use store::{CreatedOrder, WebhookRow};
use utoipa_axum::routes;

/// Begins a webhook's secret, so that people and scanners of source code know one when they see it.
const SECRET_PREFIX: &str = "whsec_";

pub(super) fn register(routes: Routes) -> Routes {
    routes
        .on(Operation::ListWebhooks, routes!(list))
        .on(Operation::CreateWebhook, routes!(create))
        .on(Operation::ReadWebhook, routes!(get))
        .on(Operation::UpdateWebhook, routes!(update))
        .on(Operation::DeleteWebhook, routes!(delete))
        .on(Operation::ReplayWebhook, routes!(replay))
        .on(Operation::RotateWebhookSecret, routes!(rotate))
}

/// Lists webhooks.
#[utoipa::path(get, path = "/ccaas/1/webhooks", operation_id = "get-webhooks", tag = "Webhooks",
    params(LimitPaging),
    responses((status = 200, body = WebhookPage), (status = 400, body = ApiException)))]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<WebhookPage>, ApiError> {
    let request = params.limit_page::<CreatedOrder>();
    params.done()?;
    let rows = state.store.webhooks(caller.account).await?;
    let page = page_of(rows, &request, |by, left, right| match by {
        CreatedOrder::Id => left.id.cmp(&right.id),
        CreatedOrder::CreatedAt => (left.created_at, left.id).cmp(&(right.created_at, right.id)),
    });
    let webhooks = page.items.into_iter().map(Webhook::from).collect();
    Ok(Json(WebhookPage { webhooks, pagination: Pagination::of(&request, page.total) }))
}

/// Makes a webhook. It is told of what happens from now on; the answer shows its secret this once.
#[utoipa::path(post, path = "/ccaas/1/webhooks", operation_id = "create-webhook", tag = "Webhooks",
    request_body = WebhookRequest,
    responses((status = 200, body = WebhookWithSecret), (status = 400, body = ApiException)))]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<WebhookWithSecret>, ApiError> {
    let new = read(&mut fields, &state.config.webhooks.allow_networks);
    fields.done()?;
    let (account, id, now) = (caller.account, WebhookId::fresh(), state.clock.wall());
    let secret = new_secret();
    let row = WebhookRow {
        account,
        id,
        name: new.name,
        url: new.url,
        events: new.events,
        secret: sealed(&state, account, id, &secret),
        old_secret: None,
        enabled: new.enabled,
        disabled_reason: None,
        position: state.store.last_event(account).await?,
        revision: 1,
        failure: None,
        delivered_at: None,
        created_at: now,
        updated_at: now,
    };
    state.store.create_webhook(&row).await?;
    state.news.webhooks_changed();
    tracing::info!(%account, webhook = %id, by = caller.name(), "a webhook was made");
    Ok(Json(WebhookWithSecret { webhook: row.into(), secret }))
}

/// Reads a webhook, with how its deliveries go.
#[utoipa::path(get, path = "/ccaas/1/webhooks/{webhookId}", operation_id = "get-webhook", tag = "Webhooks",
    params(("webhookId" = String, Path, description = "The webhook.")),
    responses((status = 200, body = Webhook), (status = 400, body = ApiException)))]
async fn get(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(found(&state, caller.account, &id).await?.into()))
}

/// Replaces a webhook's fields. Enabling one that was disabled tries again at once, from where it stopped.
#[utoipa::path(put, path = "/ccaas/1/webhooks/{webhookId}", operation_id = "update-webhook", tag = "Webhooks",
    params(("webhookId" = String, Path, description = "The webhook.")),
    request_body = WebhookRequest,
    responses(
        (status = 200, body = Webhook),
        (status = 400, body = ApiException),
        (status = 409, body = ApiException, description = "Somebody else changed it at the same time."),
    ))]
async fn update(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<Webhook>, ApiError> {
    let row = found(&state, caller.account, &id).await?;
    let new = read(&mut fields, &state.config.webhooks.allow_networks);
    fields.done()?;
    let row = WebhookRow {
        name: new.name,
        url: new.url,
        events: new.events,
        enabled: new.enabled,
        disabled_reason: None,
        failure: None,
        ..row
    };
    Ok(Json(changed(&state, row).await?.into()))
}

/// Deletes a webhook.
#[utoipa::path(delete, path = "/ccaas/1/webhooks/{webhookId}", operation_id = "delete-webhook", tag = "Webhooks",
    params(("webhookId" = String, Path, description = "The webhook.")),
    responses((status = 200, body = StatusCodeResponse), (status = 400, body = ApiException)))]
async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<StatusCodeResponse>, ApiError> {
    let row = found(&state, caller.account, &id).await?;
    state.store.delete_webhook(caller.account, row.id).await?;
    state.news.webhooks_changed();
    Ok(StatusCodeResponse::success("Webhook deleted."))
}

/// Delivers again from an event on, named by its `id` or by a time. What came since then comes again in its order.
#[utoipa::path(post, path = "/ccaas/1/webhooks/{webhookId}/replay", operation_id = "replay-webhook", tag = "Webhooks",
    params(("webhookId" = String, Path, description = "The webhook.")),
    request_body = ReplayRequest,
    responses((status = 200, body = Webhook), (status = 400, body = ApiException)))]
async fn replay(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Json<Webhook>, ApiError> {
    let row = found(&state, caller.account, &id).await?;
    let (event, time) = (fields.number("fromEvent", 1..=i64::MAX), fields.time("fromTime"));
    if event.is_some() == time.is_some() {
        fields.reject("fromEvent", "name either fromEvent or fromTime");
    }
    fields.done()?;
    let last = state.store.last_event(caller.account).await?;
    let position = match (event, time) {
        (Some(event), _) => u64::try_from(event).map_or(0, |event| event - 1).min(last),
        (None, Some(time)) => state.store.last_event_before(caller.account, time).await?,
        (None, None) => last,
    };
    tracing::info!(webhook = %row.id, position, by = caller.name(), "events are delivered again");
    Ok(Json(changed(&state, WebhookRow { position, failure: None, ..row }).await?.into()))
}

/// Gives a webhook a new secret, which the answer shows this once. For a day deliveries are signed with the old one too.
#[utoipa::path(post, path = "/ccaas/1/webhooks/{webhookId}/secret", operation_id = "rotate-webhook-secret",
    tag = "Webhooks",
    params(("webhookId" = String, Path, description = "The webhook.")),
    responses((status = 200, body = WebhookWithSecret), (status = 400, body = ApiException)))]
async fn rotate(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<WebhookWithSecret>, ApiError> {
    let row = found(&state, caller.account, &id).await?;
    let secret = new_secret();
    let old_secret = Some((row.secret.clone(), state.clock.wall().after(OLD_SECRET_LIFE)));
    let row = WebhookRow { secret: sealed(&state, row.account, row.id, &secret), old_secret, ..row };
    tracing::info!(webhook = %row.id, by = caller.name(), "a webhook's secret was changed");
    Ok(Json(WebhookWithSecret { webhook: changed(&state, row).await?.into(), secret }))
}

async fn found(state: &AppState, account: AccountId, id: &str) -> Result<WebhookRow, ApiError> {
    let parsed = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    state.store.webhook(account, parsed).await?.ok_or_else(|| ApiError::unknown_id(id))
}

/// Writes a webhook that was read with the revision before.
async fn changed(state: &AppState, mut row: WebhookRow) -> Result<WebhookRow, ApiError> {
    row.revision += 1;
    row.updated_at = state.clock.wall();
    if !state.store.update_webhook(&row).await? {
        return Err(ApiError::conflict("Somebody else changed this webhook at the same time; read it and try again."));
    }
    state.news.webhooks_changed();
    Ok(row)
}

fn new_secret() -> String {
    format!("{SECRET_PREFIX}{}", keys::new_secret())
}

fn sealed(state: &AppState, account: AccountId, id: WebhookId, secret: &str) -> String {
    state.auth.sealer.seal(&secret_context(account, id), secret.as_bytes())
}
