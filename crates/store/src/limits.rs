//! Every limit of the store.

use std::time::Duration;

/// Commands in one transaction; more wait for the next.
pub const GROUP_COMMANDS: usize = 256;
/// Connections that read beside those that write.
pub const READ_CONNECTIONS: u32 = 4;
/// Connections to a server that write. A file has one.
pub const WRITE_CONNECTIONS: u32 = 8;
/// How long a connection waits for a lock of another process before it gives up.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a query waits for a free connection.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server works on one statement before it gives up.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server may stay silent about a statement before its connection is given up: longer than
/// [`STATEMENT_TIMEOUT`], of which it tells.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(12);
/// How long a server keeps a transaction, and so the lock on its account, for a client that says nothing.
pub const IDLE_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server leaves a silent connection before it asks whether somebody is there.
pub const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
/// Pause between such questions.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
/// Such questions without an answer before the connection is over.
pub const KEEPALIVE_COUNT: u32 = 3;
/// How long one statement of a migration may take: it may rewrite a table.
pub const MIGRATION_TIMEOUT: Duration = Duration::from_secs(3600);
/// How long a migration waits for another process that migrates, or for one that still uses a table.
pub const MIGRATION_WAIT: Duration = Duration::from_secs(60);
/// Rows that one statement writes. SQLite allows 32 766 values in it, and no table has a thousand columns.
pub const STATEMENT_ROWS: usize = 32;
/// Prepared statements that a connection keeps: for each table a few sizes, and what is read.
pub const PREPARED_STATEMENTS: usize = 256;
/// Rows of a page, at most.
pub const PAGE_ROWS: u32 = 999;
/// Legs or calls of which all files are read at once.
pub(crate) const TOGETHER_AT_ONCE: usize = 10;
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
