//! Every bound of the recorder, by name.

use std::time::Duration;

/// Tap frames on their way to the writer: about three seconds of 200 legs with voice and camera.
pub(crate) const QUEUED_FRAMES: usize = 65_536;
/// Commands on their way to the writer.
pub(crate) const QUEUED_COMMANDS: usize = 16_384;
/// Facts that nobody has fetched yet; the writer keeps the rest until there is room.
pub(crate) const QUEUED_EVENTS: usize = 8_192;
/// Facts that wait for room; later ones of a kind that only informs are dropped.
pub(crate) const WAITING_EVENTS: usize = 65_536;
/// Inputs taken in one turn before time is looked at again.
pub(crate) const INPUTS_PER_TURN: usize = 8_192;
/// How often live files are written. With the timeline's wait for late packets this keeps what a SIGKILL can take
/// below one second.
pub(crate) const WRITE_EVERY: Duration = Duration::from_millis(400);
/// How often everything written is made durable.
pub(crate) const SYNC_EVERY: Duration = Duration::from_secs(5);
/// How long after a failed write the next is tried.
pub(crate) const RETRY_WRITE_AFTER: Duration = Duration::from_secs(1);
/// How long after a failed completion the next is tried.
pub(crate) const RETRY_FINISH_AFTER: Duration = Duration::from_secs(5);
/// How long the end of a segment waits for a disk that refuses to write.
pub(crate) const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// At a start, facts about files completed within this time are told again.
pub(crate) const TELL_AGAIN: Duration = Duration::from_secs(24 * 3600);
/// Media of one file that wait for a disk that refuses to write.
pub(crate) const BACKLOG_BYTES: usize = 4 << 20;
/// At most one report of lost frames per file in this time.
pub(crate) const REPORT_EVERY: Duration = Duration::from_secs(1);
/// A leg of which nothing but silence came for so long is told of.
pub(crate) const SILENT_AFTER: Duration = Duration::from_secs(10);
/// Parts of one live file.
pub(crate) const PARTS: u32 = 10_000;
/// Characters of one part of a download name.
pub(crate) const NAME_PART_CHARS: usize = 64;
/// Segments being written at once.
pub(crate) const SEGMENTS: usize = 8_192;
/// Bytes of a recording copied at a time.
pub(crate) const COPY_BYTES: usize = 64 << 10;
/// Copies of one name.
pub(crate) const NAMESAKES: u32 = 10_000;
/// Merged files that wait for their turn; those that find no room are found on the disk later.
pub(crate) const QUEUED_COMPOSES: usize = 1_024;
/// How long after a failed merging the next is tried.
pub(crate) const RETRY_COMPOSE_AFTER: Duration = Duration::from_secs(60);
/// How far merging stands behind everything else that wants the processor, as `nice` has it.
pub(crate) const COMPOSE_NICENESS: i32 = 10;
