//! Messages between roles and to browsers.
//!
//! Every connection opens with `{protocol, min_protocol, build}`. A release speaks [`PROTOCOL`] and the one before;
//! unknown fields are ignored and unknown commands answered with `unsupported`.

pub mod browser;
pub mod engine;
pub mod link;
pub mod prompt;
pub mod quality;
pub mod recorder;
pub mod tap;

/// The protocol version that this build speaks.
pub const PROTOCOL: u16 = 1;
/// The oldest protocol version that this build understands.
pub const MIN_PROTOCOL: u16 = 1;
