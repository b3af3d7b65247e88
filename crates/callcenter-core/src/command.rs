//! What can be asked of the core.

mod outbound;
mod recording;

pub use outbound::{NewOutboundCall, OutboundCommand};
pub use recording::{AgentRecordingFields, RecordingFields};

use crate::event::Author;
use crate::hold::row::{HoldConfigFields, HoldConfigRow};
use crate::row::{
    AgentRecordingRow, AgentRow, AssignmentAlgorithm, CallRow, ConversationRow, ConversationStatus, LinkConfigRow,
    LinkRow, NoteKind, NoteRow, Priority, QueueRow, RecordingConfig, SegmentRow, StatusRow, TagRow, WorkingHoursRow,
};
use crate::settings::SettingsChange;
use crate::transfer::row::{TransferStrategyFields, TransferStrategyRow};
use crate::waiting::row::{AwayMessageRow, WaitingStrategyFields, WaitingStrategyRow};
use model::{
    AgentId, AgentStatus, CallId, CallMedia, ConversationId, HoldConfigId, LegId, LinkConfigId, LinkId, MediaTime,
    PromptId, QueueId, Role, SegmentId, StatusId, WaitingStrategyId, WorkingHoursId,
};
use std::collections::BTreeMap;
use std::time::Duration;
use wire::browser::MediaState;
use wire::recorder::SegmentFile;

