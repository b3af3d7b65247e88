//! Statuses of the account's own, and conversations that take up agents' capacity.

use crate::model::Model;
use crate::world::World;
use callcenter_core::command::{Command, ConversationFields, NewStatus, Reply};
use model::{AgentStatus, StatusId};

const GROUPS: [AgentStatus; 4] = [AgentStatus::Active, AgentStatus::Active, AgentStatus::Busy, AgentStatus::Away];
const MOST_STATUSES: usize = 3;

impl World {
    fn a_status(&mut self) -> Option<StatusId> {
        let statuses: Vec<StatusId> = self.model.statuses.keys().copied().collect();
        self.random.pick(&statuses)
    }

    pub(super) fn agent_sets_custom_status(&mut self) {
        let agent = self.an_agent();
        let Some(status) = self.a_status() else { return };
        self.count("custom statuses set");
        self.command(Command::SetCustomStatus { agent, status }, |model| model.set_custom_status(agent, status));
    }

    pub(super) fn statuses_change(&mut self) {
        let group = self.random.pick(&GROUPS).expect("there are groups");
        let name = format!("status {}", self.random.below(u64::MAX));
        let known = self.a_status();
        match known {
            Some(status) if self.random.chance(30) => {
                self.command(Command::DeleteStatus(status), |model| model.change_custom_status(status, None));
            }
            Some(status) if self.model.statuses.len() >= MOST_STATUSES => {
                let fields = NewStatus { name, group };
                self.command(Command::UpdateStatus { status, fields }, |model| {
                    model.change_custom_status(status, Some(group))
                });
            }
            _ => {
                let learn = |model: &mut Model, reply: Option<&Reply>| {
                    let Some(Reply::Status(row)) = reply else { return false };
                    model.statuses.insert(row.id, group);
                    true
                };
                self.submit(Command::CreateStatus(NewStatus { name, group }), learn, |_| ());
            }
        }
    }

    pub(super) fn capacity_changes(&mut self) {
        let agent = self.an_agent();
        let capacity = self.random.chance(60).then(|| 1 + u32::try_from(self.random.below(2)).expect("small"));
        self.command(Command::SetAgentCapacity { agent, capacity }, |model| {
            model.agent(agent).capacity = capacity;
            true
        });
    }

    /// A conversation that is no call begins, or goes to another agent.
    pub(super) fn conversation_is_handed_over(&mut self) {
        let agent = self.random.chance(80).then(|| self.an_agent());
        let held: Vec<_> = self.model.agents.values().flat_map(|agent| agent.held.iter().copied()).collect();
        let fields = ConversationFields { agent: Some(agent), ..ConversationFields::default() };
        match self.random.pick(&held).filter(|_| self.random.chance(60)) {
            Some(conversation) => {
                self.command(Command::UpdateConversation { conversation, fields }, |model| {
                    model.hand_to(conversation, agent);
                    true
                });
            }
            None => {
                let learn = |model: &mut Model, reply: Option<&Reply>| {
                    let Some(Reply::Conversation(row)) = reply else { return false };
                    model.hand_to(row.id, agent);
                    true
                };
                self.submit(Command::CreateConversation(fields), learn, |_| ());
            }
        }
    }

    /// One of those conversations is over.
    pub(super) fn held_conversation_is_closed(&mut self) {
        let held: Vec<_> = self.model.agents.values().flat_map(|agent| agent.held.iter().copied()).collect();
        let Some(conversation) = self.random.pick(&held) else { return };
        let status = Some(callcenter_core::row::ConversationStatus::Closed);
        let fields = ConversationFields { status, ..ConversationFields::default() };
        self.command(Command::UpdateConversation { conversation, fields }, |model| model.close(conversation));
    }
}
