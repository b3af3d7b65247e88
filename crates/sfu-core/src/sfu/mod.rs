//! The shard: it owns rooms and participants and moves packets between them.

mod control;
mod datagrams;
mod forwarding;
#[cfg(feature = "testing")]
mod inside;
mod periodic;
mod prompts;

use crate::{
    Config, Totals, Transmit,
    demux::{Demux, DropReason, is_control},
    forward::Sink,
    limits::{LEGS_PER_TICK, LOOK_INTERVAL, TICKS},
    participant::{Identity, Key, Output, Participant},
    prompt::{Prompts, Rounds},
    room::Room,
    transmits::Transmits,
};
use bytes::BytesMut;
use model::{CallId, LegId, TrackKind};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};
use wire::{engine::Event, tap::TapFrame};

/// Transports are not woken more often than this.
const WAKE_GRANULARITY: Duration = Duration::from_millis(1);

/// Why a shard wants to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WakeReason {
    /// A transport has work: RTCP, a DTLS repetition.
    Transport,
    /// Liveness, keyframe requests and statistics are due.
    Tick,
    /// Prompts are due.
    Prompt,
}

/// One shard.
pub struct Sfu {
    config: Config,
    identity: Identity,
    now: Instant,
    participants: Vec<Option<Box<Participant>>>,
    free: Vec<Key>,
    legs: BTreeMap<LegId, Key>,
    rooms: BTreeMap<CallId, Room>,
    demux: Demux,
    timers: BTreeSet<(Instant, Key)>,
    dirty: Vec<Key>,
    next_tick: Instant,
    /// Ticks of the current [`LOOK_INTERVAL`].
    ticks: usize,
    /// Which of them comes next, and with it which part of the legs.
    tick_part: usize,
    /// When which room's statistics are due.
    stats_due: BTreeSet<(Instant, CallId)>,
    prompts: Prompts,
    rounds: Rounds,
    random: u64,
    transmits: Transmits,
    events: VecDeque<Event>,
    taps: VecDeque<TapFrame>,
    tap_bytes: BytesMut,
    outputs: Vec<Output>,
    /// Tracks of which packets are missing.
    missing: Vec<(Key, TrackKind)>,
    /// The payload of the repair that is being written.
    repaired: Vec<u8>,
    totals: Totals,
}

impl Sfu {
    /// An empty shard. It makes its own DTLS certificate.
    pub fn new(config: Config, now: Instant) -> Self {
        Self {
            random: config.seed | 1,
            config,
            identity: Identity::new(),
            now,
            participants: Vec::new(),
            free: Vec::new(),
            legs: BTreeMap::new(),
            rooms: BTreeMap::new(),
            demux: Demux::default(),
            timers: BTreeSet::new(),
            dirty: Vec::new(),
            next_tick: now,
            ticks: *TICKS.start(),
            tick_part: 0,
            stats_due: BTreeSet::new(),
            prompts: Prompts::default(),
            rounds: Rounds::new(now),
            transmits: Transmits::default(),
            events: VecDeque::new(),
            taps: VecDeque::new(),
            tap_bytes: BytesMut::new(),
            outputs: Vec::new(),
            missing: Vec::new(),
            repaired: Vec::new(),
            totals: Totals::default(),
        }
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        self.settle();
        let transmit = self.transmits.pop()?;
        self.totals.datagrams_out.add(transmit.bytes.len());
        if is_control(transmit.bytes) {
            self.totals.control_out.add(transmit.bytes.len());
        }
        Some(transmit)
    }

