//! The assignment run (AAA-02..08): one at a time, at the end of the turn that gave cause for it.

use crate::agent::Agent;
use crate::call::Call;
use crate::call_center::{CallCenter, Turn};
use crate::limits::RING_AGAIN_PAUSE;
use crate::timers::Reason;
use model::{AgentId, CallId};
use std::time::Instant;

/// What a waiting call can do.
enum Choice {
    /// Ring here. With `round_over`, all candidates had their turn and the next round begins.
    Ring { agent: AgentId, round_over: bool },
    /// The only candidate has just passed it over: ask again then.
    RingAgain(Instant),
    /// Nobody is free for it.
    Nobody,
}

impl CallCenter {
    pub(crate) fn assign_waiting_calls(&mut self, turn: &mut Turn) {
        let mut free = self.free_agents();
        let waiting: Vec<CallId> = self.waiting.calls().collect();
        for call in waiting {
            if free.is_empty() {
                return;
            }
            if !self.may_ring(call) {
                continue;
            }
            match self.choose(call, &free, turn) {
                Choice::Ring { agent, round_over } => {
                    free.retain(|other| *other != agent);
                    if round_over {
                        self.begin_next_round(call);
                    }
                    self.ring(call, agent, turn);
                }
                Choice::RingAgain(at) => self.timers.arm(Reason::RingAgain(call), at),
                Choice::Nobody => {}
            }
        }
    }

    /// Free agents, free longest first.
    fn free_agents(&self) -> Vec<AgentId> {
        let mut free: Vec<&Agent> = self.agents.values().filter(|agent| agent.is_free()).collect();
        free.sort_by_key(|agent| (agent.row.idle_since, tie_break(self.seed, agent.row.id), agent.row.id));
        free.into_iter().map(|agent| agent.row.id).collect()
    }

    /// Automatic assignment is on (PRE-09), and the customer is there to be answered.
    fn may_ring(&self, call: CallId) -> bool {
        let call = self.call_ref(call);
        let assigned = call.row.only_agent.is_some()
            || self.queues.get(&call.row.queue).is_some_and(|queue| queue.auto_assignment);
        assigned && self.leg_ref(call.customer_leg).row.lost_since.is_none()
    }

    fn choose(&self, call: CallId, free: &[AgentId], turn: &Turn) -> Choice {
        let call = self.call_ref(call);
        let candidates: Vec<AgentId> = free.iter().copied().filter(|agent| self.serves(*agent, call)).collect();
        let passed_over = &call.row.passed_over;
        if let Some(agent) = candidates.iter().copied().find(|agent| !passed_over.contains(agent)) {
            return Choice::Ring { agent, round_over: false };
        }
        let others = candidates.iter().copied().find(|agent| passed_over.last() != Some(agent));
        match (others, candidates.first().copied()) {
            (Some(agent), _) => Choice::Ring { agent, round_over: true },
            (None, Some(only)) => {
                let again = call.last_passed.map_or(turn.now.mono, |passed| passed + RING_AGAIN_PAUSE);
                if again <= turn.now.mono {
                    Choice::Ring { agent: only, round_over: true }
                } else {
                    Choice::RingAgain(again)
                }
            }
            (None, None) => Choice::Nobody,
        }
    }

    /// PRE-07: a member of the queue; or the one agent to whom the link leads.
    fn serves(&self, agent: AgentId, call: &Call) -> bool {
        match call.row.only_agent {
            Some(only) => only == agent,
            None => self.agent_ref(agent).row.queues.contains(&call.row.queue),
        }
    }

    /// Everybody has another turn; who passed it over last comes after the others.
    fn begin_next_round(&mut self, call: CallId) {
        self.edit_call(call, |row| {
            let last = row.passed_over.pop();
            row.passed_over.clear();
            row.passed_over.extend(last);
        });
    }
}

/// Agents who are free for equally long take turns that differ between accounts (SplitMix64's finaliser).
fn tie_break(seed: u64, agent: AgentId) -> u64 {
    let (high, low) = agent.0.as_u64_pair();
    let mut mixed = seed ^ high ^ low.rotate_left(32);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
