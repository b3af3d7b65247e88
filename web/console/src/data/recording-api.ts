import { call, change } from "./api.ts";

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

/** What is recorded of one agent's calls, in place of the account's. */
export interface AgentRecordingFields extends RecordingConfig {
  /** The account's holds. */
  useDefault: boolean;
}

export interface AgentRecordingConfig extends AgentRecordingFields {
  agentId: string;
}

const ACCOUNT = "/ccaas/voice/2/account-recording-config";
const AGENTS = "/ccaas/voice/2/agent-recording-configs";
const part = encodeURIComponent;

export const recordingApi = {
  ofAccount: () => call<RecordingConfig>("GET", ACCOUNT),
  setOfAccount: (seen: RecordingConfig, { inbound, outbound, mediaType, enabled }: RecordingConfig) =>
    change<RecordingConfig>("PUT", ACCOUNT, seen, { inbound, outbound, mediaType, enabled }),
  ofAgents: () => call<AgentRecordingConfig[]>("GET", AGENTS),
  /** `seen` is nothing where nothing was set. */
  setOfAgent: (agent: string, seen: AgentRecordingConfig | undefined, config: AgentRecordingFields) =>
    change<AgentRecordingConfig>("PUT", `${AGENTS}/${part(agent)}`, seen ?? {}, config),
  /** Of the conversation's call nothing is kept, or everything again. */
  setPaused: (conversation: string, paused: boolean) =>
    call<void>("POST", `/recordings/1/conversations/${part(conversation)}/${paused ? "pause" : "resume"}`),
  /** All files of a leg, for good. */
  deleteSegment: (segment: string) => call<void>("DELETE", `/recordings/1/files/${part(segment)}`),
};