/// A command. Ids that it needs are derived from the command's own id.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    // --- set-up, by admins and supervisors ---
    /// Change some of the settings. Running calls keep what they read at their start.
    ChangeSettings(SettingsChange),
    /// A new agent.
    CreateAgent(NewAgent),
    /// Change an agent's fields.
    UpdateAgent {
        /// The agent.
        agent: AgentId,
        /// The new fields.
        fields: NewAgent,
    },
    /// Give an agent its own wrap-up time, or with `None` the account's again.
    SetAgentWrapUp {
        /// The agent.
        agent: AgentId,
        /// Seconds.
        seconds: Option<u32>,
    },
    /// Let an agent have so many conversations at once, or with `None` the account's number again.
    SetAgentCapacity {
        /// The agent.
        agent: AgentId,
        /// Conversations.
        capacity: Option<u32>,
    },
    /// A new status of the account's own.
    CreateStatus(NewStatus),
    /// Change a status. Agents who have it stay in it.
    UpdateStatus {
        /// The status.
        status: StatusId,
        /// The new fields.
        fields: NewStatus,
    },
    /// Delete a status. Agents who have it stay in its group.
    DeleteStatus(StatusId),
    /// The agent serves the queue.
    LinkAgentQueue {
        /// The agent.
        agent: AgentId,
        /// The queue.
        queue: QueueId,
    },
    /// The agent no longer serves the queue.
    UnlinkAgentQueue {
        /// The agent.
        agent: AgentId,
        /// The queue.
        queue: QueueId,
    },
    /// A new queue.
    CreateQueue(NewQueue),
    /// Change a queue's fields.
    UpdateQueue {
        /// The queue.
        queue: QueueId,
        /// The new fields.
        fields: NewQueue,
    },
    /// Delete a queue; the default queue cannot be deleted. Its waiting calls go to the default queue.
    DeleteQueue(QueueId),
    /// These are the routing rules from now on, in this order.
    ReplaceRules(Vec<NewRule>),
    /// New working hours, or new fields of known ones. Becoming the default takes that from others.
    PutWorkingHours(WorkingHoursRow),
    /// Delete working hours. Queues that had them have the default ones.
    DeleteWorkingHours(WorkingHoursId),
    /// A new link configuration, or new fields of one. Becoming the default takes that from the other.
    PutLinkConfig(LinkConfigRow),
    /// Delete a link configuration; its links use the default one.
    DeleteLinkConfig(LinkConfigId),
    /// A new call link; its row comes ready from the shell, with `used_at` empty.
    CreateLink(LinkRow),
    /// Delete a link. A call that came by it goes on.
    DeleteLink(LinkId),

    /// A new waiting strategy, or with its id new fields of one, which apply to the next caller.
    PutWaitingStrategy {
        /// The strategy; a new one when absent.
        strategy: Option<WaitingStrategyId>,
        /// The whole of it.
        fields: Box<WaitingStrategyFields>,
    },
    /// Delete a waiting strategy. Who waits by it goes on so.
    DeleteWaitingStrategy(WaitingStrategyId),

    /// A new hold configuration, or with its id new fields of one. Who is on hold hears it at once.
    PutHoldConfig {
        /// The configuration; a new one when absent.
        config: Option<HoldConfigId>,
        /// The whole of it.
        fields: Box<HoldConfigFields>,
    },
    /// Delete a hold configuration; its queues have the default one.
    DeleteHoldConfig(HoldConfigId),

    /// What customers hear while it rings at another agent. Who is being transferred hears it at once.
    SetTransferStrategy(Box<TransferStrategyFields>),
    /// Set what is recorded of the account's calls that begin from now on.
    SetAccountRecording {
        /// What is set. Only `enabled` changes while recording is enabled.
        fields: RecordingFields,
        /// Refuse when something is set already.
        only_new: bool,
    },
    /// Delete a recording's files for good.
    DeleteSegment {
        /// The segment's rows as the store has them.
        rows: Vec<SegmentRow>,
        /// Who wants it, by name.
        by: String,
    },
    /// Set what is recorded of one agent's calls.
    SetAgentRecording {
        /// The agent.
        agent: AgentId,
        /// What is set. Only `enabled` changes while recording is enabled.
        fields: AgentRecordingFields,
        /// Refuse when something is set already.
        only_new: bool,
    },

    /// What callers hear outside of these working hours, before their call ends.
    PutAwayMessage(Box<AwayMessageRow>),
    /// Callers hear nothing of the kind any more.
    DeleteAwayMessage(WorkingHoursId),

    // --- conversations ---
    /// A conversation without a contact, over the API.
    CreateConversation(ConversationFields),
    /// Change a conversation. Closed ones refuse.
    UpdateConversation {
        /// The conversation.
        conversation: ConversationId,
        /// What changes.
        fields: ConversationFields,
    },
    /// Take the assignee away and put it where routing puts it now.
    RouteConversation(ConversationId),
    /// Write a note. Closed conversations refuse.
    AddNote {
        /// The conversation.
        conversation: ConversationId,
        /// The author.
        agent: Option<AgentId>,
        /// What the content is.
        kind: NoteKind,
        /// The text, 1 to 4000 characters.
        content: String,
    },
    /// A new tag: 1 to 100 letters, digits, dots and underscores.
    CreateTag {
        /// Its name.
        name: String,
    },
    /// Delete a tag, and take it from all conversations.
    DeleteTag {
        /// Its name.
        name: String,
    },
    /// Give a conversation a tag that exists. Closed conversations refuse.
    TagConversation {
        /// The conversation.
        conversation: ConversationId,
        /// The tag's name.
        name: String,
    },
    /// Take a tag from a conversation. Closed conversations refuse.
    UntagConversation {
        /// The conversation.
        conversation: ConversationId,
        /// The tag's name.
        name: String,
    },
    /// Set a conversation's free values. Closed conversations refuse.
    SetMetadata {
        /// The conversation.
        conversation: ConversationId,
        /// The values; where they are merged, `null` removes one.
        values: serde_json::Map<String, serde_json::Value>,
        /// Values that are not named stay.
        merge: bool,
    },
    /// Remove a conversation's free values. Closed conversations refuse.
    ClearMetadata(ConversationId),
    /// A command whose author the log names.
    By {
        /// Who.
        author: Author,
        /// What.
        command: Box<Command>,
    },

    // --- agents ---
    /// The agent sets its own status.
    SetStatus {
        /// The agent.
        agent: AgentId,
        /// The new status.
        status: AgentStatus,
    },
    /// The agent sets one of the account's own statuses.
    SetCustomStatus {
        /// The agent.
        agent: AgentId,
        /// The new status.
        status: StatusId,
    },
    /// A sign of life of the agent's page or client.
    Heartbeat {
        /// The agent.
        agent: AgentId,
    },
    /// The agent's page connected. Live leg and state are read with the query functions afterwards.
    AgentConnected {
        /// The agent.
        agent: AgentId,
    },
    /// The agent's page is gone.
    AgentDisconnected {
        /// The agent.
        agent: AgentId,
    },
    /// The agent answers. The shell then adds the leg to the engine.
    Accept {
        /// Who answers.
        agent: AgentId,
        /// The ringing leg.
        leg: LegId,
    },
    /// The agent declines.
    Decline {
        /// Who declines.
        agent: AgentId,
        /// The ringing leg.
        leg: LegId,
    },
    /// The agent puts the call on hold.
    Hold {
        /// The agent's leg.
        leg: LegId,
    },
    /// The agent ends the hold.
    Resume {
        /// The agent's leg.
        leg: LegId,
    },
    /// The agent hands the call over to another one, who must be available and serve the call's queue.
    TransferToAgent {
        /// The transferor's leg.
        leg: LegId,
        /// The other agent.
        to: AgentId,
    },
    /// The agent hands the call over to a queue, which must assign automatically.
    TransferToQueue {
        /// The transferor's leg.
        leg: LegId,
        /// The queue; the default one when absent.
        to: Option<QueueId>,
    },
    /// Add time to the running wrap-up.
    ExtendWrapUp {
        /// The agent.
        agent: AgentId,
        /// Seconds, more than zero.
        seconds: u32,
    },
    /// End the running wrap-up.
    ClearWrapUp {
        /// The agent.
        agent: AgentId,
    },

    // --- customers ---
    /// A customer calls by a link.
    StartCall(NewCall),

    // --- agents who call customers ---
    /// An agent calls a customer.
    Outbound(OutboundCommand),

    // --- either party ---
    /// End the call for both.
    Hangup {
        /// The leg of who hangs up.
        leg: LegId,
    },
    /// What the participant has turned on.
    SetMedia {
        /// The leg.
        leg: LegId,
        /// The new state.
        media: MediaState,
    },
    /// The leg's page is gone (customers; an agent's page reports with `AgentDisconnected`).
    PageLost {
        /// The leg.
        leg: LegId,
    },
    /// It is back.
    PageBack {
        /// The leg.
        leg: LegId,
    },

    // --- the engine ---
    /// ICE and DTLS are up.
    LegConnected {
        /// The leg.
        leg: LegId,
        /// When, on the engine's clock.
        at: MediaTime,
    },
    /// The leg's packets stopped, or its transport is gone.
    PathLost {
        /// The leg.
        leg: LegId,
    },
    /// Packets come again.
    PathBack {
        /// The leg.
        leg: LegId,
    },
    /// The engine refused the leg's offer.
    LegRefused {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: String,
    },
    /// The engine was started anew and holds nothing: every live leg must rejoin.
    EngineRestarted,

    // --- prompts ---
    /// The shell has a prompt of [`crate::effect::Effect::KeepPrompts`], and can hand it to the engine.
    PromptMade {
        /// The prompt.
        prompt: PromptId,
        /// How long it plays.
        length: Duration,
    },
    /// The shell cannot make a prompt for now. It says so when it can.
    PromptFailed {
        /// The prompt.
        prompt: PromptId,
    },

    // --- the recorder ---
    /// The recorder is connected again: it may be a new process that has missed what it was told last.
    RecorderBack,
    /// A file is complete.
    SegmentFinished(Box<SegmentFile>),
    /// Nothing could be kept.
    SegmentFailed {
        /// The segment.
        segment: SegmentId,
        /// Why.
        reason: String,
    },
    /// A segment's files are gone.
    SegmentDeleted {
        /// The segment.
        segment: SegmentId,
    },
}

