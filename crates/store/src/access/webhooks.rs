use super::count;
use crate::{
    database::{DbRow, Query, Store, query},
    error::Error,
    limits,
    records::{Reader, json_of},
};
use model::{AccountId, WallTime, WebhookId};
use sqlx::AssertSqlSafe;
use std::fmt;

/// An address that is told of events.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Whose.
    pub account: AccountId,
    /// Key.
    pub id: WebhookId,
    /// Name, for people to tell webhooks apart.
    pub name: String,
    /// Where events go.
    pub url: String,
    /// Types of events; all when empty.
    pub events: Vec<String>,
    /// What deliveries are signed with, sealed.
    pub secret: String,
    /// The secret before, sealed, and until when it signs as well.
    pub old_secret: Option<(String, WallTime)>,
    /// Events are delivered.
    pub enabled: bool,
    /// Why the server disabled it.
    pub disabled_reason: Option<String>,
    /// Sequence of the last event that is done with.
    pub position: u64,
    /// Counts changes of the fields above.
    pub revision: u64,
    /// What stands in the way of the next event.
    pub failure: Option<WebhookFailure>,
    /// When an event was delivered last.
    pub delivered_at: Option<WallTime>,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

impl fmt::Debug for WebhookRow {
    /// Without address and secrets: debug output ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookRow").field("id", &self.id).field("position", &self.position).finish_non_exhaustive()
    }
}

/// Why an event could not be delivered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookFailure {
    /// Since when.
    pub since: WallTime,
    /// Tries so far.
    pub attempts: u32,
    /// The next try.
    pub next_attempt_at: WallTime,
    /// What happened at the last one.
    pub error: String,
}

const COLUMNS: &str = "account, id, name, url, events, secret, old_secret, old_secret_until, enabled, \
    disabled_reason, position, revision, failing_since, attempts, next_attempt_at, last_error, delivered_at, \
    created_at, updated_at";

impl Store {
    /// A new webhook; refused when the account has [`limits::WEBHOOKS`].
    pub async fn create_webhook(&self, row: &WebhookRow) -> Result<(), Error> {
        if count(&self.writer, "webhooks", row.account).await? >= limits::WEBHOOKS {
            return Err(Error::Full { what: "webhooks", most: limits::WEBHOOKS });
        }
        let sql = format!(
            "INSERT INTO webhooks ({COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
        );
        bound(query(AssertSqlSafe(sql)), row).execute(&self.writer).await?;
        Ok(())
    }

    /// New fields of a webhook whose revision is one less than the row's; false if it has another one, or is gone.
    pub async fn update_webhook(&self, row: &WebhookRow) -> Result<bool, Error> {
        let sql = "UPDATE webhooks SET name = $3, url = $4, events = $5, secret = $6, old_secret = $7, \
                   old_secret_until = $8, enabled = $9, disabled_reason = $10, position = $11, revision = $12, \
                   failing_since = $13, attempts = $14, next_attempt_at = $15, last_error = $16, \
                   delivered_at = $17, created_at = $18, updated_at = $19 \
                   WHERE account = $1 AND id = $2 AND revision = $12 - 1";
        let changed = bound(query(sql), row).execute(&self.writer).await?;
        Ok(changed.rows_affected() == 1)
    }

    /// How a delivery went: position, failure and time of the last success. False if the webhook has changed since
    /// it was read, or is gone.
    pub async fn note_delivery(&self, row: &WebhookRow) -> Result<bool, Error> {
        let sql = "UPDATE webhooks SET position = $4, failing_since = $5, attempts = $6, next_attempt_at = $7, \
                   last_error = $8, delivered_at = $9 WHERE account = $1 AND id = $2 AND revision = $3";
        let failure = row.failure.as_ref();
        let changed = query(sql)
            .bind(row.account.to_string())
            .bind(row.id.to_string())
            .bind(number(row.revision))
            .bind(number(row.position))
            .bind(failure.map(|failure| failure.since.0))
            .bind(failure.map_or(0, |failure| i64::from(failure.attempts)))
            .bind(failure.map(|failure| failure.next_attempt_at.0))
            .bind(failure.map(|failure| failure.error.clone()))
            .bind(row.delivered_at.map(|time| time.0))
            .execute(&self.writer)
            .await?;
        Ok(changed.rows_affected() == 1)
    }

