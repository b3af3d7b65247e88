/**
 * Messages of the signaling WebSocket, version 1: one JSON object per text frame, told apart by `type`.
 * The server's own definition is the crate `wire`; docs/signaling.md describes the protocol.
 */

export const PROTOCOL = 1;
export const MIN_PROTOCOL = 1;

export type Role = "AGENT" | "SUPERVISOR" | "ADMIN";
export type AgentStatus = "ACTIVE" | "BUSY" | "AWAY" | "INVISIBLE";
export type VoiceStatus = "IDLE" | "RINGING" | "IN_CALL" | "ON_HOLD" | "TRANSFERRING" | "WRAPPING";
export type ParticipantType = "CUSTOMER" | "AGENT";
export type CallDirection = "INBOUND" | "OUTBOUND";
export type CallMedia = "audio" | "video";
export type Codec = "opus" | "vp8" | "h264";
export type EndedBy = "CUSTOMER" | "AGENT" | "API" | "PLATFORM";
export type CallKind = "REGULAR" | "TRANSFERRED" | "CALLBACK";
export type RingEnd = "no_answer" | "declined" | "cancelled" | "answered" | "agent_gone";
export type LegPhase = "waiting" | "ringing" | "connecting" | "established" | "finished";
export type TransferFailure = "DECLINED" | "NO_ANSWER" | "AGENT_GONE" | "NOT_CONNECTED";
export type OfferReason = "ice_restart" | "renegotiate" | "rejoin";

/** Which of a participant's sources are on. */
export interface MediaState {
  muted: boolean;
  camera: boolean;
  screen_share: boolean;
}

/** Id and name are those of the public API. */
export interface CallError {
  id: number;
  name: string;
  description: string;
  /** What to do about it; empty when there is nothing to do. */
  action: string;
}

/** The other party of a call. */
export interface Remote {
  participant: ParticipantType;
  identity: string;
  display_name: string;
}

export interface QueueName {
  id: string | null;
  name: string;
}

/** One direction of a leg. */
export interface HopQuality {
  /** 1 to 4.5; null while nothing was sent. */
  mos: number | null;
  /** 0 to 1, before repair. */
  loss: number;
  jitter_seconds: number;
}

export interface LegQuality {
  uplink: HopQuality;
  downlink: HopQuality;
  rtt_seconds: number | null;
  heard_mos: number | null;
  /** The worse leg MOS of the two directions is below 4. */
  weak: boolean;
  /** The other party films, and this leg's path carries sound alone. */
  video_held_back: boolean;
}

export interface WrapUp {
  call: string;
  conversation: string;
  remaining_ms: number;
  can_extend: boolean;
}

export interface AgentState {
  agent: string;
  status: AgentStatus;
  /** The account's own status within that group. */
  custom_status?: { id: string; name: string } | null;
  /** The agent has as many conversations as one can have, and gets no new ones. */
  full_capacity?: boolean;
  availability: AgentStatus;
  voice: VoiceStatus;
  wrap_up: WrapUp | null;
}

export interface IncomingCallInfo {
  leg: string;
  call: string;
  conversation: string;
  from: Remote;
  /** Null for a call link to this agent. */
  queue: QueueName | null;
  kind: CallKind;
  direction: CallDirection;
  media: CallMedia;
  custom_data: Record<string, string>;
  rings_for_ms: number;
}

export interface LegSnapshot {
  leg: string;
  call: string;
  conversation: string;
  phase: LegPhase;
  media: CallMedia;
  own_media: MediaState;
  remote: Remote | null;
  remote_media: MediaState;
  remote_connected: boolean;
  established_at: number | null;
  /** ICE restart is enough; otherwise rejoin. */
  media_alive: boolean;
  recording: boolean;
  /** A server of an earlier release does not send it. */
  recording_paused?: boolean;
  incoming: IncomingCallInfo | null;
  /** Since when the call is on hold; a server of an earlier release does not send it. */
  held_since?: number | null;
  /** It rings at another agent; a server of an earlier release does not send it. */
  transfer?: Transfer | null;
}

