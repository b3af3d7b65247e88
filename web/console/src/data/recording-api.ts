import { type Peaks, peaksOf } from "../player/peaks.ts";
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
const FILES = "/recordings/1/files";
const part = encodeURIComponent;

/** More than a seek bar has room for. */
const PEAKS = 500;

export const recordingApi = {
  ofAccount: () => call<RecordingConfig>("GET", ACCOUNT),
  setOfAccount: (seen: RecordingConfig, { inbound, outbound, mediaType, enabled }: RecordingConfig) =>
    change<RecordingConfig>("PUT", ACCOUNT, seen, { inbound, outbound, mediaType, enabled }),
  ofAgents: () => call<AgentRecordingConfig[]>("GET", AGENTS),
  /** `seen` is nothing where nothing was set. */
  setOfAgent: (agent: string, seen: AgentRecordingConfig | undefined, config: AgentRecordingFields) =>
    change<AgentRecordingConfig>("PUT", `${AGENTS}/${part(agent)}`, seen ?? {}, config),
  /** All files of a leg, for good. */
  deleteSegment: (segment: string) => call<void>("DELETE", `${FILES}/${part(segment)}`),
  /** How loud it is when; nothing where the server does not tell. */
  peaks: (segment: string): Promise<Peaks | undefined> =>
    call<unknown>("GET", `${FILES}/${part(segment)}/peaks?buckets=${PEAKS}`).then(peaksOf, () => undefined),
};
