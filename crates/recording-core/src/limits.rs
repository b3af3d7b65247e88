//! Every bound of the recording core, by name.

use std::time::Duration;

/// Audio packets that wait for a missing one.
pub const AUDIO_REORDER_PACKETS: usize = 64;
/// Video packets that wait for a missing one; a keyframe alone may have hundreds.
pub const VIDEO_REORDER_PACKETS: usize = 1024;
/// How long packets wait for a missing one (a retransmission included).
pub const REORDER_WAIT: Duration = Duration::from_millis(200);
/// How long a new or doubtful sender clock is watched before packets are placed by it.
pub const ANCHOR_WAIT: Duration = Duration::from_millis(250);
/// A sequence number this far behind the expected one is another sequence, not a late packet.
pub const SEQUENCE_RESTART: u64 = 3_000;
/// Silence that is written ahead of the next packet once nothing came for so long; a backlog that arrives later
/// than this is lost.
pub const FILL_AFTER: Duration = Duration::from_secs(10);
/// The longest stretch filled with silence in one go; a packet farther away than this is dropped.
pub const LONGEST_FILL: Duration = Duration::from_secs(12 * 3600);
/// Packets of the previous source that come so soon after a new one began are stragglers, not a change back.
pub const STRAGGLERS: Duration = Duration::from_secs(2);
/// Gaps shorter than this are filled but not stated.
pub const STATED_GAP: Duration = Duration::from_millis(100);
/// Gaps of one cause that lie closer together than this are stated as one.
pub const GAP_MERGE: Duration = Duration::from_millis(120);
/// Stated gaps of one track; later ones are filled but not stated.
pub const STATED_GAPS: usize = 10_000;
/// Bytes of one video frame.
pub const FRAME_BYTES: usize = 4 << 20;
/// Bytes of one Opus packet (RFC 6716 §3.2: 48 frames of 1275 bytes would be more, none is sent).
pub const OPUS_PACKET_BYTES: usize = 4_096;
/// Bytes of one H.264 parameter set.
pub const PARAMETER_SET_BYTES: usize = 1_024;
/// Time one live cluster covers, milliseconds.
pub const CLUSTER_MS: u64 = 1_000;
/// Bytes of one live cluster when it is read back.
pub const CLUSTER_BYTES: u64 = 256 << 20;
/// Bytes of any element or box that is not media when it is read back.
pub const HEADER_BYTES: u64 = 64 << 20;
/// Blocks of one file: 24 hours of 20 ms audio and 60 frames a second fit.
pub const FILE_BLOCKS: usize = 12_000_000;
/// Time one finished page (Ogg) covers, milliseconds.
pub const PAGE_MS: u64 = 500;
/// Bytes of a finished file that are looked at to find a page: at least one of the largest (RFC 3533 §6: 65 307 bytes) lies in it.
pub const SEARCH_BYTES: usize = 128 << 10;
/// Places of a file that are looked at to find a page; halving alone needs fewer for any file.
pub const SEARCH_PROBES: u32 = 96;
/// Samples of a channel that are converted at a time: five seconds.
pub const PLAYBACK_BLOCK: u64 = 5 * 48_000;
/// Samples that are decoded before those that are wanted, so that the decoder has settled (RFC 7845 §4.6 asks for 80 ms).
pub const PLAYBACK_PRE_ROLL: u64 = 9_600;
/// Bytes of a finished file that are read for one block: ten times what the densest sound takes.
pub const PLAYBACK_READ_BYTES: usize = 8 << 20;
/// Bytes of one manifest.
pub const MANIFEST_BYTES: u64 = 8 << 20;
/// A video track that begins without a keyframe for so long is asked for one.
pub const FIRST_KEYFRAME_WITHIN: Duration = Duration::from_millis(300);
/// At most one wish for a keyframe per track in this time.
pub const KEYFRAME_WISH_EVERY: Duration = Duration::from_secs(1);
/// A video track without a keyframe for so long is asked for one, so that its file can be wound.
pub const KEYFRAME_AT_LEAST_EVERY: Duration = Duration::from_secs(20);
