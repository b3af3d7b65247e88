//! Tags: a catalogue of the account, and which conversations carry them.

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::limits::{MAX_TAG_NAME, MAX_TAGS, MAX_TAGS_PER_CONVERSATION};
use crate::row::{ConversationTag, RowChange, TagRow};
use model::{ConversationId, TagId};
use std::collections::{BTreeMap, BTreeSet};

/// All tags, and those of conversations that are not closed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tags {
    by_name: BTreeMap<String, TagRow>,
    of: BTreeMap<ConversationId, BTreeSet<TagId>>,
}

impl Tags {
    pub(crate) fn new(rows: Vec<TagRow>, carried: Vec<ConversationTag>) -> Self {
        let mut of: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for ConversationTag { conversation, tag } in carried {
            of.entry(conversation).or_default().insert(tag);
        }
        Self { by_name: rows.into_iter().map(|row| (row.name.clone(), row)).collect(), of }
    }

    /// The conversation is closed: what it carries changes no more.
    pub(crate) fn forget(&mut self, conversation: ConversationId) {
        self.of.remove(&conversation);
    }

    fn known(&self, name: &str) -> Result<&TagRow, CommandError> {
        self.by_name.get(name).ok_or_else(|| CommandError::UnknownTag(name.to_owned()))
    }

    fn carries(&self, conversation: ConversationId, tag: TagId) -> bool {
        self.of.get(&conversation).is_some_and(|tags| tags.contains(&tag))
    }
}

impl CallCenter {
    /// Names of the tags that an open conversation carries, in their order.
    pub fn tag_names(&self, conversation: ConversationId) -> Vec<&str> {
        let carried = |row: &&TagRow| self.tags.carries(conversation, row.id);
        self.tags.by_name.values().filter(carried).map(|row| row.name.as_str()).collect()
    }

    pub(crate) fn create_tag(&mut self, name: String, turn: &mut Turn) -> Result<Reply, CommandError> {
        check_name(&name)?;
        if self.tags.by_name.contains_key(&name) {
            return Err(CommandError::Conflict("Tag already exists.".to_owned()));
        }
        check::room_for_one("MAX_TAGS", self.tags.by_name.len(), MAX_TAGS)?;
        let now = turn.now.wall;
        let row = TagRow { id: TagId(turn.ids.next_id()), name, created_at: now, updated_at: now };
        self.outbox.save(RowChange::Tag(row.clone()));
        self.log(turn, None, None, Event::TagCreated { tag: row.id });
        self.tags.by_name.insert(row.name.clone(), row.clone());
        Ok(Reply::Tag(Box::new(row)))
    }

    pub(crate) fn delete_tag(&mut self, name: &str, turn: &Turn) -> Result<Reply, CommandError> {
        let tag = self.tags.known(name)?.id;
        self.tags.by_name.remove(name);
        self.tags.of.retain(|_, tags| {
            tags.remove(&tag);
            !tags.is_empty()
        });
        self.outbox.save(RowChange::TagDeleted(tag));
        self.log(turn, None, None, Event::TagDeleted { tag, name: name.to_owned() });
        Ok(Reply::Done)
    }

    pub(crate) fn tag_conversation(
        &mut self,
        conversation: ConversationId,
        name: &str,
        turn: &Turn,
    ) -> Result<Reply, CommandError> {
        self.conversations.known(conversation)?;
        let tag = self.tags.known(name)?.id;
        if self.tags.carries(conversation, tag) {
            return Ok(Reply::Done);
        }
        let carried = self.tags.of.get(&conversation).map_or(0, BTreeSet::len);
        check::room_for_one("MAX_TAGS_PER_CONVERSATION", carried, MAX_TAGS_PER_CONVERSATION)?;
        self.tags.of.entry(conversation).or_default().insert(tag);
        self.outbox.save(RowChange::Tagged(ConversationTag { conversation, tag }));
        self.log(turn, Some(conversation), None, Event::ConversationTagged { tag, name: name.to_owned() });
        self.conversation_changed(conversation);
        Ok(Reply::Done)
    }

    pub(crate) fn untag_conversation(
        &mut self,
        conversation: ConversationId,
        name: &str,
        turn: &Turn,
    ) -> Result<Reply, CommandError> {
        self.conversations.known(conversation)?;
        let tag = self.tags.known(name)?.id;
        if !self.tags.carries(conversation, tag) {
            return Err(CommandError::UnknownTag(name.to_owned()));
        }
        if let Some(tags) = self.tags.of.get_mut(&conversation) {
            tags.remove(&tag);
        }
        self.outbox.save(RowChange::Untagged(ConversationTag { conversation, tag }));
        self.log(turn, Some(conversation), None, Event::ConversationUntagged { tag, name: name.to_owned() });
        self.conversation_changed(conversation);
        Ok(Reply::Done)
    }
}

fn check_name(name: &str) -> Result<(), CommandError> {
    if name.is_empty() {
        return Err(check::invalid("name", "must not be blank"));
    }
    check::at_most("name", name, MAX_TAG_NAME)?;
    if name.chars().all(|letter| letter.is_alphanumeric() || letter == '.' || letter == '_') {
        return Ok(());
    }
    Err(check::invalid("name", "may contain letters, digits, . and _ alone"))
}
