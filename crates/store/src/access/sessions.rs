use crate::{
    database::{Store, query},
    error::Error,
    records::Reader,
};
use model::{AccountId, UserId, WallTime};

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie, lower-case hex.
    pub hash: String,
    /// Whose.
    pub account: AccountId,
    /// Who signed in.
    pub user: UserId,
    /// When.
    pub created_at: WallTime,
    /// Valid until then.
    pub expires_at: WallTime,
}

impl Store {
    /// A new session.
    pub async fn create_session(&self, session: &SessionRow) -> Result<(), Error> {
        query("INSERT INTO sessions (hash, account, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(&session.hash)
            .bind(session.account.to_string())
            .bind(session.user.to_string())
            .bind(session.created_at.0)
            .bind(session.expires_at.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The session with that hash, expired or not: a cookie names no account.
    pub async fn session(&self, hash: &str) -> Result<Option<SessionRow>, Error> {
        let sql = "SELECT hash, account, user_id, created_at, expires_at FROM sessions WHERE hash = $1";
        let found = query(sql).bind(hash.to_owned()).fetch_optional(&self.readers).await?;
        let Some(row) = &found else { return Ok(None) };
        let row = Reader(row);
        Ok(Some(SessionRow {
            hash: row.text("hash")?,
            account: row.id("account")?,
            user: row.id("user_id")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
        }))
    }

    /// A session that is used lives longer.
    pub async fn extend_session(&self, hash: &str, expires_at: WallTime) -> Result<(), Error> {
        let sql = "UPDATE sessions SET expires_at = $2 WHERE hash = $1";
        query(sql).bind(hash.to_owned()).bind(expires_at.0).execute(&self.writer).await?;
        Ok(())
    }

    /// Signs one browser out.
    pub async fn delete_session(&self, hash: &str) -> Result<(), Error> {
        query("DELETE FROM sessions WHERE hash = $1").bind(hash.to_owned()).execute(&self.writer).await?;
        Ok(())
    }

    /// Signs all browsers of a user out.
    pub async fn delete_sessions_of(&self, account: AccountId, user: UserId) -> Result<(), Error> {
        query("DELETE FROM sessions WHERE account = $1 AND user_id = $2")
            .bind(account.to_string())
            .bind(user.to_string())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Removes what has expired; returns how many sessions that were.
    pub async fn delete_expired_sessions(&self, now: WallTime) -> Result<u64, Error> {
        let gone = query("DELETE FROM sessions WHERE expires_at <= $1").bind(now.0).execute(&self.writer).await?;
        Ok(gone.rows_affected())
    }
}
