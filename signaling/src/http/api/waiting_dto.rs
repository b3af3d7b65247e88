//! Waiting strategies as the API writes them.

use super::audio_dto::{self, MessageDto, MusicDto, SpanDto};
use super::sound_dto::{self, PeriodicDto};
use crate::http::fields::Fields;
use crate::http::times;
use callcenter_core::row::{
    ClientType, PeriodicMessage, Sender, WaitingCondition, WaitingStrategyFields, WaitingStrategyRow,
};
use model::QueueId;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

const NAME_MAX: usize = 128;
const IDENTIFIER_MAX: usize = 255;
const CONDITIONS_MAX: usize = 200;
/// What the API calls the default queue.
const DEFAULT_QUEUE: &str = "default";

/// A waiting strategy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WaitingStrategy)]
pub(super) struct StrategyDto {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    maximum_wait_time: SpanDto,
    #[serde(skip_serializing_if = "Option::is_none")]
    greeting_message: Option<MessageDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    music_on_hold: Option<MusicDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    announcement_message: Option<PeriodicDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum_wait_time_message: Option<MessageDto>,
    condition_type: ConditionType,
    #[schema(value_type = Condition)]
    condition: Value,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// What is set of a waiting strategy.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", as = WaitingStrategyRequest)]
#[expect(dead_code, reason = "describes what `fields` reads")]
pub(super) struct StrategyRequest {
    #[schema(min_length = 1, max_length = 128)]
    name: Option<String>,
    /// How long a call waits at most; up to 24 hours.
    maximum_wait_time: SpanDto,
    /// What the caller hears first, once.
    greeting_message: Option<MessageDto>,
    /// What the caller hears then. Without it there is the music that comes with the program; `enabled: false` is silence.
    music_on_hold: Option<MusicDto>,
    /// What interrupts the music.
    announcement_message: Option<PeriodicDto>,
    /// What the caller hears when the maximum has passed, before the call ends.
    maximum_wait_time_message: Option<MessageDto>,
    condition_type: ConditionType,
    #[schema(value_type = Condition)]
    condition: Value,
}

/// What `condition` holds.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ConditionType {
    /// `senders`: what callers reached us by.
    Sender,
    /// `queues`: their ids, or `default`.
    Queue,
}

/// Whose calls wait by the strategy: one of the two lists.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `condition` reads")]
pub(super) struct Condition {
    senders: Option<Vec<SenderDto>>,
    queues: Option<Vec<String>>,
}

/// What callers reached us by.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", as = Sender)]
#[expect(dead_code, reason = "describes what `senders` reads")]
pub(super) struct SenderDto {
    client_type: Client,
    /// A telephone number; or a call link's id, or `conversations` for all calls of browsers.
    identifier: String,
}

/// Telephone or browser.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE", as = ClientType)]
#[expect(dead_code, reason = "describes `ClientType`")]
pub(super) enum Client {
    Pstn,
    Webrtc,
}

impl StrategyDto {
    pub(super) fn of(row: WaitingStrategyRow, default_queue: QueueId) -> Self {
        let fields = row.fields;
        let (condition_type, condition) = match fields.condition {
            WaitingCondition::Sender(senders) => {
                let of = |sender: Sender| json!({"clientType": sender.client, "identifier": sender.identifier});
                let senders: Vec<Value> = senders.into_iter().map(of).collect();
                (ConditionType::Sender, json!({ "senders": senders }))
            }
            WaitingCondition::Queue(queues) => {
                let queues: Vec<String> = queues.into_iter().map(|queue| queue_name(queue, default_queue)).collect();
                (ConditionType::Queue, json!({ "queues": queues }))
            }
        };
        Self {
            id: row.id.to_string(),
            name: fields.name,
            maximum_wait_time: fields.maximum_wait.into(),
            greeting_message: fields.greeting.map(MessageDto::from),
            music_on_hold: fields.music.map(MusicDto::from),
            announcement_message: fields.announcement.map(PeriodicDto::from),
            maximum_wait_time_message: fields.last_message.map(MessageDto::from),
            condition_type,
            condition,
            created_at: times::text(row.created_at),
            updated_at: times::text(row.updated_at),
        }
    }
}

