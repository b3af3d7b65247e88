//! From packets to places on the call's timeline.
//!
//! A packet's place is its RTP time mapped to the engine's clock ([`SenderClock`]), less the call's epoch. All legs of
//! a call share the epoch, so that equal places in two files are the same moment. [`Sequencer`] restores the order;
//! [`AudioTrack`] fills what is missing with silence so that the file has no hole; [`VideoTrack`] leaves holes (the
//! last picture stays) and starts at keyframes only. What is missing for 100 ms or more is stated ([`Gap`]).

mod audio;
mod clock;
mod gaps;
mod intake;
mod sequencer;
mod video;

pub use audio::AudioTrack;
pub use clock::{Doubt, SenderClock};
pub use gaps::{Gap, GapCause, GapList};
pub use sequencer::Sequencer;
pub use video::VideoTrack;

use bytes::Bytes;
use model::MediaTime;

/// One RTP packet of one track, as the tap delivered it.
#[derive(Debug, Clone)]
pub struct Packet {
    /// When the engine received it.
    pub arrival: MediaTime,
    /// The sender's source; a new value starts a new sequence and timestamp space.
    pub ssrc: u32,
    /// RTP timestamp.
    pub rtp_time: u32,
    /// Sequence number extended by its roll-overs.
    pub sequence: u64,
    /// RTP marker bit.
    pub marker: bool,
    /// Payload without padding.
    pub payload: Bytes,
}

impl From<&wire::tap::TapFrame> for Packet {
    fn from(frame: &wire::tap::TapFrame) -> Self {
        Self {
            arrival: frame.arrival,
            ssrc: frame.ssrc,
            rtp_time: frame.rtp_time,
            sequence: frame.sequence,
            marker: frame.marker,
            payload: frame.payload.clone(),
        }
    }
}

/// A packet in its order and with its place.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Microseconds after the call's epoch; negative before it.
    pub place_us: i64,
    /// RTP time without wrap, in ticks of the stream it belongs to.
    pub ticks: i64,
    /// Packets missing right before this one.
    pub lost: u64,
    /// The first packet of a new stream or after a clock that had stopped: `ticks` does not continue.
    pub fresh: bool,
    /// RTP marker bit.
    pub marker: bool,
    /// Payload.
    pub payload: Bytes,
}
