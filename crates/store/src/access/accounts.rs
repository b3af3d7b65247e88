use super::unless_taken;
use crate::{
    database::{Store, query},
    error::Error,
    records::Reader,
};
use model::{AccountId, WallTime};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Key.
    pub id: AccountId,
    /// Name, for operators.
    pub name: String,
    /// Creation, UTC.
    pub created_at: WallTime,
}

impl Store {
    /// A new account with default settings.
    pub async fn create_account(&self, account: &AccountRow) -> Result<(), Error> {
        query("INSERT INTO accounts (id, name, created_at) VALUES ($1, $2, $3)")
            .bind(account.id.to_string())
            .bind(&account.name)
            .bind(account.created_at.0)
            .execute(&self.writer)
            .await
            .map_err(|error| unless_taken(error, "the account"))?;
        Ok(())
    }

    /// All accounts, oldest first.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, Error> {
        let rows = query("SELECT id, name, created_at FROM accounts ORDER BY id").fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| {
                let row = Reader(row);
                Ok(AccountRow { id: row.id("id")?, name: row.text("name")?, created_at: row.time("created_at")? })
            })
            .collect()
    }
}
