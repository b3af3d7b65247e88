//! What is SQLite's own.

use crate::{error::OpenError, limits};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::path::Path;

/// A pool to write and one to read.
pub(crate) async fn pools(path: &Path) -> Result<(SqlitePool, SqlitePool), OpenError> {
    let options = options(path);
    // One connection: SQLite has one writer, and waiting here is fairer than waiting for its lock.
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(limits::ACQUIRE_TIMEOUT)
        .connect_with(options.clone())
        .await
        .map_err(|error| unavailable(path, &error))?;
    let readers = SqlitePoolOptions::new()
        .max_connections(limits::READ_CONNECTIONS)
        .acquire_timeout(limits::ACQUIRE_TIMEOUT)
        .connect_with(options.pragma("query_only", "on"))
        .await
        .map_err(|error| unavailable(path, &error))?;
    Ok((writer, readers))
}

/// WAL, because readers must not wait for the writer; synchronous FULL, because a commit that was answered must
/// outlive a power cut.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(limits::BUSY_TIMEOUT)
        .statement_cache_capacity(limits::PREPARED_STATEMENTS)
}

pub(crate) fn unavailable(path: &Path, error: &sqlx::Error) -> OpenError {
    OpenError::Unavailable { path: path.to_owned(), reason: error.to_string() }
}
