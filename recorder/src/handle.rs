use crate::composer::{ComposeQueue, Composer};
use crate::config::{RecorderConfig, StartError};
use crate::file::RecordingFile;
use crate::finisher::{self, Job};
use crate::keys::Keys;
use crate::stats::{Counters, Stats};
use crate::steps::step;
use crate::writer::{self, Input};
use crate::{disk, limits, open};
use model::{LegId, TrackKind};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Instant;
use tokio::sync::mpsc as events;
use wire::recorder::{Command, Event};
use wire::tap::TapFrame;

/// What the threads share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) counters: Counters,
    queued_commands: AtomicUsize,
    /// Frames that found no room, by track, until the writer states them.
    dropped: Mutex<BTreeMap<(LegId, TrackKind), u64>>,
    /// Files to be merged lie on the disk of which the queue does not know.
    pub(crate) composes_missed: AtomicBool,
    /// The recorder is being shut down: what takes long is left to the next start.
    pub(crate) ending: AtomicBool,
}

impl Shared {
    pub(crate) fn take_dropped(&self) -> BTreeMap<(LegId, TrackKind), u64> {
        std::mem::take(&mut self.dropped.lock().expect("no one panics with this lock"))
    }

    pub(crate) fn taken(&self, input: &Input) {
        match input {
            Input::Taps(frames) => {
                self.counters.frames_waiting.fetch_sub(frames.len() as u64, Relaxed);
                self.counters.frames.fetch_add(frames.len() as u64, Relaxed);
            }
            Input::Command(..) => {
                self.queued_commands.fetch_sub(1, Relaxed);
            }
            Input::End => {}
        }
    }
}

/// Takes tap frames. Never waits.
#[derive(Debug, Clone)]
pub struct TapSender {
    inputs: mpsc::Sender<Input>,
    shared: Arc<Shared>,
}

impl TapSender {
    /// Hands a frame over; false when the recorder is behind or gone. A frame that found no room becomes a stated gap
    /// of its segment.
    pub fn try_send(&self, frame: TapFrame) -> bool {
        self.try_send_all(vec![frame])
    }

    /// Hands frames over together, which costs little more than one; false when not all were taken.
    pub fn try_send_all(&self, mut frames: Vec<TapFrame>) -> bool {
        let waiting = &self.shared.counters.frames_waiting;
        let wanted = frames.len();
        let before = waiting.fetch_add(wanted as u64, Relaxed);
        let room = usize::try_from((limits::QUEUED_FRAMES as u64).saturating_sub(before)).unwrap_or(0);
        if room < wanted {
            waiting.fetch_sub((wanted - room) as u64, Relaxed);
            self.drop_frames(frames.drain(room..));
        }
        let taken = frames.len();
        if taken > 0 && self.inputs.send(Input::Taps(frames)).is_err() {
            waiting.fetch_sub(taken as u64, Relaxed);
            return false;
        }
        taken == wanted
    }

    fn drop_frames(&self, frames: impl Iterator<Item = TapFrame>) {
        let mut dropped = self.shared.dropped.lock().expect("no one panics with this lock");
        for frame in frames {
            self.shared.counters.dropped.fetch_add(1, Relaxed);
            *dropped.entry((frame.leg, frame.track)).or_default() += 1;
        }
    }

    /// So many frames of a track were lost before they came here: they become a stated gap of its segment.
    pub fn note_dropped(&self, leg: LegId, track: TrackKind, frames: u64) {
        self.shared.counters.dropped.fetch_add(frames, Relaxed);
        let mut dropped = self.shared.dropped.lock().expect("no one panics with this lock");
        // Tracks that are not recorded are forgotten at the writer's next turn.
        *dropped.entry((leg, track)).or_default() += frames;
    }
}

/// Takes commands, in order with the frames that were sent before.
#[derive(Debug, Clone)]
pub struct CommandSender {
    inputs: mpsc::Sender<Input>,
    shared: Arc<Shared>,
}

impl CommandSender {
    /// Hands a command over; gives it back when the recorder is overwhelmed or gone, to be sent again.
    pub fn send(&self, command: Command) -> Result<(), Command> {
        let queued = &self.shared.queued_commands;
        if queued.fetch_add(1, Relaxed) >= limits::QUEUED_COMMANDS {
            queued.fetch_sub(1, Relaxed);
            return Err(command);
        }
        self.inputs.send(Input::Command(command, Instant::now())).map_err(|refused| match refused.0 {
            Input::Command(command, _) => command,
            Input::Taps(_) | Input::End => unreachable!("a command was sent"),
        })
    }
}

