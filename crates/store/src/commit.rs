use crate::{
    database::{Connection, Kind, Store, query},
    error::Error,
    limits,
    records::{Batch, List, Reader, Record, Value, insert, json_of},
};
use callcenter_core::{
    event::EventRecord,
    row::{
        AwayMessageRow, ConversationTag, HoldConfigRow, LinkConfigRow, LinkRow, MetadataRow, RowChange, RuleRow,
        StatusRow, TagRow, WaitingStrategyRow, WorkingHoursRow,
    },
    settings::AccountSettings,
};
use model::{AccountId, QueueId};

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
        let row = query(sql).bind(account.to_string()).fetch_one(&self.writer).await?;
        Ok(Epoch(Reader(&row).integer("epoch")?))
    }

    /// Writes whole commands in one transaction, at most [`limits::GROUP_COMMANDS`] of them. When it fails, nothing
    /// of the group was written; whether it was when a server is lost in the middle, a new snapshot says.
    pub async fn commit(&self, account: AccountId, epoch: Epoch, group: &[Unit]) -> Result<(), Error> {
        assert!(group.len() <= limits::GROUP_COMMANDS, "the caller bounds its groups");
        let mut transaction = self.writer.begin(Kind::Write).await?;
        let written = write_group(&mut transaction, account, epoch, group).await;
        transaction.end(written).await
    }
}

async fn write_group(to: &mut Connection, account: AccountId, epoch: Epoch, group: &[Unit]) -> Result<(), Error> {
    let mut batch = Batch::default();
    let mut settings = None;
    for change in group.iter().flat_map(|unit| &unit.changes) {
        stage(&mut batch, &mut settings, change);
    }
    let events = group.iter().flat_map(|unit| &unit.events).map(event_values).collect();
    fence(to, account, epoch).await?;
    batch.write(to, account).await?;
    if let Some(settings) = settings {
        put_settings(to, account, settings).await?;
    }
    insert(to, account, "events", EVENT_COLUMNS, events, "").await
}

/// Fails unless `epoch` is the account's last, and keeps others from claiming it before the commit.
async fn fence(to: &mut Connection, account: AccountId, epoch: Epoch) -> Result<(), Error> {
    let sql = "UPDATE epochs SET epoch = epoch WHERE account = $1 AND epoch = $2";
    let held = query(sql).bind(account.to_string()).bind(epoch.0).execute(to).await?.rows_affected();
    if held == 1 { Ok(()) } else { Err(Error::StaleEpoch { account, held: epoch.0 }) }
}

/// Settings are a column of the account's own row.
fn stage<'a>(batch: &mut Batch, settings: &mut Option<&'a AccountSettings>, change: &'a RowChange) {
    match change {
        RowChange::Settings(changed) => *settings = Some(changed),
        RowChange::WorkingHours(row) => batch.put(row),
        RowChange::WorkingHoursDeleted(id) => batch.remove::<WorkingHoursRow>([Value::id(id)]),
        RowChange::Status(row) => batch.put(row),
        RowChange::StatusDeleted(id) => batch.remove::<StatusRow>([Value::id(id)]),
        RowChange::Agent(row) => {
            batch.put(row);
            batch.put_list(&QUEUES_OF_AGENTS, row.id.to_string(), row.queues.iter().map(QueueId::to_string).collect());
        }
        RowChange::Queue(row) => batch.put(row),
        RowChange::Rule(row) => batch.put(row),
        RowChange::RuleDeleted(id) => batch.remove::<RuleRow>([Value::id(id)]),
        RowChange::Customer(row) => batch.put(row),
        RowChange::Conversation(row) => batch.put(row),
        RowChange::Call(row) => batch.put(row),
        RowChange::Leg(row) => batch.put(row),
        RowChange::Link(row) => batch.put(row),
        RowChange::LinkDeleted(id) => batch.remove::<LinkRow>([Value::id(id)]),
        RowChange::LinkConfig(row) => batch.put(row),
        RowChange::LinkConfigDeleted(id) => batch.remove::<LinkConfigRow>([Value::id(id)]),
        RowChange::WaitingStrategy(row) => batch.put(row),
        RowChange::WaitingStrategyDeleted(id) => batch.remove::<WaitingStrategyRow>([Value::id(id)]),
        RowChange::HoldConfig(row) => batch.put(row),
        RowChange::HoldConfigDeleted(id) => batch.remove::<HoldConfigRow>([Value::id(id)]),
        RowChange::TransferStrategy(row) => batch.put(row),
        RowChange::AgentRecording(row) => batch.put(row),
        RowChange::AwayMessage(row) => batch.put(row),
        RowChange::AwayMessageDeleted(id) => batch.remove::<AwayMessageRow>([Value::id(id)]),
        RowChange::Note(row) => batch.put(row),
        RowChange::Tag(row) => batch.put(row),
        RowChange::TagDeleted(id) => {
            batch.remove::<TagRow>([Value::id(id)]);
            batch.remove_all::<ConversationTag>("tag", Value::id(id));
        }
        RowChange::Tagged(carried) => batch.put(carried),
        RowChange::Untagged(carried) => batch.remove::<ConversationTag>(carried.values()),
        RowChange::Metadata(row) => batch.put(row),
        RowChange::MetadataDeleted(id) => batch.remove::<MetadataRow>([Value::id(id)]),
        RowChange::Segment(row) => batch.put(row),
    }
}

const QUEUES_OF_AGENTS: List = List { table: "agent_queues", owner: "agent", member: "queue" };

async fn put_settings(to: &mut Connection, account: AccountId, settings: &AccountSettings) -> Result<(), Error> {
    let sql = "UPDATE accounts SET settings = $2 WHERE id = $1";
    query(sql).bind(account.to_string()).bind(json_of(settings)).execute(to).await?;
    Ok(())
}

const EVENT_COLUMNS: &[&str] = &["sequence", "at", "conversation", "call", "type", "version", "body", "author"];

fn event_values(record: &EventRecord) -> Vec<Value> {
    let body = serde_json::to_value(&record.event).expect("events are plain data");
    let kind = body.get("type").and_then(|kind| kind.as_str()).unwrap_or_default();
    let sequence = i64::try_from(record.sequence).expect("no account lives to see 2^63 events");
    vec![
        sequence.into(),
        Value::time(record.at),
        Value::id_or_null(record.conversation),
        Value::id_or_null(record.call),
        Value::text(kind),
        EVENT_VERSION.into(),
        Value::text(&body.to_string()),
        record.author.as_ref().map(json_of).into(),
    ]
}
