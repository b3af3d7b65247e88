//! Every bound of this crate.

use std::time::Duration;

/// Largest datagram or TCP frame taken in or sent, bytes. WebRTC keeps below 1500; what is larger is dropped.
pub const DATAGRAM_BYTES: usize = 2048;

/// Datagrams taken from the kernel with one system call.
pub const RECEIVE_BATCH: usize = 32;

/// Datagrams handed to the kernel with one system call.
pub const SEND_BATCH: usize = 64;

/// Datagrams that leave as one message, for the kernel to cut apart. Kernels take at least so many.
pub const SEGMENTS: usize = 64;

/// Bytes of such a message: it travels in one IP packet's length up to where it is cut.
pub const SEGMENTED_BYTES: usize = 65_000;

/// How many messages back a datagram is looked up for one of its path that it could join. Packets of the frames of so
/// many legs may come mixed.
pub const LOOK_BACK: usize = 8;

/// The longest that a datagram waits for others to come, while many do.
pub const COALESCE: Duration = Duration::from_micros(200);

/// Datagrams that must be expected within [`COALESCE`] for a turn to wait for them.
pub const COALESCE_FROM: f32 = 2.0;

/// Over how long the rate of datagrams is averaged.
pub const RATE_WINDOW: Duration = Duration::from_millis(10);

/// Datagrams that one call of `receive` hands over from UDP, and again from TCP, before the thread does its other work.
pub const RECEIVE_BUDGET: usize = 256;

/// Datagrams that wait while the kernel's send buffer is full; the newest are dropped beyond it.
pub const SEND_QUEUE_DATAGRAMS: usize = 1024;

/// Wanted kernel buffers of the UDP socket, bytes; the kernel may grant less.
pub const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// Wanted kernel send buffer of a TCP connection, bytes: what waits there is late already.
pub const TCP_SOCKET_BUFFER_BYTES: usize = 128 * 1024;

/// TCP connections of one port.
pub const TCP_CONNECTIONS: usize = 1024;

/// TCP connections from one address, or from one /64 of IPv6. An office that blocks UDP is one address.
pub const TCP_CONNECTIONS_PER_ADDRESS: usize = 128;

/// TCP connections accepted in one turn.
pub const TCP_ACCEPTS_PER_TURN: usize = 32;

/// Read buffer of a TCP connection, bytes: two frames.
pub const TCP_READ_BYTES: usize = 2 * (DATAGRAM_BYTES + 2);

/// Write queue of a TCP connection, bytes: half a second of video. A frame that does not fit is dropped.
pub const TCP_WRITE_BYTES: usize = 128 * 1024;

/// A TCP connection without a whole frame this long after it opened is closed.
pub const TCP_FIRST_FRAME_TIMEOUT: Duration = Duration::from_secs(10);

/// A TCP connection without a frame for this long is closed. ICE sends one at least every 5 s or so (RFC 7675).
pub const TCP_IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// A TCP connection whose write queue does not move for this long is closed.
pub const TCP_STALL_TIMEOUT: Duration = Duration::from_secs(10);

/// How often TCP connections are looked over for time-outs.
pub const TCP_SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// Tries to find a number that is free for UDP and TCP alike, when port 0 asks for any.
pub const BIND_TRIES: usize = 32;
