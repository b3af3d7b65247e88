use crate::{
    database::Store,
    error::Error,
    page::{Page, PageRequest, SegmentOrder},
    records::word_of,
};
use callcenter_core::row::{SegmentRow, SegmentState};
use model::{AccountId, AgentId, CallId, ConversationId, LegId, SegmentId, WallTime};

/// Which recording files to list; `None` asks for nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SegmentFilter {
    /// Of this conversation.
    pub conversation: Option<ConversationId>,
    /// Of this call.
    pub call: Option<CallId>,
    /// Of this leg.
    pub leg: Option<LegId>,
    /// Of this agent.
    pub agent: Option<AgentId>,
    /// In this state.
    pub state: Option<SegmentState>,
    /// Begun after then.
    pub started_after: Option<WallTime>,
    /// Begun before then.
    pub started_before: Option<WallTime>,
}

impl Store {
    /// A page of recording files.
    pub async fn segments(
        &self,
        account: AccountId,
        filter: &SegmentFilter,
        page: PageRequest<SegmentOrder>,
    ) -> Result<Page<SegmentRow>, Error> {
        self.page(account, page, |q| {
            q.is_if("conversation", filter.conversation)
                .is_if("call", filter.call)
                .is_if("leg", filter.leg)
                .is_if("agent", filter.agent)
                .is_if("state", filter.state.as_ref().map(word_of))
                .between("started_at", filter.started_after, filter.started_before);
        })
        .await
    }

    /// The files of a segment: its voice and camera, and its shared screen if there was one.
    pub async fn segment(&self, account: AccountId, id: SegmentId) -> Result<Vec<SegmentRow>, Error> {
        self.some(account, |q| {
            q.is("id", id);
        })
        .await
    }

    /// All files of a conversation, in the order of their segments.
    pub async fn segments_of(
        &self,
        account: AccountId,
        conversation: ConversationId,
    ) -> Result<Vec<SegmentRow>, Error> {
        self.some(account, |q| {
            q.is("conversation", conversation);
        })
        .await
    }
}
