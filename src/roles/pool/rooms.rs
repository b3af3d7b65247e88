//! Which engine has which room; without any connection.

use media_engine::Ledger;
use model::{CallId, CommandId, LegId, PromptId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;
use tokio::time::Instant;
use wire::engine::{Command, Event, HeldRoom, Refusal, Request};

/// An engine that is away for so long gives its rooms to others, if there are any.
const MOVE_AFTER: Duration = Duration::from_secs(2);
/// An engine that refused a room for lack of room, or because it is being drained, gets no new ones for so long.
const SHUN: Duration = Duration::from_secs(5);
/// Legs that were asked for and are not answered yet.
const ASKED: usize = 4096;

/// An engine as the pool sees it.
#[derive(Default)]
struct Member {
    ledger: Ledger,
    /// Has said what it holds.
    was_heard: bool,
    away_since: Option<Instant>,
    shunned_until: Option<Instant>,
}

/// A leg that was asked for.
struct Asked {
    request: Request,
    room: CallId,
    /// Engines that refused it.
    refused_by: BTreeSet<usize>,
}

pub(super) struct Rooms {
    members: Vec<Member>,
    engine_of: BTreeMap<CallId, usize>,
    room_of: BTreeMap<LegId, CallId>,
    asked: BTreeMap<CommandId, Asked>,
}

/// What becomes of an engine's event.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// It is passed on.
    Pass(Event),
    /// The engine has no room: another one is asked.
    Ask(usize, Request),
    /// Everything that the engines hold may be another.
    Holdings {
        /// Rooms that went to another engine while this one was away: they end there.
        close: Vec<CallId>,
    },
}

impl Rooms {
    pub(super) fn new(engines: usize, now: Instant) -> Self {
        let member = || Member { away_since: Some(now), ..Member::default() };
        Self {
            members: (0..engines).map(|_| member()).collect(),
            engine_of: BTreeMap::new(),
            room_of: BTreeMap::new(),
            asked: BTreeMap::new(),
        }
    }

    /// The engines that a request is for. A room stays where it is; a new one goes where there are the fewest; prompts are
    /// everywhere.
    pub(super) fn route(&mut self, request: &Request, now: Instant) -> Range<usize> {
        let engine = match &request.command {
            Command::AddLeg { room, leg, .. } => {
                self.room_of.insert(*leg, *room);
                if self.asked.len() >= ASKED {
                    self.asked.pop_first();
                }
                let asked = Asked { request: request.clone(), room: *room, refused_by: BTreeSet::new() };
                self.asked.insert(request.id, asked);
                self.place(*room, now)
            }
            Command::SetPatches { room, .. } | Command::SetTaps { room, .. } => self.place(*room, now),
            Command::PartLegs { room } => self.engine_of.get(room).copied().unwrap_or(0),
            Command::Negotiate { leg, .. } | Command::RequestKeyframe { leg, .. } => self.engine_of_leg(*leg),
            Command::RemoveLeg { leg } => {
                let engine = self.engine_of_leg(*leg);
                self.room_of.remove(leg);
                engine
            }
            Command::CloseRoom { room } => {
                self.room_of.retain(|_, own| own != room);
                self.engine_of.remove(room).unwrap_or(0)
            }
            Command::LoadPrompt { .. } | Command::UnloadPrompt { .. } => {
                self.members.iter_mut().for_each(|member| member.ledger.note_request(request));
                return 0..self.members.len();
            }
        };
        self.members[engine].ledger.note_request(request);
        engine..engine + 1
    }

    /// Any engine will say of a leg it does not hold that it is unknown.
    fn engine_of_leg(&self, leg: LegId) -> usize {
        self.room_of.get(&leg).and_then(|room| self.engine_of.get(room)).copied().unwrap_or(0)
    }

    fn place(&mut self, room: CallId, now: Instant) -> usize {
        if let Some(engine) = self.engine_of.get(&room) {
            return *engine;
        }
        let best = self.best(&BTreeSet::new(), now).unwrap_or(0);
        self.engine_of.insert(room, best);
        best
    }

    fn best(&self, without: &BTreeSet<usize>, now: Instant) -> Option<usize> {
        let rank = |engine: &usize| {
            let member = &self.members[*engine];
            let shunned = member.shunned_until.is_some_and(|until| now < until);
            let load = self.engine_of.values().filter(|own| *own == engine).count();
            (member.away_since.is_some(), shunned, load)
        };
        (0..self.members.len()).filter(|engine| !without.contains(engine)).min_by_key(rank)
    }

