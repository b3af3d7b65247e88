//! Lines of JSON between the callers' process and the server's.

use crate::load::Load;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use wire::engine::{Event, Request};

/// To the server.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// To the engine: a command.
    Engine(Request),
    /// To the engine: what do its metrics say?
    Metrics,
    /// To the floor, once: what comes from where. The callers' socket has this number.
    Floor {
        /// Who calls.
        load: Load,
        /// The callers' port.
        port: u16,
    },
}

/// From the server.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    /// First: where media goes.
    Listening(SocketAddr),
    /// Of the engine.
    Event(Event),
    /// The engine's metrics, as they are scraped.
    Metrics(String),
}
