use super::Priority;
use model::{QueueId, RuleId, WallTime};
use serde::{Deserialize, Serialize};

/// A rule by which calls find their queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleRow {
    /// Key.
    pub id: RuleId,
    /// Counts from zero: the first rule that holds wins.
    pub position: u32,
    /// Name, at most 255 characters.
    pub name: Option<String>,
    /// Calls for which it holds belong there.
    pub queue: QueueId,
    /// And have this priority.
    pub priority: Priority,
    /// Disabled rules never hold.
    pub enabled: bool,
    /// It holds only within the queue's working hours.
    pub only_within_hours: bool,
    /// What is asked of a call, at most 4000 characters of JSON text.
    pub expression: serde_json::Value,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}
