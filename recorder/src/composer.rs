//! The thread that merges files, one at a time and behind everything else that the machine has to do.

use crate::compose::compose;
use crate::finish::fact;
use crate::handle::Shared;
use crate::keys::Keys;
use crate::later::Later;
use crate::{disk, limits};
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, mpsc};
use std::time::Instant;
use tokio::sync::mpsc as events;
use wire::recorder::Event;

/// What there is to do: the manifest of a merged file, or to look for them.
pub(crate) type Wish = Option<PathBuf>;

/// The way to the thread.
pub(crate) struct ComposeQueue {
    wishes: mpsc::SyncSender<Wish>,
    shared: Arc<Shared>,
}

impl ComposeQueue {
    /// The queue, and its end for [`Composer::run`].
    pub(crate) fn new(shared: Arc<Shared>) -> (Self, mpsc::Receiver<Wish>) {
        let (wishes, taken) = mpsc::sync_channel(limits::QUEUED_COMPOSES);
        (Self { wishes, shared }, taken)
    }

    /// A manifest is to be worked on. One that finds no room is found on the disk later.
    pub(crate) fn push(&self, manifest: PathBuf) {
        if self.wishes.try_send(Some(manifest)).is_err() {
            self.shared.composes_missed.store(true, Relaxed);
        }
    }

    /// An earlier run may have left some.
    pub(crate) fn look(&self) {
        self.shared.composes_missed.store(true, Relaxed);
        // A full queue is no reason to wake anybody.
        let _ = self.wishes.try_send(None);
    }
}

pub(crate) struct Composer {
    dir: PathBuf,
    keys: Keys,
    events: events::Sender<Event>,
    shared: Arc<Shared>,
    /// Manifests on which the disk refused to work, and when to try again.
    later: Later<PathBuf>,
}

impl Composer {
    pub(crate) fn new(dir: PathBuf, keys: Keys, events: events::Sender<Event>, shared: Arc<Shared>) -> Self {
        Self { dir, keys, events, shared, later: Later::new() }
    }

    pub(crate) fn run(mut self, wishes: mpsc::Receiver<Wish>) {
        if let Err(error) = rustix::process::nice(limits::COMPOSE_NICENESS) {
            tracing::warn!(%error, "recordings are merged with the priority of everything else");
        }
        loop {
            match wishes.recv_timeout(self.later.wait()) {
                Ok(Some(path)) => self.work(path),
                Ok(None) | Err(mpsc::RecvTimeoutError::Timeout) => self.retry(),
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
            while self.shared.composes_missed.swap(false, Relaxed) && !self.is_ending() {
                self.look_through();
            }
        }
    }

    fn retry(&mut self) {
        self.later.take_due().into_iter().for_each(|path| self.work(path));
    }

    fn look_through(&mut self) {
        let mut found = Vec::new();
        let walked = disk::walk(&self.dir, &mut |path| {
            let is_due = || !self.later.has(|waiting| waiting == path);
            let is_open = || disk::read_manifest(path).is_ok_and(|it| it.composed.is_some() && it.state.is_open());
            if found.len() < limits::QUEUED_COMPOSES && disk::is_manifest(path) && is_due() && is_open() {
                found.push(path.to_path_buf());
            }
        });
        if let Err(error) = walked {
            tracing::warn!(%error, "recordings that are to be merged cannot be looked for");
        }
        // There may be more: another look is due after these.
        self.shared.composes_missed.fetch_or(found.len() == limits::QUEUED_COMPOSES, Relaxed);
        found.into_iter().for_each(|path| self.work(path));
    }

    fn work(&mut self, path: PathBuf) {
        if self.is_ending() || self.later.has(|waiting| *waiting == path) {
            return;
        }
        let folder = path.parent().unwrap_or(&self.dir).to_path_buf();
        // One that was ordered twice is done, and told, already.
        let Some(manifest) = disk::read_manifest(&path).ok().filter(|manifest| manifest.state.is_open()) else {
            return;
        };
        let (segment, begun) = (manifest.segment(), Instant::now());
        let composed = compose(&self.dir, &self.keys, &folder, manifest, &|| self.is_ending());
        match composed {
            Ok(done) => {
                tracing::info!(%segment, took_ms = begun.elapsed().as_millis() as u64, "a recording is merged");
                self.tell(fact(&self.dir, &folder, &done));
            }
            Err(_) if self.is_ending() => {}
            Err(error) => {
                tracing::warn!(%error, %segment, "a recording cannot be merged now, it will be tried again");
                self.later.push(limits::RETRY_COMPOSE_AFTER, path);
            }
        }
    }

    fn is_ending(&self) -> bool {
        self.shared.ending.load(Relaxed)
    }

    fn tell(&self, event: Option<Event>) {
        // The receiver is gone only at the end; the manifests keep the facts.
        event.into_iter().for_each(|event| drop(self.events.blocking_send(event)));
    }
}
