//! A WebRTC client without IO, and a network in virtual time. For tests only.
//!
//! [`Client`] is a browser's stand-in on top of str0m: full ICE, DTLS client, three m-lines. It works over real sockets
//! as well as in a [`World`], where it meets an [`Sfu`](crate::Sfu) over [`Link`]s that lose, delay and reorder.

mod client;
mod network;
mod sealer;
mod source;
mod world;

pub use client::{Client, ClientOptions, Received};
pub use network::{InFlight, Link, Network};
pub use sealer::Sealer;
pub use source::{AudioSource, VideoSource};
pub use world::World;
