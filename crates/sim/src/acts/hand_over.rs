//! Agents put calls on hold and hand them over.

use crate::model::State;
use crate::world::World;
use callcenter_core::command::Command;
use model::{AgentId, AgentStatus, LegId, VoiceStatus};

impl World {
    /// An agent's leg that does not ring, mostly; of anybody sometimes, for the core to refuse.
    fn somebodys_call(&mut self) -> Option<LegId> {
        let agents: Vec<LegId> =
            self.agents.values().filter(|page| page.connected).filter_map(|page| page.talking).collect();
        if self.random.chance(95) {
            return self.random.pick(&agents);
        }
        let any: Vec<LegId> = self.model.calls.values().map(|call| call.customer.id).collect();
        self.random.pick(&any)
    }

    pub(super) fn agent_holds(&mut self) {
        let Some(leg) = self.somebodys_call() else { return };
        self.command(Command::Hold { leg }, |model| model.hold(leg));
    }

    pub(super) fn agent_resumes(&mut self) {
        let Some(leg) = self.somebodys_call() else { return };
        self.command(Command::Resume { leg }, |model| model.resume(leg));
    }

    pub(super) fn agent_hands_over(&mut self) {
        let mut agents: Vec<AgentId> = self.agents.keys().copied().collect();
        // Mostly to somebody who can take it, as people do.
        if self.random.chance(80) {
            agents.retain(|agent| self.model.availability(*agent) == AgentStatus::Active);
        }
        let (Some(leg), Some(to)) = (self.somebodys_call(), self.random.pick(&agents)) else { return };
        let call = self.model.call_of_leg(leg).map(|call| &self.model.calls[&call]);
        let talks = call.is_some_and(|call| matches!(call.state, State::Established | State::Held));
        let is_busy = talks && self.model.agents[&to].voice != VoiceStatus::Idle;
        if !self.command(Command::TransferToAgent { leg, to }, |model| model.transfer_to_agent(leg, to)) && is_busy {
            self.count("transfers refused: the target is busy");
        }
    }

    pub(super) fn agent_hands_over_to_queue(&mut self) {
        let (Some(leg), Some(queue)) = (self.somebodys_call(), self.random.pick(&self.queues)) else { return };
        let to = Some(queue).filter(|queue| *queue != self.model.default_queue);
        self.command(Command::TransferToQueue { leg, to }, |model| model.transfer_to_queue(leg, queue));
    }
}
