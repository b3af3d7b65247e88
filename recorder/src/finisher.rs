//! The thread that completes files: first what an earlier run left, then what the writer hands over.

use crate::compose::{self, Accepted};
use crate::composer::ComposeQueue;
use crate::finish::{complete, fact};
use crate::handle::Shared;
use crate::keys::Keys;
use crate::later::Later;
use crate::recover::{self, Merging};
use crate::{disk, limits};
use model::SegmentId;
use recording_core::segment::{Manifest, State};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, mpsc};
use tokio::sync::mpsc as events;
use wire::recorder::{ComposeOrder, Event};

/// Characters of a segment's id, with which its files' names begin.
const SEGMENT_CHARS: usize = 36;

/// What the writer asks for.
#[derive(Debug)]
pub(crate) enum Job {
    /// Complete a file whose live parts no longer grow.
    Complete(Closed),
    /// Remove a segment's files.
    Delete(SegmentId),
    /// Tell again what became of a segment.
    Tell(PathBuf, SegmentId),
    /// Tell again what became of these segments, wherever they lie.
    TellAll(Vec<SegmentId>),
    /// Merge finished files.
    Compose(Box<ComposeOrder>),
}

/// A file to be completed.
#[derive(Debug)]
pub(crate) struct Closed {
    pub(crate) folder: PathBuf,
    pub(crate) manifest: Box<Manifest>,
    /// The recorder ended before the leg did: signaling is told `recovered`, so that it records on.
    pub(crate) cut_short: bool,
}

/// Stems of files that the writer of this run opened while recovery was at work, which leaves them alone. `None`
/// once recovery is done.
#[derive(Debug, Clone)]
pub(crate) struct Claims(Arc<Mutex<Option<BTreeSet<String>>>>);

impl Claims {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(BTreeSet::new()))))
    }

    /// Before the first file of `stem` is made.
    pub(crate) fn add(&self, stem: &str) {
        if let Some(stems) = &mut *self.0.lock().expect("no one panics with this lock") {
            stems.insert(stem.into());
        }
    }

    fn has(&self, stem: &str) -> bool {
        let stems = self.0.lock().expect("no one panics with this lock");
        stems.as_ref().is_some_and(|stems| stems.contains(stem))
    }

    fn end(&self) {
        *self.0.lock().expect("no one panics with this lock") = None;
    }
}

pub(crate) struct Finisher {
    dir: PathBuf,
    keys: Keys,
    events: events::Sender<Event>,
    claims: Claims,
    composes: ComposeQueue,
    shared: Arc<Shared>,
    /// Files that could not be completed, and when to try again.
    later: Later<Closed>,
}

impl Finisher {
    pub(crate) fn new(
        dir: PathBuf,
        keys: Keys,
        events: events::Sender<Event>,
        claims: Claims,
        composes: ComposeQueue,
        shared: Arc<Shared>,
    ) -> Self {
        Self { dir, keys, events, claims, composes, shared, later: Later::new() }
    }

