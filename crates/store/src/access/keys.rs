use super::{count, unless_taken};
use crate::{
    database::{DbRow, Store, query},
    error::Error,
    limits,
    records::{Reader, json_of},
};
use model::{AccountId, WallTime};
use uuid::Uuid;

/// A program's key. The key itself is shown once and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Whose.
    pub account: AccountId,
    /// Key of the row.
    pub id: Uuid,
    /// SHA-256 of the key, lower-case hex.
    pub hash: String,
    /// Name, for people to tell keys apart.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Valid until then; for ever when absent.
    pub expires_at: Option<WallTime>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<WallTime>,
}

impl Store {
    /// A new key; refused when the account has [`limits::API_KEYS`].
    pub async fn create_api_key(&self, key: &ApiKeyRow) -> Result<(), Error> {
        if count(&self.writer, "api_keys", key.account).await? >= limits::API_KEYS {
            return Err(Error::Full { what: "API keys", most: limits::API_KEYS });
        }
        let sql = "INSERT INTO api_keys (account, id, hash, name, scopes, created_at, expires_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        query(sql)
            .bind(key.account.to_string())
            .bind(key.id.to_string())
            .bind(&key.hash)
            .bind(&key.name)
            .bind(json_of(&key.scopes))
            .bind(key.created_at.0)
            .bind(key.expires_at.map(|time| time.0))
            .execute(&self.writer)
            .await
            .map_err(|error| unless_taken(error, "the API key"))?;
        Ok(())
    }

    /// The key with that hash, expired or not: a key names no account.
    pub async fn api_key_by_hash(&self, hash: &str) -> Result<Option<ApiKeyRow>, Error> {
        let sql = "SELECT account, id, hash, name, scopes, created_at, expires_at, last_used_at FROM api_keys \
                   WHERE hash = $1";
        let found = query(sql).bind(hash.to_owned()).fetch_optional(&self.readers).await?;
        found.as_ref().map(key).transpose()
    }

    /// One key of an account, expired or not.
    pub async fn api_key(&self, account: AccountId, id: Uuid) -> Result<Option<ApiKeyRow>, Error> {
        let sql = "SELECT account, id, hash, name, scopes, created_at, expires_at, last_used_at FROM api_keys \
                   WHERE account = $1 AND id = $2";
        let found = query(sql).bind(account.to_string()).bind(id.to_string()).fetch_optional(&self.readers).await?;
        found.as_ref().map(key).transpose()
    }

    /// The account's keys, oldest first.
    pub async fn api_keys(&self, account: AccountId) -> Result<Vec<ApiKeyRow>, Error> {
        let sql = "SELECT account, id, hash, name, scopes, created_at, expires_at, last_used_at FROM api_keys \
                   WHERE account = $1 ORDER BY id";
        query(sql).bind(account.to_string()).fetch_all(&self.readers).await?.iter().map(key).collect()
    }

    /// The key was used.
    pub async fn note_key_use(&self, account: AccountId, id: Uuid, at: WallTime) -> Result<(), Error> {
        query("UPDATE api_keys SET last_used_at = $3 WHERE account = $1 AND id = $2")
            .bind(account.to_string())
            .bind(id.to_string())
            .bind(at.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Ends a key; true if there was one.
    pub async fn delete_api_key(&self, account: AccountId, id: Uuid) -> Result<bool, Error> {
        let gone = query("DELETE FROM api_keys WHERE account = $1 AND id = $2")
            .bind(account.to_string())
            .bind(id.to_string())
            .execute(&self.writer)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}

fn key(row: &DbRow) -> Result<ApiKeyRow, Error> {
    let row = Reader(row);
    Ok(ApiKeyRow {
        account: row.id("account")?,
        id: row.id("id")?,
        hash: row.text("hash")?,
        name: row.text("name")?,
        scopes: row.json("scopes")?,
        created_at: row.time("created_at")?,
        expires_at: row.time_or_null("expires_at")?,
        last_used_at: row.time_or_null("last_used_at")?,
    })
}
