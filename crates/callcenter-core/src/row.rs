//! Rows: the truth for a restart. Every state that must survive is in one of these.

mod call;
mod hours;
mod rule;
mod segment;

pub use call::{CallRow, CallState, FamiliarAgent, HandedOver, LegRow, RunningTransfer};
pub use hours::{DayHours, Holiday, WorkingHoursRow};
pub use rule::RuleRow;
pub use segment::{ComposedFile, ComposedSource, Deletion, SegmentOrigin, SegmentRow, SegmentState, SourceState};

use crate::settings::AccountSettings;
use model::{
    AgentId, AgentStatus, CallId, ConversationId, CustomerId, HoldConfigId, LinkConfigId, LinkId, NoteId, QueueId,
    Role, RuleId, StatusId, TagId, VoiceStatus, WaitingStrategyId, WallTime, WorkingHoursId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use crate::hold::row::{HoldConfigFields, HoldConfigRow};
pub use crate::recording::{AgentRecordingRow, RecordingConfig};
pub use crate::transfer::row::{TransferStrategyFields, TransferStrategyRow};
pub use crate::waiting::row::{
    AwayMessageRow, ClientType, PeriodicMessage, Sender, Wait, WaitingCondition, WaitingStrategyFields,
    WaitingStrategyRow,
};

/// An agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentRow {
    /// Key; also the WebRTC identity.
    pub id: AgentId,
    /// Name to show, at most 255 characters.
    pub display_name: String,
    /// Mail address, for people to tell agents apart.
    pub email: Option<String>,
    /// Agent or supervisor.
    pub role: Role,
    /// A disabled agent takes no calls.
    pub enabled: bool,
    /// What the agent set.
    pub status: AgentStatus,
    /// The account's own status within that group.
    pub custom_status: Option<StatusId>,
    /// Conversations that the agent can have at once, instead of the account's number.
    pub capacity: Option<u32>,
    /// What the agent does with calls.
    pub voice: VoiceStatus,
    /// Since when the agent has been free: the longest wins.
    pub idle_since: WallTime,
    /// Wrap-up seconds instead of the account's.
    pub wrap_up_seconds: Option<u32>,
    /// The wrap-up that runs.
    pub wrap_up: Option<RunningWrapUp>,
    /// Queues that the agent serves.
    pub queues: Vec<QueueId>,
    /// Last sign of life of the agent's page.
    pub last_seen: Option<WallTime>,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// A status that the account has named itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Key.
    pub id: StatusId,
    /// Name, at most 255 characters.
    pub name: String,
    /// Whether agents in it get calls.
    pub group: AgentStatus,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// A running wrap-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningWrapUp {
    /// The call that ended.
    pub call: CallId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// When the agent is free again.
    pub until: WallTime,
}

/// In which order a queue's free agents are rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssignmentAlgorithm {
    /// Who is free longest.
    #[default]
    LoadBalancing,
    /// One after the other, in a circle.
    RoundRobin,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueRow {
    /// Key. The API shows the default queue's id as null.
    pub id: QueueId,
    /// Name, at most 255 characters.
    pub name: String,
    /// Calls without another route come here. Exactly one per account.
    pub is_default: bool,
    /// Calls are assigned to agents by the system.
    pub auto_assignment: bool,
    /// By which order of agents.
    pub algorithm: AssignmentAlgorithm,
    /// A customer's next call goes first to the agent who has the conversation.
    pub sticky: bool,
    /// Days after which that is forgotten; never when absent.
    pub sticky_days: Option<u32>,
    /// Its working hours; the default ones when absent.
    pub working_hours: Option<WorkingHoursId>,
    /// Calls are assigned outside of the working hours too.
    pub assign_outside_hours: bool,
    /// Whose turn it was last, where agents take turns.
    pub last_in_turn: Option<AgentId>,
    /// Free text of the owner's systems.
    pub external_id: Option<String>,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
    /// A deleted queue stays for what refers to it.
    pub deleted_at: Option<WallTime>,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// Key.
    pub id: CustomerId,
    /// What the customer is known by, for example the identity of a call link.
    pub identity: String,
    /// Name to show.
    pub display_name: String,
    /// Creation, UTC.
    pub created_at: WallTime,
}

/// Status of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConversationStatus {
    /// Being worked on.
    #[default]
    Open,
    /// Waits for the customer.
    Waiting,
    /// Done; a new contact opens it again.
    Solved,
    /// Over: nothing changes it any more.
    Closed,
}

/// Priority of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Priority {
    /// Before all others.
    Urgent,
    /// Before normal.
    High,
    /// The default.
    #[default]
    Normal,
    /// After all others.
    Low,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// Key.
    pub id: ConversationId,
    /// With whom; absent for one made over the API without a contact.
    pub customer: Option<CustomerId>,
    /// At most 1000 characters.
    pub topic: Option<String>,
    /// At most 4000 characters.
    pub summary: Option<String>,
    /// Status.
    pub status: ConversationStatus,
    /// Priority.
    pub priority: Priority,
    /// Queue.
    pub queue: Option<QueueId>,
    /// Assignee.
    pub agent: Option<AgentId>,
    /// `CALLS` for calls, `NO_CHANNEL` for one made over the API.
    pub channel: String,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
    /// When it was closed.
    pub closed_at: Option<WallTime>,
}