/// A running recorder.
#[derive(Debug)]
pub struct RecorderHandle {
    /// Way in for media.
    pub taps: TapSender,
    /// Way in for commands.
    pub commands: CommandSender,
    /// Facts, in order. If nobody fetches them the recorder keeps the last ones that matter and goes on.
    pub events: events::Receiver<Event>,
    dir: PathBuf,
    keys: Keys,
    shared: Arc<Shared>,
    inputs: mpsc::Sender<Input>,
    threads: Vec<JoinHandle<()>>,
}

impl RecorderHandle {
    /// Numbers for metrics.
    pub fn stats(&self) -> Stats {
        self.shared.counters.snapshot()
    }

    /// A reader of the numbers that can be given away.
    pub fn stats_reader(&self) -> impl Fn() -> Stats + Send + Sync + Clone + 'static {
        let shared = Arc::clone(&self.shared);
        move || shared.counters.snapshot()
    }

    /// Opens finished files by their paths, as [`crate::open_file`] does; it can be given away.
    pub fn opener(&self) -> impl Fn(&str) -> io::Result<RecordingFile> + Send + Sync + Clone + 'static {
        let (dir, keys) = (self.dir.clone(), self.keys.clone());
        move |path| open::open_file(&dir, path, &keys)
    }

    /// Ends all segments, completes their files and waits for it. Facts that were not fetched are told by the next
    /// start; segments whose leg had not ended are then `recovered`, so that signaling records on.
    pub fn shutdown(mut self) {
        self.events.close();
        self.shared.ending.store(true, Relaxed);
        // An error means that the writer is gone already.
        let _ = self.inputs.send(Input::End);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a recorder thread had panicked");
            }
        }
    }
}

/// Starts the recorder: takes the folder's lock, and completes in the background what an earlier run left.
pub fn start(config: RecorderConfig) -> Result<RecorderHandle, StartError> {
    let RecorderConfig { dir, keys, seal } = config;
    let folder_error = |source| StartError::Folder { dir: dir.clone(), source };
    prepare(&dir).map_err(folder_error)?;
    let lock = disk::lock(&dir).map_err(folder_error)?.ok_or_else(|| StartError::InUse(dir.clone()))?;
    let keys = Keys::open(&keys, seal)?;
    let shared = Arc::new(Shared::default());
    let (inputs, received) = mpsc::channel();
    let (event_sender, events) = events::channel(limits::QUEUED_EVENTS);
    let (jobs, received_jobs) = mpsc::channel::<Job>();
    let (syncs, received_syncs) = mpsc::sync_channel::<()>(1);
    let claims = finisher::Claims::new();

    let (composes, wishes) = ComposeQueue::new(Arc::clone(&shared));
    let composer = Composer::new(dir.clone(), keys.clone(), event_sender.clone(), Arc::clone(&shared));
    let finisher = finisher::Finisher::new(
        dir.clone(),
        keys.clone(),
        event_sender.clone(),
        claims.clone(),
        composes,
        Arc::clone(&shared),
    );
    let writer = writer::Writer::new(dir.clone(), keys.clone(), event_sender, jobs, syncs, claims, Arc::clone(&shared));
    let sync_dir = dir.clone();
    let lock = Arc::new(lock);
    let composing_lock = Arc::clone(&lock);
    let threads = [
        spawn("recorder-write", move || writer.run(received)),
        spawn("recorder-finish", move || {
            finisher.run(received_jobs);
            drop(lock);
        }),
        spawn("recorder-compose", move || {
            composer.run(wishes);
            drop(composing_lock);
        }),
        spawn("recorder-sync", move || sync_when_asked(&sync_dir, received_syncs)),
    ];
    let threads = threads.into_iter().collect::<Result<Vec<_>, _>>().map_err(StartError::Thread)?;
    Ok(RecorderHandle {
        taps: TapSender { inputs: inputs.clone(), shared: Arc::clone(&shared) },
        commands: CommandSender { inputs: inputs.clone(), shared: Arc::clone(&shared) },
        events,
        dir,
        keys,
        shared,
        inputs,
        threads,
    })
}

fn prepare(dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(disk::root(dir))?;
    disk::sync_folder(&disk::root(dir))
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.into()).spawn(body)
}

/// One `syncfs` for all live files, on its own thread: it may take long, and nobody waits for it.
fn sync_when_asked(dir: &Path, asked: mpsc::Receiver<()>) {
    while asked.recv().is_ok() {
        step();
        let synced = std::fs::File::open(disk::root(dir))
            .and_then(|folder| rustix::fs::syncfs(&folder).map_err(io::Error::from));
        if let Err(error) = synced {
            tracing::warn!(%error, "recordings could not be made durable");
        }
    }
}
