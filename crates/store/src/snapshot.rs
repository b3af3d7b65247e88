use crate::{
    database::{Connection, Kind, Store, query},
    error::Error,
    queries::queues_of_agents,
    records::{Reader, Record, read, select},
};
use callcenter_core::{
    row::{AgentRow, CustomerRow, Snapshot},
    settings::AccountSettings,
};
use model::AccountId;
use sqlx::AssertSqlSafe;

impl Store {
    /// What a call center is built from, read at one instant. Claim the epoch first: then no other owner's commit
    /// can come after it.
    pub async fn snapshot(&self, account: AccountId) -> Result<Snapshot, Error> {
        let mut transaction = self.readers.begin(Kind::Snapshot).await?;
        let read = read_all(&mut transaction, account).await;
        transaction.end(read).await
    }
}

async fn read_all(from: &mut Connection, account: AccountId) -> Result<Snapshot, Error> {
    Ok(Snapshot {
        settings: settings(from, account).await?,
        working_hours: rows(from, account, "").await?,
        rules: rows(from, account, "").await?,
        statuses: rows(from, account, "").await?,
        agents: agents(from, account).await?,
        queues: rows(from, account, "").await?,
        customers: customers(from, account).await?,
        conversations: rows(from, account, "AND status <> 'CLOSED'").await?,
        calls: rows(from, account, "AND state <> 'ENDED'").await?,
        legs: rows(
            from,
            account,
            "AND ended_at IS NULL AND call IN \
                 (SELECT id FROM calls WHERE calls.account = legs.account AND calls.state <> 'ENDED')",
        )
        .await?,
        links: rows(from, account, "").await?,
        link_configs: rows(from, account, "").await?,
        tags: rows(from, account, "").await?,
        conversation_tags: of_open_conversations(from, account).await?,
        metadata: of_open_conversations(from, account).await?,
        waiting_strategies: rows(from, account, "").await?,
        hold_configs: rows(from, account, "").await?,
        transfer_strategy: rows(from, account, "").await?.pop(),
        agent_recordings: rows(from, account, "").await?,
        away_messages: rows(from, account, "").await?,
        segments: rows(from, account, "AND state IN ('RECORDING', 'DELETING')").await?,
        last_event: last_event(from, account).await?,
    })
}

async fn rows<R: Record>(from: &mut Connection, account: AccountId, and: &str) -> Result<Vec<R>, Error> {
    let sql = format!("{} WHERE account = $1 {and} ORDER BY id", select::<R>());
    let found = query(AssertSqlSafe(sql)).bind(account.to_string()).fetch_all(from).await?;
    found.iter().map(read).collect()
}

async fn settings(from: &mut Connection, account: AccountId) -> Result<AccountSettings, Error> {
    let sql = "SELECT settings FROM accounts WHERE id = $1";
    let row = query(sql).bind(account.to_string()).fetch_optional(from).await?;
    let text = row.map(|row| Reader(&row).text_or_null("settings")).transpose()?;
    let Some(text) = text.flatten() else { return Ok(AccountSettings::default()) };
    serde_json::from_str(&text).map_err(|error| Error::Damaged(format!("settings: {error}")))
}

async fn agents(from: &mut Connection, account: AccountId) -> Result<Vec<AgentRow>, Error> {
    let mut agents: Vec<AgentRow> = rows(&mut *from, account, "").await?;
    let mut queues = queues_of_agents(from, account, None).await?;
    for agent in &mut agents {
        agent.queues = queues.remove(&agent.id).unwrap_or_default();
    }
    Ok(agents)
}

/// Customers of conversations that are not closed, and those whom a link names: they are known when they call again.
async fn customers(from: &mut Connection, account: AccountId) -> Result<Vec<CustomerRow>, Error> {
    let condition = "AND (id IN (SELECT customer FROM conversations \
                     WHERE conversations.account = customers.account AND status <> 'CLOSED') \
                     OR identity IN (SELECT identity FROM links WHERE links.account = customers.account))";
    rows(from, account, condition).await
}

/// Rows of conversations that are not closed, by their key, which begins with the conversation.
async fn of_open_conversations<R: Record>(from: &mut Connection, account: AccountId) -> Result<Vec<R>, Error> {
    let sql = format!(
        "{} WHERE account = $1 AND conversation IN \
         (SELECT id FROM conversations AS open WHERE open.account = $1 AND open.status <> 'CLOSED') ORDER BY {}",
        select::<R>(),
        R::KEY.join(", ")
    );
    let found = query(AssertSqlSafe(sql)).bind(account.to_string()).fetch_all(from).await?;
    found.iter().map(read).collect()
}

async fn last_event(from: &mut Connection, account: AccountId) -> Result<u64, Error> {
    let sql = "SELECT COALESCE(MAX(sequence), 0) AS last FROM events WHERE account = $1";
    let row = query(sql).bind(account.to_string()).fetch_one(from).await?;
    Reader(&row).count("last")
}
