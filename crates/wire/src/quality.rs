//! Quality of a leg as it is shown to people and counted for operators.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One direction of a leg, averaged over the last reporting interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HopQuality {
    /// MOS of this hop alone, 1 to 4.5; absent while nothing was sent.
    pub mos: Option<f64>,
    /// Share of lost packets, 0 to 1, before repair.
    pub loss: f64,
    /// Interarrival jitter, RFC 3550 §6.4.1.
    pub jitter_seconds: f64,
}

/// Quality of one leg.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct LegQuality {
    /// From the participant to the engine.
    pub uplink: HopQuality,
    /// From the engine to the participant.
    pub downlink: HopQuality,
    /// Round trip between the participant and the engine; absent until measured.
    pub rtt_seconds: Option<f64>,
    /// MOS of what the participant hears: both hops, 1 to 4.5.
    pub heard_mos: Option<f64>,
    /// The worse leg MOS of the two directions is below 4: the page says so.
    pub weak: bool,
    /// The other party sends video, and the participant's path carries sound alone: video is held back until it can
    /// take some again.
    #[serde(default)]
    pub video_held_back: bool,
}
