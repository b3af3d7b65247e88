//! Every bound of the load tester, by name.

use std::{ops::RangeInclusive, time::Duration};

/// Calls held at once.
pub const CALLS_AT_ONCE: RangeInclusive<u32> = 1..=5_000;
/// Calls of one run; when so many have begun no more do.
pub const CALLS_IN_ALL: u32 = 200_000;
/// Calls that begin in a second.
pub const CALLS_PER_SECOND: RangeInclusive<f64> = 0.1..=100.0;
/// Seconds of a run: call links and tokens live for a day.
pub const DURATION_SECONDS: RangeInclusive<u32> = 2..=43_200;
/// Seconds that all calls need at least to be held together, after the last has begun.
pub const HELD_TOGETHER: Duration = Duration::from_secs(1);
/// No call begins so shortly before the end: there would be nothing to measure.
pub const LAST_ARRIVAL: Duration = Duration::from_secs(3);
/// Bytes of a plan file.
pub const PLAN_BYTES: u64 = 64 * 1024;

/// How long one request to the API may take.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a request is made again that the server cannot take now.
pub const REQUEST_TRIES: u32 = 4;
/// How long it is waited before that, at most.
pub const RETRY_PAUSE: Duration = Duration::from_secs(5);
/// Requests for setting up that are made at once.
pub const SET_UP_AT_ONCE: usize = 8;
/// Bytes of an answer of the API.
pub const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a recording file.
pub const RECORDING_BYTES: usize = 1024 * 1024 * 1024;
/// Recordings that are downloaded and checked at once.
pub const RECORDINGS_AT_ONCE: usize = 2;
/// How long after the end of the calls all recordings have to be complete, and how often is asked.
pub const RECORDINGS_TIMEOUT: Duration = Duration::from_secs(60);
/// See [`RECORDINGS_TIMEOUT`].
pub const RECORDINGS_POLL: Duration = Duration::from_millis(250);

/// How long an agent and a customer may take to connect their WebSocket.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a page tries to come back into its call, and how long it waits between two tries. The server waits no longer
/// for it.
pub const RECONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// See [`RECONNECT_TIMEOUT`].
pub const RECONNECT_PAUSE: Duration = Duration::from_millis(500);
/// How often a page sends a ping (docs/signaling.md, section 2).
pub const PING_INTERVAL: Duration = Duration::from_secs(5);
/// How long a hang-up may take until both pages have heard of it.
pub const HANG_UP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an agent may be in wrap-up or otherwise unavailable after a call.
pub const FREE_TIMEOUT: Duration = Duration::from_secs(30);

/// Media clients of one thread.
pub const CLIENTS_PER_THREAD: usize = 2 * 5_000;
/// Commands that wait for a media thread.
pub const MEDIA_COMMANDS: usize = 1024;
/// Readiness of sockets taken from the kernel at once.
pub const EVENTS: usize = 512;
/// Bytes of a datagram.
pub const DATAGRAM_BYTES: usize = 2048;
/// Datagrams taken from one socket before it is another's turn.
pub const DATAGRAMS_PER_SOCKET: usize = 32;
/// Least time between two turns of a media thread. Packets that are due within it leave together.
pub const TURN: Duration = Duration::from_micros(200);
/// Longest wait of a media thread.
pub const LONGEST_WAIT: Duration = Duration::from_millis(250);
/// A source that is later than this leaves out what it missed: what comes late in a heap measures nothing.
pub const LATE: Duration = Duration::from_millis(200);
/// How often it is looked whether both directions of a call are heard.
pub const SILENCE_CHECK: Duration = Duration::from_millis(100);
/// A direction of a call of which nothing was heard for so long, while the other side sent, is one-way.
pub const ONE_WAY_AFTER: Duration = Duration::from_secs(1);
/// The time over which one MOS is computed, and the least of it at a call's end.
pub const MOS_WINDOW: Duration = Duration::from_secs(5);
/// See [`MOS_WINDOW`].
pub const MOS_WINDOW_LEAST: Duration = Duration::from_secs(1);
/// How often round-trip times are read from the reports.
pub const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// Outputs that one drain of a client may yield before it is taken for a bug.
pub const OUTPUTS_PER_DRAIN: usize = 10_000;

/// Descriptors of a process that are looked through for the owner of the server's port.
pub const DESCRIPTORS: usize = 100_000;