/// Fields of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgent {
    /// At most 255 characters.
    pub display_name: String,
    /// Mail address.
    pub email: Option<String>,
    /// Agent or supervisor.
    pub role: Role,
    /// A disabled agent takes no calls.
    pub enabled: bool,
    /// Status to start with.
    pub status: AgentStatus,
}

/// Fields of a status of the account's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStatus {
    /// At most 255 characters, unlike all others.
    pub name: String,
    /// Whether agents in it get calls.
    pub group: AgentStatus,
}

/// Fields of a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewQueue {
    /// At most 255 characters.
    pub name: String,
    /// The account's default queue: only the first one created may be it.
    pub is_default: bool,
    /// Calls are assigned to agents by the system.
    pub auto_assignment: bool,
    /// By which order of agents.
    pub algorithm: AssignmentAlgorithm,
    /// A customer's next call goes first to the agent who has the conversation.
    pub sticky: bool,
    /// Days after which that is forgotten, 1 to 3650; never when absent.
    pub sticky_days: Option<u32>,
    /// Its working hours; the default ones when absent.
    pub working_hours: Option<WorkingHoursId>,
    /// Calls are assigned outside of the working hours too.
    pub assign_outside_hours: bool,
    /// Free text of the owner's systems.
    pub external_id: Option<String>,
}

