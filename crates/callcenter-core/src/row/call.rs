use super::Wait;
use model::{
    AgentId, CallDirection, CallId, CallMedia, ConversationId, CustomerId, EndedBy, LegId, LinkId, MediaTime,
    ParticipantType, QueueId, RecordingMedia, SegmentId, WallTime,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wire::browser::{CallKind, LegPhase, MediaState};

/// Life of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallState {
    /// In a queue, nobody rings.
    Waiting,
    /// An agent's page rings.
    Ringing,
    /// Answered, the agent's media is being set up.
    Connecting,
    /// Both are connected.
    Established,
    /// Both are connected and apart: the customer hears music.
    Held,
    /// It rings at another agent, or that one's media is being set up; the customer hears ringing.
    Transferring,
    /// Over.
    Ended,
}

/// The agent who has the conversation that a call belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FamiliarAgent {
    /// The agent.
    pub agent: AgentId,
    /// When the conversation changed last before this call.
    pub last_contact: WallTime,
}

impl CallState {
    /// Customer and agent are connected, whether they hear each other or not.
    pub const fn is_talk(self) -> bool {
        matches!(self, Self::Established | Self::Held | Self::Transferring)
    }
}

/// A transfer to an agent that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningTransfer {
    /// The transferor.
    pub from: AgentId,
    /// The target.
    pub to: AgentId,
    /// The target's leg.
    pub leg: LegId,
    /// Since when, UTC.
    pub since: WallTime,
}

/// Where a call was before it was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// The transferor.
    pub from: AgentId,
    /// The call's queue.
    pub queue: QueueId,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRow {
    /// Key; the API's `conferenceId`.
    pub id: CallId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The customer.
    pub customer: CustomerId,
    /// Direction.
    pub direction: CallDirection,
    /// Regular, transferred or callback.
    pub kind: CallKind,
    /// With or without a camera at the start.
    pub media: CallMedia,
    /// Where it is in life.
    pub state: CallState,
    /// Its queue.
    pub queue: QueueId,
    /// Only this agent may be rung: a call link that leads to the agent who shared it.
    pub only_agent: Option<AgentId>,
    /// Who is rung first where the queue asks for it.
    pub familiar: Option<FamiliarAgent>,
    /// The link it came by.
    pub link: Option<LinkId>,
    /// As the customer's page gave it.
    pub custom_data: BTreeMap<String, String>,
    /// Agents that declined or let it ring, in order; emptied when all others had their turn.
    pub passed_over: Vec<AgentId>,
    /// The agent that rings until then.
    pub ring_until: Option<WallTime>,
    /// Since when it waits in its queue, or did before the answer: since its arrival, or since a transfer brought it there.
    pub waiting_since: WallTime,
    /// It waits before all others: a transfer did not reach anybody.
    pub front_of_queue: bool,
    /// Since when it is on hold. A transfer that fails goes back there.
    pub held_since: Option<WallTime>,
    /// The transfer to an agent that is under way.
    pub transfer: Option<RunningTransfer>,
    /// How it waits for an agent.
    pub wait: Wait,
    /// What the account records of it, read at its start.
    pub account_recording: Option<RecordingMedia>,
    /// The files of its legs are merged into one, read at its start.
    pub auto_compose: bool,
    /// What is recorded of it with the agent who has it.
    pub recording: Option<RecordingMedia>,
    /// Nothing of it is kept at present.
    pub recording_paused: bool,
    /// Zero of the recording's timeline on the engine's clock.
    pub recording_epoch: Option<MediaTime>,
    /// Who handed it over last.
    pub handed_over: Option<HandedOver>,
    /// Arrival, UTC.
    pub created_at: WallTime,
    /// Answer, UTC.
    pub answered_at: Option<WallTime>,
    /// End, UTC.
    pub ended_at: Option<WallTime>,
    /// Who ended it.
    pub ended_by: Option<EndedBy>,
    /// Public API code of the end, for example 10000.
    pub end_code: Option<u32>,
}

/// A leg.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LegRow {
    /// Key; the API's `callId`.
    pub id: LegId,
    /// Its call.
    pub call: CallId,
    /// Customer or agent.
    pub participant: ParticipantType,
    /// The agent, on an agent's leg.
    pub agent: Option<AgentId>,
    /// Identity of the participant.
    pub identity: String,
    /// Name to show.
    pub display_name: String,
    /// Where it is in life.
    pub phase: LegPhase,
    /// What the participant has turned on.
    pub media: MediaState,
    /// Since when its page or its path to the engine is gone; wall time, so that a restart can arm the timer again.
    pub lost_since: Option<WallTime>,
    /// The recording segment that is open.
    pub segment: Option<SegmentId>,
    /// Creation, UTC.
    pub created_at: WallTime,
    /// Media up, UTC.
    pub connected_at: Option<WallTime>,
    /// End, UTC.
    pub ended_at: Option<WallTime>,
}