/// Where a call link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LinkDestination {
    /// To the contact center, by its routing rules.
    Conversations {
        /// Name of the contact center to show.
        display_name: Option<String>,
    },
    /// To the agent who shared it.
    Webrtc {
        /// The agent's id.
        identity: String,
        /// Name to show.
        display_name: Option<String>,
    },
}

/// Hours of the day and days of the week at which a link may be used, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkHours {
    /// First minute of the day, 0 to 1439.
    pub start_minute: u16,
    /// Last minute of the day, 0 to 1439; before the first one, the hours go past midnight.
    pub end_minute: u16,
    /// Days on which the hours begin, 0 for Monday to 6 for Sunday; all when empty.
    pub days: Vec<u8>,
}

impl LinkHours {
    /// Whether `at` lies within the hours of an accepted day.
    pub fn contains(&self, at: WallTime) -> bool {
        const MINUTES_A_DAY: i64 = 24 * 60;
        let minutes = at.0.div_euclid(60_000);
        let minute = u16::try_from(minutes.rem_euclid(MINUTES_A_DAY)).expect("a minute of the day");
        let past_midnight = self.end_minute < self.start_minute && minute <= self.end_minute;
        let inside = if self.end_minute < self.start_minute {
            minute >= self.start_minute || past_midnight
        } else {
            (self.start_minute..=self.end_minute).contains(&minute)
        };
        // 1970-01-01 was a Thursday, day 3.
        let day = (minutes.div_euclid(MINUTES_A_DAY) + 3 - i64::from(past_midnight)).rem_euclid(7);
        inside && (self.days.is_empty() || self.days.iter().any(|accepted| i64::from(*accepted) == day))
    }
}

/// A call link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkRow {
    /// Key.
    pub id: LinkId,
    /// SHA-256 of the secret in the URL, lower-case hex.
    pub secret_hash: String,
    /// The secret, sealed by the shell so that the API can show the URL again; opaque here.
    pub secret_sealed: String,
    /// Branding; the default configuration when absent.
    pub config: Option<LinkConfigId>,
    /// Identity under which the customer appears, 3 to 64 characters; a fresh one per call when absent.
    pub identity: Option<String>,
    /// Name under which the customer appears.
    pub display_name: Option<String>,
    /// The page shows the identity.
    pub show_identity: bool,
    /// Where it leads.
    pub destination: LinkDestination,
    /// Given to the agent with the call.
    pub custom_data: BTreeMap<String, String>,
    /// Spent once a call is established.
    pub one_time: bool,
    /// Opens then.
    pub start: WallTime,
    /// Expires then.
    pub end: WallTime,
    /// Hours and days at which it may be used; at any when absent. Outside of them it is inactive.
    #[serde(default)]
    pub open_hours: Option<LinkHours>,
    /// The agent that made it.
    pub created_by: Option<AgentId>,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// When a one-time link was spent.
    pub used_at: Option<WallTime>,
}

/// A call-link configuration: texts and colours of the page, as the public API has them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkConfigRow {
    /// Key.
    pub id: LinkConfigId,
    /// Name.
    pub name: String,
    /// The one used where a link names none.
    pub is_default: bool,
    /// `initialOptions`, `callOptions` and `theme` as JSON of the public API, checked by the shell.
    pub body: serde_json::Value,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// Kinds of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoteKind {
    /// Text for colleagues.
    #[default]
    Internal,
    /// The address of a file.
    Attachment,
}

/// A note in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoteRow {
    /// Key.
    pub id: NoteId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Its author.
    pub agent: Option<AgentId>,
    /// What the content is.
    #[serde(default)]
    pub kind: NoteKind,
    /// At most 4000 characters.
    pub content: String,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// A tag that conversations can carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRow {
    /// Key.
    pub id: TagId,
    /// Unique in the account: 1 to 100 letters, digits, dots and underscores.
    pub name: String,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

/// A conversation carries a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConversationTag {
    /// The conversation.
    pub conversation: ConversationId,
    /// The tag.
    pub tag: TagId,
}

/// Free values of a conversation; there is no row without any.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetadataRow {
    /// The conversation.
    pub conversation: ConversationId,
    /// At most 16 KiB as JSON text.
    pub values: serde_json::Map<String, serde_json::Value>,
}