    pub(crate) fn run(mut self, jobs: mpsc::Receiver<Job>) {
        let claims = self.claims.clone();
        let later = Merging::Later;
        let report = recover::recover_unclaimed(&self.dir, &self.keys, later, |stem| claims.has(stem), &mut |known| {
            if known.completed {
                self.tell(known.folder, &known.manifest);
            } else if known.manifest.state != State::Deleted
                && let Some(event) = fact(&self.dir, known.folder, &known.manifest)
            {
                self.send(event);
            }
        });
        match report {
            Ok(report) if report.is_clean() => tracing::info!(%report, "recordings of earlier runs"),
            Ok(report) => tracing::warn!(%report, "recordings of earlier runs"),
            Err(error) => tracing::error!(%error, "recordings of earlier runs cannot be read"),
        }
        claims.end();
        self.composes.look();
        loop {
            match jobs.recv_timeout(self.later.wait()) {
                Ok(job) => self.work(job),
                Err(mpsc::RecvTimeoutError::Timeout) => self.retry(),
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn retry(&mut self) {
        self.later.take_due().into_iter().for_each(|closed| self.complete(closed));
    }

    fn work(&mut self, job: Job) {
        match job {
            Job::Complete(closed) => self.complete(closed),
            Job::Delete(segment) => self.delete(segment),
            Job::Tell(folder, segment) => self.tell_again(folder, segment),
            Job::TellAll(segments) => self.tell_all(&segments),
            Job::Compose(order) => self.compose(*order),
        }
    }

    fn complete(&mut self, closed: Closed) {
        match complete(&closed.folder, (*closed.manifest).clone(), closed.cut_short, &self.keys) {
            Ok(done) => {
                self.shared.counters.finishing.fetch_sub(1, Relaxed);
                self.tell(&closed.folder, &done);
            }
            Err(error) => {
                let segment = closed.manifest.segment();
                tracing::warn!(%error, %segment, "a recording cannot be finished now");
                let reason = format!("the finished file cannot be written, it will be tried again: {error}");
                self.send(Event::Behind { segment, dropped: 0, reason });
                self.later.push(limits::RETRY_FINISH_AFTER, closed);
            }
        }
    }

    fn tell(&self, folder: &std::path::Path, manifest: &Manifest) {
        let counters = &self.shared.counters;
        match manifest.state {
            State::Recovered => counters.recovered.fetch_add(1, Relaxed),
            State::Failed => counters.failed.fetch_add(1, Relaxed),
            _ => counters.finished.fetch_add(1, Relaxed),
        };
        if let Some(event) = fact(&self.dir, folder, manifest) {
            self.send(event);
        }
    }

    fn tell_again(&self, folder: PathBuf, segment: SegmentId) {
        for path in manifests_of(&folder, segment) {
            let closed = |manifest: &Manifest| !manifest.state.is_open() && manifest.state != State::Deleted;
            let told = disk::read_manifest(&path).ok().filter(closed);
            if let Some(event) = told.and_then(|manifest| fact(&self.dir, &folder, &manifest)) {
                self.send(event);
            }
        }
    }

    fn tell_all(&self, segments: &[SegmentId]) {
        let wanted: BTreeSet<String> = segments.iter().map(SegmentId::to_string).collect();
        let mut folders = BTreeMap::new();
        let walked = disk::walk(&self.dir, &mut |path| {
            let own = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.get(..SEGMENT_CHARS));
            if let Some(own) = own.filter(|own| disk::is_manifest(path) && wanted.contains(*own))
                && let (Ok(segment), Some(folder)) = (own.parse::<SegmentId>(), path.parent())
            {
                folders.insert(segment, folder.to_path_buf());
            }
        });
        if let Err(error) = walked {
            tracing::warn!(%error, "recordings cannot be looked through");
        }
        folders.into_iter().for_each(|(segment, folder)| self.tell_again(folder, segment));
    }

    fn compose(&self, order: ComposeOrder) {
        let segment = order.segment;
        match compose::accept(&self.dir, order) {
            Ok(Accepted::Open(manifest)) => self.composes.push(manifest),
            Ok(Accepted::Settled(folder)) => self.tell_again(folder, segment),
            Ok(Accepted::Refused(reason)) => self.send(Event::Failed { segment, reason }),
            Err(error) => {
                let reason = format!("the disk refused the merged file's manifest: {error}");
                self.send(Event::Failed { segment, reason });
            }
        }
    }

    fn delete(&self, segment: SegmentId) {
        let mut found = Vec::new();
        let prefix = segment.to_string();
        let walked = disk::walk(&self.dir, &mut |path| {
            let named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix));
            if named && disk::is_manifest(path) {
                found.push(path.to_path_buf());
            }
        });
        let deleted = walked
            .map_err(|error| error.to_string())
            .and_then(|()| found.iter().try_for_each(|path| delete_file(path)));
        match deleted {
            Ok(()) => self.send(Event::Deleted { segment }),
            Err(error) => tracing::warn!(%segment, error, "a recording cannot be deleted"),
        }
    }

    fn send(&self, event: Event) {
        // The receiver is gone only at the end; the manifests keep the facts.
        let _ = self.events.blocking_send(event);
    }
}

fn manifests_of(folder: &std::path::Path, segment: SegmentId) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let prefix = segment.to_string();
    // A folder that cannot be read has nothing to tell.
    let _ = disk::walk_folder(folder, &mut |path| {
        if disk::is_manifest(path) && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix)) {
            found.push(path.to_path_buf());
        }
    });
    found
}

/// The tombstone first, then the file: a crash between leaves a file that recovery removes.
fn delete_file(path: &std::path::Path) -> Result<(), String> {
    let mut manifest = disk::read_manifest(path)?;
    let folder = path.parent().unwrap_or(path);
    if manifest.state != State::Deleted {
        manifest.state.enter(State::Deleted).map_err(|error| error.to_string())?;
        // Without its key, what a disk may keep of the file is nothing.
        if let Some(finished) = &mut manifest.finished {
            finished.sealed = None;
        }
        disk::write_manifest(folder, &manifest).map_err(|error| error.to_string())?;
    }
    // Under a tombstone the file may still be there: the disk refused to remove it.
    if let Some(finished) = &manifest.finished {
        disk::remove(&folder.join(&finished.file)).map_err(|error| error.to_string())?;
    }
    disk::sync_folder(path).map_err(|error| error.to_string())
}
