use crate::{
    database::{Store, query},
    error::Error,
    limits,
    records::Reader,
};
use callcenter_core::event::EventRecord;
use model::{AccountId, ConversationId};

impl Store {
    /// Entries of a conversation's log with a sequence above `after`, in order, at most `limit` of them.
    pub async fn events_of(
        &self,
        account: AccountId,
        conversation: ConversationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<EventRecord>, Error> {
        let sql = "SELECT sequence, at, conversation, call, author, body FROM events \
                   WHERE account = $1 AND conversation = $2 AND sequence > $3 ORDER BY sequence LIMIT $4";
        let rows = query(sql)
            .bind(account.to_string())
            .bind(conversation.to_string())
            .bind(i64::try_from(after).unwrap_or(i64::MAX))
            .bind(i64::from(limit.min(limits::PAGE_ROWS)))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| event(&Reader(row))).collect()
    }

    /// Entries of the account's log with a sequence above `after`, in order, at most `limit` of them.
    pub async fn events_after(&self, account: AccountId, after: u64, limit: u32) -> Result<Vec<EventRecord>, Error> {
        let sql = "SELECT sequence, at, conversation, call, author, body FROM events \
                   WHERE account = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
        let rows = query(sql)
            .bind(account.to_string())
            .bind(i64::try_from(after).unwrap_or(i64::MAX))
            .bind(i64::from(limit.min(limits::PAGE_ROWS)))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| event(&Reader(row))).collect()
    }
}

fn event(row: &Reader<'_>) -> Result<EventRecord, Error> {
    Ok(EventRecord {
        sequence: row.count("sequence")?,
        at: row.time("at")?,
        conversation: row.id_or_null("conversation")?,
        call: row.id_or_null("call")?,
        author: row.json_or_null("author")?,
        event: row.json("body")?,
    })
}
