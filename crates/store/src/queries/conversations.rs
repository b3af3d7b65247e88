use super::select::bounded;
use crate::{
    database::Store,
    error::Error,
    page::{ConversationOrder, NoteOrder, Page, PageRequest},
    records::word_of,
};
use callcenter_core::row::{ConversationRow, ConversationStatus, CustomerRow, NoteRow, Priority};
use model::{AccountId, AgentId, ConversationId, CustomerId, NoteId, QueueId, WallTime};

/// Which conversations to list; empty lists and `None` ask for nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConversationFilter {
    /// These conversations.
    pub ids: Vec<ConversationId>,
    /// Conversations of one of these queues.
    pub queues: Vec<QueueId>,
    /// Conversations that carry one of the tags with these names.
    pub tag_names: Vec<String>,
    /// The assignee.
    pub agent: Option<AgentId>,
    /// The status.
    pub status: Option<ConversationStatus>,
    /// The priority.
    pub priority: Option<Priority>,
    /// Begun after then.
    pub created_after: Option<WallTime>,
    /// Begun before then.
    pub created_before: Option<WallTime>,
    /// Changed after then.
    pub updated_after: Option<WallTime>,
    /// Changed before then.
    pub updated_before: Option<WallTime>,
    /// Closed after then.
    pub closed_after: Option<WallTime>,
    /// Closed before then.
    pub closed_before: Option<WallTime>,
}

/// Conversations that carry a tag whose name is one of a list.
const CARRYING: &str = "carried.conversation FROM conversation_tags AS carried \
    JOIN tags ON tags.account = carried.account AND tags.id = carried.tag \
    WHERE carried.account = conversations.account AND tags.name";

impl Store {
    /// A page of conversations.
    pub async fn conversations(
        &self,
        account: AccountId,
        filter: &ConversationFilter,
        page: PageRequest<ConversationOrder>,
    ) -> Result<Page<ConversationRow>, Error> {
        bounded(&[filter.ids.len(), filter.queues.len(), filter.tag_names.len()])?;
        self.page(account, page, |q| {
            q.one_of("id", &filter.ids)
                .one_of("queue", &filter.queues)
                .within("id", CARRYING, &filter.tag_names)
                .is_if("agent", filter.agent)
                .is_if("status", filter.status.as_ref().map(word_of))
                .is_if("priority", filter.priority.as_ref().map(word_of))
                .between("created_at", filter.created_after, filter.created_before)
                .between("updated_at", filter.updated_after, filter.updated_before)
                .between("closed_at", filter.closed_after, filter.closed_before);
        })
        .await
    }

    /// One conversation.
    pub async fn conversation(&self, account: AccountId, id: ConversationId) -> Result<Option<ConversationRow>, Error> {
        self.one(account, |q| {
            q.is("id", id);
        })
        .await
    }

    /// One customer.
    pub async fn customer(&self, account: AccountId, id: CustomerId) -> Result<Option<CustomerRow>, Error> {
        self.one(account, |q| {
            q.is("id", id);
        })
        .await
    }

    /// These customers, by id.
    pub async fn customers(&self, account: AccountId, ids: &[CustomerId]) -> Result<Vec<CustomerRow>, Error> {
        bounded(&[ids.len()])?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.some(account, |q| {
            q.one_of("id", ids);
        })
        .await
    }

    /// A page of a conversation's notes.
    pub async fn notes(
        &self,
        account: AccountId,
        conversation: ConversationId,
        page: PageRequest<NoteOrder>,
    ) -> Result<Page<NoteRow>, Error> {
        self.page(account, page, |q| {
            q.is("conversation", conversation);
        })
        .await
    }

    /// One note of a conversation.
    pub async fn note(
        &self,
        account: AccountId,
        conversation: ConversationId,
        id: NoteId,
    ) -> Result<Option<NoteRow>, Error> {
        self.one(account, |q| {
            q.is("conversation", conversation).is("id", id);
        })
        .await
    }
}
