use super::{Reader, Record, Value};
use crate::error::Error;
use callcenter_core::row::{ConversationTag, MetadataRow, TagRow};

impl Record for TagRow {
    const TABLE: &'static str = "tags";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "name", "created_at", "updated_at"];

    fn values(&self) -> Vec<Value> {
        vec![Value::id(self.id), Value::text(&self.name), Value::time(self.created_at), Value::time(self.updated_at)]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

impl Record for MetadataRow {
    const TABLE: &'static str = "conversation_metadata";
    const KEY: &'static [&'static str] = &["conversation"];
    const COLUMNS: &'static [&'static str] = &["conversation", "body"];

    fn values(&self) -> Vec<Value> {
        vec![Value::id(self.conversation), Value::json(&self.values)]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self { conversation: row.id("conversation")?, values: row.json("body")? })
    }
}

impl Record for ConversationTag {
    const TABLE: &'static str = "conversation_tags";
    const KEY: &'static [&'static str] = &["conversation", "tag"];
    const COLUMNS: &'static [&'static str] = Self::KEY;

    fn values(&self) -> Vec<Value> {
        vec![Value::id(self.conversation), Value::id(self.tag)]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self { conversation: row.id("conversation")?, tag: row.id("tag")? })
    }
}
