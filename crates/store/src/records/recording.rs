use super::{Reader, Record, Value};
use crate::error::Error;
use callcenter_core::row::AgentRecordingRow;

impl Record for AgentRecordingRow {
    const TABLE: &'static str = "agent_recordings";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "use_default", "config"];

    fn values(&self) -> Vec<Value> {
        vec![Value::id(self.agent), Value::Bool(self.use_default), Value::json(&self.config)]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self { agent: row.id("id")?, use_default: row.truth("use_default")?, config: row.json("config")? })
    }
}
