use super::{Reader, Record, Value};
use crate::error::Error;
use callcenter_core::row::{AgentRow, CustomerRow, RunningWrapUp};

impl Record for AgentRow {
    const TABLE: &'static str = "agents";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "display_name",
        "email",
        "role",
        "enabled",
        "status",
        "custom_status",
        "capacity",
        "voice",
        "idle_since",
        "wrap_up_seconds",
        "wrap_up_call",
        "wrap_up_conversation",
        "wrap_up_until",
        "last_seen",
        "created_at",
        "updated_at",
    ];

    fn values(&self) -> Vec<Value> {
        let wrap_up = self.wrap_up.as_ref();
        vec![
            Value::id(self.id),
            Value::text(&self.display_name),
            Value::text_or_null(&self.email),
            Value::word(&self.role),
            Value::Bool(self.enabled),
            Value::word(&self.status),
            Value::id_or_null(self.custom_status),
            Value::number_or_null(self.capacity),
            Value::word(&self.voice),
            Value::time(self.idle_since),
            Value::number_or_null(self.wrap_up_seconds),
            Value::id_or_null(wrap_up.map(|running| running.call)),
            Value::id_or_null(wrap_up.map(|running| running.conversation)),
            Value::time_or_null(wrap_up.map(|running| running.until)),
            Value::time_or_null(self.last_seen),
            Value::time(self.created_at),
            Value::time(self.updated_at),
        ]
    }

    /// Without the queues, which are a table of their own.
    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            display_name: row.text("display_name")?,
            email: row.text_or_null("email")?,
            role: row.word("role")?,
            enabled: row.truth("enabled")?,
            status: row.word("status")?,
            custom_status: row.id_or_null("custom_status")?,
            capacity: row.number_or_null("capacity")?,
            voice: row.word("voice")?,
            idle_since: row.time("idle_since")?,
            wrap_up_seconds: row.number_or_null("wrap_up_seconds")?,
            wrap_up: running_wrap_up(row)?,
            queues: Vec::new(),
            last_seen: row.time_or_null("last_seen")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

fn running_wrap_up(row: &Reader<'_>) -> Result<Option<RunningWrapUp>, Error> {
    let Some(call) = row.id_or_null("wrap_up_call")? else { return Ok(None) };
    Ok(Some(RunningWrapUp { call, conversation: row.id("wrap_up_conversation")?, until: row.time("wrap_up_until")? }))
}

impl Record for CustomerRow {
    const TABLE: &'static str = "customers";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "identity", "display_name", "created_at"];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::text(&self.identity),
            Value::text(&self.display_name),
            Value::time(self.created_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            identity: row.text("identity")?,
            display_name: row.text("display_name")?,
            created_at: row.time("created_at")?,
        })
    }
}
