//! How rows become columns and columns become rows.

mod calls;
mod links;
mod people;
mod routing;
mod tags;
mod value;
mod work;

use crate::{
    database::{Connection, DbRow},
    error::Error,
};
use model::AccountId;
use sqlx::AssertSqlSafe;
pub(crate) use tags::{put_tagged, remove_metadata, remove_tag, remove_tagged};
pub(crate) use value::{Reader, Value, json_of, word_of};

/// A row type with its table. The first column of every table is `account`, which is not part of the row.
pub(crate) trait Record: Sized {
    /// Name of the table.
    const TABLE: &'static str;
    /// The key's columns after `account`.
    const KEY: &'static [&'static str];
    /// All columns after `account`, in the order of [`Record::values`].
    const COLUMNS: &'static [&'static str];
    /// The row as columns.
    fn values(&self) -> Vec<Value>;
    /// The row from columns.
    fn read(row: &Reader<'_>) -> Result<Self, Error>;
}

/// `SELECT a, b, c FROM table` without a condition.
pub(crate) fn select<R: Record>() -> String {
    format!("SELECT {} FROM {}", R::COLUMNS.join(", "), R::TABLE)
}

/// Reads one database row.
pub(crate) fn read<R: Record>(row: &DbRow) -> Result<R, Error> {
    R::read(&Reader(row))
}

/// Inserts the row, or replaces the one with the same key.
pub(crate) async fn put<R: Record>(to: &mut Connection, account: AccountId, row: &R) -> Result<(), Error> {
    let mut query = sqlx::query(AssertSqlSafe(put_sql::<R>())).bind(account.to_string());
    for value in row.values() {
        query = value.bind(query);
    }
    query.execute(to).await?;
    Ok(())
}

fn put_sql<R: Record>() -> String {
    let columns = R::COLUMNS;
    let places: Vec<String> = (1..=columns.len() + 1).map(|number| format!("${number}")).collect();
    let changes: Vec<String> = columns
        .iter()
        .filter(|column| !R::KEY.contains(column))
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    format!(
        "INSERT INTO {} (account, {}) VALUES ({}) ON CONFLICT (account, {}) DO UPDATE SET {}",
        R::TABLE,
        columns.join(", "),
        places.join(", "),
        R::KEY.join(", "),
        changes.join(", ")
    )
}

/// Removes the row with the id.
pub(crate) async fn remove<R: Record>(from: &mut Connection, account: AccountId, id: String) -> Result<(), Error> {
    let sql = format!("DELETE FROM {} WHERE account = $1 AND id = $2", R::TABLE);
    sqlx::query(AssertSqlSafe(sql)).bind(account.to_string()).bind(id).execute(from).await?;
    Ok(())
}
