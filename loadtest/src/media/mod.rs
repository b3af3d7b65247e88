//! Real media: ICE, DTLS-SRTP and RTP over UDP sockets, paced and measured.

mod client;
mod command;
mod hearing;
mod source;
mod stamp;
mod thread;

pub(crate) use stamp::{STAMP_BYTES, Side, Stamper, Track};

use crate::{histogram::Histogram, limits::MEDIA_COMMANDS, plan::Plan};
use client::Surroundings;
use command::{Command, Joined};
use rustix::{
    event::{EventfdFlags, eventfd},
    fd::OwnedFd,
};
use std::{
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// How soon a media thread is asked again that has too many commands waiting.
const BUSY_PAUSE: Duration = Duration::from_millis(1);

/// What both clients of a call tell each other, outside of the call.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// When each side sent audio and video last, nanoseconds on the run's clock.
    last_sent: [[AtomicU64; 2]; 2],
    /// Round-trip time of each side, microseconds; 0 until it is known.
    rtt_micros: [AtomicU64; 2],
}

/// Who a client is.
#[derive(Debug, Clone)]
pub(crate) struct Voice {
    /// Number of the call in the run.
    pub(crate) call: u32,
    pub(crate) side: Side,
    /// It has a camera, too.
    pub(crate) video: bool,
    pub(crate) lines: Arc<Lines>,
}

impl Voice {
    /// Where in the 20 ms its audio is due, and where in a picture's time its video, 0..1. Multiples of the golden
    /// ratio lie evenly, however many there are.
    fn phases(&self) -> [f64; 2] {
        let number = f64::from(self.call) * 2.0 + f64::from(self.side as u8);
        let phase = (number * 0.618_033_988_749_895).fract();
        [phase, (phase + 0.5).fract()]
    }
}

/// How a client is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Condition {
    /// When it heard the other side first.
    pub(crate) hears: Option<Instant>,
    /// When it saw the other side first.
    pub(crate) sees: Option<Instant>,
    /// The first thing that went wrong.
    pub(crate) trouble: Option<Trouble>,
}

/// How a client is, as its thread tells it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Condition>>);

impl Told {
    /// What was told last.
    pub(crate) fn condition(&self) -> Condition {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Condition> {
        self.0.lock().expect("nobody panics while telling")
    }
}

/// What can go wrong with a client's media.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("nothing was heard of the other side for more than a second while it sent")]
    OneWay,
    #[error("no picture of the other side came for more than a second while it sent")]
    Frozen,
    #[error("a packet came that is not what was sent")]
    Corrupted,
    #[error("a packet of call {call} came")]
    Misrouted { call: u32 },
    #[error("its own voice came back")]
    OwnVoice,
    #[error("the path to the media engine was lost")]
    PathLost,
    #[error("the media engine closed the connection")]
    Closed,
    #[error("the connection failed: {0}")]
    Transport(String),
}

impl Trouble {
    /// Its name among the causes of failed calls.
    pub(crate) fn cause(&self) -> &'static str {
        match self {
            Self::OneWay => "one_way",
            Self::Frozen => "frozen",
            Self::Corrupted => "corrupted",
            Self::Misrouted { .. } | Self::OwnVoice => "misrouted",
            Self::PathLost => "path_lost",
            Self::Closed => "media_closed",
            Self::Transport(_) => "transport",
        }
    }
}

/// What a client heard in its life.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    /// Packets that came, of both kinds, and those of audio.
    pub(crate) received: u64,
    pub(crate) heard: u64,
    /// Packets that should have come, and those that did not.
    pub(crate) expected: u64,
    pub(crate) lost: u64,
    /// Heard MOS of each window.
    pub(crate) mos: Vec<f64>,
}

/// What all threads have counted so far.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) lost: AtomicU64,
    /// Packets that were left out because the load tester itself was late.
    pub(crate) late: AtomicU64,
    pub(crate) send_errors: AtomicU64,
}

/// What a thread tells at its end.
struct Ended {
    delays: Histogram,
}

#[derive(Clone)]
struct ThreadHandle {
    commands: mpsc::SyncSender<Command>,
    waker: Arc<OwnedFd>,
}

impl ThreadHandle {
    /// False when there is no room, or the thread is gone.
    fn try_send(&self, command: Command) -> Result<(), mpsc::TrySendError<Command>> {
        self.commands.try_send(command)?;
        // The counter of an eventfd is full only when the thread did not look for 2^64 commands.
        let _ = rustix::io::write(&*self.waker, &1_u64.to_ne_bytes());
        Ok(())
    }

