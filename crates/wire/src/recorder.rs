//! Commands to the recorder and the facts it reports.

use model::{
    AccountId, CallDirection, CallId, ConversationId, LegId, MediaTime, ParticipantType, RecordingMedia, SegmentId,
    TrackKind, WallTime,
};
use serde::{Deserialize, Serialize};

/// What signaling asks of the recorder. Repeating a command is harmless.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Start writing a leg's tracks.
    Start(Box<SegmentStart>),
    /// Finish a leg's segment: no more frames will come.
    Stop {
        /// The segment to finish.
        segment: SegmentId,
    },
    /// Keep nothing of a segment that is being written, or everything again. The time between is a stated gap.
    SetPaused {
        /// The segment.
        segment: SegmentId,
        /// Whether nothing is kept.
        paused: bool,
    },
    /// Remove a finished segment's files, leaving a tombstone.
    Delete {
        /// The segment to remove.
        segment: SegmentId,
    },
    /// Tell again what became of these segments, as far as they are complete: the facts may have been lost.
    Tell {
        /// The segments.
        segments: Vec<SegmentId>,
    },
    /// Merge finished segments into one file. What becomes of it is told as of a segment, and it is deleted as one.
    Compose(Box<ComposeOrder>),
}

/// Everything the recorder must know to merge segments, and to do so again after a crash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposeOrder {
    /// The merged file.
    pub segment: SegmentId,
    /// Whose recording.
    pub account: AccountId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The call; of a whole conversation, its first one.
    pub call: CallId,
    /// Display name of the agent, for the file's name.
    pub agent_name: String,
    /// Display name of the customer, for the file's name.
    pub customer_name: String,
    /// Direction of the call.
    pub direction: CallDirection,
    /// What was recorded.
    pub media: RecordingMedia,
    /// When the call's recording began, UTC.
    pub started_at: WallTime,
    /// What is merged; the merged file lies beside the first of them.
    pub sources: Vec<ComposeSource>,
}

/// A finished segment that is merged with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposeSource {
    /// The segment.
    pub segment: SegmentId,
    /// Path of its file, as it was told.
    pub path: String,
    /// Who speaks: agents are heard left, customers right.
    pub participant: ParticipantType,
    /// Where the epoch of its call stands in the merged file, milliseconds.
    pub offset_ms: u64,
}

/// Everything the recorder must know to write a segment and to recover it after a crash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentStart {
    /// The segment. A screen share of the same leg is written beside it under the same id with the suffix `-screen`.
    pub segment: SegmentId,
    /// Whose recording.
    pub account: AccountId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// The call: all segments of one call share its timeline.
    pub call: CallId,
    /// The leg that is recorded.
    pub leg: LegId,
    /// Who speaks on that leg.
    pub participant: ParticipantType,
    /// Identity of who speaks.
    pub identity: String,
    /// Display name of who speaks.
    pub display_name: String,
    /// Display name of the call's agent, for file names.
    pub agent_name: String,
    /// Display name of the customer, for file names.
    pub customer_name: String,
    /// Direction of the call.
    pub direction: CallDirection,
    /// What to record.
    pub media: RecordingMedia,
    /// When the call's recording began, UTC.
    pub started_at: WallTime,
    /// Zero of the call's recording timeline on the engine's clock: the same for all its segments.
    pub epoch: MediaTime,
}

/// Facts from the recorder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The first frame reached the file.
    Started {
        /// The segment.
        segment: SegmentId,
    },
    /// A file is complete, with duration and index. A leg with a screen share reports two files.
    Finished(Box<SegmentFile>),
    /// Nothing could be kept.
    Failed {
        /// The segment.
        segment: SegmentId,
        /// What went wrong, for an operator.
        reason: String,
    },
    /// Frames were lost on the way to the disk; the call goes on.
    Behind {
        /// The segment.
        segment: SegmentId,
        /// Frames dropped since the last report.
        dropped: u64,
        /// What went wrong, for an operator.
        reason: String,
    },
    /// Nothing but silence has come from a leg for ten seconds, or sound comes again. Told again with each repeat of the
    /// segment's start.
    Silent {
        /// The segment.
        segment: SegmentId,
        /// The leg.
        leg: LegId,
        /// False when sound comes again.
        silent: bool,
    },
    /// A video track waits for a keyframe; signaling passes the wish on to the engine.
    KeyframeNeeded {
        /// The leg that sends the video.
        leg: LegId,
        /// Camera or screen.
        track: TrackKind,
    },
    /// The files of a segment are gone.
    Deleted {
        /// The segment.
        segment: SegmentId,
    },
    /// The segments that are being recorded: the answer to every new connection of signaling, after all facts of
    /// before.
    Holds {
        /// The segments.
        segments: Vec<SegmentId>,
    },
    /// The recorder is of an earlier release and knows no such command.
    Unsupported {
        /// The command's type.
        command: String,
    },
}

/// A finished recording file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentFile {
    /// The segment it belongs to.
    pub segment: SegmentId,
    /// Whose recording.
    pub account: AccountId,
    /// The call.
    pub call: CallId,
    /// The leg.
    pub leg: LegId,
    /// True for the leg's shared screen, false for its voice and camera.
    pub screen: bool,
    /// What the file holds.
    pub media: RecordingMedia,
    /// Path under the recorder's folder, with `/`.
    pub path: String,
    /// Name under which people download it.
    pub file_name: String,
    /// MIME type: `audio/ogg`, `video/webm` or `video/mp4`.
    pub mime: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Stated gaps, in milliseconds of the whole.
    pub gaps_ms: u64,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// The recorder died or was shut down before the leg ended; what it had was completed.
    pub recovered: bool,
}
