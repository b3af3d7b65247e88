use super::{Reader, Record, Value};
use crate::error::Error;
use callcenter_core::row::{ConversationRow, NoteRow, QueueRow};

impl Record for QueueRow {
    const TABLE: &'static str = "queues";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "is_default",
        "auto_assignment",
        "algorithm",
        "sticky",
        "sticky_days",
        "working_hours",
        "assign_outside_hours",
        "last_in_turn",
        "external_id",
        "created_at",
        "updated_at",
        "deleted_at",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::text(&self.name),
            Value::Bool(self.is_default),
            Value::Bool(self.auto_assignment),
            Value::word(&self.algorithm),
            Value::Bool(self.sticky),
            Value::number_or_null(self.sticky_days),
            Value::id_or_null(self.working_hours),
            Value::Bool(self.assign_outside_hours),
            Value::id_or_null(self.last_in_turn),
            Value::text_or_null(&self.external_id),
            Value::time(self.created_at),
            Value::time(self.updated_at),
            Value::time_or_null(self.deleted_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            is_default: row.truth("is_default")?,
            auto_assignment: row.truth("auto_assignment")?,
            algorithm: row.word("algorithm")?,
            sticky: row.truth("sticky")?,
            sticky_days: row.number_or_null("sticky_days")?,
            working_hours: row.id_or_null("working_hours")?,
            assign_outside_hours: row.truth("assign_outside_hours")?,
            last_in_turn: row.id_or_null("last_in_turn")?,
            external_id: row.text_or_null("external_id")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
            deleted_at: row.time_or_null("deleted_at")?,
        })
    }
}

impl Record for ConversationRow {
    const TABLE: &'static str = "conversations";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "topic",
        "summary",
        "status",
        "priority",
        "queue",
        "agent",
        "channel",
        "created_at",
        "updated_at",
        "closed_at",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::id_or_null(self.customer),
            Value::text_or_null(&self.topic),
            Value::text_or_null(&self.summary),
            Value::word(&self.status),
            Value::word(&self.priority),
            Value::id_or_null(self.queue),
            Value::id_or_null(self.agent),
            Value::text(&self.channel),
            Value::time(self.created_at),
            Value::time(self.updated_at),
            Value::time_or_null(self.closed_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            customer: row.id_or_null("customer")?,
            topic: row.text_or_null("topic")?,
            summary: row.text_or_null("summary")?,
            status: row.word("status")?,
            priority: row.word("priority")?,
            queue: row.id_or_null("queue")?,
            agent: row.id_or_null("agent")?,
            channel: row.text("channel")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
            closed_at: row.time_or_null("closed_at")?,
        })
    }
}

impl Record for NoteRow {
    const TABLE: &'static str = "notes";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "conversation", "agent", "kind", "content", "created_at", "updated_at"];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::id(self.conversation),
            Value::id_or_null(self.agent),
            Value::word(&self.kind),
            Value::text(&self.content),
            Value::time(self.created_at),
            Value::time(self.updated_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            conversation: row.id("conversation")?,
            agent: row.id_or_null("agent")?,
            kind: row.word("kind")?,
            content: row.text("content")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}
