//! What agents and supervisors set.

use super::Model;
use model::{AgentId, AgentStatus, ConversationId, StatusId, VoiceStatus};

impl Model {
    pub(crate) fn availability(&self, agent: AgentId) -> AgentStatus {
        let agent = &self.agents[&agent];
        if !agent.enabled || !agent.present() {
            return AgentStatus::Invisible;
        }
        let full = agent.held.len() as u64 >= u64::from(agent.capacity.unwrap_or(self.settings.capacity));
        if agent.status == AgentStatus::Active && (agent.voice != VoiceStatus::Idle || full) {
            return AgentStatus::Busy;
        }
        agent.status
    }

    pub(crate) fn set_status(&mut self, agent: AgentId, status: AgentStatus, custom: Option<StatusId>) {
        let now = self.now;
        let agent = self.agent(agent);
        if agent.status != status && status == AgentStatus::Active {
            agent.idle_since = now;
        }
        (agent.status, agent.custom) = (status, custom);
    }

    /// As a program does that knows groups alone.
    pub(crate) fn edit_agent(&mut self, agent: AgentId, enabled: bool, status: AgentStatus) {
        let state = self.agent(agent);
        state.enabled = enabled;
        let custom = state.custom.filter(|_| state.status == status);
        self.set_status(agent, status, custom);
        if let Some(call) = self.ringing_at(agent).filter(|_| !enabled) {
            self.not_taken(call);
        }
    }

    pub(crate) fn set_custom_status(&mut self, agent: AgentId, status: StatusId) -> bool {
        let Some(group) = self.statuses.get(&status).copied() else { return false };
        self.set_status(agent, group, Some(status));
        true
    }

    /// The status moves to another group, or with `None` is deleted.
    pub(crate) fn change_custom_status(&mut self, status: StatusId, group: Option<AgentStatus>) -> bool {
        let Some(before) = self.statuses.remove(&status) else { return false };
        self.statuses.extend(group.map(|group| (status, group)));
        let with: Vec<AgentId> =
            self.agents.iter().filter(|(_, agent)| agent.custom == Some(status)).map(|(id, _)| *id).collect();
        for agent in with {
            self.set_status(agent, group.unwrap_or(before), group.map(|_| status));
        }
        true
    }

    /// A conversation that is no call goes to this agent alone.
    pub(crate) fn hand_to(&mut self, conversation: ConversationId, agent: Option<AgentId>) {
        for other in self.agents.values_mut() {
            other.held.remove(&conversation);
        }
        if let Some(agent) = agent {
            self.agent(agent).held.insert(conversation);
        }
    }

    pub(crate) fn close(&mut self, conversation: ConversationId) -> bool {
        if self.calls.values().any(|call| call.conversation == conversation) {
            return false;
        }
        self.assignees.remove(&conversation);
        self.conversations.retain(|_, own| *own != conversation);
        self.hand_to(conversation, None);
        true
    }
}