    /// Takes in what an engine reports.
    pub(super) fn hear(&mut self, engine: usize, event: Event, now: Instant) -> Outcome {
        if let Event::Holds { rooms, prompts } = event {
            return Outcome::Holdings { close: self.note_holdings(engine, rooms, prompts) };
        }
        self.members[engine].ledger.note_event(&event);
        match &event {
            Event::Refused { id, reason: Refusal::Full { .. } } => {
                if let Some((other, request)) = self.ask_another(engine, *id, now) {
                    return Outcome::Ask(other, request);
                }
                self.asked.remove(id);
            }
            Event::Answer { id, .. } | Event::Refused { id, .. } => {
                self.asked.remove(id);
            }
            _ => {}
        }
        Outcome::Pass(event)
    }

    /// A room that has no leg in the engine that refused may go to another.
    fn ask_another(&mut self, engine: usize, id: CommandId, now: Instant) -> Option<(usize, Request)> {
        self.members[engine].shunned_until = Some(now + SHUN);
        let asked = self.asked.get_mut(&id)?;
        asked.refused_by.insert(engine);
        let (room, request, refused_by) = (asked.room, asked.request.clone(), asked.refused_by.clone());
        if self.members[engine].ledger.has_room(room) {
            return None;
        }
        let other = self.best(&refused_by, now).filter(|other| self.members[*other].away_since.is_none())?;
        self.engine_of.insert(room, other);
        self.members[other].ledger.note_request(&request);
        Some((other, request))
    }

    fn note_holdings(&mut self, engine: usize, rooms: Vec<HeldRoom>, prompts: Vec<PromptId>) -> Vec<CallId> {
        let elsewhere = |held: &HeldRoom| self.engine_of.get(&held.room).is_some_and(|own| *own != engine);
        let (moved, own): (Vec<HeldRoom>, Vec<HeldRoom>) = rooms.into_iter().partition(elsewhere);
        // What it does not hold any more may begin anew anywhere.
        self.engine_of.retain(|_, at| *at != engine);
        for HeldRoom { room, legs } in &own {
            self.engine_of.insert(*room, engine);
            self.room_of.extend(legs.iter().map(|held| (held.leg, *room)));
        }
        let member = &mut self.members[engine];
        member.ledger.note_event(&Event::Holds { rooms: own, prompts });
        member.was_heard = true;
        moved.into_iter().map(|held| held.room).collect()
    }

    /// What all engines hold together: their rooms, and the prompts that each of those that are there has.
    pub(super) fn holdings(&self) -> Event {
        let rooms = self.members.iter().flat_map(|member| member.ledger.holds()).collect();
        let present = self.members.iter().filter(|member| member.away_since.is_none());
        let prompts = present.map(|member| member.ledger.prompts().clone()).reduce(|own, other| &own & &other);
        Event::Holds { rooms, prompts: prompts.unwrap_or_default().into_iter().collect() }
    }

    pub(super) fn all_were_heard(&self) -> bool {
        self.members.iter().all(|member| member.was_heard)
    }

    pub(super) fn note_state(&mut self, engine: usize, is_up: bool, now: Instant) {
        let away_since = &mut self.members[engine].away_since;
        *away_since = if is_up { None } else { away_since.or(Some(now)) };
    }

