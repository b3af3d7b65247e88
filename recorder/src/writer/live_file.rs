use super::outbox::Outbox;
use crate::finisher::Closed;
use crate::stats::Counters;
use crate::steps::step;
use crate::{disk, limits};
use model::SegmentId;
use recording_core::mux::{LiveTracks, LiveWriter};
use recording_core::segment::{FileRole, Manifest, State, WrappedKey};
use recording_core::timeline::{Gap, GapCause};
use recording_core::{Assembler, Block, BlockTrack};
use sealed::{DataKey, LiveSealer};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;
use wire::recorder::Event;

/// One file being recorded: its tracks, its manifest, and the part of the live file that grows.
///
/// A write that fails leaves a torn cluster, which readers cut off; the part is given up and the next write begins a
/// new one. What cannot be written waits in a bounded backlog and then becomes a gap.
#[derive(Debug)]
pub(super) struct LiveFile {
    folder: PathBuf,
    root: PathBuf,
    manifest: Manifest,
    /// All parts are sealed with it; without one they are plain.
    key: Option<DataKey>,
    assembler: Assembler,
    part: Option<Part>,
    next_part: u32,
    backlog: VecDeque<Block>,
    backlog_bytes: usize,
    retry_at: Option<Instant>,
    disk_gaps: Vec<Gap>,
    unreported: u64,
    last_report: Option<Instant>,
    reason: String,
    has_video: bool,
    started: bool,
    saved_gaps: usize,
    close_by: Option<Instant>,
    cut_short: bool,
}

#[derive(Debug)]
struct Part {
    writer: LiveWriter,
    sealer: Option<LiveSealer>,
    file: File,
    path: PathBuf,
    /// First and last place in it, milliseconds.
    span_ms: Option<(u64, u64)>,
}

impl LiveFile {
    /// Begins a file: the manifest is durable before the first byte of media. If the disk refuses, the writes to come
    /// try again.
    pub(super) fn begin(
        folder: PathBuf,
        root: PathBuf,
        mut manifest: Manifest,
        key: Option<(DataKey, WrappedKey)>,
        assembler: Assembler,
        outbox: &mut Outbox,
    ) -> Self {
        let (key, wrapped) = key.unzip();
        manifest.live_key = wrapped;
        let mut file = Self {
            folder,
            root,
            manifest,
            key,
            assembler,
            part: None,
            next_part: 1,
            backlog: VecDeque::new(),
            backlog_bytes: 0,
            retry_at: None,
            disk_gaps: Vec::new(),
            unreported: 0,
            last_report: None,
            reason: String::new(),
            has_video: false,
            started: false,
            saved_gaps: 0,
            close_by: None,
            cut_short: false,
        };
        if let Err(error) = file.ensure_manifest() {
            file.trouble(&error, Instant::now());
            file.report(Instant::now(), outbox);
        }
        file
    }

    pub(super) fn segment(&self) -> SegmentId {
        self.manifest.segment()
    }

    pub(super) fn assembler(&mut self) -> &mut Assembler {
        &mut self.assembler
    }

    pub(super) fn note_dropped(&mut self, count: u64, reason: &str) {
        self.unreported += count;
        self.manifest.frames_dropped += count;
        self.reason = reason.into();
    }

    /// Writes what came since the last time.
    pub(super) fn write(&mut self, now: Instant, counters: &Counters, outbox: &mut Outbox) {
        for block in self.assembler.take_blocks() {
            self.has_video |= block.track == BlockTrack::Video;
            self.backlog_bytes += block.payload.len();
            self.backlog.push_back(block);
        }
        if !self.backlog.is_empty() && self.retry_at.is_none_or(|at| now >= at) {
            match self.write_backlog(counters) {
                Ok(()) => self.written(outbox),
                Err(error) => {
                    counters.write_errors.fetch_add(1, Relaxed);
                    self.trouble(&error, now);
                }
            }
        }
        self.bound_backlog(counters);
        self.report(now, outbox);
    }

    fn written(&mut self, outbox: &mut Outbox) {
        if self.retry_at.take().is_some() {
            tracing::info!(segment = %self.segment(), "recording goes on");
        }
        if !self.started && self.manifest.role == FileRole::Main {
            outbox.push(Event::Started { segment: self.segment() });
        }
        self.started = true;
    }

