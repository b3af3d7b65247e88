//! Free values that programs keep with a conversation.

use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::limits::MAX_METADATA;
use crate::row::{MetadataRow, RowChange};
use model::ConversationId;

/// Values by name.
pub(crate) type MetadataValues = serde_json::Map<String, serde_json::Value>;

impl CallCenter {
    /// The free values of an open conversation that has any.
    pub fn metadata(&self, conversation: ConversationId) -> Option<&MetadataValues> {
        self.metadata.get(&conversation)
    }

    pub(crate) fn set_metadata(
        &mut self,
        conversation: ConversationId,
        new: MetadataValues,
        merge: bool,
        turn: &Turn,
    ) -> Result<Reply, CommandError> {
        self.conversations.known(conversation)?;
        let held = self.metadata.get(&conversation).filter(|_| merge);
        let mut values = held.cloned().unwrap_or_default();
        values.extend(new);
        if merge {
            values.retain(|_, value| !value.is_null());
        }
        let bytes = serde_json::to_string(&values).expect("JSON values are JSON").len();
        if bytes > MAX_METADATA {
            return Err(CommandError::LimitReached { limit: format!("MAX_METADATA ({MAX_METADATA} bytes)") });
        }
        self.keep_metadata(conversation, values, turn);
        Ok(Reply::Done)
    }

    pub(crate) fn clear_metadata(&mut self, conversation: ConversationId, turn: &Turn) -> Result<Reply, CommandError> {
        self.conversations.known(conversation)?;
        if self.metadata.contains_key(&conversation) {
            self.keep_metadata(conversation, MetadataValues::new(), turn);
        }
        Ok(Reply::Done)
    }

    fn keep_metadata(&mut self, conversation: ConversationId, values: MetadataValues, turn: &Turn) {
        if values.is_empty() {
            self.metadata.remove(&conversation);
            self.outbox.save(RowChange::MetadataDeleted(conversation));
        } else {
            self.metadata.insert(conversation, values.clone());
            self.outbox.save(RowChange::Metadata(MetadataRow { conversation, values }));
        }
        self.log(turn, Some(conversation), None, Event::ConversationMetadataChanged);
    }
}
