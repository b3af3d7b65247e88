//! Copies of tracks for the recorder.

use bytes::Bytes;
use model::{Codec, LegId, MediaTime, TrackKind};

/// One RTP packet of a tapped track, after SRTP was taken off.
#[derive(Debug, Clone)]
pub struct TapFrame {
    /// Whose track.
    pub leg: LegId,
    /// Which of the leg's tracks.
    pub track: TrackKind,
    /// Codec of the payload.
    pub codec: Codec,
    /// When the engine received it, on the engine's even clock.
    pub arrival: MediaTime,
    /// The sender's synchronization source. A new value starts a new sequence and timestamp space.
    pub ssrc: u32,
    /// RTP timestamp as sent.
    pub rtp_time: u32,
    /// Sequence number, extended by its roll-overs.
    pub sequence: u64,
    /// RTP marker bit.
    pub marker: bool,
    /// RTP payload without padding.
    pub payload: Bytes,
}
