//! The WebSocket protocol between pages and signaling, described for client authors in `docs/signaling.md`.
//!
//! Text frames, one JSON object each, told apart by `type`. The client speaks first: [`ClientMessage::Hello`] within
//! five seconds. Requests that are answered carry a `request` number of the client's choice.

use crate::quality::LegQuality;
use model::{
    AgentId, AgentStatus, CallDirection, CallId, CallMedia, Codec, ConversationId, EndedBy, LegId, ParticipantType,
    QueueId, Role, StatusId, TransferFailure, VoiceStatus, WallTime,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// From the page to signaling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message.
    Hello {
        /// The protocol that the client speaks.
        protocol: u16,
        /// The oldest that it understands.
        min_protocol: u16,
        /// Name and version of the client, for logs.
        build: String,
        /// From `POST /webrtc/1/token` or a call link.
        token: String,
    },
    /// Every five seconds. It is also an agent's heartbeat.
    Ping {
        /// Comes back in the pong.
        sequence: u64,
    },
    /// A customer starts a call to the contact center, or an agent one to the customer of the conversation that
    /// `custom_data.conversationId` names.
    StartCall {
        /// Answered by `call_started` or `error`.
        request: u64,
        /// With or without a camera.
        media: CallMedia,
        /// SDP offer with three `sendrecv` m-lines: audio, camera, screen.
        offer: String,
        /// Free text values for the agent and for routing; JSON text of at most 920 characters.
        #[serde(default)]
        custom_data: BTreeMap<String, String>,
    },
    /// A ringing call is answered: by an agent, or by a customer whom an agent calls.
    Accept {
        /// Answered by `answer` or `error`.
        request: u64,
        /// The ringing leg.
        leg: LegId,
        /// SDP offer as in `start_call`.
        offer: String,
    },
    /// A ringing call is declined: by an agent, so that it rings at another, or by a customer whom an agent calls.
    Decline {
        /// Answered by `done` or `error`.
        request: u64,
        /// The ringing leg.
        leg: LegId,
    },
    /// Ends the call for both parties.
    Hangup {
        /// Answered by `done` or `error`.
        request: u64,
        /// One's own leg.
        leg: LegId,
    },
    /// An agent puts the call on hold: the customer hears music, and neither hears the other.
    Hold {
        /// Answered by `done` or `error`.
        request: u64,
        /// One's own leg.
        leg: LegId,
    },
    /// The agent ends the hold.
    Resume {
        /// Answered by `done` or `error`.
        request: u64,
        /// One's own leg.
        leg: LegId,
    },
    /// An agent hands the call over.
    Transfer {
        /// Answered by `done` or `error`.
        request: u64,
        /// One's own leg.
        leg: LegId,
        /// To whom.
        to: TransferTarget,
    },
    /// A new offer for a leg that is in a call.
    Offer {
        /// Answered by `answer` or `error`.
        request: u64,
        /// One's own leg.
        leg: LegId,
        /// Why there is a new offer.
        reason: OfferReason,
        /// The SDP offer.
        sdp: String,
    },
    /// What the participant has turned on; told to the other side.
    SetMedia {
        /// One's own leg.
        leg: LegId,
        /// The state of all three sources.
        media: MediaState,
    },
    /// The band of the client's own quality formula changed; told to the other side.
    NetworkQualityChanged {
        /// One's own leg.
        leg: LegId,
        /// 1 (BAD) to 5 (EXCELLENT).
        network_quality: u8,
    },
}

/// To whom an agent hands a call over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferTarget {
    /// An available agent of the call's queue: the call comes back unless that one takes it.
    Agent(AgentId),
    /// A queue, null for the default one: the call waits there for whoever is free.
    Queue(Option<QueueId>),
}

