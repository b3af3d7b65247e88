//! The way to the media engine: negotiations and commands go out, events come in.

mod events;
mod negotiation;
mod quality;

pub(crate) use events::listen;
pub(crate) use negotiation::NegotiationError;

use crate::limits;
use model::CommandId;
use negotiation::Pending;
use tokio::sync::mpsc;
use wire::engine::{Command, Event, Request};

/// The engine's two ends, in this process or beyond a connection.
#[derive(Debug)]
pub struct EngineChannels {
    /// Commands to the engine.
    pub requests: mpsc::Sender<Request>,
    /// What the engine reports.
    pub events: mpsc::Receiver<Event>,
}

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

    /// Sends a command that needs no answer. The engine is meant to drain its queue at once; one that does not is
    /// given up on, so that it cannot stop the call center.
    pub(crate) async fn command(&self, command: Command) {
        let request = Request { id: CommandId::fresh(), command };
        if let Err(error) = self.requests.send_timeout(request, limits::EFFECT_WAIT).await {
            tracing::error!(%error, "the media engine takes no commands; a call may be without media");
        }
    }
}
