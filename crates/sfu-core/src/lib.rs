//! The SFU of one shard as a state machine without IO.
//!
//! ```text
//! handle_datagram ─► demux ─► participant (transport, media) ─► track ─► patches ─► sinks ─► poll_transmit
//! handle_request  ─► room, participant                               └──► tap ───────────────► poll_tap
//! handle_timeout  ─► transports, keyframe requests, liveness, stats ─────────────────────────► poll_event
//!                 └► prompts ─► sinks ─────────────────────────────────────────────────────► poll_transmit
//! ```
//!
//! [`Sfu`] owns rooms and participants. ICE, DTLS and SDP stand behind `participant::transport`, SRTP and RTCP behind
//! `participant::media`; the rest sees RTP packets as plain data. A caller mutates once, then drains
//! [`Sfu::poll_transmit`], [`Sfu::poll_event`] and [`Sfu::poll_tap`], then waits for [`Sfu::poll_timeout`].

mod address;
mod config;
pub mod congestion;
mod demux;
mod forward;
pub mod limits;
mod participant;
mod prompt;
mod room;
mod sfu;
mod stats;
#[cfg(feature = "testing")]
pub mod testing;
mod track;
mod transmits;

pub use address::{Protocol, Transmit};
pub use config::Config;
pub use demux::DropReason;
pub use prompt::Prompts;
pub use sfu::{Sfu, WakeReason};
pub use stats::{Totals, Volume};
