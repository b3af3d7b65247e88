use crate::{
    database::{Connection, Store},
    error::Error,
    limits,
    records::{json_of, put, put_tagged, remove, remove_metadata, remove_tag, remove_tagged},
};
use callcenter_core::{
    event::EventRecord,
    row::{AgentRow, LinkConfigRow, LinkRow, RowChange, RuleRow, StatusRow, WorkingHoursRow},
    settings::AccountSettings,
};
use model::AccountId;

/// What a command changed. A unit is written as a whole or not at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unit {
    /// Changed rows, in order.
    pub changes: Vec<RowChange>,
    /// Entries of the event log, in order.
    pub events: Vec<EventRecord>,
}

impl Unit {
    /// Nothing to write.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.events.is_empty()
    }
}

/// Proof of having claimed an account; commits under an older one fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch(pub i64);

/// Version of the form in which events are stored.
const EVENT_VERSION: i64 = 1;

impl Store {
    /// Makes the caller the account's only owner: commits of the owner before fail from now on.
    pub async fn claim_epoch(&self, account: AccountId) -> Result<Epoch, Error> {
        let sql = "INSERT INTO epochs (account, epoch) VALUES ($1, 1) \
                   ON CONFLICT (account) DO UPDATE SET epoch = epochs.epoch + 1 RETURNING epoch";
        let epoch = sqlx::query_scalar(sql).bind(account.to_string()).fetch_one(&self.writer).await?;
        Ok(Epoch(epoch))
    }

    /// Writes whole commands in one transaction, at most [`limits::GROUP_COMMANDS`] of them. When it fails, nothing
    /// of the group was written.
    pub async fn commit(&self, account: AccountId, epoch: Epoch, group: &[Unit]) -> Result<(), Error> {
        assert!(group.len() <= limits::GROUP_COMMANDS, "the caller bounds its groups");
        // The lock is taken at once: a reader that turns into a writer may fail half-way.
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        fence(&mut transaction, account, epoch).await?;
        for unit in group {
            for change in &unit.changes {
                write(&mut transaction, account, change).await?;
            }
            for event in &unit.events {
                append(&mut transaction, account, event).await?;
            }
        }
        Ok(transaction.commit().await?)
    }
}

/// Fails unless `epoch` is the account's last, and keeps others from claiming it before the commit.
async fn fence(to: &mut Connection, account: AccountId, epoch: Epoch) -> Result<(), Error> {
    let sql = "UPDATE epochs SET epoch = epoch WHERE account = $1 AND epoch = $2";
    let held = sqlx::query(sql).bind(account.to_string()).bind(epoch.0).execute(to).await?.rows_affected();
    if held == 1 { Ok(()) } else { Err(Error::StaleEpoch { account, held: epoch.0 }) }
}

async fn write(to: &mut Connection, account: AccountId, change: &RowChange) -> Result<(), Error> {
    match change {
        RowChange::Settings(settings) => put_settings(to, account, settings).await,
        RowChange::WorkingHours(row) => put(to, account, row).await,
        RowChange::WorkingHoursDeleted(id) => remove::<WorkingHoursRow>(to, account, id.to_string()).await,
        RowChange::Status(row) => put(to, account, row).await,
        RowChange::StatusDeleted(id) => remove::<StatusRow>(to, account, id.to_string()).await,
        RowChange::Agent(row) => put_agent(to, account, row).await,
        RowChange::Queue(row) => put(to, account, row).await,
        RowChange::Rule(row) => put(to, account, row).await,
        RowChange::RuleDeleted(id) => remove::<RuleRow>(to, account, id.to_string()).await,
        RowChange::Customer(row) => put(to, account, row).await,
        RowChange::Conversation(row) => put(to, account, row).await,
        RowChange::Call(row) => put(to, account, row).await,
        RowChange::Leg(row) => put(to, account, row).await,
        RowChange::Link(row) => put(to, account, row).await,
        RowChange::LinkDeleted(id) => remove::<LinkRow>(to, account, id.to_string()).await,
        RowChange::LinkConfig(row) => put(to, account, row).await,
        RowChange::LinkConfigDeleted(id) => remove::<LinkConfigRow>(to, account, id.to_string()).await,
        RowChange::Note(row) => put(to, account, row).await,
        RowChange::Tag(row) => put(to, account, row).await,
        RowChange::TagDeleted(id) => remove_tag(to, account, *id).await,
        RowChange::Tagged(carried) => put_tagged(to, account, carried).await,
        RowChange::Untagged(carried) => remove_tagged(to, account, carried).await,
        RowChange::Metadata(row) => put(to, account, row).await,
        RowChange::MetadataDeleted(id) => remove_metadata(to, account, *id).await,
        RowChange::Segment(row) => put(to, account, row).await,
    }
}

async fn put_settings(to: &mut Connection, account: AccountId, settings: &AccountSettings) -> Result<(), Error> {
    let sql = "UPDATE accounts SET settings = $2 WHERE id = $1";
    sqlx::query(sql).bind(account.to_string()).bind(json_of(settings)).execute(to).await?;
    Ok(())
}

async fn put_agent(to: &mut Connection, account: AccountId, agent: &AgentRow) -> Result<(), Error> {
    put(&mut *to, account, agent).await?;
    let forget = "DELETE FROM agent_queues WHERE account = $1 AND agent = $2";
    sqlx::query(forget).bind(account.to_string()).bind(agent.id.to_string()).execute(&mut *to).await?;
    let serve = "INSERT INTO agent_queues (account, agent, queue, position) VALUES ($1, $2, $3, $4)";
    for (position, queue) in (0_i64..).zip(&agent.queues) {
        sqlx::query(serve)
            .bind(account.to_string())
            .bind(agent.id.to_string())
            .bind(queue.to_string())
            .bind(position)
            .execute(&mut *to)
            .await?;
    }
    Ok(())
}

async fn append(to: &mut Connection, account: AccountId, record: &EventRecord) -> Result<(), Error> {
    let body = serde_json::to_value(&record.event).expect("events are plain data");
    let kind = body.get("type").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
    let sequence = i64::try_from(record.sequence).expect("no account lives to see 2^63 events");
    let sql = "INSERT INTO events (account, sequence, at, conversation, call, type, version, body, author) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sqlx::query(sql)
        .bind(account.to_string())
        .bind(sequence)
        .bind(record.at.0)
        .bind(record.conversation.map(|id| id.to_string()))
        .bind(record.call.map(|id| id.to_string()))
        .bind(kind)
        .bind(EVENT_VERSION)
        .bind(body.to_string())
        .bind(record.author.as_ref().map(json_of))
        .execute(to)
        .await?;
    Ok(())
}
