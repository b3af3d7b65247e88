use crate::frame;
use crate::limits;
use crate::line::{Line, Opened};
use bytes::{BufMut, BytesMut};
use quinn::{Connection, WriteError};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use wire::link::TapOpening;
use wire::tap::{TapFrame, TapPacket};

/// Packets that are written to a stream at once.
const BATCH: usize = 32;

/// Takes tapped frames on media threads. Never waits. Cheap to clone.
#[derive(Clone)]
pub struct TapSender {
    frames: mpsc::Sender<TapFrame>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Frames that found no room, by track, until the sending side has seen them.
    overflow: Mutex<BTreeMap<TapOpening, u32>>,
    has_overflow: AtomicBool,
    dropped: AtomicU64,
}

impl Shared {
    fn take_overflow(&self) -> BTreeMap<TapOpening, u32> {
        if !self.has_overflow.swap(false, Relaxed) {
            return BTreeMap::new();
        }
        std::mem::take(&mut *self.overflow.lock().expect("nothing panics with this lock"))
    }
}

impl TapSender {
    /// Hands a frame over; false when it found no room. What is lost is counted, and told to the recorder with the
    /// track's next frame.
    pub fn send(&self, frame: TapFrame) -> bool {
        let track = TapOpening { leg: frame.leg, track: frame.track };
        if self.frames.try_send(frame).is_ok() {
            return true;
        }
        self.shared.dropped.fetch_add(1, Relaxed);
        let mut overflow = self.shared.overflow.lock().expect("nothing panics with this lock");
        add(&mut overflow, track, 1);
        self.shared.has_overflow.store(true, Relaxed);
        false
    }

    /// Frames that wait for their stream.
    pub fn waiting(&self) -> usize {
        self.frames.max_capacity() - self.frames.capacity()
    }

    /// Frames that were lost since the start.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Relaxed)
    }
}

/// Sends taps over a line, until the sender and its clones are dropped.
pub fn send_taps(line: Line) -> TapSender {
    let (frames, received) = mpsc::channel(limits::TAP_FRAMES);
    let shared = Arc::new(Shared::default());
    let sending = Sending { line, frames: received, shared: Arc::clone(&shared), lost: BTreeMap::new() };
    tokio::spawn(sending.run());
    TapSender { frames, shared }
}

struct Sending {
    line: Line,
    frames: mpsc::Receiver<TapFrame>,
    shared: Arc<Shared>,
    /// What the recorder has not been told of yet.
    lost: BTreeMap<TapOpening, u32>,
}

/// A track on its way.
struct Track {
    packets: mpsc::Sender<TapPacket>,
    last: Instant,
}

impl Sending {
    async fn run(mut self) {
        loop {
            let opened = tokio::select! {
                opened = self.line.openings.recv() => opened,
                frame = self.frames.recv() => match frame {
                    Some(frame) => {
                        self.lose(TapOpening { leg: frame.leg, track: frame.track });
                        continue;
                    }
                    None => None,
                },
            };
            let mut next = opened;
            while let Some(opened) = next {
                next = self.connected(opened).await;
            }
            if self.frames.is_closed() || self.line.openings.is_closed() {
                return;
            }
        }
    }

    /// Sends until the connection ends; gives the one that replaces it.
    async fn connected(&mut self, opened: Opened) -> Option<Opened> {
        // The stream of the greeting stays open as long as this side holds it.
        let Opened { connection, send: _greeting, .. } = opened;
        let mut tracks: BTreeMap<TapOpening, Track> = BTreeMap::new();
        let mut look = interval(limits::TAP_IDLE);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                frame = self.frames.recv() => self.forward(frame?, &connection, &mut tracks),
                opened = self.line.openings.recv() => return opened,
                _ = connection.closed() => return None,
                now = look.tick() => {
                    // A track whose queue is dropped ends its stream.
                    tracks.retain(|_, track| now.into_std().duration_since(track.last) < limits::TAP_IDLE);
                }
            }
        }
    }

    fn forward(&mut self, frame: TapFrame, connection: &Connection, tracks: &mut BTreeMap<TapOpening, Track>) {
        for (track, count) in self.shared.take_overflow() {
            add(&mut self.lost, track, count);
        }
        let opening = TapOpening { leg: frame.leg, track: frame.track };
        let track = tracks.entry(opening).or_insert_with(|| {
            let (packets, queue) = mpsc::channel(limits::TAP_FRAMES_OF_TRACK);
            tokio::spawn(write_track(connection.clone(), opening, queue));
            Track { packets, last: Instant::now() }
        });
        track.last = Instant::now();
        let dropped = self.lost.get(&opening).copied().unwrap_or(0);
        if track.packets.try_send(TapPacket { dropped, frame }).is_ok() {
            self.lost.remove(&opening);
        } else {
            self.lose(opening);
        }
    }

    fn lose(&mut self, track: TapOpening) {
        self.shared.dropped.fetch_add(1, Relaxed);
        add(&mut self.lost, track, 1);
    }
}

/// Counts, as long as there are not more tracks than an engine can have.
fn add(counts: &mut BTreeMap<TapOpening, u32>, track: TapOpening, count: u32) {
    if let Some(known) = counts.get_mut(&track) {
        *known = known.saturating_add(count);
    } else if counts.len() < limits::TAP_TRACKS as usize {
        counts.insert(track, count);
    }
}

async fn write_track(connection: Connection, opening: TapOpening, packets: mpsc::Receiver<TapPacket>) {
    if let Err(error) = write_packets(&connection, opening, packets).await {
        tracing::debug!(%error, leg = %opening.leg, track = ?opening.track, "a tap ended with its connection");
    }
}

async fn write_packets(
    connection: &Connection,
    opening: TapOpening,
    mut packets: mpsc::Receiver<TapPacket>,
) -> Result<(), WriteError> {
    let mut stream = connection.open_uni().await?;
    frame::write_json(&mut stream, &opening).await?;
    let mut batch = Vec::with_capacity(BATCH);
    let (mut bytes, mut packet) = (BytesMut::new(), BytesMut::new());
    while packets.recv_many(&mut batch, BATCH).await > 0 {
        for one in batch.drain(..) {
            one.encode(&mut packet);
            bytes.put_slice(&frame::head(&packet));
            bytes.put_slice(&packet);
            packet.clear();
        }
        stream.write_all(&bytes).await?;
        bytes.clear();
    }
    // What was written is sent to its end.
    let _ = stream.finish();
    Ok(())
}
