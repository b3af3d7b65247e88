use crate::{error::OpenError, limits, migrate};
use sqlx::{
    Database as _, Pool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::path::Path;

/// The database driver. Queries name these types alone, so that another driver is another set of them.
pub(crate) type Db = sqlx::Sqlite;
pub(crate) type Connection = sqlx::SqliteConnection;
pub(crate) type DbRow = <Db as sqlx::Database>::Row;
pub(crate) type DbQuery<'q> = sqlx::query::Query<'q, Db, <Db as sqlx::Database>::Arguments>;

/// A database: cheap to clone, shared by all accounts of the process.
#[derive(Clone)]
pub struct Store {
    /// One connection: SQLite has one writer, and waiting here is fairer than waiting for its lock.
    pub(crate) writer: Pool<Db>,
    /// Connections that only read; they see what is committed.
    pub(crate) readers: Pool<Db>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("driver", &Db::NAME).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database file, makes it if there is none, and brings it to this release's schema. A file of an older
    /// schema is copied beside itself first.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        migrate::bring_up(path).await?;
        let options = options(path);
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
        Ok(Self { writer, readers })
    }

    /// Waits for what runs and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
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
}

pub(crate) fn unavailable(path: &Path, error: &sqlx::Error) -> OpenError {
    OpenError::Unavailable { path: path.to_owned(), reason: error.to_string() }
}
