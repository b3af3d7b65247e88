//! What is kept of hold configurations.

use crate::audio::Music;
use crate::waiting::row::PeriodicMessage;
use model::{HoldConfigId, QueueId, WallTime};
use serde::{Deserialize, Serialize};

/// What customers on hold hear in calls of some queues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldConfigRow {
    /// Key.
    pub id: HoldConfigId,
    /// What was set.
    pub fields: HoldConfigFields,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// What is set of a hold configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldConfigFields {
    /// 1 to 128 characters.
    pub name: String,
    /// What plays: silence when it is off, the music that comes with the program when it is absent.
    pub music: Option<Music>,
    /// What interrupts the music.
    pub announcement: Option<PeriodicMessage>,
    /// Whose calls it is for.
    pub queues: Vec<QueueId>,
    /// It counts. Otherwise the default configuration does.
    pub enabled: bool,
    /// It is for the calls of all queues without one that counts.
    pub is_default: bool,
}
