//! What is told of an event: `{id, type, timestamp, payload}`.
//!
//! The payload shows the conversation as it is when it is sent, but for what the event itself says.

use callcenter_core::event::{Author, Event, EventRecord};
use callcenter_core::row::{ConversationRow, ConversationStatus};
use model::{AccountId, AgentId, AgentStatus, ConversationId, NoteId, QueueId, StatusId};
use serde_json::{Map, Value, json};
use store::{PageRequest, Store, TagFilter};

/// All types that a webhook can name. Those of messages and forms do not occur yet.
pub(crate) const TYPES: [&str; 23] = [
    "INBOUND_MESSAGE",
    "OUTBOUND_MESSAGE",
    "INBOUND_MESSAGE_UPDATED",
    "INBOUND_MESSAGE_DELETED",
    "CONVERSATION_CREATED",
    "CONVERSATION_STATUS_UPDATED",
    "CONVERSATION_ASSIGNMENT_UPDATED",
    "CONVERSATION_PRIORITY_UPDATED",
    "CONVERSATION_QUEUE_UPDATED",
    "CONVERSATION_FORM_UPDATED",
    "CONVERSATION_FORM_FIELD_UPDATED",
    "CONVERSATION_SLA_POLICY_UPDATED",
    "CONVERSATION_CUSTOMER_UPDATED",
    "CONVERSATION_SUMMARY_UPDATED",
    "CONVERSATION_TOPIC_UPDATED",
    "CONVERSATION_TAG_ADDED",
    "CONVERSATION_TAG_REMOVED",
    "CONVERSATION_NOTE_ADDED",
    "CONVERSATION_NOTE_UPDATED",
    "CONVERSATION_NOTE_REMOVED",
    "CONVERSATION_MESSAGE_UPDATED",
    "CONVERSATION_DELETED",
    "CONVERSATION_AGENT_STATUS_CHANGED",
];

/// The type under which receivers know an event; `None` for what they are not told.
pub(super) fn type_of(event: &Event) -> Option<&'static str> {
    match event {
        Event::ConversationCreated => Some("CONVERSATION_CREATED"),
        Event::ConversationStatusChanged { .. } | Event::ConversationClosed => Some("CONVERSATION_STATUS_UPDATED"),
        Event::ConversationAssigned { .. } => Some("CONVERSATION_ASSIGNMENT_UPDATED"),
        Event::ConversationPriorityChanged { .. } => Some("CONVERSATION_PRIORITY_UPDATED"),
        Event::ConversationQueueChanged { .. } => Some("CONVERSATION_QUEUE_UPDATED"),
        Event::ConversationSummaryChanged => Some("CONVERSATION_SUMMARY_UPDATED"),
        Event::ConversationTopicChanged => Some("CONVERSATION_TOPIC_UPDATED"),
        Event::ConversationTagged { .. } => Some("CONVERSATION_TAG_ADDED"),
        Event::ConversationUntagged { .. } => Some("CONVERSATION_TAG_REMOVED"),
        Event::NoteAdded { .. } => Some("CONVERSATION_NOTE_ADDED"),
        Event::AgentStatusChanged { .. } => Some("CONVERSATION_AGENT_STATUS_CHANGED"),
        _ => None,
    }
}

/// The body of a delivery; `None` when what it would tell of is gone.
pub(super) async fn body(
    store: &Store,
    account: AccountId,
    record: &EventRecord,
    kind: &str,
) -> Result<Option<Vec<u8>>, store::Error> {
    let teller = Teller { store, account };
    let payload = match (&record.event, record.conversation) {
        (Event::AgentStatusChanged { agent, status, custom }, _) => teller.status_of(*agent, *status, *custom).await?,
        (event, Some(conversation)) => teller.conversation(conversation, event, record.author).await?,
        _ => None,
    };
    let Some(payload) = payload else { return Ok(None) };
    let body = json!({
        "id": record.sequence.to_string(),
        "type": kind,
        "timestamp": crate::http::time_text(record.at),
        "payload": payload,
    });
    Ok(Some(body.to_string().into_bytes()))
}

struct Teller<'a> {
    store: &'a Store,
    account: AccountId,
}

type Told = Result<Option<Map<String, Value>>, store::Error>;

