//! Who waits and who is free, kept in step with every change, so that an assignment run looks only at lines in which
//! somebody waits and somebody is free.

use crate::row::Priority;
use model::{AgentId, CallId, QueueId, WallTime};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// Who a call waits for: calls that wait for the same stand in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WaitsFor {
    Queue(QueueId),
    Agent(AgentId),
}

/// A call's place: first whether it waits behind those whom a transfer brought to nobody, then priority, then who waits
/// longest.
pub(crate) type Place = ((bool, Priority), WallTime, CallId);

/// An agent's place among the free: since when, then a tie-break.
type FreePlace = (WallTime, u64, AgentId);

/// How a line's calls find agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manner {
    /// Calls are assigned by the system, now.
    pub(crate) assigned: bool,
    /// Free agents take turns in a circle, rather than who is free longest.
    pub(crate) in_turn: bool,
}

/// An agent's own line needs no permission.
const DIRECT: Manner = Manner { assigned: true, in_turn: false };
const BY_HAND: Manner = Manner { assigned: false, in_turn: false };

#[derive(Debug, Clone)]
struct Line {
    waiting: BTreeSet<Place>,
    /// Those of them whose customer is there to be answered.
    ready: BTreeSet<Place>,
    free: BTreeSet<FreePlace>,
    manner: Manner,
}

/// An agent who is free for calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FreeAgent {
    pub(crate) since: WallTime,
    pub(crate) tie_break: u64,
    pub(crate) queues: Vec<QueueId>,
}

/// All lines of an account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    lines: BTreeMap<WaitsFor, Line>,
    places: BTreeMap<CallId, (WaitsFor, Place)>,
    free: BTreeMap<AgentId, FreeAgent>,
    /// Lines in which a call may ring and an agent may be rung.
    matching: BTreeSet<WaitsFor>,
    /// Lines in which positions may have changed since customers were told, from that place on.
    changed: BTreeMap<WaitsFor, Place>,
}

impl Lines {
    /// How the queue's calls find agents from now on.
    pub(crate) fn set_manner(&mut self, queue: QueueId, manner: Manner) {
        let line = self.line(WaitsFor::Queue(queue));
        if line.manner.in_turn != manner.in_turn {
            let agents: Vec<AgentId> = line.free.iter().map(|(_, _, agent)| *agent).collect();
            let places = agents.iter().map(|agent| place_of(&self.free[agent], *agent, manner)).collect();
            self.line(WaitsFor::Queue(queue)).free = places;
        }
        self.line(WaitsFor::Queue(queue)).manner = manner;
        self.refresh(WaitsFor::Queue(queue));
    }

    /// The call waits here, whatever it did before.
    pub(crate) fn join(&mut self, call: CallId, waits_for: WaitsFor, place: Place, ready: bool) {
        self.leave(call);
        let line = self.line(waits_for);
        line.waiting.insert(place);
        if ready {
            line.ready.insert(place);
        }
        self.places.insert(call, (waits_for, place));
        self.mark_changed(waits_for, place);
        self.refresh(waits_for);
    }

    pub(crate) fn leave(&mut self, call: CallId) {
        let Some((waits_for, place)) = self.places.remove(&call) else { return };
        let line = self.line(waits_for);
        line.waiting.remove(&place);
        line.ready.remove(&place);
        self.mark_changed(waits_for, place);
        self.refresh(waits_for);
    }

    pub(crate) fn holds(&self, call: CallId) -> bool {
        self.places.contains_key(&call)
    }

    /// Whether the customer is there to be answered. Who is not keeps the place.
    pub(crate) fn set_ready(&mut self, call: CallId, ready: bool) {
        let Some((waits_for, place)) = self.places.get(&call).copied() else { return };
        let line = self.line(waits_for);
        if ready {
            line.ready.insert(place);
        } else {
            line.ready.remove(&place);
        }
        self.refresh(waits_for);
    }

    /// The customer is to be told the position again.
    pub(crate) fn tell_again(&mut self, call: CallId) {
        if let Some((waits_for, place)) = self.places.get(&call).copied() {
            self.mark_changed(waits_for, place);
        }
    }

