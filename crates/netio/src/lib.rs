//! Sockets, batches, buffers and the one clock.
//!
//! A media thread owns one [`Port`]: a UDP socket and an ICE-TCP listener on the same number, a waker for its control
//! queue, and buffers that are allocated once. A turn of the thread is
//!
//! ```text
//! wait(timeout) ─► receive(each datagram) ─► … the shard thinks … ─► queue(each transmit) ─► flush() ─► wait
//! ```
//!
//! Nothing here looks into a datagram. This is the only crate with `unsafe`: batches of datagrams, interface addresses,
//! CPU affinity and the limit on open files have no safe interface in the standard library, and neither has the allocator
//! that tests count with.

mod affinity;
mod batch;
mod clock;
mod coalesce;
mod connection;
mod control;
mod counters;
mod framing;
mod interfaces;
pub mod limits;
mod mmsg;
mod open_files;
mod port;
mod real_time;
mod send_queue;
mod sockaddr;
mod tcp;
#[cfg(feature = "testing")]
pub mod testing;
mod udp;

pub use affinity::pin_current_thread;
pub use clock::Clock;
pub use counters::Counters;
pub use framing::{FrameReader, OversizedFrame, frame_header, next_frame};
pub use interfaces::interface_addresses;
pub use open_files::raise_open_files_limit;
pub use port::{Datagram, Port, Protocol, Transmit, WakeReasons, Waker};
pub use real_time::make_current_thread_real_time;
