//! Agents put calls on hold and hand them over.

use crate::model::State;
use crate::world::World;
use callcenter_core::command::{Command, RecordingCommand};
use model::{AgentId, AgentStatus, LegId, QueueId, VoiceStatus};

impl World {
    /// An agent's leg that does not ring, mostly; of anybody sometimes, for the core to refuse.
    fn somebodys_call(&mut self) -> Option<LegId> {
        let agents: Vec<LegId> =
            self.agents.values().filter(|page| page.connected).filter_map(|page| page.talking).collect();
        if self.random.chance(30) {
            let placed: Vec<LegId> = agents.iter().copied().filter(|leg| self.is_of_placed(*leg)).collect();
            return self.random.pick(if placed.is_empty() { &agents } else { &placed });
        }
        if self.random.chance(95) {
            return self.random.pick(&agents);
        }
        let any: Vec<LegId> = self.model.calls.values().map(|call| call.customer.id).collect();
        self.random.pick(&any)
    }

    fn is_of_placed(&self, leg: LegId) -> bool {
        self.model.call_of_leg(leg).is_some_and(|call| self.model.calls[&call].link.is_none())
    }

    pub(super) fn agent_holds(&mut self) {
        let Some(leg) = self.somebodys_call() else { return };
        self.command(Command::Hold { leg }, |model| model.hold(leg));
    }

    pub(super) fn agent_resumes(&mut self) {
        let Some(leg) = self.somebodys_call() else { return };
        self.command(Command::Resume { leg }, |model| model.resume(leg));
    }

    pub(super) fn recording_is_paused_or_goes_on(&mut self) {
        let Some(leg) = self.somebodys_call() else { return };
        let paused = self.random.chance(50);
        let command = RecordingCommand::SetPaused { leg, paused, by: "somebody".to_owned() };
        self.command(Command::Recording(command), |model| model.set_paused(leg, paused));
    }

    pub(super) fn agent_hands_over(&mut self) {
        let Some(leg) = self.somebodys_call() else { return };
        let call = self.model.call_of_leg(leg);
        let mut agents: Vec<AgentId> = self.agents.keys().copied().collect();
        // Mostly to somebody who can take it, as people do.
        if let Some(queue) = call.map(|call| self.model.calls[&call].queue).filter(|_| self.random.chance(80)) {
            let serves = |agent: &AgentId| self.model.agents[agent].queues.contains(&queue);
            agents.retain(|agent| self.model.availability(*agent) == AgentStatus::Active && serves(agent));
        }
        let Some(to) = self.random.pick(&agents) else { return };
        let state = call.map(|call| self.model.calls[&call].state);
        let talks = matches!(state, Some(State::Established | State::Held));
        let is_busy = talks && self.model.agents[&to].voice != VoiceStatus::Idle;
        let begins = self.command(Command::TransferToAgent { leg, to }, |model| model.transfer_to_agent(leg, to));
        if let Some(call) = call.filter(|_| begins && self.random.chance(30)) {
            self.transfer_goes_wrong(call);
        } else if !begins && is_busy {
            self.count("transfers refused: the target is busy");
        }
    }

    /// At once, and the target takes it.
    pub(super) fn placed_call_is_handed_over(&mut self) {
        let placed = self.model.calls.values().filter(|call| call.link.is_none() && call.state == State::Established);
        let legs: Vec<(LegId, QueueId)> =
            placed.filter_map(|call| Some((call.agent.as_ref()?.1.id, call.queue))).collect();
        let Some((leg, queue)) = self.random.pick(&legs) else { return };
        let serves = |agent: &AgentId| self.model.agents[agent].queues.contains(&queue);
        let mut agents: Vec<AgentId> = self.agents.keys().copied().filter(serves).collect();
        agents.retain(|agent| self.model.availability(*agent) == AgentStatus::Active);
        let Some(to) = self.random.pick(&agents) else { return };
        self.command(Command::TransferToAgent { leg, to }, |model| model.transfer_to_agent(leg, to));
        if let Some(rings) = self.agents[&to].ringing.filter(|_| self.agents[&to].connected) {
            self.answer(to, rings);
            self.engine_connects();
        }
    }

    pub(super) fn agent_hands_over_to_queue(&mut self) {
        let (Some(leg), Some(queue)) = (self.somebodys_call(), self.random.pick(&self.queues)) else { return };
        let to = Some(queue).filter(|queue| *queue != self.model.default_queue);
        self.command(Command::TransferToQueue { leg, to }, |model| model.transfer_to_queue(leg, queue));
    }
}