impl NewQueue {
    /// The fields that a queue has.
    pub fn of(row: QueueRow) -> Self {
        Self {
            name: row.name,
            is_default: row.is_default,
            auto_assignment: row.auto_assignment,
            algorithm: row.algorithm,
            sticky: row.sticky,
            sticky_days: row.sticky_days,
            working_hours: row.working_hours,
            assign_outside_hours: row.assign_outside_hours,
            external_id: row.external_id,
        }
    }
}

/// Fields of a routing rule.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRule {
    /// At most 255 characters.
    pub name: Option<String>,
    /// Calls for which it holds belong there.
    pub queue: QueueId,
    /// And have this priority.
    pub priority: Priority,
    /// Disabled rules never hold.
    pub enabled: bool,
    /// It holds only within the queue's working hours.
    pub only_within_hours: bool,
    /// What is asked of a call, at most 4000 characters of JSON text.
    pub expression: serde_json::Value,
}

/// Fields of a conversation; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFields {
    /// At most 1000 characters.
    pub topic: Option<String>,
    /// At most 4000 characters.
    pub summary: Option<String>,
    /// Status.
    pub status: Option<ConversationStatus>,
    /// Priority.
    pub priority: Option<Priority>,
    /// Queue.
    pub queue: Option<QueueId>,
    /// Assignee; `Some(None)` takes it away.
    pub agent: Option<Option<AgentId>>,
}

/// A customer's call by a link.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCall {
    /// The link, which the shell found by the hash of its secret.
    pub link: LinkId,
    /// The identity in the customer's token.
    pub identity: String,
    /// The name in the customer's token.
    pub display_name: String,
    /// With or without a camera.
    pub media: CallMedia,
    /// From the page.
    pub custom_data: BTreeMap<String, String>,
}

/// What a command gives back.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Done.
    Done,
    /// The new or changed agent.
    Agent(Box<AgentRow>),
    /// The new or changed status.
    Status(Box<StatusRow>),
    /// The new or changed queue.
    Queue(Box<QueueRow>),
    /// The new or changed conversation.
    Conversation(Box<ConversationRow>),
    /// The new note.
    Note(Box<NoteRow>),
    /// The new tag.
    Tag(Box<TagRow>),
    /// The new or changed waiting strategy.
    WaitingStrategy(Box<WaitingStrategyRow>),
    /// The new or changed hold configuration.
    HoldConfig(Box<HoldConfigRow>),
    /// The transfer strategy.
    TransferStrategy(Box<TransferStrategyRow>),
    /// What is recorded of the account's calls.
    AccountRecording(RecordingConfig),
    /// What is recorded of an agent's calls.
    AgentRecording(AgentRecordingRow),
    /// The new call.
    CallStarted {
        /// The call.
        call: Box<CallRow>,
        /// The leg of who started it: the shell adds it to the engine.
        leg: LegId,
    },
    /// The agent answered, or the customer whom one called: the shell adds the leg to the engine's room of this call.
    Accepted {
        /// The call.
        call: CallId,
        /// The leg of who answered.
        leg: LegId,
    },
}

