//! Signaling: HTTP API and WebSocket over one call center per account.
//!
//! [`start`] takes the engine and the recorder as channels of `wire` messages, so that it does not matter whether they
//! live in this process. Each account has one task that owns its [`callcenter_core::CallCenter`]: commands go in,
//! changes are committed in groups, and only then replies and effects leave.

pub mod account;
pub mod auth;
mod clock;
pub mod config;
pub mod demo;
mod directory;
mod engine_link;
pub mod http;
mod hub;
pub mod limits;
mod recorder_link;
pub mod serve;
mod silence;
mod start;
pub mod state;
mod supply;
mod turn;
mod webhooks;
pub mod ws;

pub use clock::Clock;
pub use config::Config;
pub use engine_link::EngineChannels;
pub use recorder_link::{RecorderApart, RecorderChannels, RecorderPlace};
pub use start::{Server, StartError, start};
pub use turn::TurnServers;
