//! What an account may set, with its defaults, and what is fixed.

use crate::recording::RecordingConfig;
use model::RecordingMedia;
use serde::{Deserialize, Deserializer, Serialize};
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
    /// What is recorded; nothing when absent.
    #[serde(default, deserialize_with = "recording")]
    pub recording: Option<RecordingConfig>,
}

/// Releases before agents and directions could be set apart kept what is recorded of all calls.
fn recording<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RecordingConfig>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Config(RecordingConfig),
        OfAllCalls(RecordingMedia),
    }
    Ok(Option::<Stored>::deserialize(from)?.map(|stored| match stored {
        Stored::Config(config) => config,
        Stored::OfAllCalls(media) => {
            let enabled_changed_at = None;
            RecordingConfig {
                inbound: true,
                outbound: true,
                media,
                enabled: true,
                enabled_changed_at,
                auto_compose: false,
            }
        }
    }))
}

/// What is to be changed of an account's settings. What is absent stays as it is by then, so that of two people who change
/// different settings at once both get theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// See [`AccountSettings::wrap_up_seconds`].
    pub wrap_up_seconds: Option<u32>,
    /// See [`AccountSettings::wrap_up_can_extend`].
    pub wrap_up_can_extend: Option<bool>,
    /// See [`AccountSettings::wrap_up_enabled`].
    pub wrap_up_enabled: Option<bool>,
    /// See [`AccountSettings::ring_inbound_seconds`].
    pub ring_inbound_seconds: Option<u32>,
    /// See [`AccountSettings::ring_outbound_seconds`].
    pub ring_outbound_seconds: Option<u32>,
    /// See [`AccountSettings::capacity`].
    pub capacity: Option<u32>,
}

impl SettingsChange {
    /// The settings as they are afterwards.
    pub(crate) fn of(self, now: &AccountSettings) -> AccountSettings {
        AccountSettings {
            wrap_up_seconds: self.wrap_up_seconds.unwrap_or(now.wrap_up_seconds),
            wrap_up_can_extend: self.wrap_up_can_extend.unwrap_or(now.wrap_up_can_extend),
            wrap_up_enabled: self.wrap_up_enabled.unwrap_or(now.wrap_up_enabled),
            ring_inbound_seconds: self.ring_inbound_seconds.unwrap_or(now.ring_inbound_seconds),
            ring_outbound_seconds: self.ring_outbound_seconds.unwrap_or(now.ring_outbound_seconds),
            capacity: self.capacity.unwrap_or(now.capacity),
            recording: now.recording,
        }
    }
}

/// Everything but what is recorded, which has a command of its own, is to be as here.
impl From<AccountSettings> for SettingsChange {
    fn from(all: AccountSettings) -> Self {
        Self {
            wrap_up_seconds: Some(all.wrap_up_seconds),
            wrap_up_can_extend: Some(all.wrap_up_can_extend),
            wrap_up_enabled: Some(all.wrap_up_enabled),
            ring_inbound_seconds: Some(all.ring_inbound_seconds),
            ring_outbound_seconds: Some(all.ring_outbound_seconds),
            capacity: Some(all.capacity),
        }
    }
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
