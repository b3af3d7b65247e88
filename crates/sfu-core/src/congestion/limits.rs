//! Every bound of one leg's congestion control, by name.

use std::time::Duration;

/// Sent packets whose feedback can still be used: over a second at 8 Mbit/s. A power of two.
pub const SENT_PACKETS: usize = 1024;
/// Arrivals that feedback can tell of. More come between two feedbacks only from a sender that we cannot keep up with
/// anyway; what falls out is never reported. A power of two, and a multiple of 64.
pub const ARRIVALS: usize = 256;
/// A jump of a sender's transport-wide numbers beyond this, either way, begins anew: nobody lost that much.
pub const SEQUENCE_JUMP: u16 = 4096;
/// Most bytes of one feedback packet, so that it fits a datagram with reports before and SRTCP's trailer behind it.
pub const FEEDBACK_BYTES: usize = 1150;
/// Statuses of one feedback packet that we read. Our history holds [`SENT_PACKETS`]; a gap may lie before them.
pub const FEEDBACK_STATUSES: u16 = 4096;
/// Feedback goes out this long after the first packet that it tells of.
pub const FEEDBACK_INTERVAL: Duration = Duration::from_millis(100);
/// …or when as many packets wait to be told of.
pub const FEEDBACK_PACKETS: u16 = 64;
/// SSRCs of one REMB message: audio, camera, screen and their repairs.
pub const REMB_SSRCS: usize = 8;
/// Most bytes of one REMB message.
pub const REMB_BYTES: usize = 20 + 4 * REMB_SSRCS;
