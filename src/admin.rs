//! Metrics and health of a role that has no pages.

use crate::process::ProcessError;
use axum::{
    Json, Router,
    extract::{ConnectInfo, State},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use std::{net::SocketAddr, sync::Arc};
use telemetry::Metrics;
use tokio::net::TcpListener;

/// What the admin address tells.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) metrics: Arc<Metrics>,
    /// Asked for when /metrics is not read from loopback.
    pub(crate) token: Option<String>,
    /// What is in the way of the role's work.
    pub(crate) problems: Arc<dyn Fn() -> Vec<String> + Send + Sync>,
}

/// Serves the address until the process ends; gives it with the port that was picked.
pub(crate) async fn serve(address: SocketAddr, key: &str, admin: Admin) -> Result<SocketAddr, ProcessError> {
    let failed = |error| ProcessError(format!("cannot listen on {address}: {error}; choose another with {key}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let router = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(admin)
        .into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the admin address is not served any more");
        }
    });
    Ok(bound)
}

async fn ready(State(admin): State<Admin>) -> Response {
    let problems = (admin.problems)();
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"ready": problems.is_empty(), "problems": problems}))).into_response()
}

async fn metrics(
    State(admin): State<Admin>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let sent = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let known = admin.token.as_deref().zip(sent).is_some_and(|(known, sent)| signaling::auth::keys::same(known, sent));
    if !peer.ip().to_canonical().is_loopback() && !known {
        let way_in = "Send the token of http.metrics_token_file as a bearer token.\n";
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], way_in).into_response();
    }
    ([(CONTENT_TYPE, Metrics::CONTENT_TYPE)], admin.metrics.encode()).into_response()
}
