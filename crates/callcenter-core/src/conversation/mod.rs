//! Conversations: a customer's open one is joined by the next call, a closed one never changes again (INB-06, WRP-17).

mod metadata;
mod note;
mod route;
mod tag;

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, ConversationFields, Reply};
use crate::event::Event;
use crate::limits::{CLOSED_CONVERSATIONS_KEPT, MAX_OPEN_CONVERSATIONS, MAX_SUMMARY, MAX_TOPIC};
use crate::row::{ConversationRow, ConversationStatus, FamiliarAgent, Priority, RowChange};
use model::{AgentId, CallId, ConversationId, CustomerId, QueueId};
use std::collections::{BTreeMap, VecDeque};
use wire::browser::ServerMessage;

pub(crate) use metadata::MetadataValues;
pub use route::Route;
pub(crate) use tag::Tags;

/// Channel of a conversation that began with a call.
const CALLS: &str = "CALLS";

/// Conversations that are not closed, and the last ones that were.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conversations {
    open: BTreeMap<ConversationId, ConversationRow>,
    of_customer: BTreeMap<CustomerId, ConversationId>,
    /// How many an agent has, calls aside.
    held: BTreeMap<AgentId, u32>,
    closed: VecDeque<ConversationId>,
}

impl Conversations {
    pub(crate) fn put(&mut self, row: ConversationRow) {
        if let Some(customer) = row.customer {
            self.of_customer.insert(customer, row.id);
        }
        if let Some(holder) = holder(&row) {
            *self.held.entry(holder).or_default() += 1;
        }
        let before = self.open.insert(row.id, row);
        self.let_go(before.as_ref());
    }

    fn let_go(&mut self, row: Option<&ConversationRow>) {
        let Some(holder) = row.and_then(holder) else { return };
        let held = self.held.get_mut(&holder).expect("counted when it was put");
        *held -= 1;
        if *held == 0 {
            self.held.remove(&holder);
        }
    }

    /// How many conversations take up the agent's capacity.
    pub(crate) fn held_by(&self, agent: AgentId) -> u32 {
        self.held.get(&agent).copied().unwrap_or(0)
    }

