import { type Peaks, peaksOf } from "../player/peaks.ts";
import { call, change } from "./api.ts";
import { metadataQuery, type RecordingFilter } from "./recording-filter.ts";

export const recordedMedia = ["AUDIO", "AUDIO_AND_VIDEO"] as const;
export type RecordedMedia = (typeof recordedMedia)[number];

/** While it is enabled, only `enabled` can be changed. */
export interface RecordingConfig {
  /** Calls that customers begin. */
  inbound: boolean;
  /** Calls that agents begin. */
  outbound: boolean;
  mediaType: RecordedMedia;
  enabled: boolean;
}

/** What is recorded of all calls. */
export interface AccountRecordingConfig extends RecordingConfig {
  /** The files of a call's parties are merged into one, too. */
  autoCompose: boolean;
}

/** What is recorded of one agent's calls, in place of the account's. */
export interface AgentRecordingFields extends RecordingConfig {
  /** The account's holds. */
  useDefault: boolean;
}

export interface AgentRecordingConfig extends AgentRecordingFields {
  agentId: string;
}

/** What is known of one file; it stays when the file is deleted. */
export interface RecordingMetadata {
  recordingId: string;
  conversationId: string;
  /** The call. */
  conferenceId: string;
  direction: "INBOUND" | "OUTBOUND";
  recordingStatus: "SUCCESSFUL" | "PARTIALLY_FAILED" | "FAILED";
  /** Why it is not all there. */
  reason?: string;
  filename?: string;
  /** Seconds. */
  duration?: number;
  participantIdentity?: string;
  participantName: string;
  participantType: "CUSTOMER" | "AGENT";
  mediaType: RecordedMedia;
  /** The shared screen rather than voice and camera. */
  screen?: boolean;
  /** Milliseconds since 1970, as the other times. */
  startedAt: number;
  deletedAt?: number;
  deletedBy?: string;
  /** Ids of agents and queues. */
  transferredFrom?: string;
  transferredTo?: string;
  transferredFromQueue?: string;
  transferredToQueue?: string;
  /** The file as it was recorded, while it is there. */
  nativeUrl?: string;
  nativeMimeType?: string;
}

export interface MetadataPage {
  elements: RecordingMetadata[];
  total: number;
}

const ACCOUNT = "/ccaas/voice/2/account-recording-config";
const AGENTS = "/ccaas/voice/2/agent-recording-configs";
const FILES = "/recordings/1/files";
const part = encodeURIComponent;

/** More than a seek bar has room for. */
const PEAKS = 500;

export const recordingApi = {
  metadata: (filter: RecordingFilter) =>
    call<MetadataPage>("GET", `/ccaas/voice/2/recording/metadata?${metadataQuery(filter)}`),
  ofAccount: () => call<AccountRecordingConfig>("GET", ACCOUNT),
  setOfAccount: (
    seen: AccountRecordingConfig,
    { inbound, outbound, mediaType, autoCompose, enabled }: AccountRecordingConfig,
  ) => change<AccountRecordingConfig>("PUT", ACCOUNT, seen, { inbound, outbound, mediaType, autoCompose, enabled }),
  ofAgents: () => call<AgentRecordingConfig[]>("GET", AGENTS),
  /** `seen` is nothing where nothing was set. */
  setOfAgent: (agent: string, seen: AgentRecordingConfig | undefined, config: AgentRecordingFields) =>
    change<AgentRecordingConfig>("PUT", `${AGENTS}/${part(agent)}`, seen ?? {}, config),
  /** Of the conversation's call nothing is kept, or everything again. */
  setPaused: (conversation: string, paused: boolean) =>
    call<void>("POST", `/recordings/1/conversations/${part(conversation)}/${paused ? "pause" : "resume"}`),
  /** All files of a leg, for good. */
  deleteSegment: (segment: string) => call<void>("DELETE", `${FILES}/${part(segment)}`),
  /** How loud it is when; nothing where the server does not tell. */
  peaks: (segment: string): Promise<Peaks | undefined> =>
    call<unknown>("GET", `${FILES}/${part(segment)}/peaks?buckets=${PEAKS}`).then(peaksOf, () => undefined),
};
