use super::{Measured, Told, Voice};
use tokio::sync::oneshot;

/// What a media thread is asked to do.
pub(super) enum Command {
    /// Makes a client.
    Join { voice: Voice, told: Told, reply: oneshot::Sender<Result<Joined, String>> },
    /// Gives a client the answer to its offer.
    Answer { slot: usize, sdp: String, reply: oneshot::Sender<Result<(), String>> },
    /// Ends a client; somebody may want to know what it heard.
    Leave { slot: usize, reply: Option<oneshot::Sender<Measured>> },
    /// Ends the thread.
    Stop,
}

/// A client that was made.
pub(super) struct Joined {
    pub(super) slot: usize,
    pub(super) offer: String,
}
