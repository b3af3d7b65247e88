//! What is kept of strategies, and of a call that waits by one.

use crate::audio::{Message, Music, Span};
use model::{QueueId, WaitingStrategyId, WallTime, WorkingHoursId};
use serde::{Deserialize, Serialize};

/// How calls of some queues or senders wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingStrategyRow {
    /// Key.
    pub id: WaitingStrategyId,
    /// What was set.
    pub fields: WaitingStrategyFields,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// What is set of a strategy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingStrategyFields {
    /// 1 to 128 characters.
    pub name: Option<String>,
    /// How long a call waits at most.
    pub maximum_wait: Span,
    /// What the caller hears first, once.
    pub greeting: Option<Message>,
    /// What the caller hears then: silence when it is off, the music that comes with the program when it is absent.
    pub music: Option<Music>,
    /// What interrupts the music.
    pub announcement: Option<PeriodicMessage>,
    /// What the caller hears when the maximum has passed, before the call ends.
    pub last_message: Option<Message>,
    /// Whose calls wait so.
    pub condition: WaitingCondition,
}

/// A message that comes again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodicMessage {
    /// What is said.
    pub message: Message,
    /// From the end of one to the beginning of the next, and before the first; ten seconds when absent.
    pub repeat_interval: Option<Span>,
}

/// Whose calls wait by a strategy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "of", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaitingCondition {
    /// Those that came by these.
    Sender(Vec<Sender>),
    /// Those in these queues.
    Queue(Vec<QueueId>),
}

/// What a caller reached us by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sender {
    /// Telephone or browser.
    pub client: ClientType,
    /// A telephone number; or a call link's id, or `conversations` for all calls of browsers.
    pub identifier: String,
}

/// Telephone or browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientType {
    /// Telephone.
    Pstn,
    /// Browser.
    Webrtc,
}

/// How a call waits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// The strategy that its wait began with; without one the caller hears ringback and waits as long as they like.
    pub strategy: Option<WaitingStrategyId>,
    /// The wait is over then.
    pub until: Option<WallTime>,
    /// The greeting has had its time and is not heard again.
    pub greeted: bool,
    /// The wait is over: the last message plays, and then the call ends.
    pub ends_at: Option<WallTime>,
    /// It came outside of these working hours and waits for nobody: their away message is its last message.
    pub away: Option<WorkingHoursId>,
}

/// What callers hear outside of working hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwayMessageRow {
    /// Key: the working hours.
    pub id: WorkingHoursId,
    /// The message.
    pub message: Message,
}
