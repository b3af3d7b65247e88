//! Agents: who they are, what they set, whether new calls can come.

mod capacity;
mod presence;
mod status;

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, NewAgent, Reply};
use crate::limits::{MAX_AGENTS, MAX_NAME, MAX_QUEUES_PER_AGENT, MAX_WRAP_UP_SECONDS};
use crate::row::{AgentRow, RowChange};
use crate::transitions;
use model::{AgentId, AgentStatus, LegId, QueueId, VoiceStatus};

/// An agent, with what does not outlive a restart.
#[derive(Debug, Clone)]
pub(crate) struct Agent {
    pub(crate) row: AgentRow,
    /// A page of the agent is connected.
    pub(crate) connected: bool,
    /// The last sign of life is recent enough.
    pub(crate) lease_alive: bool,
    /// The live leg: ringing or in a call.
    pub(crate) leg: Option<LegId>,
    /// As many conversations as one can have.
    pub(crate) full: bool,
}

impl Agent {
    /// The page is there and gives signs of life.
    pub(crate) fn is_present(&self) -> bool {
        self.connected && self.lease_alive
    }

    /// New calls can come (PRE-06, RCV-01..03).
    pub(crate) fn is_free(&self) -> bool {
        self.availability() == AgentStatus::Active
    }

    /// The status that counts for new calls.
    pub(crate) fn availability(&self) -> AgentStatus {
        match self.row.status {
            _ if !self.row.enabled || !self.is_present() => AgentStatus::Invisible,
            AgentStatus::Active if self.row.voice != VoiceStatus::Idle || self.full => AgentStatus::Busy,
            status => status,
        }
    }
}

impl CallCenter {
    pub(crate) fn create_agent(&mut self, fields: NewAgent, turn: &mut Turn) -> Result<Reply, CommandError> {
        check_fields(&fields)?;
        check::room_for_one("MAX_AGENTS", self.agents.len(), MAX_AGENTS)?;
        let now = turn.now.wall;
        let row = AgentRow {
            id: AgentId(turn.ids.next_id()),
            display_name: fields.display_name,
            email: fields.email,
            role: fields.role,
            enabled: fields.enabled,
            status: fields.status,
            custom_status: None,
            capacity: None,
            voice: VoiceStatus::Idle,
            idle_since: now,
            wrap_up_seconds: None,
            wrap_up: None,
            queues: Vec::new(),
            last_seen: None,
            created_at: now,
            updated_at: now,
        };
        self.outbox.save(RowChange::Agent(row.clone()));
        let agent = Agent { row: row.clone(), connected: false, lease_alive: false, leg: None, full: false };
        self.agents.insert(row.id, agent);
        Ok(Reply::Agent(Box::new(row)))
    }

    pub(crate) fn update_agent(
        &mut self,
        agent: AgentId,
        fields: NewAgent,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        check_fields(&fields)?;
        let (status, enabled) = (fields.status, fields.enabled);
        // The public API knows groups alone: naming the group that an agent is in leaves its own status.
        let custom = self.agent_ref(agent).row.custom_status.filter(|_| self.agent_ref(agent).row.status == status);
        self.edit_agent(agent, turn, |row| {
            row.display_name = fields.display_name;
            row.email = fields.email;
            row.role = fields.role;
            row.enabled = fields.enabled;
        });
        self.change_status(agent, status, custom, turn);
        if !enabled {
            self.stop_ringing_at_gone_agent(agent, turn);
        }
        self.agent_reply(agent)
    }

    pub(crate) fn set_agent_wrap_up(
        &mut self,
        agent: AgentId,
        seconds: Option<u32>,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        if let Some(seconds) = seconds {
            check::in_range("wrapUpSeconds", seconds, 0..=MAX_WRAP_UP_SECONDS)?;
        }
        self.edit_agent(agent, turn, |row| row.wrap_up_seconds = seconds);
        self.agent_reply(agent)
    }

    pub(crate) fn link_agent_queue(
        &mut self,
        agent: AgentId,
        queue: QueueId,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let queues = &self.known_agent(agent)?.row.queues;
        let (served, count) = (queues.contains(&queue), queues.len());
        self.live_queue(queue)?;
        if !served {
            check::room_for_one("MAX_QUEUES_PER_AGENT", count, MAX_QUEUES_PER_AGENT)?;
            self.members.entry(queue).or_default().insert(agent);
            self.edit_agent(agent, turn, |row| row.queues.push(queue));
        }
        self.agent_reply(agent)
    }

    pub(crate) fn unlink_agent_queue(
        &mut self,
        agent: AgentId,
        queue: QueueId,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        self.live_queue(queue)?;
        self.leave_queue(agent, queue, turn);
        self.agent_reply(agent)
    }

    pub(crate) fn leave_queue(&mut self, agent: AgentId, queue: QueueId, turn: &Turn) {
        if let Some(members) = self.members.get_mut(&queue) {
            members.remove(&agent);
        }
        self.edit_agent(agent, turn, |row| row.queues.retain(|served| *served != queue));
    }

    /// The agent begins or ends something with calls.
    pub(crate) fn set_voice(&mut self, agent: AgentId, voice: VoiceStatus, turn: &Turn) {
        transitions::assert_allowed(transitions::VOICE, self.agent_ref(agent).row.voice, voice);
        self.edit_agent(agent, turn, |row| row.voice = voice);
    }

    /// From now on the agent counts as free.
    pub(crate) fn restart_idle_time(&mut self, agent: AgentId, turn: &Turn) {
        self.edit_agent(agent, turn, |row| row.idle_since = turn.now.wall);
    }

    pub(crate) fn edit_agent(&mut self, agent: AgentId, turn: &Turn, edit: impl FnOnce(&mut AgentRow)) {
        let row = &mut self.agents.get_mut(&agent).expect("agents stay for the life of the core").row;
        edit(row);
        row.updated_at = turn.now.wall;
        self.outbox.save(RowChange::Agent(row.clone()));
        self.untold_agents.insert(agent);
        self.refresh_free(agent);
    }

    pub(crate) fn known_agent(&self, agent: AgentId) -> Result<&Agent, CommandError> {
        self.agents.get(&agent).ok_or(CommandError::UnknownAgent(agent))
    }

    pub(crate) fn agent_ref(&self, agent: AgentId) -> &Agent {
        self.agents.get(&agent).expect("agents stay for the life of the core")
    }

    pub(crate) fn agent_reply(&self, agent: AgentId) -> Result<Reply, CommandError> {
        Ok(Reply::Agent(Box::new(self.known_agent(agent)?.row.clone())))
    }
}

fn check_fields(fields: &NewAgent) -> Result<(), CommandError> {
    check::name("displayName", &fields.display_name)?;
    check::at_most("email", fields.email.as_deref().unwrap_or_default(), MAX_NAME)
}
