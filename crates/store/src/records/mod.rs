//! How rows become columns and columns become rows.

mod batch;
mod calls;
mod hold;
mod links;
mod people;
mod recording;
mod routing;
mod tags;
mod transfer;
mod value;
mod waiting;
mod work;

use crate::{database::DbRow, error::Error};
pub(crate) use batch::{Batch, List, insert};
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
