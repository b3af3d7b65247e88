//! Several engines as one: a room stays on its engine, a new one goes to another where there is room.

mod rooms;

use link::{Control, LinkState};
use rooms::{Outcome, Rooms};
use std::{ops::Range, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval},
};
use wire::engine::{Command, Event, Request};

/// Messages that wait for the pool.
const QUEUE: usize = 1_024;
/// How long a start waits for all engines to say what they hold.
const FIRST_HOLDINGS: Duration = Duration::from_secs(2);
/// How often it is looked who is there.
const LOOK: Duration = Duration::from_millis(100);

/// All engines as signaling sees them.
pub(super) struct Engines {
    pub(super) requests: mpsc::Sender<Request>,
    pub(super) events: mpsc::Receiver<Event>,
    /// Up when one of them is.
    pub(super) state: watch::Receiver<LinkState>,
}

/// One engine is itself; several become a pool.
pub(super) fn join(mut engines: Vec<Control<Request, Event>>) -> Engines {
    if engines.len() == 1
        && let Some(Control { messages, incoming, state, .. }) = engines.pop()
    {
        return Engines { requests: messages, events: incoming, state };
    }
    let (requests, asked) = mpsc::channel(QUEUE);
    let (tell, events) = mpsc::channel(QUEUE);
    let (heard, hear) = mpsc::channel(QUEUE);
    let (state, told) = watch::channel(LinkState::Down { reason: None });
    let mut members = Vec::new();
    for (engine, Control { messages, mut incoming, state, .. }) in engines.into_iter().enumerate() {
        members.push((messages, state));
        let heard = heard.clone();
        tokio::spawn(async move {
            while let Some(event) = incoming.recv().await {
                if heard.send((engine, event)).await.is_err() {
                    return;
                }
            }
        });
    }
    let rooms = Rooms::new(members.len(), Instant::now());
    tokio::spawn(Pool { members, rooms, tell, state, began: Instant::now(), told_first: false }.run(asked, hear));
    Engines { requests, events, state: told }
}

struct Pool {
    members: Vec<(mpsc::Sender<Request>, watch::Receiver<LinkState>)>,
    rooms: Rooms,
    tell: mpsc::Sender<Event>,
    state: watch::Sender<LinkState>,
    began: Instant,
    told_first: bool,
}

/// Signaling has ended.
struct Ended;

impl Pool {
    async fn run(mut self, mut asked: mpsc::Receiver<Request>, mut hear: mpsc::Receiver<(usize, Event)>) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let turn = tokio::select! {
                request = asked.recv() => match request {
                    Some(request) => {
                        let engines = self.rooms.route(&request, Instant::now());
                        self.ask_all(engines, request).await
                    }
                    None => return,
                },
                Some((engine, event)) = hear.recv() => self.hear(engine, event).await,
                _ = look.tick() => self.look().await,
            };
            if turn.is_err() {
                return;
            }
        }
    }

    async fn ask(&self, engine: usize, request: Request) -> Result<(), Ended> {
        self.members[engine].0.send(request).await.map_err(|_| Ended)
    }

    async fn ask_all(&self, engines: Range<usize>, request: Request) -> Result<(), Ended> {
        for engine in engines {
            self.ask(engine, request.clone()).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, engine: usize, event: Event) -> Result<(), Ended> {
        match self.rooms.hear(engine, event, Instant::now()) {
            Outcome::Pass(event) => self.tell.send(event).await.map_err(|_| Ended),
            Outcome::Ask(engine, request) => self.ask(engine, request).await,
            Outcome::Holdings { close } => {
                for room in close {
                    let request = Request { id: model::CommandId::fresh(), command: Command::CloseRoom { room } };
                    self.ask(engine, request).await?;
                }
                self.tell_holdings().await
            }
        }
    }

    /// Before all were heard, signaling would take the calls of the others for lost.
    async fn tell_holdings(&mut self) -> Result<(), Ended> {
        self.told_first |= self.rooms.all_were_heard() || self.began.elapsed() >= FIRST_HOLDINGS;
        if !self.told_first {
            return Ok(());
        }
        self.tell.send(self.rooms.holdings()).await.map_err(|_| Ended)
    }

    async fn look(&mut self) -> Result<(), Ended> {
        let now = Instant::now();
        let states: Vec<LinkState> = self.members.iter().map(|(_, state)| state.borrow().clone()).collect();
        for (engine, state) in states.iter().enumerate() {
            self.rooms.note_state(engine, state.is_up(), now);
        }
        let shown = states.iter().find(|state| state.is_up()).or_else(|| states.first());
        if let Some(shown) = shown {
            self.state.send_if_modified(|state| {
                let changed = state != shown;
                state.clone_from(shown);
                changed
            });
        }
        let first_is_due =
            !self.told_first && self.began.elapsed() >= FIRST_HOLDINGS && states.iter().any(LinkState::is_up);
        if self.rooms.move_rooms(now) || first_is_due { self.tell_holdings().await } else { Ok(()) }
    }
}
