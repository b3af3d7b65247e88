//! The thread that writes live files.
//!
//! One turn: take what came (bounded), state what was dropped, and every [`limits::WRITE_EVERY`] write each file.

mod clock;
mod leg;
mod live_file;
mod outbox;

use crate::finisher::{Claims, Job};
use crate::handle::Shared;
use crate::keys::Keys;
use crate::{disk, limits};
use clock::MediaClock;
use leg::LegRecording;
use live_file::LiveFile;
use model::{LegId, SegmentId};
use outbox::Outbox;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, mpsc};
use std::time::Instant;
use tokio::sync::mpsc as events;
use wire::recorder::{Command, Event, SegmentStart};
use wire::tap::TapFrame;

/// What reaches the writer.
#[derive(Debug)]
pub(crate) enum Input {
    /// Together, as the media thread handed them over.
    Taps(Vec<TapFrame>),
    /// And when it was given: where many segments end at once, the last waits for the others, and its file shall not.
    Command(Command, Instant),
    End,
}

pub(crate) struct Writer {
    dir: PathBuf,
    keys: Keys,
    jobs: mpsc::Sender<Job>,
    syncs: mpsc::SyncSender<()>,
    claims: Claims,
    shared: Arc<Shared>,
    outbox: Outbox,
    clock: MediaClock,
    legs: BTreeMap<LegId, LegRecording>,
    /// Files that get no more frames but are not yet written to their end.
    closing: Vec<LiveFile>,
    /// Segments to delete once their files are complete.
    deletes: BTreeSet<SegmentId>,
    next_write: Instant,
    next_sync: Instant,
    ending: bool,
}

impl Writer {
    pub(crate) fn new(
        dir: PathBuf,
        keys: Keys,
        events: events::Sender<Event>,
        jobs: mpsc::Sender<Job>,
        syncs: mpsc::SyncSender<()>,
        claims: Claims,
        shared: Arc<Shared>,
    ) -> Self {
        let now = Instant::now();
        Self {
            dir,
            keys,
            jobs,
            syncs,
            claims,
            shared,
            outbox: Outbox::new(events),
            clock: MediaClock::new(now),
            legs: BTreeMap::new(),
            closing: Vec::new(),
            deletes: BTreeSet::new(),
            next_write: now + limits::WRITE_EVERY,
            next_sync: now + limits::SYNC_EVERY,
            ending: false,
        }
    }

