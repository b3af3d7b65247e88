//! SRTP and SRTCP (RFC 3711, RFC 7714) for the media path.
//!
//! Key schedules are made once per leg. Protecting or opening a packet works in place, allocates nothing, and keeps no
//! state by SSRC: a sender names the extended sequence number, a receiver keeps a [`Replay`] beside whatever else it
//! knows of the source, so that both lie in the same lines of the cache.

mod derive;
mod gcm;
mod profile;
mod replay;
mod rtcp;
mod rtp;
mod sha1;

pub use profile::{MasterKey, Profile};
pub use replay::Replay;
pub use rtcp::{RtcpOpener, RtcpSealer};
pub use rtp::{RtpOpener, RtpSealer};

/// Bytes that protection adds to an RTP packet at most.
pub const RTP_OVERHEAD: usize = gcm::TAG;
/// Bytes that protection adds to an RTCP packet at most.
pub const RTCP_OVERHEAD: usize = gcm::TAG + rtcp::INDEX;

/// Why a packet was not opened. Nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is shorter than its header and tag.
    #[error("the packet is too short")]
    Short,
    /// It came before, or is older than the window reaches (RFC 3711 §3.3.2).
    #[error("the packet was seen before or is too old")]
    Replayed,
    /// Its tag does not fit.
    #[error("the packet is not authentic")]
    Forged,
}

/// One direction's ciphers for one kind of packet.
enum Cipher {
    Gcm(gcm::Gcm),
    Sha1(sha1::AesCm),
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gcm(_) => "Gcm",
            Self::Sha1(_) => "AesCm",
        })
    }
}
