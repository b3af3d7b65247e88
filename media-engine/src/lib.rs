//! Media engine: one thread and one SFU shard per core.
//!
//! [`start`] opens the ports and runs the threads. Commands go in by [`EngineHandle::send`], events come out of the
//! channel that `start` returns, tapped packets go to the [`TapSink`]. A turn of a thread is
//!
//! ```text
//! wait ─► commands ─► receive a batch ─► timers ─► send ─► events, taps ─► flush ─► wait
//! ```
//!
//! with the clock sampled once. Beside them there may be a TURN server, on a thread of its own. All decisions are those of
//! the shard and of that server; this crate moves bytes.

mod announce;
mod config;
mod handle;
mod ledger;
pub mod limits;
mod metrics;
mod router;
mod shard;
mod turn;

pub use config::{EngineConfig, StartError, TapSink, TurnConfig};
pub use handle::{EngineHandle, SendError, start};
pub use ledger::Ledger;
