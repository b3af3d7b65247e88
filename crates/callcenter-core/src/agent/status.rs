//! Statuses that people set: one of the four groups, or one of the account's own within a group.

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, NewStatus, Reply};
use crate::event::Event;
use crate::limits::MAX_STATUSES;
use crate::row::{RowChange, StatusRow};
use model::{AgentId, AgentStatus, StatusId};

impl CallCenter {
    pub(crate) fn create_status(&mut self, fields: NewStatus, turn: &mut Turn) -> Result<Reply, CommandError> {
        self.check_status_fields(None, &fields)?;
        check::room_for_one("MAX_STATUSES", self.statuses.len(), MAX_STATUSES)?;
        let row = StatusRow {
            id: StatusId(turn.ids.next_id()),
            name: fields.name,
            group: fields.group,
            created_at: turn.now.wall,
            updated_at: turn.now.wall,
        };
        Ok(self.save_status(row))
    }

    pub(crate) fn update_status(
        &mut self,
        status: StatusId,
        fields: NewStatus,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let known = self.known_status(status)?;
        let (created_at, updated_at) = (known.created_at, turn.now.wall);
        self.check_status_fields(Some(status), &fields)?;
        let reply =
            self.save_status(StatusRow { id: status, name: fields.name, group: fields.group, created_at, updated_at });
        for agent in self.agents_with(status) {
            self.change_status(agent, fields.group, Some(status), turn);
            self.untold_agents.insert(agent);
        }
        Ok(reply)
    }

    pub(crate) fn delete_status(&mut self, status: StatusId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let group = self.known_status(status)?.group;
        for agent in self.agents_with(status) {
            self.change_status(agent, group, None, turn);
        }
        self.statuses.remove(&status);
        self.outbox.save(RowChange::StatusDeleted(status));
        Ok(Reply::Done)
    }

    pub(crate) fn set_status(
        &mut self,
        agent: AgentId,
        status: AgentStatus,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        self.change_status(agent, status, None, turn);
        self.agent_reply(agent)
    }

    pub(crate) fn set_custom_status(
        &mut self,
        agent: AgentId,
        status: StatusId,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        let group = self.known_status(status)?.group;
        self.change_status(agent, group, Some(status), turn);
        self.agent_reply(agent)
    }

    pub(crate) fn change_status(&mut self, agent: AgentId, status: AgentStatus, custom: Option<StatusId>, turn: &Turn) {
        let row = &self.agent_ref(agent).row;
        if (row.status, row.custom_status) == (status, custom) {
            return;
        }
        let becomes_active = status == AgentStatus::Active && row.status != status;
        let now = turn.now.wall;
        self.edit_agent(agent, turn, |row| {
            row.status = status;
            row.custom_status = custom;
            if becomes_active {
                row.idle_since = now;
            }
        });
        self.log(turn, None, None, Event::AgentStatusChanged { agent, status, custom });
    }

    fn agents_with(&self, status: StatusId) -> Vec<AgentId> {
        let has = |agent: &&crate::agent::Agent| agent.row.custom_status == Some(status);
        self.agents.values().filter(has).map(|agent| agent.row.id).collect()
    }

    fn known_status(&self, status: StatusId) -> Result<&StatusRow, CommandError> {
        self.statuses.get(&status).ok_or(CommandError::UnknownStatus(status))
    }

    fn save_status(&mut self, row: StatusRow) -> Reply {
        self.outbox.save(RowChange::Status(row.clone()));
        self.statuses.insert(row.id, row.clone());
        Reply::Status(Box::new(row))
    }

    fn check_status_fields(&self, own: Option<StatusId>, fields: &NewStatus) -> Result<(), CommandError> {
        check::name("name", &fields.name)?;
        if self.statuses.values().any(|row| row.name == fields.name && Some(row.id) != own) {
            return Err(CommandError::Conflict(format!("an agent status named {:?} exists already", fields.name)));
        }
        Ok(())
    }
}
