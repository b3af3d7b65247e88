//! Queues. The default queue exists always: an account without one gets it at the core's start.

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, NewQueue, Reply};
use crate::ids::IdSource;
use crate::limits::{MAX_NAME, MAX_QUEUES, MAX_STICKY_DAYS};
use crate::routing::Manner;
use crate::row::{AssignmentAlgorithm, QueueRow, RowChange};
use model::{AccountId, AgentId, CallId, CommandId, Now, QueueId};
use wire::browser::QueueName;

/// The default queue of a fresh account. Its id follows from the account's, so that a start that was not committed
/// makes the same queue again.
pub(crate) fn fresh_default_queue(account: AccountId, now: Now) -> QueueRow {
    QueueRow {
        id: QueueId(IdSource::new(CommandId(account.0)).next_id()),
        name: "Default Queue".to_owned(),
        is_default: true,
        auto_assignment: false,
        algorithm: AssignmentAlgorithm::default(),
        sticky: false,
        sticky_days: None,
        working_hours: None,
        assign_outside_hours: false,
        last_in_turn: None,
        external_id: None,
        created_at: now.wall,
        updated_at: now.wall,
        deleted_at: None,
    }
}

impl CallCenter {
    pub(crate) fn create_queue(&mut self, fields: NewQueue, turn: &mut Turn) -> Result<Reply, CommandError> {
        self.check_queue_fields(None, &fields)?;
        if fields.is_default {
            return Err(CommandError::Conflict("the default queue exists already".to_owned()));
        }
        check::room_for_one("MAX_QUEUES", self.queues().count(), MAX_QUEUES)?;
        let row = QueueRow {
            id: QueueId(turn.ids.next_id()),
            name: fields.name,
            is_default: false,
            auto_assignment: fields.auto_assignment,
            algorithm: fields.algorithm,
            sticky: fields.sticky,
            sticky_days: fields.sticky_days,
            working_hours: fields.working_hours,
            assign_outside_hours: fields.assign_outside_hours,
            last_in_turn: None,
            external_id: fields.external_id,
            created_at: turn.now.wall,
            updated_at: turn.now.wall,
            deleted_at: None,
        };
        self.save_queue(row.clone());
        Ok(Reply::Queue(Box::new(row)))
    }

    pub(crate) fn update_queue(
        &mut self,
        queue: QueueId,
        fields: NewQueue,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let mut row = self.live_queue(queue)?.clone();
        self.check_queue_fields(Some(queue), &fields)?;
        if fields.is_default != row.is_default {
            return Err(CommandError::Conflict("which queue is the default one cannot be changed".to_owned()));
        }
        row.name = fields.name;
        row.auto_assignment = fields.auto_assignment;
        row.algorithm = fields.algorithm;
        row.sticky = fields.sticky;
        row.sticky_days = fields.sticky_days;
        row.working_hours = fields.working_hours;
        row.assign_outside_hours = fields.assign_outside_hours;
        row.external_id = fields.external_id;
        row.updated_at = turn.now.wall;
        self.save_queue(row.clone());
        Ok(Reply::Queue(Box::new(row)))
    }

    pub(crate) fn delete_queue(&mut self, queue: QueueId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let mut row = self.live_queue(queue)?.clone();
        if row.is_default {
            return Err(CommandError::Conflict("the default queue cannot be deleted".to_owned()));
        }
        row.deleted_at = Some(turn.now.wall);
        row.updated_at = turn.now.wall;
        self.save_queue(row);
        for agent in self.members.remove(&queue).unwrap_or_default() {
            self.leave_queue(agent, queue, turn);
        }
        let calls: Vec<CallId> =
            self.calls.values().filter(|call| call.row.queue == queue).map(|call| call.row.id).collect();
        for call in calls {
            self.move_call_to_queue(call, self.default_queue);
        }
        let conversations = self.conversations.in_queue(queue);
        for conversation in conversations {
            let default_queue = self.default_queue;
            self.edit_conversation(conversation, turn, |row| row.queue = Some(default_queue));
        }
        Ok(Reply::Done)
    }

    /// The call's queue changes; where it is not answered yet, the new queue's agents have their turn.
    pub(crate) fn move_call_to_queue(&mut self, call: CallId, queue: QueueId) {
        self.edit_call(call, |row| {
            row.queue = queue;
            row.passed_over.clear();
        });
        self.change_line(call);
    }

    pub(crate) fn live_queue(&self, queue: QueueId) -> Result<&QueueRow, CommandError> {
        self.queues.get(&queue).filter(|row| row.deleted_at.is_none()).ok_or(CommandError::UnknownQueue(queue))
    }

    /// As people know it; the default queue has no id there.
    pub(crate) fn queue_name(&self, queue: QueueId) -> Option<QueueName> {
        let row = self.queues.get(&queue)?;
        Some(QueueName { id: (!row.is_default).then_some(row.id), name: row.name.clone() })
    }

    fn check_queue_fields(&self, own: Option<QueueId>, fields: &NewQueue) -> Result<(), CommandError> {
        check::name("name", &fields.name)?;
        check::at_most("externalId", fields.external_id.as_deref().unwrap_or_default(), MAX_NAME)?;
        if let Some(hours) = fields.working_hours {
            self.known_hours(hours)?;
        }
        check::in_range("stickyAgentTimeoutDays", fields.sticky_days.unwrap_or(1), 1..=MAX_STICKY_DAYS)?;
        if self.queues().any(|row| row.name == fields.name && Some(row.id) != own) {
            return Err(CommandError::Conflict(format!("a queue named {:?} exists already", fields.name)));
        }
        Ok(())
    }

    pub(crate) fn save_queue(&mut self, row: QueueRow) {
        let queue = row.id;
        self.outbox.save(RowChange::Queue(row.clone()));
        self.queues.insert(queue, row);
        self.refresh_manner(queue);
    }

    /// How the queue's calls find agents may have changed.
    pub(crate) fn refresh_manner(&mut self, queue: QueueId) {
        let row = &self.queues[&queue];
        let open = row.assign_outside_hours || self.is_within_hours(row);
        let manner = Manner {
            assigned: row.auto_assignment && open && row.deleted_at.is_none(),
            in_turn: row.algorithm == AssignmentAlgorithm::RoundRobin,
        };
        self.waiting.set_manner(queue, manner);
    }

    /// Where agents take turns, this was the agent's.
    pub(crate) fn remember_turn(&mut self, queue: QueueId, agent: AgentId) {
        if self.queues[&queue].algorithm == AssignmentAlgorithm::RoundRobin {
            let row = self.queues[&queue].clone();
            self.save_queue(QueueRow { last_in_turn: Some(agent), ..row });
        }
    }
}
