//! Accounts and what people and programs sign in with. These rows belong to no call center's core and are written
//! at once.

mod accounts;
mod idempotent;
mod keys;
mod sessions;
mod users;
mod webhooks;

pub use accounts::AccountRow;
pub use idempotent::{Claim, IdempotentKey, KeptAnswer};
pub use keys::ApiKeyRow;
pub use sessions::SessionRow;
pub use users::UserRow;
pub use webhooks::{WebhookFailure, WebhookRow};

use crate::error::Error;

/// Turns a broken uniqueness rule into [`Error::Exists`].
fn unless_taken(error: sqlx::Error, what: &'static str) -> Error {
    match &error {
        sqlx::Error::Database(cause) if cause.is_unique_violation() => Error::Exists(what),
        _ => error.into(),
    }
}
