//! Logs, metrics and personal data kept out of both.
//!
//! # Logs
//!
//! Per packet TRACE; INFO is what an operator would want; WARN is to be looked at tomorrow; ERROR stops something. Ids
//! go into spans (`conversation`, `leg`), values into fields, people's data into [`Pii`].
//!
//! # Metrics
//!
//! One [`Metrics`] per process, made at start-up and handed on; names begin with `switchroom_` and units are
//! Prometheus' base units. Values of labels are `&'static str` wherever they can be, so that how many there are is
//! bounded by the source. Media threads count in a [`ShardMetrics`] of their own, without atomics, and flush it about
//! once a second.

mod logs;
mod metrics;
mod pii;
mod shard;
mod turn;

pub use logs::{InvalidLogLevel, LogFormat, LogLevel, init_tracing};
pub use metrics::{Metrics, MetricsError};
pub use pii::Pii;
pub use shard::{Direction, Now, PacketKind, ShardMetrics};