/// Why a leg offers again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferReason {
    /// The same PeerConnection, new ICE credentials.
    IceRestart,
    /// The same PeerConnection, another codec order as asked by `renegotiate`.
    Renegotiate,
    /// A new PeerConnection for the same leg: after a reload, or when the engine was restarted.
    Rejoin,
}

/// Which of a participant's sources are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct MediaState {
    /// The microphone is off.
    pub muted: bool,
    /// The camera is on.
    pub camera: bool,
    /// A screen is shared.
    pub screen_share: bool,
}

/// From signaling to the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answers `hello`.
    Welcome {
        /// The protocol that will be spoken.
        protocol: u16,
        /// Version of the server, for logs.
        build: String,
        /// The identity that the token names.
        identity: String,
        /// Display name of that identity.
        display_name: String,
        /// Customer or agent.
        participant: ParticipantType,
        /// The signed-in person's role; absent for customers.
        role: Option<Role>,
        /// How long a leg may be gone and still come back, in milliseconds.
        reconnect_window_ms: u64,
        /// The live leg of this identity, if it has one: the client takes it up again.
        leg: Option<Box<LegSnapshot>>,
        /// The agent's state; absent for customers.
        agent: Option<AgentState>,
        /// For every PeerConnection from now on; empty where the server has none.
        #[serde(default)]
        ice_servers: Vec<IceServer>,
    },
    /// The servers of the welcome with fresh credentials, before the old ones expire.
    IceServers {
        /// For every new PeerConnection and every ICE restart.
        ice_servers: Vec<IceServer>,
    },
    /// Answers `ping`.
    Pong {
        /// From the ping.
        sequence: u64,
    },
    /// A request failed; nothing changed.
    Error {
        /// The request that failed; absent when it was not a request.
        request: Option<u64>,
        /// What happened.
        error: CallError,
    },
    /// A request without other answer was carried out.
    Done {
        /// The request.
        request: u64,
    },
    /// Answers `start_call`.
    CallStarted {
        /// The request.
        request: u64,
        /// The call.
        call: CallId,
        /// The conversation it belongs to.
        conversation: ConversationId,
        /// The leg of who started it.
        leg: LegId,
        /// SDP answer.
        answer: String,
    },
    /// Answers `accept` and `offer`.
    Answer {
        /// The request.
        request: u64,
        /// The leg.
        leg: LegId,
        /// SDP answer.
        sdp: String,
    },
    /// The customer's call waits in a queue.
    Waiting {
        /// The customer's leg.
        leg: LegId,
        /// 1 for the next to be answered.
        position: u32,
    },
    /// The customer's call waited as long as it may: a last message plays, and then the call ends.
    WaitingEnds {
        /// The customer's leg.
        leg: LegId,
        /// When it ends, in milliseconds from now.
        ends_in_ms: u64,
    },
    /// It rings at the other side: at an agent for the customer, or at the customer whom the agent calls.
    Ringing {
        /// One's own leg.
        leg: LegId,
    },
    /// A call rings here: at an agent, or at a customer whom an agent calls.
    IncomingCall(IncomingCall),
    /// It stopped ringing here.
    IncomingCallGone {
        /// The leg at which it rang.
        leg: LegId,
        /// Why.
        reason: RingEnd,
    },
    /// The server needs a new offer with these video codecs first.
    Renegotiate {
        /// The leg.
        leg: LegId,
        /// Best first; empty when no codec is common, so that no video can be sent.
        video_codecs: Vec<Codec>,
    },
    /// Both parties are connected.
    Established {
        /// One's own leg.
        leg: LegId,
        /// The other party.
        remote: Remote,
        /// When the call was answered, UTC milliseconds.
        established_at: WallTime,
        /// The call is being recorded.
        recording: bool,
        /// Nothing of it is kept at present.
        #[serde(default)]
        recording_paused: bool,
    },
    /// A party talks, and the recording holds nothing of it; or it does again. Told to the agent.
    RecordingSilent {
        /// The agent's own leg.
        leg: LegId,
        /// Who is not heard in the recording.
        participant: ParticipantType,
        /// False when all is well again.
        silent: bool,
    },
    /// The recording is paused or goes on; told to both parties.
    RecordingPaused {
        /// One's own leg.
        leg: LegId,
        /// Nothing is kept at present.
        paused: bool,
    },
    /// The call is on hold; told to both parties.
    Held {
        /// One's own leg.
        leg: LegId,
        /// Since when, UTC milliseconds.
        since: WallTime,
    },
    /// The hold is over: both hear each other again.
    Resumed {
        /// One's own leg.
        leg: LegId,
    },
    /// The call rings at another agent: neither hears the other. `established` follows, with the new agent or with the one
    /// of before.
    Transferring {
        /// One's own leg.
        leg: LegId,
        /// To whom.
        transfer: Transfer,
    },
    /// The other agent did not take the call: it is the transferor's again.
    TransferFailed {
        /// The transferor's leg.
        leg: LegId,
        /// Who did not take it.
        to: Remote,
        /// Why.
        reason: TransferFailure,
    },
    /// The other party turned a source on or off.
    RemoteMedia {
        /// One's own leg.
        leg: LegId,
        /// What the other party sends.
        media: MediaState,
    },
    /// The other party's connection broke or came back.
    RemoteConnection {
        /// One's own leg.
        leg: LegId,
        /// False while it is gone.
        connected: bool,
    },
    /// The other party's quality band changed.
    RemoteNetworkQuality {
        /// One's own leg.
        leg: LegId,
        /// 1 (BAD) to 5 (EXCELLENT).
        network_quality: u8,
    },
    /// One's own path to the media engine broke or came back.
    MediaPath {
        /// One's own leg.
        leg: LegId,
        /// False: the client restarts ICE. The server found no packets for a few seconds.
        connected: bool,
        /// The engine no longer holds the leg: the client rejoins instead.
        rejoin: bool,
    },
    /// Quality as the server measures it, once a second.
    Quality {
        /// One's own leg.
        leg: LegId,
        /// One's own connection.
        own: LegQuality,
        /// The other party's; sent to agents only.
        remote: Option<LegQuality>,
    },
    /// The call is over.
    Hangup {
        /// One's own leg.
        leg: LegId,
        /// Code as in the public API.
        code: CallError,
        /// Who ended it.
        ended_by: EndedBy,
        /// From answer to end; zero when it was not answered.
        duration_ms: u64,
    },
    /// The agent's state changed.
    AgentState(AgentState),
    /// Something in a conversation changed; fetch what is shown of it again.
    ConversationChanged {
        /// The conversation.
        conversation: ConversationId,
    },
    /// The same agent connected from another page, which took over. The server closes this one.
    Superseded {},
}

