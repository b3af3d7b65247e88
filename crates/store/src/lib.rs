//! What must last: schema, migrations and queries over SQLite or PostgreSQL.
//!
//! One [`Store`] is one database: a file, or a server's. The rows of a call center are written by [`Store::commit`] alone, which takes
//! whole commands and checks the epoch of their owner, so that a stale owner's commit fails as a whole. What people
//! sign in with (users, sessions, keys), and what keeps requests from being carried out twice, is written directly.
//!
//! Every query takes the account. The exceptions are the three that find it: a user by login name, a session and an
//! API key by their hashes; and whether a name is a subdomain of any account's.
//!
//! Ids and enums are stored as text, times as milliseconds since 1970 UTC, free maps as JSON text, so that the same
//! queries run on both.

mod access;
mod commit;
mod database;
mod error;
pub mod limits;
mod migrate;
mod page;
mod queries;
mod records;
mod snapshot;
#[cfg(feature = "testing")]
pub mod testing;

pub use access::{
    AccountRow, ApiKeyRow, AudioFileRow, Claim, IdempotentKey, KeptAnswer, LinkImageRow, SessionRow, SubdomainRow,
    UserRow, WebhookFailure, WebhookRow,
};
pub use commit::{Epoch, Unit};
pub use database::{Location, LocationError, PostgresUrl, Store};
pub use error::{Error, OpenError};
pub use page::{
    AgentOrder, ConversationOrder, CreatedOrder, Direction, NamedOrder, NoteOrder, Order, Page, PageRequest,
    SegmentOrder, Sortable, TagOrder,
};
pub use queries::{
    AgentFilter, ConversationFilter, Entrance, QueueFilter, SegmentFilter, Span, TagFilter, Together, TogetherOrder,
};
