//! Whole-process tests: the built binary, spoken to as browsers and operators do.

mod apart;
mod call;
mod clicks;
mod crash;
mod independent_client;
mod loadtest;
mod page;
mod recorded;
mod server;
mod soak;
mod tone;
mod webrtc_peer;