/// A TURN server, as browsers take it (`RTCIceServer`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IceServer {
    /// `turn:` and `turns:` URLs (RFC 7065).
    pub urls: Vec<String>,
    /// Says when it expires.
    pub username: String,
    /// The password. Never logged.
    pub credential: String,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).field("username", &self.username).finish_non_exhaustive()
    }
}

/// A call that rings at an agent, or at a customer whom an agent calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IncomingCall {
    /// One's own leg: accept or decline it.
    pub leg: LegId,
    /// The call.
    pub call: CallId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Who calls.
    pub from: Remote,
    /// The queue it came through; absent for a call link to this agent, and at a customer.
    pub queue: Option<QueueName>,
    /// Regular, transferred or callback.
    pub kind: CallKind,
    /// Seen from the contact center.
    pub direction: CallDirection,
    /// With or without a camera.
    pub media: CallMedia,
    /// As the page of who calls gave it.
    pub custom_data: BTreeMap<String, String>,
    /// How long it rings here, in milliseconds from now.
    pub rings_for_ms: u64,
}

/// A queue as people know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QueueName {
    /// Absent for the default queue.
    pub id: Option<QueueId>,
    /// Its name.
    pub name: String,
}

/// Where a call came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallKind {
    /// Straight from the customer.
    Regular,
    /// From another agent or queue.
    Transferred,
    /// The customer asked to be called.
    Callback,
}

