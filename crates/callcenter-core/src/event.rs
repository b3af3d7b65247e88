//! The event log: audit trail, agents' timeline, source of webhooks.

use crate::row::{ConversationStatus, Priority};
use model::{
    AgentId, AgentStatus, CallDirection, CallId, ConversationId, EndedBy, LegId, LinkId, NoteId, QueueId, StatusId,
    TagId, TransferFailure, UserId, WallTime, WorkingHoursId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
    /// Who caused it; the system itself when absent, or the agent whom the event names.
    pub author: Option<Author>,
    /// What happened.
    pub event: Event,
}

/// Who caused something, by reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Author {
    /// An agent.
    Agent {
        /// The agent.
        agent: AgentId,
    },
    /// A supervisor or an admin.
    Supervisor {
        /// The person.
        user: UserId,
    },
    /// A program.
    Program {
        /// Its API key.
        key: Uuid,
    },
}

/// What happened. People are named by reference, so that they can be erased.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// A conversation began.
    ConversationCreated,
    /// Something of a conversation changed. Only logs of older releases hold it; newer ones say what changed.
    ConversationUpdated,
    /// Its status changed, but not to closed.
    ConversationStatusChanged {
        /// The new status.
        status: ConversationStatus,
    },
    /// Its priority changed.
    ConversationPriorityChanged {
        /// The new priority.
        priority: Priority,
    },
    /// It went to another queue.
    ConversationQueueChanged {
        /// The new queue.
        queue: Option<QueueId>,
    },
    /// It was assigned to an agent, or taken from one.
    ConversationAssigned {
        /// The new assignee.
        agent: Option<AgentId>,
    },
    /// Its topic changed.
    ConversationTopicChanged,
    /// Its summary changed.
    ConversationSummaryChanged,
    /// Its free values changed.
    ConversationMetadataChanged,
    /// It was given a tag.
    ConversationTagged {
        /// The tag.
        tag: TagId,
        /// The tag's name, which outlives the tag here.
        name: String,
    },
    /// A tag was taken from it.
    ConversationUntagged {
        /// The tag.
        tag: TagId,
        /// The tag's name.
        name: String,
    },
    /// A tag was made.
    TagCreated {
        /// The tag.
        tag: TagId,
    },
    /// A tag was deleted and with that taken from all conversations.
    TagDeleted {
        /// The tag.
        tag: TagId,
        /// Its name.
        name: String,
    },
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
    /// An agent answered, or the customer whom an agent called.
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
    /// An agent put the call on hold.
    CallHeld {
        /// The agent.
        agent: AgentId,
    },
    /// The agent took it up again.
    CallResumed {
        /// The agent.
        agent: AgentId,
        /// How long it was on hold.
        held_ms: u64,
    },
    /// An agent began to hand the call over to another one.
    CallTransferStarted {
        /// The transferor.
        agent: AgentId,
        /// The other agent.
        to_agent: AgentId,
    },
    /// The other agent has it.
    CallTransferred {
        /// The transferor.
        agent: AgentId,
        /// The other agent.
        to_agent: AgentId,
        /// From the call's answer until now.
        duration_ms: u64,
    },
    /// The other agent did not take it.
    CallTransferFailed {
        /// The transferor.
        agent: AgentId,
        /// The other agent.
        to_agent: AgentId,
        /// Why.
        reason: TransferFailure,
    },
    /// An agent handed the call over to a queue, or a transfer reached nobody and the transferor was gone.
    CallTransferredToQueue {
        /// The transferor.
        agent: AgentId,
        /// The queue.
        to_queue: QueueId,
        /// From the call's answer until now.
        duration_ms: u64,
    },
    /// A call waited as long as its strategy allows.
    MaximumWaitPassed {
        /// Since its arrival, or since a transfer brought it to its queue.
        waiting_ms: u64,
    },
    /// A call came outside of working hours and is ended after a message.
    CallTurnedAway {
        /// The working hours.
        hours: WorkingHoursId,
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
    /// A leg talks, and its recording holds nothing of it.
    RecordingSilent {
        /// The leg.
        leg: LegId,
    },
    /// It does again.
    RecordingHeard {
        /// The leg.
        leg: LegId,
    },
    /// Nothing of a call is kept from now on.
    RecordingPaused {
        /// Who wanted it, by name.
        by: String,
    },
    /// Everything is kept again.
    RecordingResumed {
        /// Who wanted it, by name.
        by: String,
    },
    /// A recording file was deleted for good.
    RecordingDeleted {
        /// The leg.
        leg: LegId,
        /// Who had it deleted, by name.
        by: String,
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
