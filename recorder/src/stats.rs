use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Numbers for metrics. Totals count from the start of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Files whose live part grows.
    pub recording: u64,
    /// Files that wait to be completed.
    pub finishing: u64,
    /// Files completed, total.
    pub finished: u64,
    /// Files completed after a crash, total.
    pub recovered: u64,
    /// Files of which nothing could be kept, total.
    pub failed: u64,
    /// Tap frames that wait for the writer.
    pub frames_waiting: u64,
    /// Tap frames taken, total.
    pub frames: u64,
    /// Tap frames and blocks lost on the way to the disk, total.
    pub dropped: u64,
    /// Bytes written to live files, total.
    pub bytes: u64,
    /// Writes that failed, total.
    pub write_errors: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) recording: AtomicU64,
    pub(crate) finishing: AtomicU64,
    pub(crate) finished: AtomicU64,
    pub(crate) recovered: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) frames_waiting: AtomicU64,
    pub(crate) frames: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) write_errors: AtomicU64,
}

impl Counters {
    pub(crate) fn snapshot(&self) -> Stats {
        Stats {
            recording: self.recording.load(Relaxed),
            finishing: self.finishing.load(Relaxed),
            finished: self.finished.load(Relaxed),
            recovered: self.recovered.load(Relaxed),
            failed: self.failed.load(Relaxed),
            frames_waiting: self.frames_waiting.load(Relaxed),
            frames: self.frames.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            write_errors: self.write_errors.load(Relaxed),
        }
    }
}
