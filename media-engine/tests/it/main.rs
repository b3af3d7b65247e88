//! An engine with real sockets on loopback.

mod calls;
mod harness;
mod prompts;
mod start;
