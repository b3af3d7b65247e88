use super::{Reader, Record, Value};
use crate::error::Error;
use callcenter_core::row::{LinkConfigRow, LinkDestination, LinkHours, LinkRow};

const TO_CONTACT_CENTER: &str = "CONVERSATIONS";
const TO_AGENT: &str = "WEBRTC";

impl Record for LinkRow {
    const TABLE: &'static str = "links";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "secret_hash",
        "secret_sealed",
        "config",
        "identity",
        "display_name",
        "show_identity",
        "destination_type",
        "destination_identity",
        "destination_display_name",
        "custom_data",
        "one_time",
        "starts_at",
        "ends_at",
        "open_hours",
        "created_by",
        "created_at",
        "used_at",
    ];

    fn values(&self) -> Vec<Value> {
        let (kind, identity, display_name) = match &self.destination {
            LinkDestination::Conversations { display_name } => (TO_CONTACT_CENTER, None, display_name),
            LinkDestination::Webrtc { identity, display_name } => (TO_AGENT, Some(identity.clone()), display_name),
        };
        vec![
            Value::id(self.id),
            Value::text(&self.secret_hash),
            Value::text(&self.secret_sealed),
            Value::id_or_null(self.config),
            Value::text_or_null(&self.identity),
            Value::text_or_null(&self.display_name),
            Value::Bool(self.show_identity),
            Value::text(kind),
            Value::Text(identity),
            Value::text_or_null(display_name),
            Value::json(&self.custom_data),
            Value::Bool(self.one_time),
            Value::time(self.start),
            Value::time(self.end),
            Value::Text(self.open_hours.as_ref().map(|hours| serde_json::to_string(hours).expect("plain fields"))),
            Value::id_or_null(self.created_by),
            Value::time(self.created_at),
            Value::time_or_null(self.used_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            secret_hash: row.text("secret_hash")?,
            secret_sealed: row.text("secret_sealed")?,
            config: row.id_or_null("config")?,
            identity: row.text_or_null("identity")?,
            display_name: row.text_or_null("display_name")?,
            show_identity: row.truth("show_identity")?,
            destination: destination(row)?,
            custom_data: row.json("custom_data")?,
            one_time: row.truth("one_time")?,
            start: row.time("starts_at")?,
            end: row.time("ends_at")?,
            open_hours: open_hours(row)?,
            created_by: row.id_or_null("created_by")?,
            created_at: row.time("created_at")?,
            used_at: row.time_or_null("used_at")?,
        })
    }
}

fn open_hours(row: &Reader<'_>) -> Result<Option<LinkHours>, Error> {
    let Some(text) = row.text_or_null("open_hours")? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| Error::Damaged(format!("open_hours: {error}")))
}

fn destination(row: &Reader<'_>) -> Result<LinkDestination, Error> {
    let display_name = row.text_or_null("destination_display_name")?;
    match row.text("destination_type")?.as_str() {
        TO_CONTACT_CENTER => Ok(LinkDestination::Conversations { display_name }),
        TO_AGENT => Ok(LinkDestination::Webrtc { identity: row.text("destination_identity")?, display_name }),
        other => Err(Error::Damaged(format!("destination_type: {other:?} is unknown"))),
    }
}

impl Record for LinkConfigRow {
    const TABLE: &'static str = "link_configs";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "name", "is_default", "body", "created_at", "updated_at"];

    fn values(&self) -> Vec<Value> {
        vec![
            Value::id(self.id),
            Value::text(&self.name),
            Value::Bool(self.is_default),
            Value::json(&self.body),
            Value::time(self.created_at),
            Value::time(self.updated_at),
        ]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            is_default: row.truth("is_default")?,
            body: row.json("body")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}
