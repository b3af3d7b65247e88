//! The way to the media engine: negotiations and commands go out, events come in.

mod events;
mod holdings;
mod negotiation;
mod prompts;
mod quality;

pub(crate) use events::listen;
pub(crate) use holdings::first_holdings;
pub(crate) use negotiation::NegotiationError;

use crate::{limits, supply::Supply};
use link::LinkState;
use model::CommandId;
use negotiation::Pending;
use std::sync::Arc;
use tokio::sync::{
    Mutex,
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
    supply: Supply,
    held: Arc<Mutex<prompts::Held>>,
}

impl EngineLink {
    pub(crate) fn new(requests: mpsc::Sender<Request>, supply: Supply) -> Self {
        Self { requests, pending: Pending::default(), supply, held: Arc::default() }
    }

    /// Sends a command that needs no answer, and before it the prompts that it names and the engine does not hold.
    pub(crate) async fn command(&self, command: Command) -> Result<(), EngineStuck> {
        let named = prompts::named(&command);
        if named.is_empty() { self.send(command).await } else { self.patch(command, named).await }
    }

    /// The engine is meant to drain its queue at once.
    async fn send(&self, command: Command) -> Result<(), EngineStuck> {
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
