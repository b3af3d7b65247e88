//! Queues. The default queue exists always: an account without one gets it at the core's start.

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, NewQueue, Reply};
use crate::ids::IdSource;
use crate::limits::{MAX_NAME, MAX_QUEUES};
use crate::row::{QueueRow, RowChange};
use model::{AccountId, CallId, CommandId, Now, QueueId};
use wire::browser::QueueName;

/// The default queue of a fresh account. Its id follows from the account's, so that a start that was not committed
/// makes the same queue again.
pub(crate) fn fresh_default_queue(account: AccountId, now: Now) -> QueueRow {
    QueueRow {
        id: QueueId(IdSource::new(CommandId(account.0)).next_id()),
        name: "Default Queue".to_owned(),
        is_default: true,
        auto_assignment: false,
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
        row.external_id = fields.external_id;
        row.updated_at = turn.now.wall;
        self.save_queue(row.clone());
        self.assignment_due = true;
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
        let members: Vec<_> =
            self.agents.values().filter(|agent| agent.row.queues.contains(&queue)).map(|agent| agent.row.id).collect();
        for agent in members {
            self.edit_agent(agent, turn, |row| row.queues.retain(|served| *served != queue));
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
        self.waiting.changed = true;
        self.assignment_due = true;
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
        if self.queues().any(|row| row.name == fields.name && Some(row.id) != own) {
            return Err(CommandError::Conflict(format!("a queue named {:?} exists already", fields.name)));
        }
        Ok(())
    }

    fn save_queue(&mut self, row: QueueRow) {
        self.outbox.save(RowChange::Queue(row.clone()));
        self.queues.insert(row.id, row);
    }
}