/// One changed row. The store writes all changes of a command in one transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RowChange {
    /// The account's settings.
    Settings(AccountSettings),
    /// Insert or replace.
    WorkingHours(WorkingHoursRow),
    /// Remove.
    WorkingHoursDeleted(WorkingHoursId),
    /// Insert or replace.
    Status(StatusRow),
    /// Remove.
    StatusDeleted(StatusId),
    /// Insert or replace.
    Agent(AgentRow),
    /// Insert or replace.
    Queue(QueueRow),
    /// Insert or replace.
    Rule(RuleRow),
    /// Remove.
    RuleDeleted(RuleId),
    /// Insert or replace.
    Customer(CustomerRow),
    /// Insert or replace.
    Conversation(ConversationRow),
    /// Insert or replace.
    Call(CallRow),
    /// Insert or replace.
    Leg(LegRow),
    /// Insert or replace.
    Link(LinkRow),
    /// Remove.
    LinkDeleted(LinkId),
    /// Insert or replace.
    LinkConfig(LinkConfigRow),
    /// Remove.
    LinkConfigDeleted(LinkConfigId),
    /// Insert or replace.
    WaitingStrategy(WaitingStrategyRow),
    /// Remove.
    WaitingStrategyDeleted(WaitingStrategyId),
    /// Insert or replace.
    HoldConfig(HoldConfigRow),
    /// Remove.
    HoldConfigDeleted(HoldConfigId),
    /// Insert or replace.
    TransferStrategy(TransferStrategyRow),
    /// Insert or replace.
    AgentRecording(AgentRecordingRow),
    /// Insert or replace.
    AwayMessage(AwayMessageRow),
    /// Remove.
    AwayMessageDeleted(WorkingHoursId),
    /// Insert or replace.
    Note(NoteRow),
    /// Insert or replace.
    Tag(TagRow),
    /// Remove, and from all conversations, closed ones too.
    TagDeleted(TagId),
    /// Insert.
    Tagged(ConversationTag),
    /// Remove.
    Untagged(ConversationTag),
    /// Insert or replace.
    Metadata(MetadataRow),
    /// Remove.
    MetadataDeleted(ConversationId),
    /// Insert or replace, keyed by id and `screen`.
    Segment(SegmentRow),
}

/// What the core is built from at start: settings, everything that can still change, nothing that is over.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Settings.
    pub settings: AccountSettings,
    /// All working hours.
    pub working_hours: Vec<WorkingHoursRow>,
    /// All statuses that the account has named itself.
    pub statuses: Vec<StatusRow>,
    /// All agents.
    pub agents: Vec<AgentRow>,
    /// All queues, deleted ones too.
    pub queues: Vec<QueueRow>,
    /// All routing rules.
    pub rules: Vec<RuleRow>,
    /// Customers of the conversations below.
    pub customers: Vec<CustomerRow>,
    /// Conversations that are not closed.
    pub conversations: Vec<ConversationRow>,
    /// Calls that have not ended.
    pub calls: Vec<CallRow>,
    /// Legs of those calls that have not ended.
    pub legs: Vec<LegRow>,
    /// All links.
    pub links: Vec<LinkRow>,
    /// All link configurations.
    pub link_configs: Vec<LinkConfigRow>,
    /// All tags.
    pub tags: Vec<TagRow>,
    /// What the conversations above carry.
    pub conversation_tags: Vec<ConversationTag>,
    /// Free values of the conversations above.
    pub metadata: Vec<MetadataRow>,
    /// All waiting strategies.
    pub waiting_strategies: Vec<WaitingStrategyRow>,
    /// All hold configurations.
    pub hold_configs: Vec<HoldConfigRow>,
    /// The transfer strategy, if one is set.
    pub transfer_strategy: Option<TransferStrategyRow>,
    /// What is recorded of agents for whom that is set.
    pub agent_recordings: Vec<AgentRecordingRow>,
    /// All away messages.
    pub away_messages: Vec<AwayMessageRow>,
    /// Segments that are being written or removed.
    pub segments: Vec<SegmentRow>,
    /// Sequence number of the last event in the log.
    pub last_event: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday, 20 November 2026, 22:30 UTC.
    const FRIDAY_EVENING: WallTime = WallTime(1_795_213_800_000);
    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn link_hours_hold_within_a_day() {
        let office = LinkHours { start_minute: 9 * 60, end_minute: 22 * 60 + 30, days: vec![4] };
        assert!(office.contains(FRIDAY_EVENING));
        assert!(!office.contains(WallTime(FRIDAY_EVENING.0 + 60_000)));
        assert!(!office.contains(WallTime(FRIDAY_EVENING.0 - 14 * HOUR_MS)));
        assert!(!office.contains(WallTime(FRIDAY_EVENING.0 - 24 * HOUR_MS)), "Thursday");
    }

    #[test]
    fn link_hours_past_midnight_belong_to_the_day_they_began() {
        let night = LinkHours { start_minute: 22 * 60, end_minute: 6 * 60, days: vec![4] };
        assert!(night.contains(FRIDAY_EVENING));
        assert!(night.contains(WallTime(FRIDAY_EVENING.0 + 4 * HOUR_MS)), "Saturday, 02:30");
        assert!(!night.contains(WallTime(FRIDAY_EVENING.0 - 20 * HOUR_MS)), "Friday, 02:30");
        assert!(!night.contains(WallTime(FRIDAY_EVENING.0 + 24 * HOUR_MS)), "Saturday evening");
    }
}
