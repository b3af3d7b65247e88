//! Every limit of the store.

use std::time::Duration;

/// Commands in one transaction; more wait for the next.
pub const GROUP_COMMANDS: usize = 256;
/// Connections that read beside the one that writes.
pub const READ_CONNECTIONS: u32 = 4;
/// How long a connection waits for a lock of another process before it gives up.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a query waits for a free connection.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Rows of a page, at most.
pub const PAGE_ROWS: u32 = 999;
/// Ids in one filter, at most: SQLite allows 32 766 parameters, and an address line holds far fewer.
pub const FILTER_IDS: usize = 999;
/// Copies of the file from before a migration that are kept.
pub const KEPT_COPIES: usize = 3;
/// Requests with an idempotency key that are remembered of one account.
pub const IDEMPOTENT_REQUESTS: i64 = 100_000;
/// Webhooks of one account.
pub const WEBHOOKS: i64 = 20;
/// API keys of one account.
pub const API_KEYS: i64 = 100;
/// People of one account who sign in.
pub const USERS: i64 = 10_000;