/// Why a call cannot be handed over to an agent or queue that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransferRefusal {
    /// It is the transferor.
    #[error("it cannot go to the agent who has it")]
    ToOneself,
    /// Only agents of the call's own queue can be picked.
    #[error("this agent does not serve the call's queue; transfer it to a queue of that agent's instead")]
    OtherQueue,
    /// Not at work, not there, or busy.
    #[error("this agent is not available; choose another one, or the queue")]
    AgentUnavailable,
    /// Nobody would be assigned there.
    #[error("this queue does not assign calls automatically; choose another one")]
    NoAutomaticAssignment,
    /// Nobody is assigned there now.
    #[error("this queue is outside of its working hours; choose another one")]
    OutsideWorkingHours,
}

/// Why a command was refused. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No such agent.
    #[error("no agent found with id={0}")]
    UnknownAgent(AgentId),
    /// No such status of the account's own.
    #[error("no agent status found with id={0}")]
    UnknownStatus(StatusId),
    /// No such working hours.
    #[error("no working hours found with id={0}")]
    UnknownWorkingHours(WorkingHoursId),
    /// No such queue.
    #[error("no queue found with id={0}")]
    UnknownQueue(QueueId),
    /// No such conversation, or it is closed and gone from the core.
    #[error("no conversation found with id={0}")]
    UnknownConversation(ConversationId),
    /// No such tag, or the conversation does not carry it.
    #[error("no tag found with name={0}")]
    UnknownTag(String),
    /// No such live leg, or it belongs to somebody else.
    #[error("no live call leg found with id={0}")]
    UnknownLeg(LegId),
    /// No such link.
    #[error("this call link does not exist")]
    UnknownLink,
    /// No such link configuration.
    #[error("no call link configuration found with id={0}")]
    UnknownLinkConfig(LinkConfigId),
    /// No such waiting strategy.
    #[error("no waiting strategy found with id={0}")]
    UnknownWaitingStrategy(WaitingStrategyId),
    /// No such hold configuration.
    #[error("no hold configuration found with id={0}")]
    UnknownHoldConfig(HoldConfigId),
    /// These working hours have no away message.
    #[error("no away audio message found for working hours with id={0}")]
    UnknownAwayMessage(WorkingHoursId),
    /// A time-frame link was opened before its time.
    #[error("this call link is not active yet")]
    LinkInactive,
    /// The link's time is over, or it was used.
    #[error("this call link is expired or was used")]
    LinkExpired,
    /// Closed conversations do not change.
    #[error("Closed conversation cannot be changed")]
    ConversationClosed,
    /// The customer has a live call already.
    #[error("there is a live call already")]
    CallExists,
    /// The agent has another live call.
    #[error("the agent is in another call")]
    AgentBusy,
    /// The agent writes up another call.
    #[error("the agent wraps up a call: end the wrap-up first")]
    WrappingUp,
    /// No page of the customer is connected.
    #[error("no page of this customer is connected, so that it cannot ring there")]
    CustomerUnreachable,
    /// The leg does not ring any more.
    #[error("the call does not ring here any more")]
    NotRinging,
    /// Only agents hold and transfer calls.
    #[error("only the agent of a call can do this")]
    NotTheAgents,
    /// Hold, resume and transfer need a call that both parties are connected in.
    #[error("the call is not established yet")]
    NotInTalk,
    /// It is on hold.
    #[error("the call is on hold already")]
    HeldAlready,
    /// There is nothing to resume.
    #[error("the call is not on hold")]
    NotHeld,
    /// Neither hold nor another transfer until it is decided.
    #[error("the call is being transferred")]
    BeingTransferred,
    /// The call cannot go there.
    #[error("the call cannot be transferred: {0}")]
    CannotTransfer(TransferRefusal),
    /// The agent has no running wrap-up.
    #[error("Agent is not in Wrapping status.")]
    NotWrapping,
    /// Agents may not extend wrap-ups in this account.
    #[error("extending the wrap-up is not enabled")]
    CannotExtendWrapUp,
    /// A queue with this name or the default queue exists already; or the default queue was to be deleted.
    #[error("{0}")]
    Conflict(String),
    /// A value is out of its range.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field, in the API's name.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A limit of `limits.rs` was reached.
    #[error("the account has reached its limit of {limit}")]
    LimitReached {
        /// Name and number of the limit.
        limit: String,
    },
}
