//! Every bound of a shard, by name.

use std::{ops::RangeInclusive, time::Duration};

/// Legs that one shard holds.
pub const LEGS_PER_SHARD: usize = 4096;
/// Legs of one room.
pub const LEGS_PER_ROOM: usize = 15;
/// Bytes of an SDP offer.
pub const OFFER_BYTES: usize = 64 * 1024;
/// m-lines of an offer: audio, camera, screen.
pub const OFFER_MEDIA_LINES: usize = 3;
/// Patches of one room: each leg hears every other, three kinds of track.
pub const PATCHES_PER_ROOM: usize = LEGS_PER_ROOM * (LEGS_PER_ROOM - 1) * 3;
/// Validated addresses that a leg has at a time; the one unused for longest makes room.
pub const PATHS_PER_LEG: usize = 8;
/// Addresses that a leg may validate in the life of one transport. Beyond it the leg has to rejoin.
pub const PATHS_PER_TRANSPORT: usize = 256;
/// Binding requests of a transport that are remembered, so that nobody can make use of one again: with one each 2.5 s,
/// which is what browsers send, those of the last 40 minutes.
pub const TRANSACTIONS_PER_TRANSPORT: usize = 1024;
/// Addresses whose failed integrity checks are counted at a time.
pub const SUSPECTS: usize = 4096;
/// Failed integrity checks of one address per [`SUSPECT_WINDOW`]; what comes after them is dropped unchecked.
pub const SUSPECT_DATAGRAMS: u32 = 200;
/// See [`SUSPECT_DATAGRAMS`].
pub const SUSPECT_WINDOW: Duration = Duration::from_secs(1);
/// Tap frames that wait to be polled; the oldest go first.
pub const TAP_FRAMES: usize = 8192;
/// Tap frames share rooms of this size.
pub const TAP_ROOM_BYTES: usize = 64 * 1024;
/// Datagrams that wait to be polled; new ones are dropped beyond it.
pub const TRANSMITS: usize = 16_384;
/// Errors in a row after which a transport is given up.
pub const TRANSPORT_ERRORS: u32 = 16;
/// Outputs that one drain of a transport may yield before it is taken for a bug.
pub const OUTPUTS_PER_DRAIN: usize = 100_000;

/// SSRCs that may have given their slot of a leg to another.
pub const SSRCS_REMEMBERED: usize = 16;

/// A DTLS flight that is not answered is sent again after about this time, then after twice as long each time. Longer
/// than most round trips, far below the second of RFC 6347 §4.2.4.1, which is for traffic that nobody waits for.
pub const HANDSHAKE_REPEAT_AFTER: Duration = Duration::from_millis(150);
/// How often a flight is sent again.
pub const HANDSHAKE_REPEATS: usize = 8;
/// A handshake that takes longer has failed.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(40);

/// How often each leg is looked at, for liveness, reports and keyframe requests. Each tick looks at a part of the legs.
pub const LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// Legs that one tick looks at, up to a thousand legs: packets wait while it does.
pub const LEGS_PER_TICK: usize = 10;
/// Ticks in a [`LOOK_INTERVAL`]: few where there are few legs, so that an idle shard sleeps.
pub const TICKS: RangeInclusive<usize> = 10..=100;
/// How often statistics are sent.
pub const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// Seconds that statistics are averaged over.
pub const STATS_SECONDS: usize = 5;
/// A leg from which nothing authentic came for this long has lost its path.
pub const PATH_LOST_AFTER: Duration = Duration::from_secs(5);
/// Least time between two keyframe requests to one source.
pub const KEYFRAME_THROTTLE: Duration = Duration::from_millis(500);
/// While a sink waits for its first keyframe the source is asked this often.
pub const KEYFRAME_RETRY: Duration = Duration::from_millis(1000);
/// A source that was silent for this long is not asked for keyframes.
pub const SOURCE_SILENT_AFTER: Duration = Duration::from_secs(2);
/// A jump of a source's sequence numbers beyond this starts a new stretch in the sink: a receiver could lose count of
/// the roll-overs (RFC 3711 §3.3.1).
pub const SEQUENCE_JUMP: u64 = 3000;
/// The send path is changed when it was silent this long while the page nominates another.
pub const SEND_PATH_STALE: Duration = Duration::from_secs(3);
/// Packets of a video track that can be asked for again.
pub const REPAIR_CACHE_PACKETS: usize = 512;
/// Bytes of their payloads: 0.9 s of 1.5 Mbit/s, some round trips of the slowest path.
pub const REPAIR_CACHE_BYTES: usize = 160 * 1024;
/// Share of repairs among a downlink's bytes of a second beyond which repairs stop, ...
pub const REPAIR_SHARE: f64 = 0.5;
/// ... once there were so many bytes.
pub const REPAIR_ALLOWANCE: f64 = 20_000.0;
/// Packets of a track that are asked for at a time.
pub const NACK_PACKETS: usize = 256;
/// How often one packet is asked for.
pub const NACK_TRIES: u32 = 10;
/// How long after a gap was seen its packets are asked for.
pub const NACK_AGE: Duration = Duration::from_millis(1500);
/// Least time between the first two requests for one packet; the round-trip time where that is longer.
pub const NACK_PATIENCE: Duration = Duration::from_millis(50);
/// Packets that one NACK of a page may ask for.
pub const NACKS_PER_PACKET: usize = 256;
/// How often a leg is sent sender and receiver reports.
pub const REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// First packets of a downlink that name their m-line.
pub const MID_PACKETS: u64 = 50;
/// The longest datagram that is sent: what IPv6 carries everywhere is 1280 bytes, what browsers send reaches 1228.
pub const DATAGRAM_BYTES: usize = 1500;
/// A room without legs is forgotten after this time; a closed one at once.
pub const EMPTY_ROOM_KEPT: Duration = Duration::from_secs(600);

/// Prompts of a shard.
pub const PROMPTS: usize = 256;
/// Bytes of all their frames. Shards share them.
pub const PROMPTS_BYTES: usize = 256 << 20;
/// Frames of one prompt: ten minutes.
pub const PROMPT_FRAMES: usize = 30_000;
/// Bytes of one frame.
pub const PROMPT_FRAME_BYTES: usize = 400;
/// What a frame of a prompt lasts.
pub const PROMPT_FRAME: Duration = Duration::from_millis(20);
/// RTP time of it (RFC 7587 §4.1).
pub const PROMPT_FRAME_TICKS: u32 = 960;
/// Frames that are overdue by more are left out.
pub const PROMPT_LATE: Duration = Duration::from_millis(100);