    pub(crate) fn run(mut self, inputs: mpsc::Receiver<Input>) {
        while !(self.ending && self.legs.is_empty() && self.closing.is_empty()) {
            let wait = self.next_write.saturating_duration_since(Instant::now());
            match inputs.recv_timeout(wait) {
                Ok(first) => {
                    self.take(first);
                    inputs.try_iter().take(limits::INPUTS_PER_TURN).for_each(|input| self.take(input));
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => self.end(),
            }
            self.state_dropped();
            if Instant::now() >= self.next_write {
                self.write();
            }
            self.outbox.send();
        }
    }

    fn take(&mut self, input: Input) {
        self.shared.taken(&input);
        match input {
            Input::Taps(frames) => frames.into_iter().for_each(|frame| self.take_frame(frame)),
            Input::Command(command, given) => self.take_command(command, given),
            Input::End => self.end(),
        }
    }

    fn take_frame(&mut self, frame: TapFrame) {
        self.clock.observe(frame.arrival, Instant::now());
        if let Some(leg) = self.legs.get_mut(&frame.leg) {
            leg.push(&frame, &self.dir, &self.claims, &mut self.outbox);
        }
    }

    fn take_command(&mut self, command: Command, given: Instant) {
        match command {
            Command::Start(start) => self.start(*start, given),
            Command::Stop { segment } => self.stop(segment, given),
            Command::SetPaused { segment, paused } => {
                let now = self.clock.now(given);
                if let Some(leg) = self.legs.values_mut().find(|leg| leg.segment() == segment) {
                    leg.set_paused(paused, now);
                }
            }
            Command::Delete { segment } => {
                self.stop(segment, given);
                self.deletes.insert(segment);
                self.submit_deletes();
            }
            Command::Tell { segments } => self.submit(Job::TellAll(segments)),
            Command::Compose(order) => self.submit(Job::Compose(order)),
        }
    }

    fn start(&mut self, start: SegmentStart, given: Instant) {
        let (segment, leg) = (start.segment, start.leg);
        match self.legs.get(&leg).map(LegRecording::segment) {
            Some(same) if same == segment => return self.legs[&leg].repeat_silence(&mut self.outbox),
            // A leg has one segment at a time: the new one ends the old.
            Some(old) => self.stop(old, given),
            None => {}
        }
        if self.closing.iter().any(|file| file.segment() == segment) {
            return;
        }
        let folder = disk::folder(&self.dir, &start);
        if LegRecording::exists(&folder, segment) {
            // Written by an earlier run, or stopped: its end is told again when it is known.
            self.submit(Job::Tell(folder, segment));
            return;
        }
        if self.legs.len() >= limits::SEGMENTS {
            let reason = format!("{} segments are being recorded, no more are possible", limits::SEGMENTS);
            self.outbox.push(Event::Failed { segment, reason });
            return;
        }
        self.legs.insert(leg, LegRecording::begin(start, &self.dir, &self.keys, &self.claims, &mut self.outbox));
        tracing::info!(%segment, %leg, "recording started");
    }

    fn stop(&mut self, segment: SegmentId, at: Instant) {
        let Some(leg) = self.legs.iter().find(|(_, leg)| leg.segment() == segment).map(|(id, _)| *id) else { return };
        let until = self.clock.now(at);
        if let Some(recording) = self.legs.remove(&leg) {
            self.closing.extend(recording.close(until, self.ending));
        }
        self.write_closing();
    }

    fn end(&mut self) {
        self.ending = true;
        let open: Vec<SegmentId> = self.legs.values().map(LegRecording::segment).collect();
        let now = Instant::now();
        open.into_iter().for_each(|segment| self.stop(segment, now));
    }

    fn state_dropped(&mut self) {
        for ((leg, track), count) in self.shared.take_dropped() {
            if let Some(leg) = self.legs.get_mut(&leg) {
                leg.note_dropped(track, count);
            }
        }
    }

    fn write(&mut self) {
        let now = Instant::now();
        self.next_write = now + limits::WRITE_EVERY;
        let media_now = self.clock.now(now);
        for leg in self.legs.values_mut() {
            leg.write(media_now, now, &self.shared.counters, &mut self.outbox);
        }
        self.write_closing();
        if now >= self.next_sync {
            self.next_sync = now + limits::SYNC_EVERY;
            self.legs.values_mut().for_each(LegRecording::save_gaps);
            // A full channel means that the last one is still at work.
            let _ = self.syncs.try_send(());
        }
        let counters = &self.shared.counters;
        counters.recording.store(self.legs.values().map(|leg| leg.files() as u64).sum(), Relaxed);
    }

    fn write_closing(&mut self) {
        let now = Instant::now();
        for mut file in std::mem::take(&mut self.closing) {
            file.write(now, &self.shared.counters, &mut self.outbox);
            if !file.is_closed(now) {
                self.closing.push(file);
                continue;
            }
            match file.into_finishing() {
                Ok(closed) => {
                    self.shared.counters.finishing.fetch_add(1, Relaxed);
                    self.submit(Job::Complete(closed));
                }
                Err((segment, reason)) => {
                    self.shared.counters.failed.fetch_add(1, Relaxed);
                    self.outbox.push(Event::Failed { segment, reason });
                }
            }
        }
        self.submit_deletes();
    }

    /// Deletions follow the completion of what they delete.
    fn submit_deletes(&mut self) {
        let closing: BTreeSet<SegmentId> = self.closing.iter().map(LiveFile::segment).collect();
        let (wait, ready) =
            std::mem::take(&mut self.deletes).into_iter().partition(|segment| closing.contains(segment));
        self.deletes = wait;
        ready.into_iter().for_each(|segment| self.submit(Job::Delete(segment)));
    }

    fn submit(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the thread that finishes recordings is gone; the next start completes them");
        }
    }
}
