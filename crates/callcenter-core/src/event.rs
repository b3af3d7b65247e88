//! The event log: audit trail, agents' timeline, source of webhooks.

use model::{
    AgentId, AgentStatus, CallDirection, CallId, ConversationId, EndedBy, LegId, LinkId, NoteId, StatusId, WallTime,
};
use serde::{Deserialize, Serialize};

/// One entry of an account's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Counts up by one within the account.
    pub sequence: u64,
    /// When.
    pub at: WallTime,
    /// The conversation it belongs to.
    pub conversation: Option<ConversationId>,
    /// The call it belongs to.
    pub call: Option<CallId>,
    /// What happened.
    pub event: Event,
}

/// What happened. People are named by reference, so that they can be erased.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// A conversation began.
    ConversationCreated,
    /// Status, topic, summary, priority or assignee changed.
    ConversationUpdated,
    /// A conversation was closed.
    ConversationClosed,
    /// A call arrived or was placed.
    CallStarted {
        /// Direction.
        direction: CallDirection,
    },
    /// A call began to ring at an agent.
    CallRinging {
        /// The agent.
        agent: AgentId,
        /// The agent's leg.
        leg: LegId,
    },
    /// An agent declined.
    CallDeclined {
        /// The agent.
        agent: AgentId,
    },
    /// An agent let it ring.
    CallNotAnswered {
        /// The agent.
        agent: AgentId,
    },
    /// An agent answered.
    CallAnswered {
        /// The agent.
        agent: AgentId,
        /// How long the customer waited.
        waiting_ms: u64,
    },
    /// An agent answered, but their media did not come up: the call waits again as if not answered.
    CallNotConnected {
        /// The agent.
        agent: AgentId,
    },
    /// A party's connection broke.
    LegLost {
        /// The leg.
        leg: LegId,
    },
    /// It came back.
    LegBack {
        /// The leg.
        leg: LegId,
    },
    /// The call ended.
    CallEnded {
        /// Who ended it.
        ended_by: EndedBy,
        /// From answer to end; zero when it was not answered.
        duration_ms: u64,
        /// Public API code.
        code: u32,
    },
    /// A wrap-up began.
    WrapUpStarted {
        /// The agent.
        agent: AgentId,
    },
    /// It ended.
    WrapUpEnded {
        /// The agent.
        agent: AgentId,
    },
    /// A note was written.
    NoteAdded {
        /// The note.
        note: NoteId,
        /// Its author.
        agent: Option<AgentId>,
    },
    /// A recording file is complete.
    RecordingFinished {
        /// The leg.
        leg: LegId,
        /// Its length.
        duration_ms: u64,
    },
    /// Nothing could be kept of a recording.
    RecordingFailed {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: String,
    },
    /// An agent's own status changed.
    AgentStatusChanged {
        /// The agent.
        agent: AgentId,
        /// The new status.
        status: AgentStatus,
        /// The account's own status within that group.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        custom: Option<StatusId>,
    },
    /// An agent reached the number of conversations that one can have, or has room again.
    AgentCapacity {
        /// The agent.
        agent: AgentId,
        /// No new conversations.
        full: bool,
    },
    /// An agent's page has been gone too long, or is back.
    AgentReachable {
        /// The agent.
        agent: AgentId,
        /// Whether new calls can come.
        reachable: bool,
    },
    /// A call link was made.
    LinkCreated {
        /// The link.
        link: LinkId,
    },
    /// A call link was deleted.
    LinkDeleted {
        /// The link.
        link: LinkId,
    },
    /// A one-time link was spent.
    LinkUsed {
        /// The link.
        link: LinkId,
    },
}