    /// The agent is free on these terms, or with `None` not free.
    pub(crate) fn set_free(&mut self, agent: AgentId, now: Option<FreeAgent>) {
        if self.free.get(&agent) == now.as_ref() {
            return;
        }
        if let Some(before) = self.free.remove(&agent) {
            for waits_for in lines_of(agent, &before) {
                let line = self.line(waits_for);
                line.free.remove(&place_of(&before, agent, line.manner));
                self.refresh(waits_for);
            }
        }
        if let Some(now) = now {
            for waits_for in lines_of(agent, &now) {
                let line = self.line(waits_for);
                line.free.insert(place_of(&now, agent, line.manner));
                self.refresh(waits_for);
            }
            self.free.insert(agent, now);
        }
    }

    /// Of all calls that may ring and have free agents, the first one after this place.
    pub(crate) fn next_match(&self, after: Option<Place>) -> Option<(WaitsFor, CallId, Place)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let first = |waits_for: &WaitsFor| {
            let place = self.lines[waits_for].ready.range((from, Bound::Unbounded)).next()?;
            Some((*place, *waits_for))
        };
        let (place, waits_for) = self.matching.iter().filter_map(first).min()?;
        Some((waits_for, place.2, place))
    }

    /// Agents who are free for this line, in their order. Where they take turns, who follows `last` comes first.
    pub(crate) fn free_for(&self, waits_for: WaitsFor, last: Option<AgentId>) -> impl Iterator<Item = AgentId> {
        let line = self.lines.get(&waits_for);
        let turn = last.filter(|_| line.is_some_and(|line| line.manner.in_turn)).map(|last| (WallTime(0), 0_u64, last));
        let after = turn.map_or(Bound::Unbounded, Bound::Excluded);
        let until = turn.map(Bound::Included);
        let rest = line.into_iter().flat_map(move |line| line.free.range((after, Bound::Unbounded)));
        let begin = line
            .into_iter()
            .flat_map(move |line| until.into_iter().flat_map(move |until| line.free.range((Bound::Unbounded, until))));
        rest.chain(begin).map(|(_, _, agent)| *agent)
    }

    /// Whether this agent is free for the line.
    pub(crate) fn is_free_for(&self, waits_for: WaitsFor, agent: AgentId) -> bool {
        self.free.get(&agent).is_some_and(|free| lines_of(agent, free).any(|line| line == waits_for))
    }

    /// Calls whose position may have changed since this was asked last, with the position, last of a line first.
    pub(crate) fn take_changed(&mut self) -> Vec<(CallId, u32)> {
        let mut moved = Vec::new();
        for (waits_for, from) in std::mem::take(&mut self.changed) {
            let Some(line) = self.lines.get(&waits_for) else { continue };
            let mut position = u32::try_from(line.waiting.len()).unwrap_or(u32::MAX);
            for (_, _, call) in line.waiting.range(from..).rev() {
                moved.push((*call, position));
                position = position.saturating_sub(1);
            }
        }
        moved
    }

    fn line(&mut self, waits_for: WaitsFor) -> &mut Line {
        let manner = match waits_for {
            WaitsFor::Agent(_) => DIRECT,
            WaitsFor::Queue(_) => BY_HAND,
        };
        self.lines.entry(waits_for).or_insert_with(|| Line {
            waiting: BTreeSet::new(),
            ready: BTreeSet::new(),
            free: BTreeSet::new(),
            manner,
        })
    }

    fn mark_changed(&mut self, waits_for: WaitsFor, place: Place) {
        let from = self.changed.entry(waits_for).or_insert(place);
        *from = (*from).min(place);
    }

    fn refresh(&mut self, waits_for: WaitsFor) {
        let line = &self.lines[&waits_for];
        if line.manner.assigned && !line.ready.is_empty() && !line.free.is_empty() {
            self.matching.insert(waits_for);
        } else {
            self.matching.remove(&waits_for);
        }
        // Queues keep their line for its manner; agents' lines are as many as there are free agents.
        if line.waiting.is_empty() && line.free.is_empty() && matches!(waits_for, WaitsFor::Agent(_)) {
            self.lines.remove(&waits_for);
        }
    }
}

fn lines_of(agent: AgentId, free: &FreeAgent) -> impl Iterator<Item = WaitsFor> {
    free.queues.iter().map(|queue| WaitsFor::Queue(*queue)).chain([WaitsFor::Agent(agent)])
}

fn place_of(free: &FreeAgent, agent: AgentId, manner: Manner) -> FreePlace {
    if manner.in_turn { (WallTime(0), 0, agent) } else { (free.since, free.tie_break, agent) }
}
