//! Every bound of the engine's shell, by name.

use std::time::Duration;

/// Commands that wait for a shard; more are refused.
pub const COMMANDS: usize = 1024;
/// Commands that a shard carries out in one turn.
pub const COMMANDS_PER_TURN: usize = 64;
/// Events that wait for signaling in the channel.
pub const EVENTS: usize = 4096;
/// Events that a shard keeps while the channel is full. Beyond it the oldest are lost.
pub const EVENTS_KEPT: usize = 65_536;
/// Statistics are not kept while so many events wait: newer ones come.
pub const EVENTS_BEFORE_STATS_ARE_DROPPED: usize = 256;
/// The longest wait of a turn.
pub const TURN: Duration = Duration::from_millis(500);
/// The longest wait while events are kept back.
pub const TURN_WHILE_BLOCKED: Duration = Duration::from_millis(10);
/// Shards of one engine.
pub const SHARDS: usize = 256;
/// Legs that were asked for and are not answered yet, as [`crate::Ledger`] remembers them.
pub const NEGOTIATIONS: usize = 4096;
/// Prompts that [`crate::Ledger`] remembers.
pub const PROMPTS: usize = sfu_core::limits::PROMPTS;
/// Room for one datagram of the TURN server; a longer one is dropped.
pub const TURN_DATAGRAM_BYTES: usize = netio::limits::DATAGRAM_BYTES;
/// Datagrams that the TURN server takes from one socket before it sees to the others.
pub const TURN_DATAGRAMS_PER_TURN: usize = 64;
