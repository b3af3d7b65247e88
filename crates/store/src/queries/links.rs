use crate::{
    database::{Store, query},
    error::Error,
    page::{CreatedOrder, Page, PageRequest},
    records::{Reader, Record},
};
use callcenter_core::row::{LinkConfigRow, LinkRow};
use model::{AccountId, LinkConfigId, LinkId};
use sqlx::AssertSqlSafe;

impl Store {
    /// A page of call links.
    pub async fn links(&self, account: AccountId, page: PageRequest<CreatedOrder>) -> Result<Page<LinkRow>, Error> {
        self.page(account, page, |_| ()).await
    }

    /// One call link.
    pub async fn link(&self, account: AccountId, id: LinkId) -> Result<Option<LinkRow>, Error> {
        self.one(account, |q| {
            q.is("id", id);
        })
        .await
    }

    /// The link whose secret has this SHA-256 (lower-case hex), and its account: a customer who opens a link names
    /// nothing else.
    pub async fn link_by_secret(&self, secret_hash: &str) -> Result<Option<(AccountId, LinkRow)>, Error> {
        let columns = LinkRow::COLUMNS.join(", ");
        let sql = format!("SELECT account, {columns} FROM links WHERE secret_hash = $1");
        let found = query(AssertSqlSafe(sql)).bind(secret_hash.to_owned()).fetch_optional(&self.readers).await?;
        let Some(row) = &found else { return Ok(None) };
        let row = Reader(row);
        Ok(Some((row.id("account")?, LinkRow::read(&row)?)))
    }

    /// A page of link configurations.
    pub async fn link_configs(
        &self,
        account: AccountId,
        page: PageRequest<CreatedOrder>,
    ) -> Result<Page<LinkConfigRow>, Error> {
        self.page(account, page, |_| ()).await
    }

    /// One link configuration.
    pub async fn link_config(&self, account: AccountId, id: LinkConfigId) -> Result<Option<LinkConfigRow>, Error> {
        self.one(account, |q| {
            q.is("id", id);
        })
        .await
    }
}
