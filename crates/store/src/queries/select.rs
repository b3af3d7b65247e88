//! Building blocks of queries.

use crate::{
    database::{QueryBuilder, Store},
    error::Error,
    limits,
    page::{Page, PageRequest, Sortable},
    queries::Span,
    records::{Reader, Record, read, select},
};
use model::{AccountId, WallTime};
use std::fmt::Display;

/// The conditions of a query, joined by AND.
pub(super) struct Conditions<'q>(&'q mut QueryBuilder);

impl Conditions<'_> {
    /// The column has this text.
    pub(super) fn is(&mut self, column: &str, value: impl Display) -> &mut Self {
        self.0.push(format_args!(" AND {column} = ")).push_bind(value.to_string());
        self
    }
    /// The column has this text, if one is asked for.
    pub(super) fn is_if(&mut self, column: &str, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.is(column, value),
            None => self,
        }
    }
    /// The column is true or false, if asked for.
    pub(super) fn truth_if(&mut self, column: &str, value: Option<bool>) -> &mut Self {
        if let Some(value) = value {
            self.0.push(format_args!(" AND {column} = ")).push_bind(value);
        }
        self
    }
    /// The column has one of these texts; all rows when the list is empty.
    pub(super) fn one_of(&mut self, column: &str, values: &[impl Display]) -> &mut Self {
        if !values.is_empty() {
            self.0.push(format_args!(" AND {column} IN ("));
            self.list(values);
            self.0.push(")");
        }
        self
    }
    /// The text column contains this, whatever the case of its letters.
    pub(super) fn contains_if(&mut self, column: &str, part: Option<&str>) -> &mut Self {
        if let Some(part) = part {
            let escaped = part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            self.0.push(format_args!(" AND LOWER({column}) LIKE "));
            self.0.push_bind(format!("%{escaped}%")).push(" ESCAPE '\\'");
        }
        self
    }
    /// The time column is after and before these.
    pub(super) fn between(&mut self, column: &str, after: Option<WallTime>, before: Option<WallTime>) -> &mut Self {
        if let Some(after) = after {
            self.0.push(format_args!(" AND {column} > ")).push_bind(after.0);
        }
        if let Some(before) = before {
            self.0.push(format_args!(" AND {column} < ")).push_bind(before.0);
        }
        self
    }
    /// The number is from the one to the other, both included.
    pub(super) fn spans(&mut self, number: &str, span: Span) -> &mut Self {
        for (bound, limit) in [(">=", span.from), ("<=", span.to)] {
            if let Some(limit) = limit {
                self.0.push(format_args!(" AND {number} {bound} ")).push_bind(limit);
            }
        }
        self
    }
    /// A condition without values.
    pub(super) fn fixed(&mut self, condition: &'static str) -> &mut Self {
        self.0.push(" AND ").push(condition);
        self
    }
    /// `column IN (SELECT <select> <list>))`, unless the list is empty.
    pub(super) fn within(&mut self, column: &str, select: &'static str, values: &[impl Display]) -> &mut Self {
        if !values.is_empty() {
            self.0.push(format_args!(" AND {column} IN (SELECT {select} IN ("));
            self.list(values);
            self.0.push("))");
        }
        self
    }

    /// `column IN (SELECT <select> = <account> …)`: what `conditions` say of another table of the account. `select` ends
    /// with the name of that table's account.
    pub(super) fn among(
        &mut self,
        column: &str,
        select: &'static str,
        account: AccountId,
        conditions: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.0.push(format_args!(" AND {column} IN (SELECT {select} = ")).push_bind(account.to_string());
        conditions(self);
        self.0.push(")");
        self
    }

    fn list(&mut self, values: &[impl Display]) {
        for (place, value) in values.iter().enumerate() {
            self.0.push(if place == 0 { "" } else { ", " }).push_bind(value.to_string());
        }
    }
}

/// Refuses filters that no honest caller sends.
pub(super) fn bounded(lengths: &[usize]) -> Result<(), Error> {
    match lengths.iter().sum::<usize>() > limits::FILTER_IDS {
        true => Err(Error::TooManyIds(limits::FILTER_IDS)),
        false => Ok(()),
    }
}

impl Store {
    /// The one row that meets the conditions.
    pub(super) async fn one<R: Record>(
        &self,
        account: AccountId,
        conditions: impl Fn(&mut Conditions<'_>),
    ) -> Result<Option<R>, Error> {
        let query = start(account, &select::<R>(), &conditions);
        query.build().fetch_optional(&self.readers).await?.as_ref().map(read).transpose()
    }

    /// All rows that meet the conditions, by id, at most [`limits::PAGE_ROWS`].
    pub(super) async fn some<R: Record>(
        &self,
        account: AccountId,
        conditions: impl Fn(&mut Conditions<'_>),
    ) -> Result<Vec<R>, Error> {
        let mut query = start(account, &select::<R>(), &conditions);
        query.push(" ORDER BY id LIMIT ").push_bind(i64::from(limits::PAGE_ROWS));
        query.build().fetch_all(&self.readers).await?.iter().map(read).collect()
    }

    /// A page of the rows that meet the conditions.
    pub(super) async fn page<R: Record, F: Sortable>(
        &self,
        account: AccountId,
        request: PageRequest<F>,
        conditions: impl Fn(&mut Conditions<'_>),
    ) -> Result<Page<R>, Error> {
        let count = format!("SELECT COUNT(*) AS total FROM {}", R::TABLE);
        let counting = start(account, &count, &conditions).build();
        let total = Reader(&counting.fetch_one(&self.readers).await?).count("total")?;
        let mut query = start(account, &select::<R>(), &conditions);
        let direction = request.order.direction.sql();
        query.push(format_args!(" ORDER BY {} {direction}", request.order.by.column()));
        for column in F::TIE {
            query.push(format_args!(", {column} {direction}"));
        }
        query.push(" LIMIT ").push_bind(request.rows()).push(" OFFSET ").push_bind(request.offset());
        let rows = query.build().fetch_all(&self.readers).await?;
        let items = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page { items, total })
    }
}

pub(super) fn start(account: AccountId, select: &str, conditions: &impl Fn(&mut Conditions<'_>)) -> QueryBuilder {
    let mut query = QueryBuilder::new(select);
    query.push(" WHERE account = ").push_bind(account.to_string());
    conditions(&mut Conditions(&mut query));
    query
}
