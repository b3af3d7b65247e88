use super::{Reader, Record, Value};
use crate::{database::Connection, error::Error};
use callcenter_core::row::{ConversationTag, MetadataRow, TagRow};
use model::{AccountId, ConversationId, TagId};

impl Record for TagRow {
    const TABLE: &'static str = "tags";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "name", "created_at", "updated_at"];

    fn values(&self) -> Vec<Value> {
        vec![Value::id(self.id), Value::text(&self.name), Value::time(self.created_at), Value::time(self.updated_at)]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

impl Record for MetadataRow {
    const TABLE: &'static str = "conversation_metadata";
    const KEY: &'static [&'static str] = &["conversation"];
    const COLUMNS: &'static [&'static str] = &["conversation", "body"];

    fn values(&self) -> Vec<Value> {
        vec![Value::id(self.conversation), Value::json(&self.values)]
    }

    fn read(row: &Reader<'_>) -> Result<Self, Error> {
        Ok(Self { conversation: row.id("conversation")?, values: row.json("body")? })
    }
}

/// The conversation carries the tag.
pub(crate) async fn put_tagged(
    to: &mut Connection,
    account: AccountId,
    carried: &ConversationTag,
) -> Result<(), Error> {
    let sql = "INSERT INTO conversation_tags (account, conversation, tag) VALUES ($1, $2, $3) \
               ON CONFLICT (account, conversation, tag) DO NOTHING";
    run(to, account, sql, &[carried.conversation.to_string(), carried.tag.to_string()]).await
}

/// It no longer does.
pub(crate) async fn remove_tagged(
    from: &mut Connection,
    account: AccountId,
    carried: &ConversationTag,
) -> Result<(), Error> {
    let sql = "DELETE FROM conversation_tags WHERE account = $1 AND conversation = $2 AND tag = $3";
    run(from, account, sql, &[carried.conversation.to_string(), carried.tag.to_string()]).await
}

/// The tag is gone, and no conversation carries it.
pub(crate) async fn remove_tag(from: &mut Connection, account: AccountId, tag: TagId) -> Result<(), Error> {
    let sql = "DELETE FROM conversation_tags WHERE account = $1 AND tag = $2";
    run(&mut *from, account, sql, &[tag.to_string()]).await?;
    run(from, account, "DELETE FROM tags WHERE account = $1 AND id = $2", &[tag.to_string()]).await
}

/// The conversation has no free values.
pub(crate) async fn remove_metadata(
    from: &mut Connection,
    account: AccountId,
    conversation: ConversationId,
) -> Result<(), Error> {
    let sql = "DELETE FROM conversation_metadata WHERE account = $1 AND conversation = $2";
    run(from, account, sql, &[conversation.to_string()]).await
}

async fn run(on: &mut Connection, account: AccountId, sql: &'static str, ids: &[String]) -> Result<(), Error> {
    let query = sqlx::query(sql).bind(account.to_string());
    let query = ids.iter().fold(query, |query, id| query.bind(id.clone()));
    query.execute(on).await?;
    Ok(())
}
