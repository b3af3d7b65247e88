//! Agents: who they are, what they set, whether new calls can come.

mod presence;

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, NewAgent, Reply};
use crate::event::Event;
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
            AgentStatus::Active if self.row.voice != VoiceStatus::Idle => AgentStatus::Busy,
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
        let agent = Agent { row: row.clone(), connected: false, lease_alive: false, leg: None };
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
        let status = fields.status;
        self.edit_agent(agent, turn, |row| {
            row.display_name = fields.display_name;
            row.email = fields.email;
            row.role = fields.role;
            row.enabled = fields.enabled;
        });
        self.change_status(agent, status, turn);
        self.assignment_due = true;
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
            self.edit_agent(agent, turn, |row| row.queues.push(queue));
            self.assignment_due = true;
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
        self.edit_agent(agent, turn, |row| row.queues.retain(|served| *served != queue));
        self.agent_reply(agent)
    }

    pub(crate) fn set_status(
        &mut self,
        agent: AgentId,
        status: AgentStatus,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        self.change_status(agent, status, turn);
        self.agent_reply(agent)
    }

    fn change_status(&mut self, agent: AgentId, status: AgentStatus, turn: &mut Turn) {
        if self.agent_ref(agent).row.status == status {
            return;
        }
        let now = turn.now.wall;
        self.edit_agent(agent, turn, |row| {
            row.status = status;
            if status == AgentStatus::Active {
                row.idle_since = now;
            }
        });
        self.log(turn, None, None, Event::AgentStatusChanged { agent, status });
        self.assignment_due = true;
    }

    /// The agent begins or ends something with calls.
    pub(crate) fn set_voice(&mut self, agent: AgentId, voice: VoiceStatus, turn: &Turn) {
        transitions::assert_allowed(transitions::VOICE, self.agent_ref(agent).row.voice, voice);
        self.edit_agent(agent, turn, |row| row.voice = voice);
        self.assignment_due |= voice == VoiceStatus::Idle;
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
    }

    pub(crate) fn known_agent(&self, agent: AgentId) -> Result<&Agent, CommandError> {
        self.agents.get(&agent).ok_or(CommandError::UnknownAgent(agent))
    }

    pub(crate) fn agent_ref(&self, agent: AgentId) -> &Agent {
        self.agents.get(&agent).expect("agents stay for the life of the core")
    }

    fn agent_reply(&self, agent: AgentId) -> Result<Reply, CommandError> {
        Ok(Reply::Agent(Box::new(self.known_agent(agent)?.row.clone())))
    }
}

fn check_fields(fields: &NewAgent) -> Result<(), CommandError> {
    check::name("displayName", &fields.display_name)?;
    check::at_most("email", fields.email.as_deref().unwrap_or_default(), MAX_NAME)
}
