//! HTTP: pages, the public API, health and metrics.

pub mod access;
mod api;
mod caller;
mod doors;
mod elements;
mod errors;
mod fields;
mod health;
mod idempotency;
pub(crate) mod limits;
mod openapi;
mod openapi_common;
mod openapi_links;
mod pages;
mod params;
mod preconditions;
mod routes;
mod subdomains;
pub(crate) mod throttle;
mod times;

pub use openapi::openapi;

use crate::state::AppState;
use crate::ws;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use errors::ApiError;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use times::text as time_text;

pub(crate) use api::links::{link_url, long_lived_row};

/// Pages, API and signaling, for the public address.
pub fn router(state: AppState) -> Router {
    let api = routes::Routes::new(OpenApiRouter::new(), Some(state.clone()));
    let (api, _) = api::register(api).into_router().split_for_parts();
    let api = api.layer(from_fn(errors::restyle)).layer(DefaultBodyLimit::max(limits::BODY_MAX_BYTES));
    let all = Router::new()
        .merge(api)
        .merge(openapi::routes())
        .merge(pages::routes())
        .merge(health::routes())
        .merge(ws::routes());
    preconditions::around(finish(all, state))
}

/// Metrics and health, for the admin address.
pub fn admin_router(state: AppState) -> Router {
    finish(Router::new().merge(health::routes()).merge(health::metrics_routes()), state)
}

fn finish(router: Router<AppState>, state: AppState) -> Router {
    router
        .fallback(unknown)
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(from_fn_with_state(state.clone(), doors::enter))
        .with_state(state)
}

async fn unknown() -> Response {
    // The path may hold a secret: it is not repeated.
    ApiError::not_found("There is nothing at this path. The API is described at /docs.").into_response()
}