    /// The next event for signaling.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.settle();
        self.events.pop_front()
    }

    /// The next frame for the recorder.
    pub fn poll_tap(&mut self) -> Option<TapFrame> {
        self.taps.pop_front()
    }

    /// When to call [`Self::handle_timeout`] at the latest. `None` while the shard is empty.
    pub fn poll_timeout(&mut self) -> Option<(Instant, WakeReason)> {
        self.settle();
        if self.rooms.is_empty() && self.legs.is_empty() {
            return None;
        }
        let transport = self.timers.first().map(|(at, _)| (*at, WakeReason::Transport));
        let prompt = self.rounds.poll_timeout().map(|at| (at, WakeReason::Prompt));
        [Some((self.next_tick, WakeReason::Tick)), transport, prompt].into_iter().flatten().min()
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.advance_clock(now);
        while let Some(&(at, key)) = self.timers.first() {
            if at > self.now {
                break;
            }
            self.timers.pop_first();
            if let Some(participant) = self.participant(key) {
                participant.timer = None;
                self.mark_dirty(key);
            }
        }
        if self.now >= self.next_tick {
            self.tick();
            self.tick_part += 1;
            if self.tick_part == self.ticks {
                (self.tick_part, self.ticks) = (0, ticks_for(self.participants.len()));
            }
            self.next_tick = (self.next_tick + self.tick_step()).max(self.now);
        }
        self.play_prompts();
    }

    /// The prompts that were loaded, for a shard that takes this one's place.
    pub fn prompts(&self) -> &Prompts {
        &self.prompts
    }

    /// Prompts of a shard before this one.
    pub fn set_prompts(&mut self, prompts: Prompts) {
        self.prompts = prompts;
    }

    /// The legs that it holds.
    pub fn legs(&self) -> impl Iterator<Item = LegId> + '_ {
        self.legs.keys().copied()
    }

    /// Figures since the start, and of now.
    pub fn totals(&self) -> Totals {
        Totals {
            rooms: self.rooms.len() as u64,
            legs: self.legs.len() as u64,
            connected_legs: self.rooms.values().map(|room| room.connected_legs).sum(),
            one_way_legs: self.rooms.values().map(|room| room.one_way_legs).sum(),
            legs_without_video: self.rooms.values().map(|room| room.legs_without_video).sum(),
            ..self.totals.clone()
        }
    }

    fn tick_step(&self) -> Duration {
        LOOK_INTERVAL / self.ticks as u32
    }

    fn advance_clock(&mut self, now: Instant) {
        self.now = self.now.max(now);
    }

    fn participant(&mut self, key: Key) -> Option<&mut Participant> {
        self.participants.get_mut(key.0 as usize)?.as_deref_mut()
    }

    fn mark_dirty(&mut self, key: Key) {
        let Some(participant) = self.participant(key) else { return };
        if !std::mem::replace(&mut participant.is_dirty, true) {
            self.dirty.push(key);
        }
    }

    /// Drains every transport that was changed.
    fn settle(&mut self) {
        while let Some(key) = self.dirty.pop() {
            let now = self.now;
            if let Some(participant) = self.participant(key) {
                participant.is_dirty = false;
            }
            self.drain(key, move |participant| {
                if let Some(transport) = &mut participant.transport {
                    transport.advance(now);
                }
            });
        }
    }

    /// One change of a participant's transport, then everything it has to say. A panic costs this participant alone.
    fn drain(&mut self, key: Key, change: impl FnOnce(&mut Participant)) {
        let not_before = self.now + WAKE_GRANULARITY;
        let mut outputs = std::mem::take(&mut self.outputs);
        let mut transmits = std::mem::take(&mut self.transmits);
        let mut stray = 0;
        let deadline = self.guarded(key, |participant| {
            change(participant);
            let transport = participant.transport.as_mut()?;
            let deadline = transport.poll(&mut transmits, &mut outputs, not_before);
            stray = std::mem::take(&mut transport.stray);
            deadline
        });
        self.transmits = transmits;
        self.totals.drops[DropReason::Stray as usize] += stray;
        self.set_timer(key, deadline.flatten());
        for output in outputs.drain(..) {
            self.handle_output(key, output);
        }
        self.outputs = outputs;
    }

    /// Work for one participant. A panic in it ends the participant's transport, is counted, and goes no further.
    fn guarded<R>(&mut self, key: Key, work: impl FnOnce(&mut Participant) -> R) -> Option<R> {
        let participant = self.participant(key)?;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(feature = "testing")]
            assert!(!std::mem::take(&mut participant.panics_next), "a panic that a test asked for");
            work(participant)
        }));
        match outcome {
            Ok(result) => Some(result),
            Err(_) => {
                self.totals.panics += 1;
                self.lose_transport(key, "the participant failed inside the engine");
                None
            }
        }
    }

    fn set_timer(&mut self, key: Key, at: Option<Instant>) {
        let Some(participant) = self.participants.get_mut(key.0 as usize).and_then(Option::as_deref_mut) else {
            return;
        };
        if participant.timer == at {
            return;
        }
        if let Some(before) = participant.timer {
            self.timers.remove(&(before, key));
        }
        participant.timer = at;
        self.timers.extend(at.map(|at| (at, key)));
    }

    /// Sends what `write` makes for a participant to where its page is; it answers with the length. Nothing is sent
    /// before the page has a path, or when there is nothing to send.
    fn send(&mut self, key: Key, write: impl FnOnce(&mut Participant, &mut [u8]) -> Option<usize>) -> bool {
        let mut transmits = std::mem::take(&mut self.transmits);
        let before = transmits.len();
        let is_taken = self.guarded(key, |participant| {
            let transport = participant.transport.as_ref().filter(|transport| transport.is_connected());
            let Some((remote, local)) = transport.and_then(|transport| transport.paths.selected()) else { return true };
            transmits.push(remote, local, |room| write(participant, room))
        });
        if is_taken == Some(false) {
            self.totals.drop_one(DropReason::QueueFull);
        }
        self.transmits = transmits;
        self.transmits.len() > before
    }

    /// The transport is gone; the leg stays and may rejoin.
    fn lose_transport(&mut self, key: Key, reason: &str) {
        if self.drop_transport(key)
            && let Some(participant) = self.participant(key)
        {
            let leg = participant.leg;
            tracing::info!(%leg, reason, "leg closed");
            self.events.push_back(Event::LegClosed { leg, reason: reason.to_owned() });
        }
    }

    /// Forgets a transport and its addresses. The answer is whether there was one.
    fn drop_transport(&mut self, key: Key) -> bool {
        self.set_timer(key, None);
        let Some(participant) = self.participants.get_mut(key.0 as usize).and_then(Option::as_deref_mut) else {
            return false;
        };
        let Some(transport) = participant.transport.take() else { return false };
        participant.tracks.iter_mut().for_each(crate::track::Track::restart);
        self.demux.forget_ufrag(transport.negotiated().local_ufrag());
        for remote in transport.paths.remotes() {
            self.demux.forget_remote(remote, key);
        }
        // What a failed transport does when it is dropped is as little to be trusted as what it did before.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(transport)));
        true
    }

    fn fresh_sinks(&mut self) -> [Sink; 3] {
        [(); 3].map(|()| Sink::new(self.random_number()))
    }

    /// xorshift64: first sequence numbers only have to differ, nothing secret depends on them.
    fn random_number(&mut self) -> u16 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 24) as u16
    }
}

/// In how many ticks so many legs are looked at.
fn ticks_for(legs: usize) -> usize {
    legs.div_ceil(LEGS_PER_TICK).clamp(*TICKS.start(), *TICKS.end())
}
