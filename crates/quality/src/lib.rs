//! Loss, jitter and round-trip time to R-factor and MOS.
//!
//! The measure is the E-model, ITU-T G.107 (06/2015), on its narrowband scale: with all its defaults and no delay a
//! call has R = 93.2 and MOS 4.41, and nothing scores higher. Two judgements are built on it:
//!
//! * [`leg_mos`]: one [`Hop`], one direction of one leg, as if the rest of the path were perfect. Warnings follow it,
//!   because it says whose network is weak.
//! * [`heard_mos`]: what a listener hears of a speaker, both hops together.
//!
//! [`sdk_quality`] is another thing: the formula and the bands of the client library's network-quality event.
//!
//! # One-way delay
//!
//! RTT/2 of each hop, plus [`CODEC_DELAY`], plus one jitter buffer (the listener's): [`JITTER_BUFFER`], or twice the
//! jitter where that is more. RFC 3550's jitter is a mean deviation, and a buffer that loses few packets must hold
//! about twice of it (the same factor as in the widely used `latency + 2·jitter` heuristics); WebRTC's buffer adapts
//! in this way. So jitter up to 20 ms is absorbed, and each millisecond beyond it costs two of delay.

mod burst;
mod codec;
mod e_model;
mod hop;
mod sdk;

pub use burst::LossRuns;
pub use codec::{CodecImpairment, G711, G711_PLC, G729A, OPUS, OPUS_FEC};
pub use e_model::{Impairments, R_MAX, delay_impairment_absolute, mos, r_factor};
pub use hop::{CODEC_DELAY, Hop, JITTER_BUFFER, downlink_jitter, downlink_loss, heard_mos, leg_mos, one_way_delay};
pub use sdk::{SdkBand, SdkCodec, SdkQuality, sdk_quality};
