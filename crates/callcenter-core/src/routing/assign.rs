//! The assignment run: one at a time, at the end of the turn that gave cause for it.

use super::lines::{FreeAgent, WaitsFor};
use crate::call_center::{CallCenter, Turn};
use crate::limits::RING_AGAIN_PAUSE;
use crate::planted::PlantedBug;
use crate::row::{CallRow, QueueRow};
use crate::timers::Reason;
use model::{AgentId, CallId};
use std::time::{Duration, Instant};

/// What a waiting call can do.
enum Choice {
    /// Ring here. With `round_over`, all candidates had their turn and the next round begins.
    Ring { agent: AgentId, round_over: bool },
    /// Ring at the agent who knows the customer, whoever's turn it is.
    RingFamiliar(AgentId),
    /// The only candidate has just passed it over: ask again then.
    RingAgain(Instant),
}

impl CallCenter {
    /// Each call that may ring, in the order of waiting over all lines, while somebody is free for it.
    pub(crate) fn assign_waiting_calls(&mut self, turn: &mut Turn) {
        let mut last = None;
        while let Some((waits_for, call, place)) = self.waiting.next_match(last) {
            last = Some(place);
            match self.choose(call, waits_for, turn) {
                Choice::Ring { agent, round_over } => {
                    if round_over {
                        self.begin_next_round(call);
                    }
                    if let WaitsFor::Queue(queue) = waits_for {
                        self.remember_turn(queue, agent);
                    }
                    self.ring(call, agent, turn);
                }
                Choice::RingFamiliar(agent) => self.ring(call, agent, turn),
                Choice::RingAgain(at) => self.timers.arm(Reason::RingAgain(call), at),
            }
        }
    }

    fn choose(&self, call: CallId, waits_for: WaitsFor, turn: &Turn) -> Choice {
        let state = self.call_ref(call);
        let passed_over = &state.row.passed_over;
        let queue = match waits_for {
            WaitsFor::Queue(queue) => self.queues.get(&queue),
            WaitsFor::Agent(_) => None,
        };
        if let Some(agent) = queue.and_then(|queue| familiar(&state.row, queue))
            && self.waiting.is_free_for(waits_for, agent)
            && !passed_over.contains(&agent)
        {
            return Choice::RingFamiliar(agent);
        }
        let last_in_turn = queue.and_then(|queue| queue.last_in_turn);
        let free = || self.waiting.free_for(waits_for, last_in_turn);
        if self.planted.is(PlantedBug::Routing)
            && let Some(agent) = free().next()
        {
            return Choice::Ring { agent, round_over: false };
        }
        if let Some(agent) = free().find(|agent| !passed_over.contains(agent)) {
            return Choice::Ring { agent, round_over: false };
        }
        if let Some(agent) = free().find(|agent| passed_over.last() != Some(agent)) {
            return Choice::Ring { agent, round_over: true };
        }
        let only = free().next().expect("a line that matches has a free agent");
        let again = state.last_passed.map_or(turn.now.mono, |passed| passed + RING_AGAIN_PAUSE);
        if again <= turn.now.mono { Choice::Ring { agent: only, round_over: true } } else { Choice::RingAgain(again) }
    }

    /// Everybody has another turn; who passed it over last comes after the others.
    fn begin_next_round(&mut self, call: CallId) {
        self.edit_call(call, |row| {
            let last = row.passed_over.pop();
            row.passed_over.clear();
            row.passed_over.extend(last);
        });
    }

    /// Availability, idle time or queues of the agent may have changed.
    pub(crate) fn refresh_free(&mut self, agent: AgentId) {
        let state = self.agent_ref(agent);
        let free = state.is_free().then(|| FreeAgent {
            since: state.row.idle_since,
            tie_break: tie_break(self.seed, agent),
            queues: state.row.queues.clone(),
        });
        self.waiting.set_free(agent, free);
    }
}

/// Who knows the customer, where the queue asks for that and it is not too long ago.
fn familiar(call: &CallRow, queue: &QueueRow) -> Option<AgentId> {
    let familiar = call.familiar.filter(|_| queue.sticky)?;
    let day = Duration::from_hours(24);
    let remembered = queue.sticky_days.is_none_or(|days| call.created_at.since(familiar.last_contact) <= day * days);
    remembered.then_some(familiar.agent)
}

/// Agents who are free for equally long take turns that differ between accounts (SplitMix64's finaliser).
fn tie_break(seed: u64, agent: AgentId) -> u64 {
    let (high, low) = agent.0.as_u64_pair();
    let mut mixed = seed ^ high ^ low.rotate_left(32);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
