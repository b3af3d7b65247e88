//! The way to the media engine: negotiations and commands go out, events come in.

mod events;
mod holdings;
mod negotiation;
mod prompts;
mod quality;

pub(crate) use events::listen;
pub(crate) use holdings::first_holdings;
pub(crate) use negotiation::NegotiationError;

use crate::limits;
use link::LinkState;
use model::CommandId;
use negotiation::Pending;
use tokio::sync::{
    mpsc::{self, error::SendTimeoutError},
    watch,
};
use wire::engine::{Command, Event, Request};

/// The engine's two ends, in this process or beyond a connection.
#[derive(Debug)]
pub struct EngineChannels {
    /// Commands to the engine.
    pub requests: mpsc::Sender<Request>,
    /// What the engine reports.
    pub events: mpsc::Receiver<Event>,
    /// Whether an engine beyond a connection is there. It outlives this process, and begins every connection with
    /// [`Event::Holds`]. Absent for an engine in this process.
    pub link: Option<watch::Receiver<LinkState>>,
}

/// The engine's queue stays full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the media engine does not drain its queue")]
pub(crate) struct EngineStuck;

/// Sends to the engine. Cheap to clone.
#[derive(Clone)]
pub(crate) struct EngineLink {
    requests: mpsc::Sender<Request>,
    pending: Pending,
}

impl EngineLink {
    pub(crate) fn new(requests: mpsc::Sender<Request>) -> Self {
        Self { requests, pending: Pending::default() }
    }

    /// Sends a command that needs no answer. The engine is meant to drain its queue at once.
    pub(crate) async fn command(&self, command: Command) -> Result<(), EngineStuck> {
        let request = Request { id: CommandId::fresh(), command };
        match self.requests.send_timeout(request, limits::EFFECT_WAIT).await {
            Ok(()) => Ok(()),
            Err(SendTimeoutError::Timeout(_)) => Err(EngineStuck),
            // There is nobody to tell later either.
            Err(SendTimeoutError::Closed(_)) => {
                tracing::error!("the media engine is gone; calls are without media");
                Ok(())
            }
        }
    }
}
