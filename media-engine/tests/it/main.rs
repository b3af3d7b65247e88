//! An engine with real sockets on loopback.

mod addresses;
mod calls;
mod cores;
mod harness;
mod prompts;
mod start;
mod turn;
mod turn_socket;
