//! TURN over UDP (RFC 8656), for pages whose network lets them reach nothing but a relay.
//!
//! [`Server`] is a state machine: it is given datagrams and the time, and says what to send and which sockets to open. It
//! relays to the addresses it was made with, a media engine's own, and to no others: a relay that reaches more is a door
//! into the network that it stands in.
//!
//! [`SharedSecret`] makes and checks credentials that last minutes. They are of the kind that coturn calls
//! `use-auth-secret`, so that either server takes them.
//!
//! The messages are read and written here, not by a library: those that there are log at WARN what any stranger sends.

mod bucket;
pub mod limits;
mod message;
mod nonce;
mod secret;
mod server;
mod strangers;
#[cfg(feature = "testing")]
pub mod testing;

pub use secret::{Credentials, Secret, SecretError, SharedSecret};
pub use server::{Action, Counters, Family, Opening, RelayId, Server};
