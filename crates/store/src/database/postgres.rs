//! What is PostgreSQL's own.

use super::PostgresUrl;
use crate::{error::OpenError, limits};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::time::Duration;

/// A pool to write and one to read.
pub(crate) async fn pools(url: &PostgresUrl) -> Result<(PgPool, PgPool), OpenError> {
    let options = session(url, limits::STATEMENT_TIMEOUT, limits::BUSY_TIMEOUT);
    let read_only = options.clone().options([("default_transaction_read_only", "on")]);
    let writer = PgPoolOptions::new()
        .max_connections(limits::WRITE_CONNECTIONS)
        .acquire_timeout(limits::ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
        .map_err(|error| unreachable(url, error))?;
    let readers = PgPoolOptions::new()
        .max_connections(limits::READ_CONNECTIONS)
        .acquire_timeout(limits::ACQUIRE_TIMEOUT)
        .connect_with(read_only)
        .await
        .map_err(|error| unreachable(url, error))?;
    Ok((writer, readers))
}

/// How a connection behaves: commits are on the disk before they are answered, whatever the server's default; and the
/// server ends what a client that vanished left open, so that its locks do not keep the next owner out.
pub(crate) fn session(url: &PostgresUrl, statement: Duration, lock: Duration) -> PgConnectOptions {
    let milliseconds = |time: Duration| time.as_millis().to_string();
    let options = url.options().application_name("switchroom").statement_cache_capacity(limits::PREPARED_STATEMENTS);
    options.options([
        ("synchronous_commit", "on".to_owned()),
        ("statement_timeout", milliseconds(statement)),
        ("lock_timeout", milliseconds(lock)),
        ("idle_in_transaction_session_timeout", milliseconds(limits::IDLE_TRANSACTION_TIMEOUT)),
        ("tcp_keepalives_idle", limits::KEEPALIVE_IDLE.as_secs().to_string()),
        ("tcp_keepalives_interval", limits::KEEPALIVE_INTERVAL.as_secs().to_string()),
        ("tcp_keepalives_count", limits::KEEPALIVE_COUNT.to_string()),
    ])
}

pub(crate) fn unreachable(url: &PostgresUrl, error: impl std::fmt::Display) -> OpenError {
    OpenError::Unreachable { database: url.to_string(), reason: error.to_string() }
}
