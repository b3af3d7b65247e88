//! Capacity: how many conversations an agent can have at once. A call takes none of it: of calls an agent has one, and
//! only while it lasts.

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::limits::CAPACITY;
use model::AgentId;

impl CallCenter {
    pub(crate) fn set_agent_capacity(
        &mut self,
        agent: AgentId,
        capacity: Option<u32>,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        if let Some(capacity) = capacity {
            check::in_range("capacity", capacity, CAPACITY)?;
        }
        self.edit_agent(agent, turn, |row| row.capacity = capacity);
        self.refresh_capacity(agent, turn);
        self.agent_reply(agent)
    }

    /// The agent's conversations or their limit may have changed.
    pub(crate) fn refresh_capacity(&mut self, agent: AgentId, turn: &Turn) {
        let was_full = self.agent_ref(agent).full;
        let full = self.find_capacity(agent);
        if was_full != full {
            self.log(turn, None, None, Event::AgentCapacity { agent, full });
            self.untold_agents.insert(agent);
            self.refresh_free(agent);
        }
    }

    /// Whether the agent has as many conversations as one can have; remembers it.
    pub(crate) fn find_capacity(&mut self, agent: AgentId) -> bool {
        let held = self.conversations.held_by(agent);
        let default = self.settings.capacity;
        let state = self.agents.get_mut(&agent).expect("agents stay for the life of the core");
        state.full = held >= state.row.capacity.unwrap_or(default);
        state.full
    }
}