    pub(crate) fn get(&self, id: ConversationId) -> Option<&ConversationRow> {
        self.open.get(&id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &ConversationRow> {
        self.open.values()
    }

    pub(crate) fn in_queue(&self, queue: QueueId) -> Vec<ConversationId> {
        self.open.values().filter(|row| row.queue == Some(queue)).map(|row| row.id).collect()
    }

    /// The customer's open one.
    pub(crate) fn of(&self, customer: CustomerId) -> Option<&ConversationRow> {
        self.get(*self.of_customer.get(&customer)?)
    }

    pub(crate) fn known(&self, id: ConversationId) -> Result<&ConversationRow, CommandError> {
        match self.open.get(&id) {
            Some(row) => Ok(row),
            None if self.closed.contains(&id) => Err(CommandError::ConversationClosed),
            None => Err(CommandError::UnknownConversation(id)),
        }
    }

    fn close(&mut self, id: ConversationId) {
        let row = self.open.remove(&id);
        self.let_go(row.as_ref());
        if let Some(customer) = row.and_then(|row| row.customer) {
            self.of_customer.remove(&customer);
        }
        self.closed.push_back(id);
        if self.closed.len() > CLOSED_CONVERSATIONS_KEPT {
            self.closed.pop_front();
        }
    }
}

/// Whose capacity it takes up: a call does so only while it lasts.
fn holder(row: &ConversationRow) -> Option<AgentId> {
    row.agent.filter(|_| row.channel != CALLS)
}

impl CallCenter {
    pub(crate) fn create_conversation(
        &mut self,
        fields: ConversationFields,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.check_conversation_fields(&fields)?;
        check::room_for_one("MAX_OPEN_CONVERSATIONS", self.conversations.open.len(), MAX_OPEN_CONVERSATIONS)?;
        let is_closed = fields.status == Some(ConversationStatus::Closed);
        let row = self.open_conversation_with(None, "NO_CHANNEL", fields, turn);
        self.conversation_changed(row.id);
        if is_closed {
            self.close_conversation(row.id, turn);
        }
        Ok(Reply::Conversation(Box::new(row)))
    }

    pub(crate) fn update_conversation(
        &mut self,
        conversation: ConversationId,
        fields: ConversationFields,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.conversations.known(conversation)?;
        self.check_conversation_fields(&fields)?;
        if fields.status == Some(ConversationStatus::Closed) && self.live_call_of(conversation).is_some() {
            return Err(CommandError::Conflict("the conversation has a live call: end it first".to_owned()));
        }
        self.change_conversation(conversation, fields, turn)
    }

    fn change_conversation(
        &mut self,
        conversation: ConversationId,
        fields: ConversationFields,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let (queue, priority, closes) =
            (fields.queue, fields.priority, fields.status == Some(ConversationStatus::Closed));
        self.edit_conversation(conversation, turn, |row| apply(row, fields, turn));
        let row = self.conversations.known(conversation)?.clone();
        if closes {
            self.close_conversation(conversation, turn);
        } else if let Some(call) = self.live_call_of(conversation) {
            self.reroute(call, queue, priority);
        }
        Ok(Reply::Conversation(Box::new(row)))
    }

    fn close_conversation(&mut self, conversation: ConversationId, turn: &Turn) {
        let holder = holder(self.conversation_ref(conversation));
        self.conversations.close(conversation);
        holder.into_iter().for_each(|agent| self.refresh_capacity(agent, turn));
        self.tags.forget(conversation);
        self.metadata.remove(&conversation);
        self.log(turn, Some(conversation), None, Event::ConversationClosed);
    }

    /// A call that is not answered follows its conversation to another queue or priority.
    fn reroute(&mut self, call: CallId, queue: Option<QueueId>, priority: Option<Priority>) {
        if self.call_ref(call).row.state.is_talk() {
            return;
        }
        if let Some(queue) = queue.filter(|queue| *queue != self.call_ref(call).row.queue) {
            self.move_call_to_queue(call, queue);
        }
        if priority.is_some() {
            self.change_line(call);
        }
    }

    /// Who has the customer's open conversation.
    pub(crate) fn familiar_agent(&self, customer: CustomerId) -> Option<FamiliarAgent> {
        let row = self.conversations.get(*self.conversations.of_customer.get(&customer)?)?;
        Some(FamiliarAgent { agent: row.agent?, last_contact: row.updated_at })
    }

    /// The customer's open conversation, opened again or made: a new contact belongs to it.
    pub(crate) fn join_or_open_conversation(&mut self, customer: CustomerId, turn: &mut Turn) -> ConversationId {
        let Some(conversation) = self.conversations.of_customer.get(&customer).copied() else {
            return self.open_conversation(Some(customer), CALLS, turn);
        };
        if self.conversation_ref(conversation).status != ConversationStatus::Open {
            self.edit_conversation(conversation, turn, |row| row.status = ConversationStatus::Open);
        }
        conversation
    }

    fn open_conversation(&mut self, customer: Option<CustomerId>, channel: &str, turn: &mut Turn) -> ConversationId {
        self.open_conversation_with(customer, channel, ConversationFields::default(), turn).id
    }

    fn open_conversation_with(
        &mut self,
        customer: Option<CustomerId>,
        channel: &str,
        fields: ConversationFields,
        turn: &mut Turn,
    ) -> ConversationRow {
        let mut row = ConversationRow {
            id: ConversationId(turn.ids.next_id()),
            customer,
            topic: None,
            summary: None,
            status: ConversationStatus::Open,
            priority: Priority::Normal,
            queue: None,
            agent: None,
            channel: channel.to_owned(),
            created_at: turn.now.wall,
            updated_at: turn.now.wall,
            closed_at: None,
        };
        apply(&mut row, fields, turn);
        self.outbox.save(RowChange::Conversation(row.clone()));
        self.conversations.put(row.clone());
        self.log(turn, Some(row.id), None, Event::ConversationCreated);
        row.agent.into_iter().for_each(|agent| self.refresh_capacity(agent, turn));
        row
    }

    pub(crate) fn check_room_for_conversation(&self) -> Result<(), CommandError> {
        check::room_for_one("MAX_OPEN_CONVERSATIONS", self.conversations.open.len(), MAX_OPEN_CONVERSATIONS)
    }

    pub(crate) fn edit_conversation(
        &mut self,
        conversation: ConversationId,
        turn: &Turn,
        edit: impl FnOnce(&mut ConversationRow),
    ) {
        let before = self.conversation_ref(conversation).clone();
        let mut row = before.clone();
        edit(&mut row);
        row.updated_at = turn.now.wall;
        self.conversations.put(row.clone());
        if before.agent != row.agent {
            self.tell_of_conversation(before.agent, conversation);
            before.agent.into_iter().chain(row.agent).for_each(|agent| self.refresh_capacity(agent, turn));
        }
        self.tell_of_conversation(row.agent, conversation);
        for event in changes(&before, &row) {
            self.log(turn, Some(conversation), None, event);
        }
        self.outbox.save(RowChange::Conversation(row));
    }

    /// Whoever has the conversation open reads it again.
    pub(crate) fn conversation_changed(&mut self, conversation: ConversationId) {
        let assignee = self.conversations.get(conversation).and_then(|row| row.agent);
        self.tell_of_conversation(assignee, conversation);
    }

    fn tell_of_conversation(&mut self, agent: Option<AgentId>, conversation: ConversationId) {
        if let Some(agent) = agent {
            self.tell_agent(agent, ServerMessage::ConversationChanged { conversation });
        }
    }

    pub(crate) fn conversation_ref(&self, conversation: ConversationId) -> &ConversationRow {
        self.conversations.get(conversation).expect("a conversation with a live call is open")
    }

    pub(crate) fn live_call_of(&self, conversation: ConversationId) -> Option<CallId> {
        self.calls.values().find(|call| call.row.conversation == conversation).map(|call| call.row.id)
    }

    fn check_conversation_fields(&self, fields: &ConversationFields) -> Result<(), CommandError> {
        check::at_most("topic", fields.topic.as_deref().unwrap_or_default(), MAX_TOPIC)?;
        check::at_most("summary", fields.summary.as_deref().unwrap_or_default(), MAX_SUMMARY)?;
        if let Some(queue) = fields.queue {
            self.live_queue(queue)?;
        }
        if let Some(Some(agent)) = fields.agent {
            self.known_agent(agent)?;
        }
        Ok(())
    }
}

fn apply(row: &mut ConversationRow, fields: ConversationFields, turn: &Turn) {
    row.topic = fields.topic.or(row.topic.take());
    row.summary = fields.summary.or(row.summary.take());
    row.status = fields.status.unwrap_or(row.status);
    row.priority = fields.priority.unwrap_or(row.priority);
    row.queue = fields.queue.or(row.queue);
    row.agent = fields.agent.unwrap_or(row.agent);
    if row.status == ConversationStatus::Closed {
        row.closed_at = Some(turn.now.wall);
    }
}

/// What the log says of an edit. Closing is an event of its own.
fn changes(before: &ConversationRow, after: &ConversationRow) -> Vec<Event> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let closes = after.status == ConversationStatus::Closed;
    let all = [
        (before.status != after.status && !closes).then_some(Event::ConversationStatusChanged { status: after.status }),
        (before.priority != after.priority).then_some(Event::ConversationPriorityChanged { priority: after.priority }),
        (before.queue != after.queue).then_some(Event::ConversationQueueChanged { queue: after.queue }),
        (before.agent != after.agent).then_some(Event::ConversationAssigned { agent: after.agent }),
        (text(&before.topic) != text(&after.topic)).then_some(Event::ConversationTopicChanged),
        (text(&before.summary) != text(&after.summary)).then_some(Event::ConversationSummaryChanged),
    ];
    all.into_iter().flatten().collect()
}
