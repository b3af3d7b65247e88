use super::{Reader, Record, Value};
use crate::error::Error;
use callcenter_core::row::{RuleRow, StatusRow, WorkingHoursRow};

impl Record for StatusRow {
    const TABLE: &'static str = "agent_statuses";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "name", "status_group", "created_at", "updated_at"];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::text(&self.name),
            Value::word(&self.group),
            Value::time(self.created_at),
            Value::time(self.updated_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            group: row.word("status_group")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

impl Record for WorkingHoursRow {
    const TABLE: &'static str = "working_hours";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "timezone",
        "message",
        "week",
        "enabled",
        "is_default",
        "close_conversations",
        "away_message_every_period",
        "holidays",
        "created_at",
        "updated_at",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::text(&self.name),
            Value::text(&self.timezone),
            Value::text(&self.message),
            Value::json(&self.week),
            Value::Bool(self.enabled),
            Value::Bool(self.is_default),
            Value::Bool(self.close_conversations),
            Value::Bool(self.away_message_every_period),
            Value::json(&self.holidays),
            Value::time(self.created_at),
            Value::time(self.updated_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            timezone: row.text("timezone")?,
            message: row.text("message")?,
            week: row.json("week")?,
            enabled: row.truth("enabled")?,
            is_default: row.truth("is_default")?,
            close_conversations: row.truth("close_conversations")?,
            away_message_every_period: row.truth("away_message_every_period")?,
            holidays: row.json("holidays")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

impl Record for RuleRow {
    const TABLE: &'static str = "routing_rules";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "position",
        "name",
        "queue",
        "priority",
        "enabled",
        "only_within_hours",
        "expression",
        "created_at",
        "updated_at",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::number_or_null(Some(self.position)),
            Value::text_or_null(&self.name),
            Value::id(self.queue),
            Value::word(&self.priority),
            Value::Bool(self.enabled),
            Value::Bool(self.only_within_hours),
            Value::json(&self.expression),
            Value::time(self.created_at),
            Value::time(self.updated_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            position: row.number("position")?,
            name: row.text_or_null("name")?,
            queue: row.id("queue")?,
            priority: row.word("priority")?,
            enabled: row.truth("enabled")?,
            only_within_hours: row.truth("only_within_hours")?,
            expression: row.json("expression")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}
