//! Every bound of connections between roles, by name.

use std::time::Duration;

/// Messages that wait to be taken by the connection.
pub const QUEUE: usize = 1_024;
/// Messages that were sent and not yet taken by the other role, or that wait for it to come back.
pub const KEPT: usize = 16_384;
/// Of those, sent on a connection and not yet acknowledged.
pub const IN_FLIGHT: usize = 1_024;
/// While so many messages are kept, those that only inform of the moment are left out.
pub const KEPT_BEFORE_PASSING_ARE_DROPPED: usize = 256;
/// Frames that were read and are not yet taken in.
pub const FRAMES_AHEAD: usize = 64;
/// Bytes of one control message: the statistics of a full shard are the longest.
pub const MESSAGE_BYTES: usize = 4 << 20;
/// Bytes of a stream's first frame, and of the first message of a connection.
pub const OPENING_BYTES: usize = 4 << 10;
/// Characters of a text that comes from the other side before it was let in.
pub const STRANGERS_CHARS: usize = 128;

/// Tapped frames that wait for their streams, over all tracks: about three seconds of 200 legs with voice and camera.
pub const TAP_FRAMES: usize = 65_536;
/// Tapped frames that wait for one track's stream: about four seconds of a camera.
pub const TAP_FRAMES_OF_TRACK: usize = 1_024;
/// Bytes of one tapped frame.
pub const TAP_BYTES: usize = 4 << 10;
/// Tracks that one connection taps at a time.
pub const TAP_TRACKS: u32 = 16_384;
/// A track without a frame for so long gives its stream up; its next frame opens another.
pub const TAP_IDLE: Duration = Duration::from_secs(30);

/// Requests for files that one connection has open at a time.
pub const FILE_REQUESTS: u32 = 64;
/// Bytes of a file that are read at a time.
pub const FILE_CHUNK_BYTES: usize = 64 << 10;
/// How long a file's reply, or its next bytes, may take.
pub const FILE_TIME: Duration = Duration::from_secs(10);

/// Connections that are being greeted at once; more are refused.
pub const GREETINGS: usize = 64;
/// Connections of taps at a time: engines.
pub const TAP_CONNECTIONS: usize = 64;
/// How long an attempt to connect may take before another address or another try. A role that starts in between is
/// reached by the next.
pub const DIAL_TIME: Duration = Duration::from_secs(1);
/// How long the other side may take to say hello.
pub const HELLO_TIME: Duration = Duration::from_secs(3);
/// Pause before the second attempt to connect; it doubles with each further one.
pub const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause between two attempts.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause after the other side refused this one: a person must change something.
pub const REFUSED_PAUSE: Duration = Duration::from_secs(5);
/// How often a connection without traffic says that it lives.
pub const KEEP_ALIVE: Duration = Duration::from_millis(500);
/// A connection on which nothing came for so long is dead.
pub const SILENCE: Duration = Duration::from_secs(4);
/// The round trip that is assumed before one is measured: roles are near each other.
pub const ASSUMED_ROUND_TRIP: Duration = Duration::from_millis(60);
/// Bytes that one stream may be ahead of its reader.
pub const STREAM_WINDOW: u32 = 2 << 20;
/// Bytes that one connection may be ahead of its reader.
pub const CONNECTION_WINDOW: u32 = 32 << 20;
