use model::{
    AgentId, CallDirection, CallId, ConversationId, LegId, ParticipantType, QueueId, RecordingMedia, SegmentId,
    WallTime,
};
use serde::{Deserialize, Serialize};

/// State of a recording file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SegmentState {
    /// Being written.
    Recording,
    /// Complete.
    Finished,
    /// Nothing could be kept.
    Failed,
    /// Nobody can reach it any more; the recorder has not removed it yet.
    Deleting,
    /// Removed; the row stays.
    Deleted,
}

impl SegmentState {
    /// Nothing more is to come of it.
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Recording | Self::Deleting)
    }
}

/// A recording file, or what is left of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// Key, together with `screen`.
    pub id: SegmentId,
    /// The leg's shared screen rather than its voice and camera.
    pub screen: bool,
    /// The conversation.
    pub conversation: ConversationId,
    /// The call.
    pub call: CallId,
    /// The leg.
    pub leg: LegId,
    /// Who speaks.
    pub participant: ParticipantType,
    /// The agent who speaks, or who handled the call.
    pub agent: Option<AgentId>,
    /// Name of who speaks.
    pub display_name: String,
    /// State.
    pub state: SegmentState,
    /// What it holds.
    pub media: RecordingMedia,
    /// Path under the recorder's folder.
    pub path: Option<String>,
    /// Name for downloads.
    pub file_name: Option<String>,
    /// MIME type.
    pub mime: Option<String>,
    /// Size in bytes.
    pub bytes: Option<u64>,
    /// Length in milliseconds.
    pub duration_ms: Option<u64>,
    /// Stated gaps in milliseconds.
    pub gaps_ms: Option<u64>,
    /// SHA-256, lower-case hex.
    pub sha256: Option<String>,
    /// Why it failed.
    pub reason: Option<String>,
    /// When the recording began.
    pub started_at: WallTime,
    /// Who had it deleted, and when.
    pub deleted: Option<Deletion>,
    /// What it is found by besides.
    pub origin: SegmentOrigin,
    /// How it is merged from others. Such a row has leg, participant and name of the first of them; they mean nothing.
    pub composed: Option<Box<ComposedFile>>,
}

/// The call and the party that a recording file comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentOrigin {
    /// Zero of the file's time, UTC: the call's recording began then.
    pub began_at: WallTime,
    /// Direction of the call.
    pub direction: CallDirection,
    /// Id of who speaks: of an agent or a customer. Absent when it is more than one.
    pub participant: Option<String>,
    /// Identity of who speaks. Absent when it is more than one.
    pub identity: Option<String>,
    /// The agent who had the call before.
    pub transferred_from: Option<AgentId>,
    /// The agent who got the call after.
    pub transferred_to: Option<AgentId>,
    /// The queue whose call it was before it was handed over.
    pub transferred_from_queue: Option<QueueId>,
    /// The queue that the call was handed over to after.
    pub transferred_to_queue: Option<QueueId>,
}

/// What a merged file is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposedFile {
    /// Display name of the call's first agent, for the file's name.
    pub agent_name: String,
    /// Display name of the customer, for the file's name.
    pub customer_name: String,
    /// Direction of the call.
    pub direction: CallDirection,
    /// When the call's recording began, UTC.
    pub epoch: WallTime,
    /// No more sources come.
    pub is_over: bool,
    /// What is merged, in the order of its beginning.
    pub sources: Vec<ComposedSource>,
}

/// A file that is merged with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposedSource {
    /// The segment.
    pub segment: SegmentId,
    /// Who speaks.
    pub participant: ParticipantType,
    /// Where the epoch of its call stands in the merged file, milliseconds.
    pub offset_ms: u64,
    /// What became of it.
    pub state: SourceState,
}

/// What became of a file that is to be merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SourceState {
    /// It is being recorded.
    Open,
    /// It is complete.
    Kept {
        /// Path under the recorder's folder.
        path: String,
    },
    /// There is no such file.
    Missing,
}

impl ComposedFile {
    /// Of all that is to be merged it is known what became of it.
    pub fn is_ready(&self) -> bool {
        self.is_over && self.sources.iter().all(|source| source.state != SourceState::Open)
    }

    /// What there is to merge, and the paths.
    pub fn kept(&self) -> impl Iterator<Item = (&ComposedSource, &String)> {
        self.sources.iter().filter_map(|source| match &source.state {
            SourceState::Kept { path } => Some((source, path)),
            SourceState::Open | SourceState::Missing => None,
        })
    }
}

/// A deletion, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When, UTC.
    pub at: WallTime,
    /// Name of the person, or of the program's key.
    pub by: String,
}
