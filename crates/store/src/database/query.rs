use super::connection::On;
use crate::records::Value;
use sqlx::{AssertSqlSafe, Database, Encode, SqlSafeStr, SqlStr, Type, postgres::PgRow, sqlite::SqliteRow};
use std::fmt::{Display, Write};

/// A statement with its values, `$1` being the first, for either database.
pub(crate) struct Query {
    sql: SqlStr,
    values: Vec<Value>,
}

/// A statement that may be run with values.
pub(crate) fn query(sql: impl SqlSafeStr) -> Query {
    Query { sql: sql.into_sql_str(), values: Vec::new() }
}

/// What a statement changed.
pub(crate) struct Changed(pub(super) u64);

impl Changed {
    pub(crate) fn rows_affected(&self) -> u64 {
        self.0
    }
}

/// A row that was found.
pub(crate) enum DbRow {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Query {
    /// The next value.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it for what it changes, on a connection or on any of a pool.
    pub(crate) async fn execute<'a>(self, on: impl Into<On<'a>>) -> Result<Changed, sqlx::Error> {
        match on.into() {
            On::Connection(connection) => connection.execute(self).await,
            On::Pool(pool) => pool.acquire().await?.execute(self).await,
        }
    }

    /// All rows.
    pub(crate) async fn fetch_all<'a>(self, on: impl Into<On<'a>>) -> Result<Vec<DbRow>, sqlx::Error> {
        match on.into() {
            On::Connection(connection) => connection.fetch_all(self).await,
            On::Pool(pool) => pool.acquire().await?.fetch_all(self).await,
        }
    }

    /// The first row, if there is one.
    pub(crate) async fn fetch_optional<'a>(self, on: impl Into<On<'a>>) -> Result<Option<DbRow>, sqlx::Error> {
        Ok(self.fetch_all(on).await?.into_iter().next())
    }

    /// The row of a statement that always finds one.
    pub(crate) async fn fetch_one<'a>(self, on: impl Into<On<'a>>) -> Result<DbRow, sqlx::Error> {
        self.fetch_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }

    pub(super) fn bound<'q, DB: Database>(self) -> sqlx::query::Query<'q, DB, DB::Arguments>
    where
        Option<String>: Encode<'q, DB> + Type<DB>,
        Option<i64>: Encode<'q, DB> + Type<DB>,
        bool: Encode<'q, DB> + Type<DB>,
        Vec<u8>: Encode<'q, DB> + Type<DB>,
    {
        self.values.into_iter().fold(sqlx::query(self.sql), |query, value| match value {
            Value::Text(text) => query.bind(text.map(without_nul)),
            Value::Int(number) => query.bind(number),
            Value::Bool(truth) => query.bind(truth),
            Value::Bytes(bytes) => query.bind(bytes),
        })
    }
}

/// PostgreSQL stores every character but this one. Nobody types it, and a text with it must not make a commit fail.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// A statement that is put together from fixed words and values.
pub(crate) struct QueryBuilder {
    sql: String,
    values: Vec<Value>,
}

impl QueryBuilder {
    pub(crate) fn new(start: &str) -> Self {
        Self { sql: start.to_owned(), values: Vec::new() }
    }

    /// Adds words of SQL, which must not come from outside.
    pub(crate) fn push(&mut self, words: impl Display) -> &mut Self {
        write!(self.sql, "{words}").expect("a string takes what is written");
        self
    }

    /// Adds a value.
    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let place = self.values.len();
        self.push(format_args!("${place}"))
    }

    pub(crate) fn build(self) -> Query {
        Query { sql: AssertSqlSafe(self.sql).into_sql_str(), values: self.values }
    }
}
