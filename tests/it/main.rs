//! Whole-process tests: the built binary, spoken to as browsers and operators do.

mod independent_client;
mod page;
mod server;
mod tone;
mod webrtc_peer;