    /// Writes cluster by cluster, so that what is whole on disk no longer waits. A part that fails after it had taken
    /// something is replaced at once; a second failure is the disk's.
    fn write_backlog(&mut self, counters: &Counters) -> io::Result<()> {
        if self.part.as_ref().is_some_and(|part| !part.is_in_place()) {
            counters.write_errors.fetch_add(1, Relaxed);
            self.state_vanished();
        }
        let tracks = LiveTracks {
            audio: self.manifest.role == FileRole::Main,
            video: self.assembler.video_format().filter(|_| self.has_video).cloned(),
        };
        while !self.backlog.is_empty() {
            if self.part.as_ref().is_none_or(|part| *part.writer.tracks() != tracks) {
                self.part = Some(self.open_part(tracks.clone())?);
            }
            let part = self.part.as_mut().expect("a part was opened");
            let (bytes, taken) = part.cluster(self.backlog.iter());
            let first_of_part = part.span_ms.is_none();
            step();
            if let Err(error) = part.file.write_all(&bytes) {
                self.part = None;
                if first_of_part {
                    return Err(error);
                }
                counters.write_errors.fetch_add(1, Relaxed);
                continue;
            }
            counters.bytes.fetch_add(bytes.len() as u64, Relaxed);
            for block in self.backlog.drain(..taken) {
                let at_ms = block.place_us / 1_000;
                let begin = part.span_ms.map_or(at_ms, |span| span.0);
                part.span_ms = Some((begin, at_ms));
                self.backlog_bytes -= block.payload.len();
            }
        }
        Ok(())
    }

    /// The folder, or this part in it, was removed while we wrote: what was in it is lost.
    fn state_vanished(&mut self) {
        let Some(part) = self.part.take() else { return };
        tracing::error!(path = %part.path.display(), "a live recording was removed while it was written");
        self.reason = format!("{} was removed while it was written", part.path.display());
        if let Some((start_ms, end_ms)) = part.span_ms {
            self.unreported += 1;
            let duration_ms = end_ms.saturating_sub(start_ms);
            self.disk_gaps.push(Gap { video: false, start_ms, duration_ms, cause: GapCause::Disk });
        }
    }

    fn open_part(&mut self, tracks: LiveTracks) -> io::Result<Part> {
        self.ensure_manifest()?;
        if self.next_part > limits::PARTS {
            return Err(io::Error::other("the live file has too many parts"));
        }
        let writer = LiveWriter::new(tracks);
        let name = disk::part_name(&self.manifest.stem(), self.next_part, writer.tracks().extension());
        let path = self.folder.join(name);
        step();
        let file = OpenOptions::new().append(true).create_new(true).open(&path)?;
        let sealer = self.key.as_ref().map(LiveSealer::new);
        let mut part = Part { writer, sealer, file, path, span_ms: None };
        let head = part.head();
        step();
        if let Err(error) = part.file.write_all(&head) {
            disk::remove(&part.path)?;
            return Err(error);
        }
        self.next_part += 1;
        disk::sync_folder(&part.path)?;
        Ok(part)
    }

    fn ensure_manifest(&mut self) -> io::Result<()> {
        if disk::manifest_path(&self.folder, &self.manifest).exists() {
            return Ok(());
        }
        disk::make_folder(&self.folder, &self.root)?;
        disk::write_manifest(&self.folder, &self.manifest)
    }

    fn trouble(&mut self, error: &io::Error, now: Instant) {
        if self.retry_at.is_none() {
            tracing::error!(%error, segment = %self.segment(), "a recording cannot be written; the call goes on");
            self.last_report = None;
        }
        self.reason = format!("cannot write to {}: {error}", self.folder.display());
        self.retry_at = Some(now + limits::RETRY_WRITE_AFTER);
    }

