//! Whole-process tests: the built binary, spoken to as browsers and operators do.

mod apart;
mod call;
mod clicks;
mod crash;
mod examples;
mod fifty_calls;
mod handover;
mod independent_client;
mod loadtest;
mod page;
mod recorded;
mod relay;
mod relayed_clicks;
mod server;
mod soak;
mod tone;
mod webrtc_peer;
