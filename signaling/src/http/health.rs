//! `/healthz`, `/readyz` and `/metrics`.

use super::errors::ApiError;
use crate::auth::keys;
use crate::serve::Peer;
use crate::state::AppState;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde::Serialize;
use telemetry::Metrics;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready))
}

pub(super) fn metrics_routes() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics))
}

/// Whether calls can be taken.
#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    /// Where pages are told to send media.
    announced: Vec<String>,
    /// What is in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
}

async fn ready(State(state): State<AppState>) -> Response {
    let problems = problems(&state).await;
    let ready = problems.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, announced: state.config.announced.clone(), problems })).into_response()
}

async fn problems(state: &AppState) -> Vec<String> {
    let accounts = match state.store.accounts().await {
        Ok(accounts) => accounts,
        Err(error) => return vec![format!("database: {error}")],
    };
    if accounts.is_empty() {
        return vec!["there is no account yet".to_owned()];
    }
    let mut problems = state.apart.problems();
    for account in accounts {
        let answers = match state.accounts.get(account.id) {
            Some(handle) => handle.query(|_, _| ()).await.is_ok(),
            None => false,
        };
        if !answers {
            problems.push(format!("the call center of account {} does not answer", account.id));
        }
    }
    problems
}

/// Open to this machine; from elsewhere with the configured token.
async fn metrics(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if !peer.address.ip().to_canonical().is_loopback() {
        let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let right =
            state.config.metrics_token.as_deref().zip(token).is_some_and(|(known, sent)| keys::same(known, sent));
        if !right {
            return Err(ApiError::unauthorized("Send the token of http.metrics_token_file as a bearer token."));
        }
    }
    Ok(([(CONTENT_TYPE, Metrics::CONTENT_TYPE)], state.metrics.encode()).into_response())
}
