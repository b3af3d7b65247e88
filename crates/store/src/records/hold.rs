use super::{Reader, Record, Value};
use crate::error::Error;
use callcenter_core::row::HoldConfigRow;

impl Record for HoldConfigRow {
    const TABLE: &'static str = "hold_configs";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "fields", "created_at", "updated_at"];

    fn values(&self) -> Vec<Value> {
        vec![Value::id(self.id), Value::json(&self.fields), Value::time(self.created_at), Value::time(self.updated_at)]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            fields: row.json("fields")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}
