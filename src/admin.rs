//! Metrics and health of a role that has no pages.

use crate::{process::ProcessError, roles::drain::Drain};
use axum::{
    Json, Router,
    extract::{ConnectInfo, State, rejection::JsonRejection},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;
use signaling::auth::keys;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use telemetry::Metrics;
use tokio::net::TcpListener;

/// What the admin address tells.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) metrics: Arc<Metrics>,
    /// Asked for when the caller is not on loopback.
    pub(crate) token: Option<String>,
    /// What is in the way of the role's work.
    pub(crate) problems: Arc<dyn Fn() -> Vec<String> + Send + Sync>,
    /// For a role that can let its work end.
    pub(crate) drain: Option<Drain>,
}

/// The longest time that running calls are given.
const LONGEST_DRAIN_SECONDS: u32 = 86_400;

/// `POST /admin/drain`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DrainRequest {
    deadline_seconds: u32,
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
        .route("/admin/drain", post(drain))
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
    admin
        .refusal(peer, &headers)
        .unwrap_or_else(|| ([(CONTENT_TYPE, Metrics::CONTENT_TYPE)], admin.metrics.encode()).into_response())
}

/// No new calls; says how many are left to end.
async fn drain(
    State(admin): State<Admin>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    request: Result<Json<DrainRequest>, JsonRejection>,
) -> Response {
    if let Some(refusal) = admin.refusal(peer, &headers) {
        return refusal;
    }
    let Some(drain) = &admin.drain else {
        return (StatusCode::NOT_FOUND, "This role has no calls that could end.\n").into_response();
    };
    let Ok(Json(DrainRequest { deadline_seconds })) = request else {
        let form = "Send JSON like {\"deadline_seconds\": 300}, with 0 to 86400 seconds.\n";
        return (StatusCode::BAD_REQUEST, form).into_response();
    };
    if deadline_seconds > LONGEST_DRAIN_SECONDS {
        return (StatusCode::BAD_REQUEST, "deadline_seconds must be 0 to 86400.\n").into_response();
    }
    drain.begin(Duration::from_secs(deadline_seconds.into()));
    let (rooms, legs) = drain.left();
    Json(json!({"deadline_seconds": deadline_seconds, "rooms": rooms, "legs": legs})).into_response()
}

impl Admin {
    /// Open to this machine; from elsewhere with the configured token.
    fn refusal(&self, peer: SocketAddr, headers: &HeaderMap) -> Option<Response> {
        let sent = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let known = self.token.as_deref().zip(sent).is_some_and(|(known, sent)| keys::same(known, sent));
        if peer.ip().to_canonical().is_loopback() || known {
            return None;
        }
        let way_in = "Send the token of http.metrics_token_file as a bearer token.\n";
        Some((StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], way_in).into_response())
    }
}
