use super::{Usage, capacity::Capacity};
use crate::congestion::Bounds;
use std::time::{Duration, Instant};

/// What over-use leaves of the acknowledged rate: β of draft-ietf-rmcat-gcc-02 §5.5.
const DECREASE: f64 = 0.85;
/// Far from the known capacity the rate grows by this factor a second. The draft's η is 1.08; it has probes of padding
/// to leap with, we have none.
const GROWTH: f64 = 1.25;
/// The same until the capacity was met for the first time.
const FIRST_GROWTH: f64 = 1.5;
/// Least growth of a step, bit/s.
const LEAST_STEP: f64 = 1000.0;
/// Longest time that one step counts.
const LONGEST_STEP: Duration = Duration::from_secs(1);
/// Above this part of the known capacity the rate is near it, and grows by about half a packet in a response time; in
/// a second at least so many bit/s, at most this part of itself: a slow path's queue is long before a sender hears of it.
const NEAR: f64 = 0.7;
const LEAST_ADDITION: f64 = 4000.0;
const MOST_ADDITION: f64 = 0.05;
/// Bits of a packet and seconds of a frame that the addition reckons with (§5.5).
const PACKET_BITS: f64 = 1200.0 * 8.0;
const FRAME: f64 = 1.0 / 30.0;
/// What the response time has beyond the RTT, for feedback and detection.
const RESPONSE: f64 = 0.1;
/// How far the rate may be above what is acknowledged: 1.5 R_hat + 10 kbit/s (§5.5).
const LEAD: f64 = 1.5;
const LEAD_CONSTANT: f64 = 10_000.0;
/// Decreases are an RTT apart, within these bounds.
const SHORTEST_RTT: Duration = Duration::from_millis(10);
const LONGEST_RTT: Duration = Duration::from_millis(200);

/// Additive or multiplicative increase, multiplicative decrease: draft-ietf-rmcat-gcc-02 §5.5.
///
/// ```text
///           over-use                   normal
/// Increase ─────────► decrease, Hold ─────────► Increase
///    └──────────── under-use ──────────►┘   (the queue drains first)
/// ```
#[derive(Debug)]
pub(in crate::congestion) struct RateControl {
    bounds: Bounds,
    rate: f64,
    is_holding: bool,
    changed_at: Instant,
    capacity: Capacity,
    has_met_capacity: bool,
}

impl RateControl {
    pub(in crate::congestion) fn new(bounds: Bounds, now: Instant) -> Self {
        Self {
            bounds,
            rate: bounds.start as f64,
            is_holding: false,
            changed_at: now,
            capacity: Capacity::default(),
            has_met_capacity: false,
        }
    }

    /// Bits per second, within the bounds.
    pub(in crate::congestion) fn rate(&self) -> f64 {
        self.rate
    }

    /// What feedback told. `acknowledged` is in bits per second.
    pub(in crate::congestion) fn update(
        &mut self,
        usage: Usage,
        acknowledged: Option<f64>,
        rtt: Duration,
        now: Instant,
    ) {
        match usage {
            Usage::Under => self.is_holding = true,
            Usage::Over if self.may_decrease(acknowledged, rtt, now) => self.decrease(acknowledged, now),
            Usage::Over => {}
            Usage::Normal if self.is_holding => {
                self.is_holding = false;
                self.changed_at = now;
            }
            Usage::Normal => self.increase(acknowledged, rtt, now),
        }
    }

    /// Nothing is heard from the receiver: the rate becomes `factor` of what it is.
    pub(in crate::congestion) fn back_off(&mut self, factor: f64, now: Instant) {
        self.set(self.rate * factor, now);
    }

    /// What the path carries is not known any more.
    pub(in crate::congestion) fn forget_capacity(&mut self) {
        self.capacity = Capacity::default();
    }

    fn increase(&mut self, acknowledged: Option<f64>, rtt: Duration, now: Instant) {
        let Some(acknowledged) = acknowledged else {
            self.changed_at = now;
            return;
        };
        self.capacity.forget_if_above(acknowledged);
        let elapsed = now.saturating_duration_since(self.changed_at).min(LONGEST_STEP).as_secs_f64();
        let is_near = self.capacity.average().is_some_and(|average| self.rate >= NEAR * average);
        let added = if is_near {
            self.addition(rtt) * elapsed
        } else {
            let growth = if self.has_met_capacity { GROWTH } else { FIRST_GROWTH };
            (self.rate * (growth.powf(elapsed) - 1.0)).max(LEAST_STEP)
        };
        let limit = LEAD * acknowledged + LEAD_CONSTANT;
        // A rate above the limit stays: that the sender sends little says nothing against the path.
        self.set((self.rate + added).min(limit).max(self.rate), now);
    }

    /// Bits per second that near the capacity a second adds.
    fn addition(&self, rtt: Duration) -> f64 {
        let bits_of_frame = self.rate * FRAME;
        let packets = (bits_of_frame / PACKET_BITS).ceil().max(1.0);
        let addition = bits_of_frame / packets / (rtt.as_secs_f64() + RESPONSE);
        addition.min(MOST_ADDITION * self.rate).max(LEAST_ADDITION)
    }

    fn may_decrease(&self, acknowledged: Option<f64>, rtt: Duration, now: Instant) -> bool {
        let apart = rtt.clamp(SHORTEST_RTT, LONGEST_RTT);
        let is_far_below = acknowledged.is_some_and(|acknowledged| acknowledged < 0.5 * self.rate);
        now.saturating_duration_since(self.changed_at) >= apart || is_far_below
    }

    fn decrease(&mut self, acknowledged: Option<f64>, now: Instant) {
        let Some(acknowledged) = acknowledged else {
            self.back_off(0.5, now);
            return;
        };
        let mut rate = DECREASE * acknowledged;
        if rate > self.rate {
            rate = self.capacity.average().map_or(rate, |average| DECREASE * average);
        }
        self.capacity.forget_if_below(acknowledged);
        self.capacity.note(acknowledged);
        self.has_met_capacity = true;
        self.is_holding = true;
        self.set(rate.min(self.rate), now);
    }

    fn set(&mut self, rate: f64, now: Instant) {
        self.rate = rate.clamp(self.bounds.min as f64, self.bounds.max as f64);
        self.changed_at = now;
    }
}
