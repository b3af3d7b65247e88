//! Prompts: audio that the shard plays into legs' sound by itself.
//!
//! Frames come encoded and are shared by all who hear them. Each playing leg has a [`Player`], which knows what comes next,
//! and a place in the [`Rounds`], which say when: 20 ms are cut into slots, and each player has one, so that the packets
//! of thousands of legs leave evenly.

mod player;
mod rounds;
mod shelf;

pub(crate) use player::Player;
pub(crate) use rounds::{Rounds, Slot};
pub use shelf::Prompts;
