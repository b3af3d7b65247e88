//! What a leg can take, and how its other side is told. Without IO; time comes in with each call.
//!
//! Congestion control ends at each leg. Towards a sender we are the receiver: [`Arrivals`] writes the transport-wide
//! feedback that its own estimate needs. Towards a receiver we are the sender: [`Estimator`] makes of its feedback an
//! estimate in the manner of Google Congestion Control (draft-ietf-rmcat-gcc-02), [`VideoGate`] decides by it whether
//! video is forwarded at all, and [`write_remb`] tells it to whoever sends the video.
//!
//! ```text
//! sender ──media──► Arrivals                    sent ─► Estimator ──media──► receiver
//!        ◄─feedback───┘                                 ▲  │  └─────────feedback───┘
//!        ◄─REMB── RembSchedule ◄────────────────────────┼──┤
//!                          forwarded or not ◄── VideoGate ◄┘
//! ```
//!
//! Where this differs from the draft, and why: the trendline stands in for the Kalman filter, as in libwebrtc; the rate
//! grows faster far from the known capacity, because nothing probes the path with padding; loss alone has a floor,
//! because loss at random does not end when less is sent; a standing queue, which has no slope, is drained, and a slope
//! without a queue is taken for jitter.

mod acknowledged;
mod delay;
mod estimator;
mod gate;
mod history;
pub mod limits;
mod loss;
mod queue;
mod remb;
pub mod twcc;

pub use estimator::Estimator;
pub use gate::{GateChange, VideoGate};
pub use remb::{RembSchedule, write_remb};
pub use twcc::{Arrivals, Feedback, FeedbackError};

/// Where an estimate begins and between what it stays, in bits per second; `min <= start <= max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Least: sound always goes through.
    pub min: u64,
    /// What is believed before there is feedback.
    pub start: u64,
    /// Most.
    pub max: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { min: 50_000, start: 300_000, max: 8_000_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leg_keeps_less_than_eight_kilobytes() {
        let bytes = size_of::<Estimator>() + size_of::<Arrivals>() + size_of::<VideoGate>() + size_of::<RembSchedule>();
        assert!(bytes <= 8192, "{bytes}");
    }
}
