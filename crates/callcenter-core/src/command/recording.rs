//! What can be asked of recordings.

use crate::row::SegmentRow;
use model::{AgentId, LegId, RecordingMedia, SegmentId};

/// What is recorded, and what is deleted of it.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordingCommand {
    /// Set what is recorded of the account's calls that begin from now on.
    SetAccount {
        /// What is set. Only `enabled` changes while recording is enabled.
        fields: RecordingFields,
        /// Refuse when something is set already.
        only_new: bool,
    },
    /// Set what is recorded of one agent's calls.
    SetAgent {
        /// The agent.
        agent: AgentId,
        /// What is set. Only `enabled` changes while recording is enabled.
        fields: AgentRecordingFields,
        /// Refuse when something is set already.
        only_new: bool,
    },
    /// Keep nothing of a call that is being recorded from now on, or everything again.
    SetPaused {
        /// The leg of the agent who has the call.
        leg: LegId,
        /// Whether nothing is kept.
        paused: bool,
        /// Who wants it, by name.
        by: String,
    },
    /// A leg talks, and the recorder hears nothing of it; or it does again.
    SetSilent {
        /// The leg.
        leg: LegId,
        /// False when all is well again.
        silent: bool,
    },
    /// Delete a recording's files for good.
    Delete {
        /// The segment's rows as the store has them.
        rows: Vec<SegmentRow>,
        /// Who wants it, by name.
        by: String,
    },
    /// The recorder says that a segment's files are gone.
    Deleted {
        /// The segment.
        segment: SegmentId,
    },
    /// The recorder is of a release that merges no files.
    CannotCompose,
}

/// What is set of a recording configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordingFields {
    /// Calls that customers begin. This or `outbound` must be true.
    pub inbound: bool,
    /// Calls that agents begin.
    pub outbound: bool,
    /// What is recorded of them.
    pub media: RecordingMedia,
    /// Calls that begin from now on are recorded.
    pub enabled: bool,
    /// The files of a call's legs are merged into one. Nothing is set of it for single agents.
    pub auto_compose: bool,
}

/// What is set of an agent's recording configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentRecordingFields {
    /// The account's configuration holds. Then no direction need be named.
    pub use_default: bool,
    /// What holds otherwise.
    pub recording: RecordingFields,
}
