//! Who must ring now.

use super::{AGAIN, Call, Model, Ring, State, Time};
use model::{AgentId, AgentStatus, CallId};

/// What the rules say of one waiting call.
enum Due {
    /// Any of these, who are free for equally long. With true, the next round begins.
    RingAt(Vec<AgentId>, bool),
    /// Who has the conversation.
    RingFamiliar(AgentId),
    Nothing,
}

impl Model {
    /// Waiting calls in the order in which they get agents.
    pub(crate) fn line(&self) -> Vec<CallId> {
        let mut line: Vec<(bool, u8, Time, CallId)> = self
            .calls
            .iter()
            .filter(|(_, call)| call.state == State::Waiting && call.leaving.is_none() && !call.away)
            .map(|(id, call)| (!call.front, call.priority, call.since, *id))
            .collect();
        line.sort();
        line.into_iter().map(|(_, _, _, id)| id).collect()
    }

    /// The core's rings must be exactly those that the rules ask for, in order.
    pub(crate) fn assign(&mut self, rings: &[Ring]) {
        let handed_over = |ring: &Ring| self.calls.get(&ring.call).is_some_and(|call| call.must_ring.is_some());
        let (targets, rings): (Vec<Ring>, Vec<Ring>) = rings.iter().copied().partition(|ring| handed_over(ring));
        targets.into_iter().for_each(|ring| self.rings_at_target(ring));
        assert!(self.calls.values().all(|call| call.must_ring.is_none()), "a transfer does not ring");
        let mut rings = rings.iter();
        for id in self.line() {
            let (agents, next_round, turn) = match self.due(&self.calls[&id]) {
                Due::RingAt(agents, next_round) => (agents, next_round, true),
                Due::RingFamiliar(agent) => (vec![agent], false, false),
                Due::Nothing => continue,
            };
            let ring = rings.next().unwrap_or_else(|| panic!("{id} should ring at one of {agents:?} and does not"));
            assert_eq!(ring.call, id, "another call should ring first, at one of {agents:?}");
            assert!(agents.contains(&ring.agent), "{id} should ring at one of {agents:?}, not at {}", ring.agent);
            if next_round {
                let call = self.call(id);
                let last = call.passed.pop();
                call.passed = last.into_iter().collect();
            }
            self.rings(*ring);
            let (queue, direct) = (self.calls[&id].queue, self.calls[&id].only.is_some());
            let queue = self.queues.get_mut(&queue).expect("a call's queue is known");
            if turn && queue.in_turn && !direct {
                queue.last = Some(ring.agent);
            }
        }
        assert!(rings.next().is_none(), "more rings than the rules ask for");
    }

    fn due(&self, call: &Call) -> Due {
        if call.customer.lost() || (call.only.is_none() && !self.assigns(call.queue)) {
            return Due::Nothing;
        }
        let candidates: Vec<AgentId> = self
            .agents
            .iter()
            .filter(|(id, agent)| match call.only {
                _ if self.availability(**id) != AgentStatus::Active => false,
                Some(only) => only == **id,
                None => agent.queues.contains(&call.queue),
            })
            .map(|(id, _)| *id)
            .collect();
        let familiar = call.familiar.filter(|_| call.only.is_none() && self.queues[&call.queue].sticky);
        if let Some(agent) = familiar.filter(|agent| candidates.contains(agent) && !call.passed.contains(agent)) {
            return Due::RingFamiliar(agent);
        }
        let fresh: Vec<AgentId> = candidates.iter().copied().filter(|agent| !call.passed.contains(agent)).collect();
        if !fresh.is_empty() {
            return Due::RingAt(self.next(call, &fresh), false);
        }
        let others: Vec<AgentId> =
            candidates.iter().copied().filter(|agent| call.passed.last() != Some(agent)).collect();
        if !others.is_empty() {
            return Due::RingAt(self.next(call, &others), true);
        }
        let rested = call.last_passed.is_none_or(|passed| passed + AGAIN <= self.mono);
        if candidates.is_empty() || !rested { Due::Nothing } else { Due::RingAt(candidates, true) }
    }

    fn next(&self, call: &Call, agents: &[AgentId]) -> Vec<AgentId> {
        let queue = &self.queues[&call.queue];
        if call.only.is_some() || !queue.in_turn {
            return self.free_longest(agents);
        }
        let after = agents.iter().filter(|agent| queue.last.is_none_or(|last| **agent > last)).min();
        after.or(agents.iter().min()).copied().into_iter().collect()
    }

    fn free_longest(&self, agents: &[AgentId]) -> Vec<AgentId> {
        let since = |agent: &AgentId| self.agents[agent].idle_since;
        let earliest = agents.iter().map(since).min();
        agents.iter().copied().filter(|agent| Some(since(agent)) == earliest).collect()
    }
}