    /// Gives up the oldest blocks when too many wait, and states what is missing.
    fn bound_backlog(&mut self, counters: &Counters) {
        let mut lost: Option<(u64, u64)> = None;
        while self.backlog_bytes > limits::BACKLOG_BYTES {
            let Some(block) = self.backlog.pop_front() else { return };
            self.backlog_bytes -= block.payload.len();
            self.unreported += 1;
            self.manifest.frames_dropped += 1;
            counters.dropped.fetch_add(1, Relaxed);
            let at_ms = block.place_us / 1_000;
            lost = Some(lost.map_or((at_ms, at_ms), |span| (span.0, at_ms)));
        }
        let Some((start_ms, end_ms)) = lost else { return };
        match self.disk_gaps.last_mut() {
            Some(last) if start_ms <= last.start_ms + last.duration_ms + 100 => {
                last.duration_ms = end_ms.saturating_sub(last.start_ms);
            }
            _ => {
                let duration_ms = end_ms - start_ms;
                self.disk_gaps.push(Gap { video: false, start_ms, duration_ms, cause: GapCause::Disk });
            }
        }
    }

    fn report(&mut self, now: Instant, outbox: &mut Outbox) {
        let due = self.last_report.is_none_or(|last| now.duration_since(last) >= limits::REPORT_EVERY);
        let something = self.unreported > 0 || (self.retry_at.is_some() && self.last_report.is_none());
        if due && something {
            let dropped = std::mem::take(&mut self.unreported);
            outbox.push(Event::Behind { segment: self.segment(), dropped, reason: self.reason.clone() });
            self.last_report = Some(now);
        }
    }

    fn all_gaps(&self) -> Vec<Gap> {
        let mut gaps = self.assembler.gaps();
        gaps.extend(&self.disk_gaps);
        gaps.sort_by_key(|gap| (gap.start_ms, gap.video));
        gaps
    }

    /// Keeps the gaps stated so far for a recovery.
    pub(super) fn save_gaps(&mut self) {
        let gaps = self.all_gaps();
        if gaps.len() == self.saved_gaps || self.part.is_none() {
            return;
        }
        self.saved_gaps = gaps.len();
        self.manifest.gaps = gaps;
        if let Err(error) = disk::write_manifest(&self.folder, &self.manifest) {
            tracing::warn!(%error, segment = %self.segment(), "a manifest cannot be written");
        }
    }

    /// No more frames will come; the disk gets a bounded time to take what waits. `cut_short`: because the recorder
    /// ends, not the leg.
    pub(super) fn close(&mut self, now: Instant, cut_short: bool) {
        self.cut_short = cut_short;
        self.close_by = Some(now + limits::CLOSE_WITHIN);
    }

    pub(super) fn is_closed(&self, now: Instant) -> bool {
        self.backlog.is_empty() || self.close_by.is_some_and(|by| now >= by)
    }

    /// What the finisher needs; an error when the disk never took a byte, so that nothing is there.
    pub(super) fn into_finishing(mut self) -> Result<Closed, (SegmentId, String)> {
        self.manifest.gaps = self.all_gaps();
        self.manifest.frames_dropped += self.backlog.len() as u64;
        let never_written = self.next_part == 1 && !self.backlog.is_empty();
        let next = if never_written { State::Failed } else { State::Finishing };
        self.manifest.failure = never_written.then(|| self.reason.clone());
        self.manifest.state.enter(next).expect("a live file is being recorded");
        if let Err(error) = disk::write_manifest(&self.folder, &self.manifest) {
            tracing::warn!(%error, segment = %self.segment(), "a manifest cannot be written");
        }
        if never_written {
            return Err((self.segment(), self.reason));
        }
        Ok(Closed { folder: self.folder, manifest: Box::new(self.manifest), cut_short: self.cut_short })
    }
}

impl Part {
    /// What the part begins with, as it stands on disk.
    fn head(&mut self) -> Vec<u8> {
        let head = self.writer.head();
        match &mut self.sealer {
            Some(sealer) => [sealer.head(), sealer.seal(&head)].concat(),
            None => head,
        }
    }

    /// The next cluster as it stands on disk, and how many of the blocks it takes.
    fn cluster<'a>(&mut self, blocks: impl Iterator<Item = &'a Block> + Clone) -> (Vec<u8>, usize) {
        let (cluster, taken) = self.writer.cluster(blocks);
        match &mut self.sealer {
            Some(sealer) => (sealer.seal(&cluster), taken),
            None => (cluster, taken),
        }
    }

    /// The name still leads to the file we write.
    fn is_in_place(&self) -> bool {
        let (Ok(named), Ok(open)) = (std::fs::metadata(&self.path), self.file.metadata()) else { return false };
        (named.dev(), named.ino()) == (open.dev(), open.ino())
    }
}