/// Reads a whole strategy; nothing when something is wrong, which is noted.
pub(super) fn fields(fields: &mut Fields, default_queue: QueueId) -> Option<WaitingStrategyFields> {
    for name in ["maximumWaitTime", "conditionType", "condition"] {
        fields.require(name);
    }
    let name = fields.text("name", 1..=NAME_MAX);
    let maximum_wait = audio_dto::span(fields, "maximumWaitTime");
    let greeting = fields.object("greetingMessage", audio_dto::message);
    let music = fields.object("musicOnHold", audio_dto::music);
    let announcement = fields.object("announcementMessage", periodic);
    let last_message = fields.object("maximumWaitTimeMessage", audio_dto::message);
    let condition = condition(fields, default_queue);
    Some(WaitingStrategyFields {
        name,
        maximum_wait: maximum_wait?,
        greeting,
        music,
        announcement,
        last_message,
        condition: condition?,
    })
}

fn periodic(fields: &mut Fields) -> PeriodicMessage {
    let periodic = sound_dto::periodic(fields);
    // Whoever announces keys that do nothing would mislead callers.
    if fields.list("collectables", CONDITIONS_MAX).is_some_and(|keys| !keys.is_empty()) {
        fields.reject("collectables", "is not supported by this release");
    }
    // Without keys it has nothing to bound.
    audio_dto::span(fields, "collectDuration");
    periodic
}

fn condition(fields: &mut Fields, default_queue: QueueId) -> Option<WaitingCondition> {
    let kind = fields.text("conditionType", 0..=WORD)?;
    match kind.as_str() {
        "SENDER" => fields.object("condition", senders).flatten().map(WaitingCondition::Sender),
        "QUEUE" => {
            let read = fields.object("condition", |inner| queue_ids(inner, "queues", default_queue));
            read.flatten().map(WaitingCondition::Queue)
        }
        _ => {
            fields.reject("conditionType", "must be one of SENDER, QUEUE");
            None
        }
    }
}

const WORD: usize = 36;

fn senders(fields: &mut Fields) -> Option<Vec<Sender>> {
    fields.require("senders");
    let mut senders = Vec::new();
    for value in fields.list("senders", CONDITIONS_MAX)? {
        let client =
            value.get("clientType").cloned().and_then(|client| serde_json::from_value::<ClientType>(client).ok());
        let identifier = value.get("identifier").and_then(Value::as_str);
        let identifier = identifier.filter(|text| !text.is_empty() && text.chars().count() <= IDENTIFIER_MAX);
        let Some((client, identifier)) = client.zip(identifier) else {
            fields.reject("senders", "each needs a clientType, one of PSTN, WEBRTC, and an identifier");
            return None;
        };
        senders.push(Sender { client, identifier: identifier.to_owned() });
    }
    Some(senders)
}

/// Queues by their ids, or by the name that the default one has.
pub(super) fn queue_ids(fields: &mut Fields, name: &str, default_queue: QueueId) -> Option<Vec<QueueId>> {
    fields.require(name);
    let mut queues = Vec::new();
    for value in fields.list(name, CONDITIONS_MAX)? {
        let queue = match value.as_str() {
            Some(DEFAULT_QUEUE) => Some(default_queue),
            text => text.and_then(|text| text.parse().ok()),
        };
        let Some(queue) = queue else {
            fields.reject(name, format!("Invalid id '{value}' given! No such entity exists."));
            return None;
        };
        queues.push(queue);
    }
    Some(queues)
}

/// What the API calls the queue.
pub(super) fn queue_name(queue: QueueId, default_queue: QueueId) -> String {
    if queue == default_queue { DEFAULT_QUEUE.to_owned() } else { queue.to_string() }
}

/// The queue that the query names.
pub(super) fn queue(text: &str, default_queue: QueueId) -> Option<QueueId> {
    if text == DEFAULT_QUEUE { Some(default_queue) } else { text.parse().ok() }
}
