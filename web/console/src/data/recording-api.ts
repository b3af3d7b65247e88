import { call } from "./api.ts";

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
  setOfAccount: ({ inbound, outbound, mediaType, enabled }: RecordingConfig) =>
    call<RecordingConfig>("PUT", ACCOUNT, { inbound, outbound, mediaType, enabled }),
  ofAgents: () => call<AgentRecordingConfig[]>("GET", AGENTS),
  setOfAgent: (agent: string, config: AgentRecordingFields) =>
    call<AgentRecordingConfig>("PUT", `${AGENTS}/${part(agent)}`, config),
  /** All files of a leg, for good. */
  deleteSegment: (segment: string) => call<void>("DELETE", `/recordings/1/files/${part(segment)}`),
};