/** A call on its way to another agent. */
export interface Transfer {
  /** Told to the transferor alone. */
  to: Remote | null;
  since: number;
}

/** Null is the default queue. */
export type TransferTarget = { agent: string } | { queue: string | null };

/** A TURN server, as `RTCPeerConnection` takes it. */
export interface IceServer {
  urls: string[];
  /** Says when it expires. */
  username: string;
  credential: string;
}

export type ClientMessage =
  | { type: "hello"; protocol: number; min_protocol: number; build: string; token: string }
  | { type: "ping"; sequence: number }
  | { type: "set_media"; leg: string; media: MediaState }
  | { type: "network_quality_changed"; leg: string; network_quality: number }
  | ({ request: number } & ClientRequest);

/** Messages that the server answers; the link numbers them. */
export type ClientRequest =
  | { type: "start_call"; media: CallMedia; offer: string; custom_data: Record<string, string> }
  | { type: "accept"; leg: string; offer: string }
  | { type: "decline"; leg: string }
  | { type: "hangup"; leg: string }
  | { type: "hold"; leg: string }
  | { type: "resume"; leg: string }
  | { type: "transfer"; leg: string; to: TransferTarget }
  | { type: "offer"; leg: string; reason: OfferReason; sdp: string };

export interface Welcome {
  type: "welcome";
  protocol: number;
  build: string;
  identity: string;
  display_name: string;
  participant: ParticipantType;
  role: Role | null;
  reconnect_window_ms: number;
  leg: LegSnapshot | null;
  agent: AgentState | null;
  /** For every PeerConnection from now on; a server of an earlier release does not send it. */
  ice_servers?: IceServer[];
}

/** What answers a request. */
export type ServerReply =
  | { type: "error"; request: number | null; error: CallError }
  | { type: "done"; request: number }
  | { type: "call_started"; request: number; call: string; conversation: string; leg: string; answer: string }
  | { type: "answer"; request: number; leg: string; sdp: string };

/** Whether a call is recorded, and whether nothing of it is kept at present. */
export interface RecordingState {
  recording: boolean;
  /** A server of an earlier release does not send it. */
  recording_paused?: boolean;
}

/** What the server says about one leg. */
export type LegMessage =
  | { type: "waiting"; leg: string; position: number }
  | { type: "waiting_ends"; leg: string; ends_in_ms: number }
  | { type: "ringing"; leg: string }
  | { type: "renegotiate"; leg: string; video_codecs: Codec[] }
  | ({ type: "established"; leg: string; remote: Remote; established_at: number } & RecordingState)
  | { type: "recording_silent"; leg: string; participant: ParticipantType; silent: boolean }
  | { type: "recording_paused"; leg: string; paused: boolean }
  | { type: "held"; leg: string; since: number }
  | { type: "resumed"; leg: string }
  | { type: "transferring"; leg: string; transfer: Transfer }
  | { type: "transfer_failed"; leg: string; to: Remote; reason: TransferFailure }
  | { type: "remote_media"; leg: string; media: MediaState }
  | { type: "remote_connection"; leg: string; connected: boolean }
  | { type: "remote_network_quality"; leg: string; network_quality: number }
  | { type: "media_path"; leg: string; connected: boolean; rejoin: boolean }
  | { type: "quality"; leg: string; own: LegQuality; remote: LegQuality | null }
  | { type: "hangup"; leg: string; code: CallError; ended_by: EndedBy; duration_ms: number };

export type ServerMessage =
  | Welcome
  | { type: "ice_servers"; ice_servers: IceServer[] }
  | { type: "pong"; sequence: number }
  | ServerReply
  | LegMessage
  | ({ type: "incoming_call" } & IncomingCallInfo)
  | { type: "incoming_call_gone"; leg: string; reason: RingEnd }
  | ({ type: "agent_state" } & AgentState)
  | { type: "conversation_changed"; conversation: string }
  | { type: "superseded" };
