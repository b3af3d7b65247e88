use super::PATIENCE;
use link::LinkState;
use model::{CallId, LegId, MediaTime};
use signaling::{EngineChannels, RecorderChannels, RecorderPlace};
use std::{collections::VecDeque, io, sync::Arc};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};
use wire::{
    engine::{Command, Event, HeldRoom, Patch, Playlist, Refusal, Request, Source},
    recorder,
};

/// What the played engine answers to an offer.
pub(crate) const ANSWER: &str = "v=0 the answer";
/// An offer that it refuses.
pub(crate) const BAD_OFFER: &str = "this is no SDP";

/// A recorder without files.
fn nowhere() -> RecorderPlace {
    RecorderPlace::Here(Arc::new(|_| Err(io::ErrorKind::NotFound.into())))
}

/// The engine's side of its channels, played by the test.
pub(crate) struct Engine {
    requests: mpsc::Receiver<Request>,
    pub(crate) events: mpsc::Sender<Event>,
    seen: VecDeque<Command>,
    pub(crate) recorder: mpsc::Receiver<recorder::Command>,
    pub(crate) facts: mpsc::Sender<recorder::Event>,
}

impl Engine {
    /// `room` commands fit before signaling has to wait.
    pub(crate) fn new(room: usize) -> (Self, EngineChannels, RecorderChannels) {
        Self::with_link(room, None)
    }

    /// In a process of its own, which holds these rooms.
    pub(crate) fn apart(rooms: Vec<HeldRoom>) -> (Self, EngineChannels, RecorderChannels) {
        let (_, state) = watch::channel(LinkState::Up { build: "test".into() });
        let all = Self::with_link(64, Some(state));
        all.0.events.try_send(Event::Holds { rooms, prompts: Vec::new() }).expect("room for an event");
        all
    }

    fn with_link(room: usize, link: Option<watch::Receiver<LinkState>>) -> (Self, EngineChannels, RecorderChannels) {
        let (requests, requests_out) = mpsc::channel(room);
        let (events_in, events) = mpsc::channel(64);
        let (commands, recorder) = mpsc::channel(64);
        let (facts, facts_out) = mpsc::channel(64);
        let engine = Self { requests: requests_out, events: events_in, seen: VecDeque::new(), recorder, facts };
        let engine_channels = EngineChannels { requests, events, link };
        (engine, engine_channels, RecorderChannels { commands, events: facts_out, place: nowhere() })
    }

    /// The next command, negotiations among them.
    pub(crate) async fn request(&mut self) -> Request {
        timeout(PATIENCE, self.requests.recv()).await.expect("a command in time").expect("signaling lives")
    }

    /// Answers the next negotiation; other commands before it are kept for [`Engine::command`].
    pub(crate) async fn answer_offer(&mut self) -> Command {
        loop {
            let request = self.request().await;
            let (leg, offer) = match &request.command {
                Command::AddLeg { leg, offer, .. } | Command::Negotiate { leg, offer } => (*leg, offer.as_str()),
                other => {
                    self.seen.push_back(other.clone());
                    continue;
                }
            };
            let event = if offer == BAD_OFFER {
                let reason = Refusal::InvalidOffer { detail: "it has no m-lines".into() };
                Event::Refused { id: request.id, reason }
            } else {
                Event::Answer { id: request.id, leg, sdp: ANSWER.into() }
            };
            self.tell(event).await;
            return request.command;
        }
    }

    /// The next command that is no negotiation.
    pub(crate) async fn command(&mut self) -> Command {
        match self.seen.pop_front() {
            Some(command) => command,
            None => self.request().await.command,
        }
    }

    /// Waits for patches that join these legs both ways.
    pub(crate) async fn expect_patches(&mut self, call: CallId, legs: [LegId; 2]) {
        loop {
            if let Command::SetPatches { room, patches } = self.command().await {
                assert_eq!(room, call);
                // Ringback comes before them.
                if patches.iter().all(|patch| patch.source.leg().is_none()) {
                    continue;
                }
                for (source, sink) in [(legs[0], legs[1]), (legs[1], legs[0])] {
                    let joined =
                        patches.iter().filter(|patch| patch.source == source.into() && patch.sink == sink).count();
                    assert_eq!(joined, 3, "audio, camera and screen from {source} to {sink}: {patches:?}");
                }
                return;
            }
        }
    }

    /// Waits for patches with which the customer hears prompts alone; returns their playlist.
    pub(crate) async fn expect_playlist(&mut self, customer: LegId) -> Playlist {
        loop {
            if let Command::SetPatches { patches, .. } = self.command().await
                && let [Patch { source: Source::Prompts(playlist), sink, .. }] = patches[..]
            {
                assert_eq!(sink, customer);
                return playlist;
            }
        }
    }

    /// Waits until signaling has filled the queue.
    pub(crate) async fn until_full(&self) {
        let full = async {
            while self.requests.len() < self.requests.max_capacity() {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, full).await.expect("a full queue");
    }

    pub(crate) async fn tell(&self, event: Event) {
        self.events.send(event).await.expect("signaling lives");
    }

    pub(crate) async fn connect(&self, leg: LegId) {
        self.tell(Event::LegConnected { leg, at: MediaTime(1_000_000) }).await;
    }

    pub(crate) async fn recorder_command(&mut self) -> recorder::Command {
        timeout(PATIENCE, self.recorder.recv()).await.expect("a command in time").expect("signaling lives")
    }
}
