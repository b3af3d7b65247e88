use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;
use uuid::Uuid;

/// Declares one id type: a UUIDv7 that sorts by creation and prints as 32 lower-case hex digits with hyphens.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = "uuid")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id. Only shells call this: cores receive their ids inside commands.
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
            /// A fixed id for tests and simulations.
            pub const fn of(number: u128) -> Self {
                Self(Uuid::from_u128(number))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(/// A tenant. Every row, key, path, token and message carries one.
    AccountId);
id!(/// A person who signs in to the console.
    UserId);
id!(/// An agent: the WebRTC identity is this id.
    AgentId);
id!(/// A queue of an account.
    QueueId);
id!(/// A status that an account has named itself.
    StatusId);
id!(/// Working hours of an account.
    WorkingHoursId);
id!(/// A holiday within working hours.
    HolidayId);
id!(/// A rule by which calls find their queue.
    RuleId);
id!(/// A customer of an account.
    CustomerId);
id!(/// A conversation with a customer.
    ConversationId);
id!(/// A call: the public API's `conferenceId`. It also names the call's room and its recording.
    CallId);
id!(/// A leg: the public API's `callId`.
    LegId);
id!(/// A note in a conversation.
    NoteId);
id!(/// A tag of an account.
    TagId);
id!(/// An address that is told of an account's events.
    WebhookId);
id!(/// Audio that the engine plays. Other audio is another prompt, with another id.
    PromptId);
id!(/// An audio file that somebody uploaded. Its content never changes.
    AudioFileId);
id!(/// How calls of some queues or senders wait.
    WaitingStrategyId);
id!(/// What customers on hold hear in calls of some queues.
    HoldConfigId);
id!(/// What customers hear while they are being transferred.
    TransferStrategyId);
id!(/// One recording file.
    SegmentId);
id!(/// A call link's row; the secret in its URL is another value.
    LinkId);
id!(/// A call-link configuration.
    LinkConfigId);
id!(/// An image that somebody uploaded for pages of call links. Its content never changes.
    LinkImageId);
id!(/// A name before the server's own, under which an account's call links may be opened.
    SubdomainId);
id!(/// A command or effect; repeating it with the same id is harmless.
    CommandId);
id!(/// One life of a process: after a restart it is another.
    InstanceId);
