import { call, change, send } from "./api.ts";

export interface Speech {
  text: string;
  /** BCP 47. */
  language: string;
  voice: { name: string; gender: string };
  /** 1 is the voice's own. */
  speechRate: number;
  isLanguageSelectedManually?: boolean;
}

interface FileSource {
  fileDescriptor: string;
}

export interface Message {
  enabled: boolean;
  audioSourceType?: "TTS" | "FILE" | undefined;
  ttsAudioSource?: Speech | undefined;
  fileAudioSource?: FileSource | undefined;
}

export const units = ["SECONDS", "MINUTES", "HOURS"] as const;

export interface Span {
  unit: (typeof units)[number];
  value: number;
}

/** From the end of one to the beginning of the next. */
export type Announcement = Message & { repeatInterval?: Span | undefined };

/** Without a file it is the music that comes with the program. */
export interface Music {
  enabled: boolean;
  /** Said where the API asks for it. */
  useDefault?: boolean;
  fileAudioSource?: FileSource | undefined;
}

export interface StrategyFields {
  name?: string | undefined;
  maximumWaitTime: Span;
  greetingMessage?: Message | undefined;
  musicOnHold?: Music | undefined;
  announcementMessage?: Announcement | undefined;
  maximumWaitTimeMessage?: Message | undefined;
  conditionType: "QUEUE" | "SENDER";
  condition: { queues?: string[]; senders?: unknown[] };
}

export type Strategy = StrategyFields & { id: string };

export interface AudioFile {
  id: string;
  name: string;
  sizeBytes: number;
  durationMs: number;
}

export interface CallTimeouts {
  /** Seconds, 3 to 60. */
  inbound: number;
  outbound: number;
}

export interface WrapUpConfig {
  wrapUpSeconds: number;
  canExtendWrapUp: boolean;
  enabled: boolean;
}

/** What customers hear on hold in calls of its queues. */
export interface HoldFields {
  name: string;
  onHoldMusic?: Music | undefined;
  announcementMessage?: Announcement | undefined;
  /** Ids, or `default` for the default queue. */
  queueIds: string[];
  enabled: boolean;
  /** For all queues without an own one that is enabled. */
  default: boolean;
}

export type HoldConfig = HoldFields & { id: string };

/** What those hear who call outside of working hours. */
export interface AwayMessage {
  audioSource: Message;
}

/** What customers hear while it rings at another agent. */
export interface TransferStrategy {
  musicOnHold?: Music | undefined;
  announcementMessage?: Announcement | undefined;
}

const VOICE = "/ccaas/voice/2";
const STRATEGIES = `${VOICE}/waiting-strategies`;
const HOLD = `${VOICE}/hold-configs-per-queue`;
const TRANSFER = `${VOICE}/transfer-configs/transfer-strategy`;
const FILES = `${VOICE}/audio-files`;
const AWAY = `${VOICE}/away-audio-message`;
const TIMEOUTS = `${VOICE}/call-timeouts`;
const WRAP_UP = `${VOICE}/account-wrap-up-config`;
const AGENT_CONFIGS = "/ccca/1/agent-configs";
const CAPACITY = "/ccaas/1/capacity-config";
const part = encodeURIComponent;

/** What callers hear while they wait, and what counts for all calls. */
export const waitingApi = {
  strategies: async () =>
    (await call<{ elements: Strategy[] }>("GET", `${STRATEGIES}?pageSize=999&sortBy=NAME&sortDirection=ASC`)).elements,
  createStrategy: (strategy: StrategyFields) => call<Strategy>("POST", STRATEGIES, strategy),
  changeStrategy: (seen: Strategy, strategy: StrategyFields) =>
    change<Strategy>("PUT", `${STRATEGIES}/${part(seen.id)}`, seen, strategy),
  deleteStrategy: (id: string) => call<unknown>("DELETE", `${STRATEGIES}/${part(id)}`),

  holdConfigs: async () =>
    (await call<{ elements: HoldConfig[] }>("GET", `${HOLD}?pageSize=999&sortBy=NAME&sortDirection=ASC`)).elements,
  createHold: (config: HoldFields) => call<HoldConfig>("POST", HOLD, config),
  changeHold: (seen: HoldConfig, config: HoldFields) =>
    change<HoldConfig>("PUT", `${HOLD}/${part(seen.id)}`, seen, config),
  deleteHold: (id: string) => call<unknown>("DELETE", `${HOLD}/${part(id)}`),

  transferStrategy: () => call<TransferStrategy>("GET", TRANSFER),
  setTransferStrategy: (seen: TransferStrategy, strategy: TransferStrategy) =>
    change<TransferStrategy>("PUT", TRANSFER, seen, strategy),

  files: async () => (await call<{ elements: AudioFile[] }>("GET", FILES)).elements,
  upload: (file: File) => {
    const body = new FormData();
    body.set("file", file);
    return send<AudioFile>(FILES, { method: "POST", body });
  },
  contentOf: (id: string) => `${FILES}/${part(id)}/content`,
  deleteFile: (id: string) => call<unknown>("DELETE", `${FILES}/${part(id)}`),

  awayMessage: (hours: string) => call<AwayMessage>("GET", `${AWAY}/${part(hours)}`),
  setAwayMessage: (hours: string, seen: Partial<AwayMessage>, audioSource: Message) =>
    change<unknown>("PUT", `${AWAY}/${part(hours)}`, seen, { audioSource }),

  timeouts: () => call<CallTimeouts>("GET", TIMEOUTS),
  setTimeouts: (seen: CallTimeouts, timeouts: CallTimeouts) => change<CallTimeouts>("PUT", TIMEOUTS, seen, timeouts),
  wrapUp: () => call<WrapUpConfig>("GET", WRAP_UP),
  setWrapUp: (seen: WrapUpConfig, config: WrapUpConfig) => change<WrapUpConfig>("PUT", WRAP_UP, seen, config),
  capacity: () => call<{ capacity: number }>("GET", CAPACITY),
  agentWrapUp: (agent: string) => call<{ wrapUpSeconds: number | null }>("GET", `${AGENT_CONFIGS}/${part(agent)}`),
  setAgentWrapUp: (agent: string, wrapUpSeconds: number | null) =>
    call<unknown>("PUT", `${AGENT_CONFIGS}/${part(agent)}/wrap-up`, { wrapUpSeconds }),
  agentCapacity: (agent: string) => call<{ capacity: number | null }>("GET", `/ccaas/1/agents/${part(agent)}/capacity`),
  setAgentCapacity: (agent: string, capacity: number | null) =>
    call<unknown>("PUT", `/ccaas/1/agents/${part(agent)}/capacity`, { capacity }),
  setCapacity: (seen: number, capacity: number) => change<unknown>("PUT", CAPACITY, { capacity: seen }, { capacity }),
};
