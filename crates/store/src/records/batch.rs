use super::{Record, Value};
use crate::{
    database::{Connection, Query, query},
    error::Error,
    limits,
};
use model::AccountId;
use sqlx::AssertSqlSafe;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// Rows that one transaction writes. A row that changes more than once is written as it is in the end, and the rows of a
/// table go together: to a server of another machine, each statement is a way there and back.
#[derive(Default)]
pub(crate) struct Batch {
    tables: BTreeMap<&'static str, Table>,
    lists: BTreeMap<&'static str, Owners>,
}

struct Table {
    key: &'static [&'static str],
    columns: &'static [&'static str],
    /// All rows with these values in these columns go, before those that follow.
    gone: BTreeSet<(&'static str, Value)>,
    /// By the key's values; none for a row that goes.
    rows: BTreeMap<Vec<Value>, Option<Vec<Value>>>,
}

/// A table that keeps ordered lists: columns `account`, owner, member and `position`.
pub(crate) struct List {
    pub(crate) table: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) member: &'static str,
}

struct Owners {
    list: &'static List,
    members: BTreeMap<String, Vec<String>>,
}

impl Batch {
    /// Inserts the row, or replaces the one with the same key.
    pub(crate) fn put<R: Record>(&mut self, row: &R) {
        let values = row.values();
        let place =
            |name: &&str| R::COLUMNS.iter().position(|column| column == name).expect("a key is made of columns");
        let key = R::KEY.iter().map(|name| values[place(name)].clone()).collect();
        self.table::<R>().rows.insert(key, Some(values));
    }

    /// Removes the row with the key.
    pub(crate) fn remove<R: Record>(&mut self, key: impl Into<Vec<Value>>) {
        self.table::<R>().rows.insert(key.into(), None);
    }

    /// Removes all rows with the value, those that this batch has put until now among them.
    pub(crate) fn remove_all<R: Record>(&mut self, column: &'static str, value: Value) {
        let place = R::COLUMNS.iter().position(|name| *name == column).expect("a column of the table");
        let table = self.table::<R>();
        table.rows.retain(|_, row| row.as_ref().is_none_or(|row| row[place] != value));
        table.gone.insert((column, value));
    }

    /// Replaces the owner's list.
    pub(crate) fn put_list(&mut self, list: &'static List, owner: String, members: Vec<String>) {
        let owners = self.lists.entry(list.table).or_insert_with(|| Owners { list, members: BTreeMap::new() });
        owners.members.insert(owner, members);
    }

    fn table<R: Record>(&mut self) -> &mut Table {
        let new = || Table { key: R::KEY, columns: R::COLUMNS, gone: BTreeSet::new(), rows: BTreeMap::new() };
        self.tables.entry(R::TABLE).or_insert_with(new)
    }

    /// Writes all of it. No row refers to another that must be there first, so tables may come in any order.
    pub(crate) async fn write(self, to: &mut Connection, account: AccountId) -> Result<(), Error> {
        for (name, table) in self.tables {
            let (there, gone): (Vec<_>, Vec<_>) = table.rows.into_iter().partition(|(_, row)| row.is_some());
            // First: another row may take over a value that is unique.
            for (column, value) in table.gone {
                delete(to, account, name, &[column], vec![vec![value]]).await?;
            }
            delete(to, account, name, table.key, gone.into_iter().map(|(key, _)| key).collect()).await?;
            let rows = there.into_iter().filter_map(|(_, row)| row).collect();
            insert(to, account, name, table.columns, rows, &or_replace(table.key, table.columns)).await?;
        }
        for (name, Owners { list, members }) in self.lists {
            delete(to, account, name, &[list.owner], members.keys().map(|owner| vec![owner.into()]).collect()).await?;
            let rows = members.into_iter().flat_map(|(owner, members)| {
                (0_i64..)
                    .zip(members)
                    .map(move |(position, member)| vec![Value::from(&owner), member.into(), position.into()])
            });
            insert(to, account, name, &[list.owner, list.member, "position"], rows.collect(), "").await?;
        }
        Ok(())
    }
}

/// Inserts rows into a table whose first column is `account`. `or` says what happens to one that is there.
pub(crate) async fn insert(
    to: &mut Connection,
    account: AccountId,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
    or: &str,
) -> Result<(), Error> {
    for part in parts(rows) {
        let mut sql = format!("INSERT INTO {table} (account, {}) VALUES ", columns.join(", "));
        let mut place = 1;
        for row in 0..part.len() {
            sql.push_str(if row == 0 { "($1" } else { ", ($1" });
            for _ in columns {
                place += 1;
                write!(sql, ", ${place}").expect("a string takes what is written");
            }
            sql.push(')');
        }
        let insert = query(AssertSqlSafe(sql + or)).bind(account.to_string());
        part.into_iter().flatten().fold(insert, Query::bind).execute(&mut *to).await?;
    }
    Ok(())
}

fn or_replace(key: &[&str], columns: &[&str]) -> String {
    let others = columns.iter().filter(|column| !key.contains(column));
    let changes: Vec<String> = others.map(|column| format!("{column} = excluded.{column}")).collect();
    let key = key.join(", ");
    match changes.is_empty() {
        true => format!(" ON CONFLICT (account, {key}) DO NOTHING"),
        false => format!(" ON CONFLICT (account, {key}) DO UPDATE SET {}", changes.join(", ")),
    }
}

/// Deletes the rows whose columns `key` have one of these values.
async fn delete(
    from: &mut Connection,
    account: AccountId,
    table: &str,
    key: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), Error> {
    for part in parts(rows) {
        let mut places = 2..;
        let one_row = |_| {
            let equal = key.iter().zip(&mut places).map(|(column, place)| format!("{column} = ${place}"));
            format!("({})", equal.collect::<Vec<_>>().join(" AND "))
        };
        // SQLite finds these in the key's index, unlike lists of several columns.
        let one_of: Vec<String> = part.iter().map(one_row).collect();
        let sql = format!("DELETE FROM {table} WHERE account = $1 AND ({})", one_of.join(" OR "));
        let delete = query(AssertSqlSafe(sql)).bind(account.to_string());
        part.into_iter().flatten().fold(delete, Query::bind).execute(&mut *from).await?;
    }
    Ok(())
}

/// Parts of 1, 2, 4 … rows, the largest first: a statement of each size is prepared once, and a table has few of them.
fn parts<T>(mut rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    std::iter::from_fn(move || {
        let size = limits::STATEMENT_ROWS.min(1_usize << rows.len().checked_ilog2()?);
        Some(rows.drain(..size).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_few_statements_of_few_sizes() {
        let sizes = |count: usize| parts(vec![(); count]).map(|part| part.len()).collect::<Vec<_>>();
        assert!(sizes(0).is_empty());
        assert_eq!(sizes(1), [1]);
        assert_eq!(sizes(7), [4, 2, 1]);
        assert_eq!(sizes(100), [32, 32, 32, 4]);
    }
}