    /// Engines that are away for long lose their rooms to others; true when one did.
    pub(super) fn move_rooms(&mut self, now: Instant) -> bool {
        if self.members.iter().all(|member| member.away_since.is_some()) {
            return false;
        }
        let mut moved = false;
        for (engine, member) in self.members.iter_mut().enumerate() {
            let gone = member.away_since.is_some_and(|since| now.duration_since(since) >= MOVE_AFTER);
            if gone && self.engine_of.values().any(|own| *own == engine) {
                tracing::warn!(engine, "a media engine stays away: its calls go to another");
                member.ledger = Ledger::default();
                self.engine_of.retain(|_, own| *own != engine);
                moved = true;
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MediaTime;
    use wire::engine::HeldLeg;

    const FULL: Refusal = Refusal::Full { limit: String::new() };

    fn add(room: u128, leg: u128) -> Request {
        let command = Command::AddLeg { room: CallId::of(room), leg: LegId::of(leg), offer: String::new() };
        Request { id: CommandId::of(leg), command }
    }

    fn negotiate(leg: u128) -> Request {
        let command = Command::Negotiate { leg: LegId::of(leg), offer: String::new() };
        Request { id: CommandId::of(1_000 + leg), command }
    }

    fn answer(leg: u128) -> Event {
        Event::Answer { id: CommandId::of(leg), leg: LegId::of(leg), sdp: String::new() }
    }

    fn room(room: u128, leg: u128) -> HeldRoom {
        let leg = HeldLeg { leg: LegId::of(leg), connected: Some(MediaTime(1)), path_lost: false };
        HeldRoom { room: CallId::of(room), legs: vec![leg] }
    }

    /// Two engines that are there.
    fn pair(now: Instant) -> Rooms {
        let mut rooms = Rooms::new(2, now);
        (0..2).for_each(|engine| rooms.note_state(engine, true, now));
        rooms
    }

    #[test]
    fn rooms_stay_together_and_new_ones_go_where_there_are_fewest() {
        let now = Instant::now();
        let mut rooms = pair(now);
        assert_eq!(
            [add(1, 11), add(2, 21), add(1, 12), negotiate(21)].map(|r| rooms.route(&r, now).start),
            [0, 1, 0, 1]
        );
        let close = Request { id: CommandId::of(9), command: Command::CloseRoom { room: CallId::of(2) } };
        assert_eq!(rooms.route(&close, now).start, 1);
        assert_eq!(rooms.route(&add(3, 31), now).start, 1);
    }

    #[test]
    fn an_engine_without_room_passes_a_new_call_on_and_keeps_its_own() {
        let now = Instant::now();
        let mut rooms = pair(now);
        rooms.route(&add(1, 11), now);
        let refused = |leg| Event::Refused { id: CommandId::of(leg), reason: FULL };
        assert_eq!(rooms.hear(0, refused(11), now), Outcome::Ask(1, add(1, 11)));
        assert_eq!(rooms.hear(1, answer(11), now), Outcome::Pass(answer(11)));
        assert_eq!(rooms.route(&add(1, 12), now).start, 1, "the other party follows");
        // A second party cannot go where the first is not.
        assert_eq!(rooms.hear(1, refused(12), now), Outcome::Pass(refused(12)));
        // Who refused is asked last for a while.
        assert_eq!(rooms.route(&add(2, 21), now + SHUN * 2).start, 0);
        assert_eq!(rooms.hear(0, refused(21), now), Outcome::Ask(1, add(2, 21)));
        assert_eq!(rooms.hear(1, refused(21), now), Outcome::Pass(refused(21)), "nobody has room");
    }

    #[test]
    fn the_calls_of_an_engine_that_stays_away_go_to_another() {
        let now = Instant::now();
        let mut rooms = pair(now);
        rooms.route(&add(1, 11), now);
        rooms.hear(0, answer(11), now);
        rooms.note_state(0, false, now);
        assert!(!rooms.move_rooms(now + MOVE_AFTER / 2));
        assert!(rooms.move_rooms(now + MOVE_AFTER));
        assert_eq!(
            rooms.holdings(),
            Event::Holds { rooms: Vec::new(), prompts: Vec::new() },
            "its page is told to rejoin"
        );
        assert_eq!(rooms.route(&add(1, 11), now + MOVE_AFTER).start, 1);
        // It was only cut off: what it still holds ends there.
        let held = Event::Holds { rooms: vec![room(1, 11), room(5, 51)], prompts: Vec::new() };
        let back = rooms.hear(0, held, now);
        assert_eq!(back, Outcome::Holdings { close: vec![CallId::of(1)] });
        assert_eq!(rooms.route(&negotiate(51), now).start, 0);
    }

    #[test]
    fn alone_an_engine_keeps_its_calls_however_long_it_is_away() {
        let now = Instant::now();
        let mut rooms = pair(now);
        rooms.route(&add(1, 11), now);
        (0..2).for_each(|engine| rooms.note_state(engine, false, now));
        assert!(!rooms.move_rooms(now + MOVE_AFTER * 10));
    }

    #[test]
    fn prompts_go_to_every_engine_and_are_there_when_each_has_them() {
        let now = Instant::now();
        let mut rooms = pair(now);
        let prompt = PromptId::of(7);
        let load = wire::prompt::load(prompt, [[1].as_slice()]).remove(0);
        assert_eq!(rooms.route(&Request { id: CommandId::of(1), command: load }, now), 0..2);
        let holdings = |rooms: &Rooms| match rooms.holdings() {
            Event::Holds { prompts, .. } => prompts,
            other => panic!("{other:?}"),
        };
        assert_eq!(holdings(&rooms), [prompt]);
        // One of them starts anew without it.
        rooms.hear(1, Event::Holds { rooms: Vec::new(), prompts: Vec::new() }, now);
        assert!(holdings(&rooms).is_empty());
        rooms.note_state(1, false, now);
        assert_eq!(holdings(&rooms), [prompt], "who is away says what it holds when it is back");
    }
}
