//! Media engine: one thread and one SFU shard per core.
//!
//! [`start`] opens the ports and runs the threads. Commands go in by [`EngineHandle::send`], events come out of the
//! channel that `start` returns, tapped packets go to the [`TapSink`]. A turn of a thread is
//!
//! ```text
//! wait ─► commands ─► receive a batch ─► timers ─► send ─► events, taps ─► flush ─► wait
//! ```
//!
//! with the clock sampled once. All decisions are the shard's; this crate moves bytes.

mod announce;
mod config;
mod handle;
mod ledger;
pub mod limits;
mod metrics;
mod router;
mod shard;

pub use config::{EngineConfig, StartError, TapSink};
pub use handle::{EngineHandle, SendError, start};
pub use ledger::Ledger;