    async fn send(&self, mut command: Command) -> Result<(), String> {
        loop {
            match self.try_send(command) {
                Ok(()) => return Ok(()),
                Err(mpsc::TrySendError::Full(refused)) => command = refused,
                Err(mpsc::TrySendError::Disconnected(_)) => return Err(GONE.to_owned()),
            }
            tokio::time::sleep(BUSY_PAUSE).await;
        }
    }
}

const GONE: &str = "the media thread has ended";

/// The threads that carry media.
pub(crate) struct Media {
    threads: Vec<(ThreadHandle, JoinHandle<Ended>)>,
    next: AtomicUsize,
    pub(crate) counters: Arc<Counters>,
}

impl Media {
    /// Starts the threads. Clients' sockets are bound to `local`.
    pub(crate) fn start(plan: &Plan, stamper: &Stamper, local: IpAddr) -> io::Result<Self> {
        let counters = Arc::new(Counters::default());
        let epoch = Instant::now();
        let provider = str0m::crypto::from_feature_flags();
        let certificate =
            provider.dtls_provider.generate_certificate().ok_or_else(|| io::Error::other("no certificate"))?;
        let mut threads = Vec::new();
        for number in 0..plan.media.threads {
            let (commands, waiting) = mpsc::sync_channel(MEDIA_COMMANDS);
            let waker = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
            let around = Surroundings {
                epoch,
                stamper: stamper.clone(),
                seed: plan.seed,
                media: plan.media.clone(),
                network: plan.network.clone(),
                certificate: certificate.clone(),
                counters: Arc::clone(&counters),
                delays: Histogram::default(),
                scratch: Vec::with_capacity(2_048),
            };
            let thread = thread::Thread::new(Arc::clone(&waker), waiting, around, local)?;
            let handle = std::thread::Builder::new().name(format!("media-{number}")).spawn(|| thread.run())?;
            threads.push((ThreadHandle { commands, waker }, handle));
        }
        Ok(Self { threads, next: AtomicUsize::new(0), counters })
    }

    /// Makes a client and its offer.
    pub(crate) async fn join(&self, voice: Voice) -> Result<(ClientHandle, String), String> {
        let index = self.next.fetch_add(1, Relaxed) % self.threads.len();
        let thread = self.threads[index].0.clone();
        let told = Told::default();
        let (reply, joined) = oneshot::channel();
        thread.send(Command::Join { voice, told: told.clone(), reply }).await?;
        let Joined { slot, offer } = joined.await.map_err(|_| GONE.to_owned())??;
        Ok((ClientHandle { thread, slot: Some(slot), told }, offer))
    }

    /// Ends the threads; tells how long packets took.
    pub(crate) fn stop(self) -> Histogram {
        let mut delays = Histogram::default();
        for (handle, thread) in self.threads {
            let mut command = Command::Stop;
            while let Err(mpsc::TrySendError::Full(refused)) = handle.try_send(command) {
                command = refused;
                std::thread::sleep(BUSY_PAUSE);
            }
            delays.add(&thread.join().expect("a media thread does not panic").delays);
        }
        delays
    }
}

/// A client in its thread. It leaves when this is dropped.
pub(crate) struct ClientHandle {
    thread: ThreadHandle,
    slot: Option<usize>,
    told: Told,
}

impl ClientHandle {
    /// Gives it the answer to its offer.
    pub(crate) async fn take_answer(&self, sdp: String) -> Result<(), String> {
        let slot = self.slot.ok_or(GONE)?;
        let (reply, taken) = oneshot::channel();
        self.thread.send(Command::Answer { slot, sdp, reply }).await?;
        taken.await.map_err(|_| GONE.to_owned())?
    }

    /// How it is, now and later.
    pub(crate) fn told(&self) -> Told {
        self.told.clone()
    }

    /// Ends it.
    pub(crate) async fn leave(mut self) -> Measured {
        let Some(slot) = self.slot.take() else { return Measured::default() };
        let (reply, measured) = oneshot::channel();
        if self.thread.send(Command::Leave { slot, reply: Some(reply) }).await.is_err() {
            return Measured::default();
        }
        measured.await.unwrap_or_default()
    }
}

impl Drop for ClientHandle {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            // A thread that is that busy ends soon and all its clients with it.
            let _ = self.thread.try_send(Command::Leave { slot, reply: None });
        }
    }
}
