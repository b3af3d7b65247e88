use super::query::{Changed, DbRow, Query};
use crate::{error::Error, limits};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, pool::PoolConnection};
use std::io;

/// Connections to one database.
#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To write what belongs together.
    Write,
    /// To read everything as of one instant.
    Snapshot,
}

/// A connection of a pool, to which it returns when it is dropped.
pub(crate) struct Connection {
    raw: Raw,
    state: State,
}

enum Raw {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// Only an idle connection is fit for the next user: another is closed instead of returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    InTransaction,
    /// It did not answer in time.
    Silent,
}

/// Where a statement runs.
pub(crate) enum On<'a> {
    /// On any connection.
    Pool(&'a Pool),
    /// On this one, in its transaction if it has one.
    Connection(&'a mut Connection),
}

impl<'a> From<&'a Pool> for On<'a> {
    fn from(pool: &'a Pool) -> Self {
        Self::Pool(pool)
    }
}

impl<'a> From<&'a mut Connection> for On<'a> {
    fn from(connection: &'a mut Connection) -> Self {
        Self::Connection(connection)
    }
}

impl Pool {
    pub(super) fn driver(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    pub(crate) async fn acquire(&self) -> Result<Connection, sqlx::Error> {
        let raw = match self {
            Self::Sqlite(pool) => Raw::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Raw::Postgres(pool.acquire().await?),
        };
        Ok(Connection { raw, state: State::Idle })
    }

    /// A connection in a transaction, which [`Connection::end`] ends.
    pub(crate) async fn begin(&self, kind: Kind) -> Result<Connection, sqlx::Error> {
        let mut connection = self.acquire().await?;
        connection.state = State::InTransaction;
        let statement = match (self, kind) {
            // The lock is taken at once: a reader that turns into a writer may fail half-way.
            (Self::Sqlite(_), Kind::Write) => "BEGIN IMMEDIATE",
            (Self::Sqlite(_), Kind::Snapshot) => "BEGIN",
            // What belongs together is kept apart by the lock on its account's epoch; nothing else conflicts.
            (Self::Postgres(_), Kind::Write) => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            (Self::Postgres(_), Kind::Snapshot) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        connection.run(statement).await?;
        Ok(connection)
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Connection {
    /// Commits what was done, or rolls it back if it failed.
    pub(crate) async fn end<T>(mut self, mut done: Result<T, Error>) -> Result<T, Error> {
        if done.is_ok() {
            match self.run("COMMIT").await {
                Ok(()) => self.state = State::Idle,
                Err(error) => done = Err(error.into()),
            }
        }
        if self.state == State::InTransaction && self.run("ROLLBACK").await.is_ok() {
            self.state = State::Idle;
        }
        done
    }

    pub(super) async fn execute(&mut self, query: Query) -> Result<Changed, sqlx::Error> {
        match &mut self.raw {
            Raw::Sqlite(raw) => Ok(Changed(query.bound::<Sqlite>().execute(&mut **raw).await?.rows_affected())),
            Raw::Postgres(raw) => {
                let done = in_time(&mut self.state, query.bound::<Postgres>().execute(&mut **raw)).await?;
                Ok(Changed(done.rows_affected()))
            }
        }
    }

    pub(super) async fn fetch_all(&mut self, query: Query) -> Result<Vec<DbRow>, sqlx::Error> {
        match &mut self.raw {
            Raw::Sqlite(raw) => {
                let rows = query.bound::<Sqlite>().fetch_all(&mut **raw).await?;
                Ok(rows.into_iter().map(DbRow::Sqlite).collect())
            }
            Raw::Postgres(raw) => {
                let rows = in_time(&mut self.state, query.bound::<Postgres>().fetch_all(&mut **raw)).await?;
                Ok(rows.into_iter().map(DbRow::Postgres).collect())
            }
        }
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        match &mut self.raw {
            Raw::Sqlite(raw) => sqlx::raw_sql(statement).execute(&mut **raw).await.map(drop),
            Raw::Postgres(raw) => {
                in_time(&mut self.state, sqlx::raw_sql(statement).execute(&mut **raw)).await.map(drop)
            }
        }
    }
}

/// The server ends statements that take too long; what it does not even say is the network's fault.
async fn in_time<T>(state: &mut State, answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(limits::ANSWER_TIMEOUT, answer).await {
        Ok(answered) => answered,
        Err(_) => {
            *state = State::Silent;
            Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the server does not answer")))
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.state != State::Idle {
            match &mut self.raw {
                Raw::Sqlite(raw) => raw.close_on_drop(),
                Raw::Postgres(raw) => raw.close_on_drop(),
            }
        }
    }
}
