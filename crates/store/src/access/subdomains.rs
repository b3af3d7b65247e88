use super::unless_taken;
use crate::{
    database::{DbRow, Store, query},
    error::Error,
    records::Reader,
};
use model::{AccountId, SubdomainId, WallTime};

/// A name before the server's own, under which an account's call links may be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubdomainRow {
    /// Whose.
    pub account: AccountId,
    /// Key.
    pub id: SubdomainId,
    /// One label in lower case. No two accounts have the same.
    pub name: String,
    /// Creation, UTC.
    pub created_at: WallTime,
}

impl Store {
    /// A new subdomain; false when the account has `most` already. [`Error::Exists`] when any account has its name.
    pub async fn create_subdomain(&self, row: &SubdomainRow, most: u32) -> Result<bool, Error> {
        let sql = "INSERT INTO subdomains (account, id, name, created_at) SELECT $1, $2, $3, $4 \
                   WHERE (SELECT COUNT(*) FROM subdomains WHERE account = $1) < $5";
        let made = query(sql)
            .bind(row.account.to_string())
            .bind(row.id.to_string())
            .bind(row.name.clone())
            .bind(row.created_at.0)
            .bind(i64::from(most))
            .execute(&self.writer)
            .await
            .map_err(|error| unless_taken(error, "the subdomain"))?;
        Ok(made.rows_affected() == 1)
    }

    /// The account's subdomains, oldest first.
    pub async fn subdomains(&self, account: AccountId) -> Result<Vec<SubdomainRow>, Error> {
        let sql = "SELECT account, id, name, created_at FROM subdomains WHERE account = $1 ORDER BY id";
        let found = query(sql).bind(account.to_string()).fetch_all(&self.readers).await?;
        found.iter().map(subdomain).collect()
    }

    /// Whether any account has a subdomain of that name, in lower case: a request's host names no account.
    pub async fn is_subdomain(&self, name: &str) -> Result<bool, Error> {
        let sql = "SELECT id FROM subdomains WHERE name = $1";
        Ok(query(sql).bind(name.to_owned()).fetch_optional(&self.readers).await?.is_some())
    }

    /// Removes a subdomain; true if there was one.
    pub async fn delete_subdomain(&self, account: AccountId, id: SubdomainId) -> Result<bool, Error> {
        let gone = query("DELETE FROM subdomains WHERE account = $1 AND id = $2")
            .bind(account.to_string())
            .bind(id.to_string())
            .execute(&self.writer)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}

fn subdomain(row: &DbRow) -> Result<SubdomainRow, Error> {
    let row = Reader(row);
    Ok(SubdomainRow {
        account: row.id("account")?,
        id: row.id("id")?,
        name: row.text("name")?,
        created_at: row.time("created_at")?,
    })
}
