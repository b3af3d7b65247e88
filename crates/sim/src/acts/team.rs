//! What agents and supervisors set.

use crate::model::Queue;
use crate::world::World;
use callcenter_core::command::{Command, ConversationFields, NewAgent};
use callcenter_core::row::{ConversationStatus, NoteKind, Priority};
use model::{AgentId, AgentStatus, ConversationId, QueueId};

const STATUSES: [AgentStatus; 9] = [
    AgentStatus::Active,
    AgentStatus::Active,
    AgentStatus::Active,
    AgentStatus::Active,
    AgentStatus::Active,
    AgentStatus::Active,
    AgentStatus::Busy,
    AgentStatus::Away,
    AgentStatus::Invisible,
];
pub(super) const PRIORITIES: [(Priority, u8); 4] =
    [(Priority::Urgent, 0), (Priority::High, 1), (Priority::Normal, 2), (Priority::Low, 3)];

impl World {
    pub(super) fn an_agent(&mut self) -> AgentId {
        let agents: Vec<AgentId> = self.agents.keys().copied().collect();
        self.random.pick(&agents).expect("there are agents")
    }

    pub(super) fn agent_sets_status(&mut self) {
        let agent = self.an_agent();
        let status = self.random.pick(&STATUSES).expect("there are statuses");
        self.command(Command::SetStatus { agent, status }, |model| {
            model.set_status(agent, status, None);
            true
        });
    }

    pub(super) fn agent_is_edited(&mut self) {
        let agent = self.an_agent();
        if self.random.chance(50) {
            let seconds = self.random.chance(50).then(|| u32::try_from(self.random.below(40)).expect("small"));
            self.command(Command::SetAgentWrapUp { agent, seconds }, |model| {
                model.agent(agent).wrap_seconds = seconds;
                true
            });
            return;
        }
        let row = self.core.agent(agent).expect("a known agent");
        let (display_name, role) = (row.display_name.clone(), row.role);
        let enabled = !row.enabled || self.random.chance(70);
        let status = self.random.pick(&STATUSES).expect("there are statuses");
        let fields = NewAgent { display_name, email: None, role, enabled, status };
        self.command(Command::UpdateAgent { agent, fields }, |model| {
            model.edit_agent(agent, enabled, status);
            true
        });
    }

    pub(super) fn membership_changes(&mut self) {
        let agent = self.an_agent();
        let queue = self.a_queue();
        let serves = self.random.chance(70);
        self.serve(agent, queue, serves);
    }

    pub(super) fn a_queue(&mut self) -> QueueId {
        self.random.pick(&self.queues).expect("there are queues")
    }

    pub(super) fn queue_is_switched(&mut self) {
        let queue = self.a_queue();
        let auto = self.random.chance(75);
        let (in_turn, sticky, outside) = (self.random.chance(50), self.random.chance(50), self.random.chance(30));
        self.set_queue(queue, |queue| *queue = Queue { auto, in_turn, sticky, outside, ..*queue });
    }

    pub(super) fn wrap_up_is_extended(&mut self) {
        let agent = self.an_agent();
        let seconds = 1 + u32::try_from(self.random.below(30)).expect("small");
        self.command(Command::ExtendWrapUp { agent, seconds }, |model| model.extend_wrap_up(agent, seconds));
    }

    pub(super) fn wrap_up_is_cleared(&mut self) {
        let agent = self.an_agent();
        self.command(Command::ClearWrapUp { agent }, |model| model.clear_wrap_up(agent));
    }

    pub(super) fn settings_change(&mut self) {
        let recorded = self.random.chance(60);
        self.set_recording(recorded);
        let (enabled, can_extend) = (self.random.chance(80), self.random.chance(80));
        let wrap_up = u32::try_from(self.random.below(45)).expect("small");
        let capacity = 1 + u32::try_from(self.random.below(3)).expect("small");
        let ring = 3 + u32::try_from(self.random.below(40)).expect("small");
        let ring_outbound = 3 + u32::try_from(self.random.below(43)).expect("small");
        self.set_settings(|settings| {
            settings.wrap_up_enabled = enabled;
            settings.wrap_up_can_extend = can_extend;
            settings.wrap_up_seconds = wrap_up;
            settings.ring_inbound_seconds = ring;
            settings.ring_outbound_seconds = ring_outbound;
            settings.capacity = capacity;
        });
    }

    pub(super) fn a_conversation(&mut self) -> Option<ConversationId> {
        let conversations: Vec<ConversationId> = self.core.conversations().map(|row| row.id).collect();
        self.random.pick(&conversations)
    }

    pub(super) fn conversation_moves(&mut self) {
        let Some(conversation) = self.a_conversation() else { return };
        let (priority, rank) = self.random.pick(&PRIORITIES).expect("there are priorities");
        let queue = self.a_queue();
        let fields =
            ConversationFields { priority: Some(priority), queue: Some(queue), ..ConversationFields::default() };
        let moved = self.command(Command::UpdateConversation { conversation, fields }, |model| {
            for call in model.calls.values_mut().filter(|call| call.conversation == conversation) {
                call.priority = rank;
                if call.queue != queue && !call.state.is_talk() {
                    call.queue = queue;
                    call.passed.clear();
                }
            }
            true
        });
        let stored = self.core.conversation(conversation).is_some_and(|row| row.priority == priority);
        if moved || stored {
            self.priorities.insert(conversation, rank);
        }
    }

    pub(super) fn conversation_is_closed(&mut self) {
        let Some(conversation) = self.a_conversation() else { return };
        let fields = ConversationFields { status: Some(ConversationStatus::Closed), ..ConversationFields::default() };
        self.command(Command::UpdateConversation { conversation, fields }, |model| model.close(conversation));
    }

    pub(super) fn note_is_written(&mut self) {
        let Some(conversation) = self.a_conversation() else { return };
        let agent = self.an_agent();
        let content = "calls back on Monday".to_owned();
        self.command(Command::AddNote { conversation, agent: Some(agent), kind: NoteKind::Internal, content }, |_| {
            true
        });
    }
}
