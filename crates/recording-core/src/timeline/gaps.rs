use crate::limits;
use serde::{Deserialize, Serialize};

/// Why time of a track is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapCause {
    /// The track had not begun.
    NotStarted,
    /// The sender sent nothing: pause in speech, mute, hold, camera off, or the end. Nothing was lost.
    NotSent,
    /// Packets did not arrive, or pictures could not be decoded without them.
    Lost,
    /// The sender stopped and came back with another clock: an interruption on a phone, or a rejoin.
    Interrupted,
    /// Frames were dropped on the way to the disk because it was too slow.
    Dropped,
    /// The disk refused what was to be written.
    Disk,
    /// Someone paused the recording: what was said is not kept on purpose.
    Paused,
}

impl GapCause {
    /// True when something that was sent is missing.
    pub fn is_loss(self) -> bool {
        matches!(self, Self::Lost | Self::Interrupted | Self::Dropped | Self::Disk)
    }
}

/// Missing time of one track, stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// True for the picture, false for the sound.
    pub video: bool,
    /// Milliseconds after the call's epoch.
    pub start_ms: u64,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Why.
    pub cause: GapCause,
}

/// The stated gaps of one track, in order, close ones of one cause joined.
#[derive(Debug, Default)]
pub struct GapList {
    gaps: Vec<Gap>,
}

impl GapList {
    /// States `duration_us` of missing time from `start_us`, if it is long enough to be stated.
    pub fn add(&mut self, video: bool, start_us: u64, duration_us: u64, cause: GapCause) {
        if u128::from(duration_us) < limits::STATED_GAP.as_micros() {
            return;
        }
        let start_ms = start_us / 1_000;
        let end_ms = (start_us + duration_us) / 1_000;
        let merge_ms = limits::GAP_MERGE.as_millis() as u64;
        if let Some(last) = self.gaps.last_mut()
            && last.cause == cause
            && start_ms <= last.start_ms + last.duration_ms + merge_ms
        {
            last.duration_ms = end_ms.saturating_sub(last.start_ms).max(last.duration_ms);
        } else if self.gaps.len() < limits::STATED_GAPS {
            self.gaps.push(Gap { video, start_ms, duration_ms: end_ms - start_ms, cause });
        }
    }

    /// All gaps stated so far.
    pub fn stated(&self) -> &[Gap] {
        &self.gaps
    }
}
