//! What is kept of the transfer strategy.

use crate::audio::Music;
use crate::waiting::row::PeriodicMessage;
use model::{TransferStrategyId, WallTime};
use serde::{Deserialize, Serialize};

/// What customers hear while it rings at another agent. An account has one at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferStrategyRow {
    /// Key.
    pub id: TransferStrategyId,
    /// What was set.
    pub fields: TransferStrategyFields,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// What is set of the transfer strategy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferStrategyFields {
    /// What plays: nothing when it is off, the music that comes with the program when it is absent.
    pub music: Option<Music>,
    /// What interrupts the music.
    pub announcement: Option<PeriodicMessage>,
}