    /// Ends a webhook; true if there was one.
    pub async fn delete_webhook(&self, account: AccountId, id: WebhookId) -> Result<bool, Error> {
        let gone = query("DELETE FROM webhooks WHERE account = $1 AND id = $2")
            .bind(account.to_string())
            .bind(id.to_string())
            .execute(&self.writer)
            .await?;
        Ok(gone.rows_affected() > 0)
    }

    /// One webhook.
    pub async fn webhook(&self, account: AccountId, id: WebhookId) -> Result<Option<WebhookRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE account = $1 AND id = $2");
        let found = query(AssertSqlSafe(sql))
            .bind(account.to_string())
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        found.as_ref().map(webhook).transpose()
    }

    /// The account's webhooks, oldest first.
    pub async fn webhooks(&self, account: AccountId) -> Result<Vec<WebhookRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE account = $1 ORDER BY id");
        let found = query(AssertSqlSafe(sql)).bind(account.to_string()).fetch_all(&self.readers).await?;
        found.iter().map(webhook).collect()
    }

    /// Sequence of the account's last event before a time; 0 when there is none.
    pub async fn last_event_before(&self, account: AccountId, time: WallTime) -> Result<u64, Error> {
        let sql = "SELECT sequence FROM events WHERE account = $1 AND at < $2 ORDER BY sequence DESC LIMIT 1";
        let found = query(sql).bind(account.to_string()).bind(time.0).fetch_optional(&self.readers).await?;
        found.as_ref().map_or(Ok(0), |row| Reader(row).count("sequence"))
    }

    /// Sequence of the account's last event; 0 when there is none.
    pub async fn last_event(&self, account: AccountId) -> Result<u64, Error> {
        self.last_event_before(account, WallTime(i64::MAX)).await
    }
}

/// All columns in their order.
fn bound(query: Query, row: &WebhookRow) -> Query {
    let failure = row.failure.as_ref();
    let old = row.old_secret.as_ref();
    query
        .bind(row.account.to_string())
        .bind(row.id.to_string())
        .bind(row.name.clone())
        .bind(row.url.clone())
        .bind(json_of(&row.events))
        .bind(row.secret.clone())
        .bind(old.map(|(secret, _)| secret.clone()))
        .bind(old.map(|(_, until)| until.0))
        .bind(row.enabled)
        .bind(row.disabled_reason.clone())
        .bind(number(row.position))
        .bind(number(row.revision))
        .bind(failure.map(|failure| failure.since.0))
        .bind(failure.map_or(0, |failure| i64::from(failure.attempts)))
        .bind(failure.map(|failure| failure.next_attempt_at.0))
        .bind(failure.map(|failure| failure.error.clone()))
        .bind(row.delivered_at.map(|time| time.0))
        .bind(row.created_at.0)
        .bind(row.updated_at.0)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).expect("no account lives to see 2^63 events")
}

fn webhook(row: &DbRow) -> Result<WebhookRow, Error> {
    let row = Reader(row);
    let old_secret = row.text_or_null("old_secret")?.zip(row.time_or_null("old_secret_until")?);
    let failure = match row.time_or_null("failing_since")? {
        None => None,
        Some(since) => Some(WebhookFailure {
            since,
            attempts: row.number_or_null("attempts")?.unwrap_or_default(),
            next_attempt_at: row.time_or_null("next_attempt_at")?.unwrap_or(since),
            error: row.text_or_null("last_error")?.unwrap_or_default(),
        }),
    };
    Ok(WebhookRow {
        account: row.id("account")?,
        id: row.id("id")?,
        name: row.text("name")?,
        url: row.text("url")?,
        events: row.json("events")?,
        secret: row.text("secret")?,
        old_secret,
        enabled: row.truth("enabled")?,
        disabled_reason: row.text_or_null("disabled_reason")?,
        position: row.count("position")?,
        revision: row.count("revision")?,
        failure,
        delivered_at: row.time_or_null("delivered_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
