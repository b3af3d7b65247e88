use crate::config::Cidr;
use crate::http::fields::Fields;
use crate::http::params::Pagination;
use crate::http::times;
use crate::webhooks::TYPES;
use crate::webhooks::target::Target;
use serde::Serialize;
use serde_json::Value;
use store::{WebhookFailure, WebhookRow};
use utoipa::ToSchema;

const NAME_MAX: usize = 255;

/// An address that is told of events.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Webhook {
    id: String,
    #[schema(max_length = 255)]
    name: String,
    #[schema(max_length = 2048)]
    url: String,
    /// Types of events; all when empty.
    events: Vec<String>,
    enabled: bool,
    /// Why the server disabled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_reason: Option<String>,
    /// `id` of the last event that was delivered or is not for this webhook.
    position: String,
    /// What stands in the way of the next event.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    delivered_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// Why an event could not be delivered yet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookFailure)]
struct Failure {
    #[schema(format = DateTime)]
    since: String,
    /// Tries so far.
    attempts: u32,
    #[schema(format = DateTime)]
    next_attempt_at: String,
    /// What happened at the last one.
    error: String,
}

impl From<WebhookFailure> for Failure {
    fn from(failure: WebhookFailure) -> Self {
        Self {
            since: times::text(failure.since),
            attempts: failure.attempts,
            next_attempt_at: times::text(failure.next_attempt_at),
            error: failure.error,
        }
    }
}

impl From<WebhookRow> for Webhook {
    fn from(row: WebhookRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            url: row.url,
            events: row.events,
            enabled: row.enabled,
            disabled_reason: row.disabled_reason,
            position: row.position.to_string(),
            failure: row.failure.map(Failure::from),
            delivered_at: times::text_of(row.delivered_at),
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }
}

/// A webhook with its secret, which is shown once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebhookWithSecret {
    #[serde(flatten)]
    pub(super) webhook: Webhook,
    /// Deliveries are signed with it.
    pub(super) secret: String,
}

/// A page of webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WebhookPage {
    pub(super) webhooks: Vec<Webhook>,
    pub(super) pagination: Pagination,
}

/// Fields of a webhook.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `read` reads")]
pub(super) struct WebhookRequest {
    #[schema(max_length = 255)]
    name: String,
    /// Begins with https://; http:// and inner networks are for the server's configuration to allow.
    #[schema(max_length = 2048)]
    url: String,
    /// Types of events; all when empty or left out.
    events: Option<Vec<String>>,
    #[schema(default = true)]
    enabled: Option<bool>,
}

/// From where events are delivered again: one of both.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `replay` reads")]
pub(super) struct ReplayRequest {
    /// `id` of an event.
    #[schema(minimum = 1)]
    from_event: Option<i64>,
    #[schema(format = DateTime)]
    from_time: Option<String>,
}

pub(super) struct NewWebhook {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) events: Vec<String>,
    pub(super) enabled: bool,
}

pub(super) fn read(fields: &mut Fields, allowed: &[Cidr]) -> NewWebhook {
    let name = fields.required_text("name", NAME_MAX);
    let url = fields.required_text("url", crate::webhooks::limits::URL_CHARS);
    if !url.trim().is_empty()
        && let Err(error) = Target::parse(&url, allowed)
    {
        fields.reject("url", error.to_string());
    }
    let mut events = Vec::new();
    for one in fields.list("events", TYPES.len()).unwrap_or_default() {
        match one {
            Value::String(kind) if TYPES.contains(&kind.as_str()) => events.push(kind),
            other => fields.reject("events", format!("{other} is none of {}", TYPES.join(", "))),
        }
    }
    NewWebhook { name, url, events, enabled: fields.flag("enabled").unwrap_or(true) }
}