/// The other party of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remote {
    /// Customer or agent.
    pub participant: ParticipantType,
    /// The identity: an agent's id, or what the call link says.
    pub identity: String,
    /// The name to show.
    pub display_name: String,
}

/// Why a call stopped ringing at an agent, or at a customer whom an agent calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RingEnd {
    /// The ring time-out passed.
    NoAnswer,
    /// It was declined.
    Declined,
    /// Who called went away.
    Cancelled,
    /// The agent answered (on this page).
    Answered,
    /// The agent's page was gone too long.
    AgentGone,
}

/// A live leg as the server knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LegSnapshot {
    /// The leg.
    pub leg: LegId,
    /// Its call.
    pub call: CallId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Where it is in life.
    pub phase: LegPhase,
    /// With or without a camera at the start.
    pub media: CallMedia,
    /// What this participant has turned on.
    pub own_media: MediaState,
    /// The other party, once established.
    pub remote: Option<Remote>,
    /// What the other party has turned on.
    pub remote_media: MediaState,
    /// The other party is there; false while its connection is broken.
    pub remote_connected: bool,
    /// When the call was answered.
    pub established_at: Option<WallTime>,
    /// The engine still holds the leg's transport: ICE restart is enough; otherwise rejoin.
    pub media_alive: bool,
    /// The call is being recorded.
    pub recording: bool,
    /// Nothing of it is kept at present.
    #[serde(default)]
    pub recording_paused: bool,
    /// The ringing call, when the phase is `ringing`.
    pub incoming: Option<IncomingCall>,
    /// Since when the call is on hold.
    #[serde(default)]
    pub held_since: Option<WallTime>,
    /// The call rings at another agent.
    #[serde(default)]
    pub transfer: Option<Transfer>,
}

/// A call on its way to another agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Transfer {
    /// Where it rings; told to the transferor alone.
    pub to: Option<Remote>,
    /// Since when, UTC milliseconds.
    pub since: WallTime,
}

/// Life of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LegPhase {
    /// A customer waits; or an agent's page rings for them.
    Waiting,
    /// Rings here.
    Ringing,
    /// Answered, media being set up.
    Connecting,
    /// Talking.
    Established,
    /// Over.
    Finished,
}

/// An agent as their own page shows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentState {
    /// The agent.
    pub agent: AgentId,
    /// What the agent set.
    pub status: AgentStatus,
    /// The account's own status within that group.
    #[serde(default)]
    pub custom_status: Option<CustomStatus>,
    /// The agent has as many conversations as one can have, and gets no new ones.
    #[serde(default)]
    pub full_capacity: bool,
    /// What the system finds: the status that counts for new calls.
    pub availability: AgentStatus,
    /// What the agent does with calls.
    pub voice: VoiceStatus,
    /// The wrap-up that runs.
    pub wrap_up: Option<WrapUp>,
}

/// A status that an account has named itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CustomStatus {
    /// The status.
    pub id: StatusId,
    /// Name to show.
    pub name: String,
}

/// A running wrap-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WrapUp {
    /// The call that ended.
    pub call: CallId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Time left, in milliseconds from now.
    pub remaining_ms: u64,
    /// Whether the agent may add ten seconds.
    pub can_extend: bool,
}

/// An error or hang-up code: id and name are those of the public API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallError {
    /// Number, 10000 to 10402.
    pub id: u32,
    /// Name, for example `NORMAL_HANGUP`.
    pub name: String,
    /// What happened, in plain words.
    pub description: String,
    /// What to do about it, in plain words; empty when there is nothing to do.
    #[serde(default)]
    pub action: String,
}
