//! Accounts, what people and programs sign in with, and uploaded files. These rows belong to no call center's core and
//! are written at once.

mod accounts;
mod audio_files;
mod idempotent;
mod keys;
mod link_images;
mod sessions;
mod subdomains;
mod users;
mod webhooks;

pub use accounts::AccountRow;
pub use audio_files::AudioFileRow;
pub use idempotent::{Claim, IdempotentKey, KeptAnswer};
pub use keys::ApiKeyRow;
pub use link_images::LinkImageRow;
pub use sessions::SessionRow;
pub use subdomains::SubdomainRow;
pub use users::UserRow;
pub use webhooks::{WebhookFailure, WebhookRow};

use crate::{
    database::{Pool, query},
    error::Error,
    records::Reader,
};
use model::AccountId;
use sqlx::AssertSqlSafe;

/// How many rows of a table an account has.
async fn count(pool: &Pool, table: &'static str, account: AccountId) -> Result<i64, Error> {
    let sql = format!("SELECT COUNT(*) AS total FROM {table} WHERE account = $1");
    let row = query(AssertSqlSafe(sql)).bind(account.to_string()).fetch_one(pool).await?;
    Reader(&row).integer("total")
}

/// Turns a broken uniqueness rule into [`Error::Exists`].
fn unless_taken(error: sqlx::Error, what: &'static str) -> Error {
    match &error {
        sqlx::Error::Database(cause) if cause.is_unique_violation() => Error::Exists(what),
        _ => error.into(),
    }
}
