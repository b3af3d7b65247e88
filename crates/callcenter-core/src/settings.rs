//! What an account may set, with its defaults, and what is fixed.

use model::RecordingMedia;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a leg may be gone and still come back.
pub const RECONNECT_WINDOW: Duration = Duration::from_secs(30);
/// A console unheard of for so long makes its agent unavailable for new calls.
pub const HEARTBEAT_LEASE: Duration = Duration::from_secs(15);
/// Added to a wrap-up by one press of *+10 seconds*.
pub const WRAP_UP_STEP: Duration = Duration::from_secs(10);
/// How long an answered leg may take to bring its media up before it counts as failed.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Life of a call link whose creator gave no end.
pub const LINK_DEFAULT_LIFE: Duration = Duration::from_hours(24);
/// From one announcement to the next where nothing was set.
pub const ANNOUNCEMENT_INTERVAL: Duration = Duration::from_secs(10);
/// Added to a last message's length before the call ends, so that its end is heard after the way to the caller.
pub const LAST_MESSAGE_TAIL: Duration = Duration::from_millis(500);

/// Settings of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// Wrap-up after a call, in seconds; 0 to 3600.
    pub wrap_up_seconds: u32,
    /// Agents may add time to a running wrap-up.
    pub wrap_up_can_extend: bool,
    /// Calls are followed by a wrap-up at all.
    pub wrap_up_enabled: bool,
    /// How long one agent's page rings, in seconds; 3 to 60.
    pub ring_inbound_seconds: u32,
    /// How long a called customer rings, in seconds; 3 to 60.
    pub ring_outbound_seconds: u32,
    /// Conversations that an agent can have at once beside a call, 1 to 1000.
    #[serde(default = "default_capacity")]
    pub capacity: u32,
    /// What is recorded of calls that start from now on; nothing when absent.
    pub recording: Option<RecordingMedia>,
}

fn default_capacity() -> u32 {
    5
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            wrap_up_seconds: 30,
            wrap_up_can_extend: true,
            wrap_up_enabled: true,
            ring_inbound_seconds: 30,
            ring_outbound_seconds: 45,
            capacity: default_capacity(),
            recording: None,
        }
    }
}
