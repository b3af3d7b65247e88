use super::{count, unless_taken};
use crate::{
    database::{DbRow, Store, query},
    error::Error,
    limits,
    records::{Reader, word_of},
};
use model::{AccountId, AgentId, Role, UserId, WallTime};
use std::fmt;

/// A person who signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Whose.
    pub account: AccountId,
    /// Key.
    pub id: UserId,
    /// Login name, unique over all accounts; the caller brings it to lower case.
    pub login: String,
    /// argon2 in PHC string form.
    pub password_hash: String,
    /// Name to show.
    pub display_name: String,
    /// What the person may do.
    pub role: Role,
    /// The agent that the person works as.
    pub agent: Option<AgentId>,
    /// A disabled person cannot sign in.
    pub enabled: bool,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Last change, UTC.
    pub updated_at: WallTime,
}

impl fmt::Debug for UserRow {
    /// Without name and password hash: debug output ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserRow").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

const COLUMNS: &str = "account, id, login, password_hash, display_name, role, agent, enabled, created_at, updated_at";

impl Store {
    /// A new user; refused when the account has [`limits::USERS`].
    pub async fn create_user(&self, user: &UserRow) -> Result<(), Error> {
        if count(&self.writer, "users", user.account).await? >= limits::USERS {
            return Err(Error::Full { what: "people", most: limits::USERS });
        }
        let sql = "INSERT INTO users (account, id, login, password_hash, display_name, role, agent, enabled, \
                   created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        query(sql)
            .bind(user.account.to_string())
            .bind(user.id.to_string())
            .bind(&user.login)
            .bind(&user.password_hash)
            .bind(&user.display_name)
            .bind(word_of(&user.role))
            .bind(user.agent.map(|id| id.to_string()))
            .bind(user.enabled)
            .bind(user.created_at.0)
            .bind(user.updated_at.0)
            .execute(&self.writer)
            .await
            .map_err(|error| unless_taken(error, "the login name"))?;
        Ok(())
    }

    /// New display name, role, agent and state of a user.
    pub async fn update_user(&self, user: &UserRow) -> Result<(), Error> {
        let sql = "UPDATE users SET display_name = $3, role = $4, agent = $5, enabled = $6, updated_at = $7 \
                   WHERE account = $1 AND id = $2";
        query(sql)
            .bind(user.account.to_string())
            .bind(user.id.to_string())
            .bind(&user.display_name)
            .bind(word_of(&user.role))
            .bind(user.agent.map(|id| id.to_string()))
            .bind(user.enabled)
            .bind(user.updated_at.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Removes a user and signs them out.
    pub async fn delete_user(&self, account: AccountId, user: UserId) -> Result<(), Error> {
        query("DELETE FROM users WHERE account = $1 AND id = $2")
            .bind(account.to_string())
            .bind(user.to_string())
            .execute(&self.writer)
            .await?;
        self.delete_sessions_of(account, user).await
    }

    /// A new password.
    pub async fn set_password(
        &self,
        account: AccountId,
        user: UserId,
        password_hash: &str,
        at: WallTime,
    ) -> Result<(), Error> {
        query("UPDATE users SET password_hash = $3, updated_at = $4 WHERE account = $1 AND id = $2")
            .bind(account.to_string())
            .bind(user.to_string())
            .bind(password_hash.to_owned())
            .bind(at.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The user with that login name: signing in names no account.
    pub async fn user_by_login(&self, login: &str) -> Result<Option<UserRow>, Error> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM users WHERE login = $1"));
        let found = query(sql).bind(login.to_owned()).fetch_optional(&self.readers).await?;
        found.as_ref().map(user).transpose()
    }

    /// One user of an account.
    pub async fn user(&self, account: AccountId, id: UserId) -> Result<Option<UserRow>, Error> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM users WHERE account = $1 AND id = $2"));
        let found = query(sql).bind(account.to_string()).bind(id.to_string()).fetch_optional(&self.readers).await?;
        found.as_ref().map(user).transpose()
    }

    /// The account's users, oldest first.
    pub async fn users(&self, account: AccountId) -> Result<Vec<UserRow>, Error> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM users WHERE account = $1 ORDER BY id"));
        query(sql).bind(account.to_string()).fetch_all(&self.readers).await?.iter().map(user).collect()
    }
}

fn user(row: &DbRow) -> Result<UserRow, Error> {
    let row = Reader(row);
    Ok(UserRow {
        account: row.id("account")?,
        id: row.id("id")?,
        login: row.text("login")?,
        password_hash: row.text("password_hash")?,
        display_name: row.text("display_name")?,
        role: row.word("role")?,
        agent: row.id_or_null("agent")?,
        enabled: row.truth("enabled")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
