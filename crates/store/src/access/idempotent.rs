use super::count;
use crate::{
    database::{Store, query},
    error::Error,
    limits,
    records::Reader,
};
use model::{AccountId, WallTime};

/// What names a request that must be carried out once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentKey {
    /// Whose.
    pub account: AccountId,
    /// The API key or person who asks.
    pub caller: String,
    /// Method and path pattern.
    pub operation: String,
    /// The value that the caller chose.
    pub key: String,
}

/// What became of a request that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: u16,
    /// MIME type of the body, if it has one.
    pub content_type: Option<String>,
    /// The body, sealed by the caller.
    pub sealed: String,
}

/// Whether a request may be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is the first with its key, and the key is taken from now on.
    Fresh,
    /// It was carried out before.
    Answered(KeptAnswer),
    /// It was begun then and has no answer.
    Begun(WallTime),
    /// Another request had this key.
    Different,
    /// The account has [`limits::IDEMPOTENT_REQUESTS`] of them already.
    Full,
}

impl Store {
    /// Takes the key for a request with this hash until `expires_at`, unless it is taken.
    pub async fn claim_request(
        &self,
        key: &IdempotentKey,
        request_hash: &str,
        now: WallTime,
        expires_at: WallTime,
    ) -> Result<Claim, Error> {
        let account = key.account.to_string();
        query("DELETE FROM idempotent_requests WHERE account = $1 AND expires_at <= $2")
            .bind(account.clone())
            .bind(now.0)
            .execute(&self.writer)
            .await?;
        if count(&self.readers, "idempotent_requests", key.account).await? >= limits::IDEMPOTENT_REQUESTS {
            return Ok(self.claimed_request(key, request_hash).await?.unwrap_or(Claim::Full));
        }
        let sql = "INSERT INTO idempotent_requests \
                   (account, caller, operation, request_key, request_hash, claimed_at, expires_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (account, caller, operation, request_key) DO NOTHING";
        let taken = query(sql)
            .bind(account)
            .bind(key.caller.clone())
            .bind(key.operation.clone())
            .bind(key.key.clone())
            .bind(request_hash.to_owned())
            .bind(now.0)
            .bind(expires_at.0)
            .execute(&self.writer)
            .await?;
        if taken.rows_affected() == 1 {
            return Ok(Claim::Fresh);
        }
        // One that was given up in between will be free at the next try.
        Ok(self.claimed_request(key, request_hash).await?.unwrap_or(Claim::Begun(now)))
    }

    async fn claimed_request(&self, key: &IdempotentKey, request_hash: &str) -> Result<Option<Claim>, Error> {
        let sql = "SELECT request_hash, claimed_at, status, content_type, answer FROM idempotent_requests \
                   WHERE account = $1 AND caller = $2 AND operation = $3 AND request_key = $4";
        let found = query(sql)
            .bind(key.account.to_string())
            .bind(key.caller.clone())
            .bind(key.operation.clone())
            .bind(key.key.clone())
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = &found else { return Ok(None) };
        let row = Reader(row);
        if row.text("request_hash")? != request_hash {
            return Ok(Some(Claim::Different));
        }
        let Some(status) = row.number_or_null("status")? else {
            return Ok(Some(Claim::Begun(row.time("claimed_at")?)));
        };
        let content_type = row.text_or_null("content_type")?;
        Ok(Some(Claim::Answered(KeptAnswer { status, content_type, sealed: row.text("answer")? })))
    }

    /// Keeps the answer of a request whose key was claimed.
    pub async fn keep_answer(&self, key: &IdempotentKey, answer: &KeptAnswer) -> Result<(), Error> {
        let sql = "UPDATE idempotent_requests SET status = $5, content_type = $6, answer = $7 \
                   WHERE account = $1 AND caller = $2 AND operation = $3 AND request_key = $4";
        query(sql)
            .bind(key.account.to_string())
            .bind(key.caller.clone())
            .bind(key.operation.clone())
            .bind(key.key.clone())
            .bind(i64::from(answer.status))
            .bind(answer.content_type.clone())
            .bind(answer.sealed.clone())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Frees the key of a request that changed nothing.
    pub async fn release_request(&self, key: &IdempotentKey) -> Result<(), Error> {
        let sql = "DELETE FROM idempotent_requests \
                   WHERE account = $1 AND caller = $2 AND operation = $3 AND request_key = $4 AND status IS NULL";
        query(sql)
            .bind(key.account.to_string())
            .bind(key.caller.clone())
            .bind(key.operation.clone())
            .bind(key.key.clone())
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
