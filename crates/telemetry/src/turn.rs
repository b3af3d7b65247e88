//! What the TURN server counts.

use crate::{
    Direction, Metrics,
    metrics::{as_gauge, counters, gauge},
};
use prometheus::{IntCounterVec, IntGauge, Registry};

pub(crate) struct TurnMetrics {
    allocations: IntGauge,
    refused: IntCounterVec,
    bytes: IntCounterVec,
}

impl TurnMetrics {
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        Ok(Self {
            allocations: gauge(registry, "turn_allocations", "Relays of the TURN server, now.")?,
            refused: counters(
                registry,
                "turn_refused_total",
                "What the TURN server refused: a peer that is not the engine, bad credentials, too many relays (full).",
                &["reason"],
            )?,
            bytes: counters(registry, "turn_bytes_total", "Bytes that the TURN server relayed.", &["direction"])?,
        })
    }
}

impl Metrics {
    /// How many relays the TURN server has now.
    pub fn set_turn_allocations(&self, allocations: usize) {
        self.turn.allocations.set(as_gauge(allocations));
    }

    /// The TURN server refused something `count` times because of its `peer`, its `credentials`, or being `full`.
    pub fn turn_refused(&self, reason: &'static str, count: u64) {
        self.turn.refused.with_label_values(&[reason]).inc_by(count);
    }

    /// The TURN server relayed so many bytes to the engine (ingress) or from it.
    pub fn turn_relayed(&self, direction: Direction, bytes: u64) {
        self.turn.bytes.with_label_values(&[direction.label()]).inc_by(bytes);
    }
}
