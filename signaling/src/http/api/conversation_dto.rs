use crate::http::fields::Fields;
use crate::http::params::Pagination;
use crate::http::times;
use callcenter_core::command::ConversationFields;
use callcenter_core::row::{ConversationRow, ConversationStatus, CustomerRow, Priority};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const STATUS_NAMES: &str = "OPEN, WAITING, SOLVED, CLOSED";
pub(super) const PRIORITY_NAMES: &str = "URGENT, HIGH, NORMAL, LOW";
const TOPIC_MAX: usize = 1000;
const SUMMARY_MAX: usize = 4000;

/// Status of a conversation.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ConversationStatus)]
pub(super) enum StatusDto {
    /// Being worked on.
    Open,
    /// Waits for the customer.
    Waiting,
    /// Done; a new contact opens it again.
    Solved,
    /// Over: nothing changes it any more.
    Closed,
}

/// Priority of a conversation.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ConversationPriority)]
pub(super) enum PriorityDto {
    /// Before all others.
    Urgent,
    /// Before normal.
    High,
    /// The default.
    Normal,
    /// After all others.
    Low,
}

impl From<ConversationStatus> for StatusDto {
    fn from(status: ConversationStatus) -> Self {
        match status {
            ConversationStatus::Open => Self::Open,
            ConversationStatus::Waiting => Self::Waiting,
            ConversationStatus::Solved => Self::Solved,
            ConversationStatus::Closed => Self::Closed,
        }
    }
}

impl From<Priority> for PriorityDto {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::Urgent => Self::Urgent,
            Priority::High => Self::High,
            Priority::Normal => Self::Normal,
            Priority::Low => Self::Low,
        }
    }
}

/// Whom a conversation is with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ConversationCustomer {
    id: String,
    /// What the customer is known by.
    identity: String,
    display_name: String,
}

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversation {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    summary: Option<String>,
    status: StatusDto,
    priority: PriorityDto,
    /// `CALLS`, or `NO_CHANNEL` for one made over the API.
    channel: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_id: Option<String>,
    /// The assignee.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<ConversationCustomer>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    closed_at: Option<String>,
}

impl Conversation {
    /// As the API shows it; its customer is looked up in `customers`.
    pub(super) fn of(row: ConversationRow, customers: &[CustomerRow]) -> Self {
        let customer = customers.iter().find(|customer| Some(customer.id) == row.customer);
        Self {
            id: row.id.to_string(),
            topic: row.topic.filter(|text| !text.is_empty()),
            summary: row.summary.filter(|text| !text.is_empty()),
            status: row.status.into(),
            priority: row.priority.into(),
            channel: row.channel,
            queue_id: row.queue.map(|id| id.to_string()),
            agent_id: row.agent.map(|id| id.to_string()),
            customer: customer.map(|customer| ConversationCustomer {
                id: customer.id.to_string(),
                identity: customer.identity.clone(),
                display_name: customer.display_name.clone(),
            }),
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
            closed_at: times::text_of(row.closed_at),
        }
    }
}

/// A page of conversations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConversationPage {
    pub(super) conversations: Vec<Conversation>,
    pub(super) pagination: Pagination,
}

/// Fields of a conversation.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the functions below read")]
pub(super) struct ConversationRequest {
    #[schema(max_length = 1000)]
    topic: Option<String>,
    #[schema(max_length = 4000)]
    summary: Option<String>,
    #[schema(default = "OPEN")]
    status: Option<StatusDto>,
    #[schema(default = "NORMAL")]
    priority: Option<PriorityDto>,
    #[schema(max_length = 255)]
    queue_id: Option<String>,
    /// The assignee.
    #[schema(max_length = 255)]
    agent_id: Option<String>,
}

/// What a request names; `None` is what it leaves out.
pub(super) fn read(fields: &mut Fields) -> ConversationFields {
    ConversationFields {
        topic: fields.text("topic", 0..=TOPIC_MAX),
        summary: fields.text("summary", 0..=SUMMARY_MAX),
        status: fields.one_of("status", STATUS_NAMES),
        priority: fields.one_of("priority", PRIORITY_NAMES),
        queue: fields.id("queueId"),
        agent: fields.id("agentId").map(Some),
    }
}

/// The same for a replacement: topic, summary, status and priority fall back to their defaults; the queue and the
/// assignee, which routing changes as well, stay.
pub(super) fn read_replacement(fields: &mut Fields) -> ConversationFields {
    let named = read(fields);
    ConversationFields {
        topic: Some(named.topic.unwrap_or_default()),
        summary: Some(named.summary.unwrap_or_default()),
        status: Some(named.status.unwrap_or_default()),
        priority: Some(named.priority.unwrap_or_default()),
        queue: named.queue,
        agent: named.agent,
    }
}
