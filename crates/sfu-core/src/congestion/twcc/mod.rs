//! Transport-wide feedback: which packets arrived, and when (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! |V=2|P|  FMT=15 |    PT=205     |           length              |
//! |                     SSRC of packet sender                     |
//! |                      SSRC of media source                     |
//! |      base sequence number     |      packet status count      |
//! |            reference time (64 ms)             | feedback count|
//! |  chunks of statuses, 2 bytes each …  | deltas, 1 or 2 bytes … | zeros to 4 bytes
//! ```

mod arrivals;
mod feedback;
mod statuses;

pub use arrivals::Arrivals;
pub use feedback::{Feedback, FeedbackError, Packets};

/// Microseconds of a tick, the unit of arrival times (§3.1.5).
pub const TICK_MICROS: i64 = 250;

/// Ticks of a unit of the reference time, 64 ms.
const REFERENCE_TICKS: u32 = 256;
/// RTCP header, SSRCs, and everything before the chunks.
const HEADER_BYTES: usize = 20;
const VERSION_AND_FORMAT: u8 = 2 << 6 | 15;
/// Transport layer feedback (RFC 4585 §6.1).
const PACKET_TYPE: u8 = 205;

/// Whether an RTCP packet is transport-wide feedback, well formed or not.
pub fn is_feedback(packet: &[u8]) -> bool {
    matches!(packet, [first, PACKET_TYPE, ..] if first & !(1 << 5) == VERSION_AND_FORMAT)
}
