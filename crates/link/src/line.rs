use crate::error::{Ends, LinkError};
use quinn::{Connection, RecvStream, SendStream};
use tokio::sync::{mpsc, watch};
use wire::link::Hello;

/// A connection on which both sides have said hello.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    /// The stream on which they did.
    pub(crate) send: SendStream,
    pub(crate) receive: RecvStream,
    pub(crate) hello: Hello,
    pub(crate) ends: Ends,
}

/// Whether the other role is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// It is connected.
    Up {
        /// Its build.
        build: String,
    },
    /// It is not.
    Down {
        /// Why; nothing before the first try.
        reason: Option<LinkError>,
    },
}

impl LinkState {
    /// It is connected.
    pub fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }
}

/// Connections with another role, one after the other.
pub struct Line {
    pub(crate) openings: mpsc::Receiver<Opened>,
    pub(crate) state: watch::Sender<LinkState>,
}

impl Line {
    pub(crate) fn new() -> (mpsc::Sender<Opened>, watch::Sender<LinkState>, Self) {
        let (open, openings) = mpsc::channel(1);
        let (state, _) = watch::channel(LinkState::Down { reason: None });
        (open, state.clone(), Self { openings, state })
    }

    /// Whether the other role is there, as it changes.
    pub fn state(&self) -> watch::Receiver<LinkState> {
        self.state.subscribe()
    }
}
