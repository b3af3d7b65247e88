use crate::{database::DbRow, error::Error};
use model::WallTime;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Decode, Postgres, Row, Sqlite, Type};
use std::{fmt, str::FromStr};

/// A column's value, free of any database's types.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(bool),
    Bytes(Vec<u8>),
}

impl Value {
    pub(crate) fn id(id: impl fmt::Display) -> Self {
        Self::Text(Some(id.to_string()))
    }
    pub(crate) fn id_or_null(id: Option<impl fmt::Display>) -> Self {
        Self::Text(id.map(|id| id.to_string()))
    }
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
    pub(crate) fn text_or_null(text: &Option<String>) -> Self {
        Self::Text(text.clone())
    }
    pub(crate) fn time(time: WallTime) -> Self {
        Self::Int(Some(time.0))
    }
    pub(crate) fn time_or_null(time: Option<WallTime>) -> Self {
        Self::Int(time.map(|time| time.0))
    }
    pub(crate) fn number_or_null(number: Option<u32>) -> Self {
        Self::Int(number.map(i64::from))
    }
    /// A 64-bit count: SQL has no unsigned numbers, and no byte count or duration needs the highest bit.
    pub(crate) fn count_or_null(count: Option<u64>) -> Self {
        Self::Int(count.map(|count| i64::try_from(count).unwrap_or(i64::MAX)))
    }
    /// An enum under its serde name.
    pub(crate) fn word<T: Serialize>(word: &T) -> Self {
        Self::Text(Some(word_of(word)))
    }
    pub(crate) fn word_or_null<T: Serialize>(word: &Option<T>) -> Self {
        Self::Text(word.as_ref().map(word_of))
    }
    pub(crate) fn json<T: Serialize>(value: &T) -> Self {
        Self::Text(Some(json_of(value)))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// The serde name of an enum without fields.
pub(crate) fn word_of<T: Serialize>(word: &T) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(name)) => name,
        other => unreachable!("only enums without fields are stored as words, not {other:?}"),
    }
}

/// JSON text of a value that always has one.
pub(crate) fn json_of<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("maps with text keys and plain enums have a JSON form")
}

/// Reads the columns of one database row.
pub(crate) struct Reader<'a>(pub(crate) &'a DbRow);

impl Reader<'_> {
    fn get<T>(&self, column: &str) -> Result<T, Error>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        match self.0 {
            DbRow::Sqlite(row) => Ok(row.try_get(column)?),
            DbRow::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
    pub(crate) fn text(&self, column: &str) -> Result<String, Error> {
        self.get(column)
    }
    pub(crate) fn text_or_null(&self, column: &str) -> Result<Option<String>, Error> {
        self.get(column)
    }
    pub(crate) fn bytes(&self, column: &str) -> Result<Vec<u8>, Error> {
        self.get(column)
    }
    pub(crate) fn truth(&self, column: &str) -> Result<bool, Error> {
        self.get(column)
    }
    pub(crate) fn id<T: FromStr>(&self, column: &str) -> Result<T, Error> {
        parsed(column, &self.text(column)?)
    }
    pub(crate) fn id_or_null<T: FromStr>(&self, column: &str) -> Result<Option<T>, Error> {
        self.text_or_null(column)?.map(|text| parsed(column, &text)).transpose()
    }
    pub(crate) fn integer(&self, column: &str) -> Result<i64, Error> {
        self.get(column)
    }
    pub(crate) fn time(&self, column: &str) -> Result<WallTime, Error> {
        Ok(WallTime(self.get(column)?))
    }
    pub(crate) fn time_or_null(&self, column: &str) -> Result<Option<WallTime>, Error> {
        Ok(self.get::<Option<i64>>(column)?.map(WallTime))
    }
    pub(crate) fn count(&self, column: &str) -> Result<u64, Error> {
        number(column, self.get(column)?)
    }
    /// A number of any unsigned type.
    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T, Error> {
        number(column, self.get(column)?)
    }
    /// A number of any unsigned type.
    pub(crate) fn number_or_null<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>, Error> {
        self.get::<Option<i64>>(column)?.map(|value| number(column, value)).transpose()
    }
    pub(crate) fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, Error> {
        word(column, self.text(column)?)
    }
    pub(crate) fn word_or_null<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        self.text_or_null(column)?.map(|text| word(column, text)).transpose()
    }
    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, Error> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|error| Error::Damaged(format!("{column}: {error}")))
    }
    pub(crate) fn json_or_null<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        let Some(text) = self.text_or_null(column)? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|error| Error::Damaged(format!("{column}: {error}")))
    }
}

fn parsed<T: FromStr>(column: &str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Damaged(format!("{column}: {text:?} is not an id")))
}

fn number<T: TryFrom<i64>>(column: &str, value: i64) -> Result<T, Error> {
    T::try_from(value).map_err(|_| Error::Damaged(format!("{column}: {value} is out of range")))
}

fn word<T: DeserializeOwned>(column: &str, text: String) -> Result<T, Error> {
    let text = serde_json::Value::String(text);
    serde_json::from_value(text).map_err(|error| Error::Damaged(format!("{column}: {error}")))
}
