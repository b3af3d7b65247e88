use crate::{
    database::Store,
    error::Error,
    page::{Page, PageRequest, TagOrder},
};
use callcenter_core::row::{MetadataRow, TagRow};
use model::{AccountId, ConversationId};

/// Which tags to list; `None` asks for nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TagFilter {
    /// Those that this conversation carries.
    pub conversation: Option<ConversationId>,
    /// Part of the name, in any case.
    pub name: Option<String>,
}

impl Store {
    /// A page of tags.
    pub async fn tags(
        &self,
        account: AccountId,
        filter: &TagFilter,
        page: PageRequest<TagOrder>,
    ) -> Result<Page<TagRow>, Error> {
        let conversations: Vec<ConversationId> = filter.conversation.into_iter().collect();
        self.page(account, page, |q| {
            q.within("id", "tag FROM conversation_tags WHERE account = tags.account AND conversation", &conversations)
                .contains_if("name", filter.name.as_deref());
        })
        .await
    }

    /// A conversation's free values, if it has any.
    pub async fn metadata(
        &self,
        account: AccountId,
        conversation: ConversationId,
    ) -> Result<Option<MetadataRow>, Error> {
        self.one(account, |q| {
            q.is("conversation", conversation);
        })
        .await
    }
}