impl Teller<'_> {
    async fn conversation(&self, id: ConversationId, event: &Event, author: Option<Author>) -> Told {
        let Some(mut row) = self.store.conversation(self.account, id).await? else { return Ok(None) };
        as_of(event, &mut row);
        let mut told = Map::new();
        told.insert("id".to_owned(), json!(row.id.to_string()));
        told.insert("status".to_owned(), json!(row.status));
        told.insert("priority".to_owned(), json!(row.priority));
        told.insert("channel".to_owned(), json!(row.channel));
        put(&mut told, "topic", row.topic.filter(|text| !text.is_empty()).map(Value::from));
        put(&mut told, "summary", row.summary.filter(|text| !text.is_empty()).map(Value::from));
        if let Some(queue) = row.queue {
            put(&mut told, "queue", self.queue(queue).await?);
        }
        if let Some(agent) = row.agent {
            put(&mut told, "assignee", self.agent(agent).await?);
        }
        if let Some(customer) = row.customer {
            let found = self.store.customer(self.account, customer).await?;
            let shown = found.map(|row| json!({"id": row.id.to_string(), "name": row.display_name}));
            put(&mut told, "customer", shown);
            let calls = self.store.calls_of(self.account, id).await?;
            put(&mut told, "direction", calls.last().map(|call| json!(call.direction)));
        }
        told.insert("tags".to_owned(), self.tags(id).await?);
        told.insert("invoker".to_owned(), self.invoker(author).await?);
        self.put_details(&mut told, id, event).await?;
        Ok(Some(told))
    }

    /// What an event tells beyond the conversation.
    async fn put_details(
        &self,
        told: &mut Map<String, Value>,
        id: ConversationId,
        event: &Event,
    ) -> Result<(), store::Error> {
        match event {
            Event::ConversationTagged { tag, name } | Event::ConversationUntagged { tag, name } => {
                told.insert("tag".to_owned(), json!({"id": tag.to_string(), "name": name}));
            }
            Event::NoteAdded { note, .. } => put(told, "note", self.note(id, *note).await?),
            _ => {}
        }
        Ok(())
    }

    async fn queue(&self, id: QueueId) -> Result<Option<Value>, store::Error> {
        let found = self.store.queue(self.account, id).await?;
        Ok(found.map(|row| json!({"id": row.id.to_string(), "name": row.name})))
    }

    async fn agent(&self, id: AgentId) -> Result<Option<Value>, store::Error> {
        let found = self.store.agent(self.account, id).await?;
        Ok(found.map(|row| {
            let mut told = Map::new();
            told.insert("id".to_owned(), json!(row.id.to_string()));
            told.insert("name".to_owned(), json!(row.display_name));
            put(&mut told, "email", row.email.map(Value::from));
            told.insert("role".to_owned(), json!(row.role));
            Value::Object(told)
        }))
    }

    async fn note(&self, conversation: ConversationId, id: NoteId) -> Result<Option<Value>, store::Error> {
        let found = self.store.note(self.account, conversation, id).await?;
        Ok(found.map(|row| json!({"id": row.id.to_string(), "type": row.kind, "content": row.content})))
    }

    async fn tags(&self, conversation: ConversationId) -> Result<Value, store::Error> {
        let filter = TagFilter { conversation: Some(conversation), name: None };
        let limit = u32::try_from(callcenter_core::limits::MAX_TAGS_PER_CONVERSATION).expect("a hundred");
        let page = PageRequest { limit, ..PageRequest::default() };
        let tags = self.store.tags(self.account, &filter, page).await?.items;
        Ok(tags.into_iter().map(|row| json!({"id": row.id.to_string(), "name": row.name})).collect())
    }

    async fn invoker(&self, author: Option<Author>) -> Result<Value, store::Error> {
        let person = |id: String, name: Option<String>| json!({"type": "AGENT", "id": id, "name": name});
        match author {
            Some(Author::Agent { agent }) => {
                let found = self.store.agent(self.account, agent).await?;
                Ok(person(agent.to_string(), found.map(|row| row.display_name)))
            }
            Some(Author::Supervisor { user }) => {
                let found = self.store.user(self.account, user).await?;
                Ok(person(user.to_string(), found.map(|row| row.display_name)))
            }
            Some(Author::Program { key }) => Ok(json!({"type": "SYSTEM", "id": key.to_string()})),
            None => Ok(json!({"type": "SYSTEM"})),
        }
    }

    async fn status_of(&self, agent: AgentId, group: AgentStatus, custom: Option<StatusId>) -> Told {
        let Some(Value::Object(mut told)) = self.agent(agent).await? else { return Ok(None) };
        let named = match custom {
            Some(custom) => self.store.agent_status(self.account, custom).await?,
            None => None,
        };
        let status = match named {
            Some(row) => json!({"id": row.id.to_string(), "name": row.name, "group": group}),
            None => json!({"name": group, "group": group}),
        };
        told.insert("status".to_owned(), status);
        Ok(Some(told))
    }
}

/// The event's own word goes before what the conversation is by now.
fn as_of(event: &Event, row: &mut ConversationRow) {
    match event {
        Event::ConversationStatusChanged { status } => row.status = *status,
        Event::ConversationClosed => row.status = ConversationStatus::Closed,
        Event::ConversationPriorityChanged { priority } => row.priority = *priority,
        Event::ConversationQueueChanged { queue } => row.queue = *queue,
        Event::ConversationAssigned { agent } => row.agent = *agent,
        _ => {}
    }
}

fn put(told: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        told.insert(name.to_owned(), value);
    }
}
