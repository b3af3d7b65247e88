//! The WebSocket endpoint of pages and clients; `docs/signaling.md` describes what is said there.

mod connection;
pub mod errors;
mod hello;
mod outbound;
mod presence;
mod requests;
mod socket;

use crate::{limits, state::AppState};
use axum::{
    Router,
    extract::{State, WebSocketUpgrade},
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
    routing::any,
};

/// Path of the endpoint.
pub const PATH: &str = "/signaling/1/ws";

/// The endpoint. Its Origin is checked by whoever mounts it.
pub fn routes() -> Router<AppState> {
    Router::new().route(PATH, any(connect))
}

async fn connect(State(state): State<AppState>, upgrade: WebSocketUpgrade) -> Response {
    let Some(counted) = state.hub.admit() else {
        tracing::warn!("the limit of WebSocket connections is reached");
        return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], "Too many connections; try again shortly.")
            .into_response();
    };
    upgrade
        .read_buffer_size(limits::READ_BYTES)
        .max_message_size(limits::FRAME_BYTES)
        .max_frame_size(limits::FRAME_BYTES)
        .on_upgrade(move |socket| connection::run(socket, state, counted))
}
