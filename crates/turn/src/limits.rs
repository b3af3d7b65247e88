//! Every bound of this crate.

use std::time::Duration;

/// Allocations at once. Each has a socket. A page makes one for each of its machine's networks.
pub const ALLOCATIONS: usize = 512;

/// Allocations at once from one network (an IPv4 address, or a /64 of IPv6). An office is one address.
pub const ALLOCATIONS_PER_NETWORK: usize = 64;

/// How long an allocation lasts without a refresh (RFC 8656 §3.2).
pub const ALLOCATION_LIFETIME: Duration = Duration::from_secs(600);

/// How long a permission lasts (RFC 8656 §9).
pub const PERMISSION_LIFETIME: Duration = Duration::from_secs(300);

/// How long a channel lasts (RFC 8656 §12).
pub const CHANNEL_LIFETIME: Duration = Duration::from_secs(600);

/// Addresses that a server relays to: those of every shard of an engine.
pub const PEERS: usize = 2_048;

/// What one allocation carries each way, bytes a second: camera and screen at their most, twice over.
pub const RELAYED_BYTES_PER_SECOND: u32 = 1_250_000;

/// What may be carried at once above that: half a second's worth, for key frames.
pub const RELAYED_BURST_BYTES: u32 = RELAYED_BYTES_PER_SECOND / 2;

/// Answers a second to one network that has not proved its credentials, and how many at once.
pub const STRANGER_ANSWERS_PER_SECOND: u32 = 20;
/// See [`STRANGER_ANSWERS_PER_SECOND`].
pub const STRANGER_BURST: u32 = 100;

/// Answers a second to all networks that have not proved their credentials, and how many at once.
pub const ALL_STRANGERS_ANSWERS_PER_SECOND: u32 = 500;
/// See [`ALL_STRANGERS_ANSWERS_PER_SECOND`].
pub const ALL_STRANGERS_BURST: u32 = 1_000;

/// Counters of networks. Two networks may share one.
pub const STRANGER_COUNTERS: usize = 1_024;

/// How long a nonce may be used (RFC 8656 §5).
pub const NONCE_LIFETIME: Duration = Duration::from_secs(600);

/// The longest user name, bytes (RFC 8489 §14.3).
pub const USERNAME_BYTES: usize = 508;

/// How far ahead credentials may expire. Ours last ten minutes; the rest is for clocks that differ.
pub const LONGEST_CREDENTIALS: Duration = Duration::from_secs(86_400);

/// The shortest secret that is taken, bytes.
pub const SECRET_BYTES: usize = 16;
