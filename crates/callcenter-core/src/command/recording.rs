//! What is set of recording configurations.

use model::RecordingMedia;

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
}

/// What is set of an agent's recording configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentRecordingFields {
    /// The account's configuration holds. Then no direction need be named.
    pub use_default: bool,
    /// What holds otherwise.
    pub recording: RecordingFields,
}
