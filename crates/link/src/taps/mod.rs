//! Tapped tracks from an engine to a recorder: a stream for each track, and nothing that ever waits for the recorder.

mod receive;
mod send;

pub use receive::receive_taps;
pub use send::{TapSender, send_taps};
