import type { AgentStatus, Role, VoiceStatus } from "@switchroom/sdk";

export interface Session {
  userId: string;
  accountId: string;
  displayName: string;
  role: Role;
  agentId: string | null;
}

export type ConversationStatus = "OPEN" | "WAITING" | "SOLVED" | "CLOSED";

export interface Conversation {
  id: string;
  topic?: string | null;
  summary?: string | null;
  status: ConversationStatus;
  priority?: string;
  queueId?: string | null;
  agentId?: string | null;
  createdAt: string;
  updatedAt?: string | null;
  closedAt?: string | null;
  channel?: string | null;
  customer?: { id: string; identity: string; displayName: string } | null;
}

export interface ConversationPage {
  conversations: Conversation[];
  pagination: { totalItems: number };
}

export interface Note {
  id: string;
  content: string;
  agentId?: string | null;
  createdAt: string;
}

/** One line of a conversation's history; what else it carries depends on the type. */
export interface TimelineEvent {
  id: string;
  type: string;
  at: string;
  callId?: string | null;
  direction?: string;
  agentName?: string;
  toAgentName?: string;
  toQueueId?: string;
  legId?: string;
  waitingMs?: number;
  heldMs?: number;
  endedBy?: string;
  durationMs?: number;
  code?: number;
  reason?: string;
  /** Name of who had something deleted. */
  by?: string;
}

export interface Recording {
  segmentId: string;
  callId: string;
  participantType: "CUSTOMER" | "AGENT";
  participantName: string;
  /** One party's voice, or all of them in one file. */
  kind?: "LEG" | "COMPOSED";
  mediaType: "AUDIO" | "AUDIO_AND_VIDEO";
  screen: boolean;
  status: "RECORDING" | "FINISHED" | "FAILED" | "DELETED";
  durationMs: number | null;
  /** Time that the file misses and states as gaps. */
  gapsMs?: number | null;
  bytes: number | null;
  mime: string | null;
  fileName: string | null;
  startedAt: string;
  /** Why there is nothing to play. */
  reason?: string;
  /** Null until the file is complete. */
  url: string | null;
  downloadUrl: string | null;
  deletedAt?: string;
  /** Name of who had it deleted. */
  deletedBy?: string;
}

export interface Agent {
  id: string;
  displayName: string;
  status: AgentStatus;
  /** The account's own status within that group. */
  statusName?: string;
  availability: AgentStatus;
  role: Role;
  enabled: boolean;
}

/** A status that the account has named itself. */
export interface NamedStatus {
  id: string;
  name: string;
  group: AgentStatus;
}

export interface Queue {
  id: string;
  name: string;
  isAutoAssignmentEnabled?: boolean;
  enabledAgentsCount?: number;
}

/** An agent of a call's queue, to whom it may be handed over. */
export interface TransferAgent {
  agentId: string;
  displayName: string;
  available: boolean;
  availability: AgentStatus;
  voice: VoiceStatus;
}

export interface TransferQueue {
  /** Null for the default queue. */
  queueId: string | null;
  queueName: string;
  /** It is inside its working hours. */
  active: boolean;
  autoAssignmentEnabled: boolean;
  availableAgentsCount: number;
}

export interface TransferPage<T> {
  /** The call's queue, beside its agents. */
  queueName?: string;
  elements: T[];
  total: number;
}

export interface CallLink {
  id: string;
  url: string;
  identity?: string;
  displayName?: string;
  validityWindow?: { oneTime?: boolean; startTime?: string; endTime?: string };
}

export interface NewCallLink {
  identity?: string;
  displayName?: string;
  destination: { type: "CONVERSATIONS" };
  validityWindow: { oneTime?: boolean; startTime?: string; endTime?: string };
  callLinkConfigId?: string;
}

export interface LinkConfig {
  id: string;
  name: string;
  isDefault?: boolean;
}

/** A refused request; `message` is the server's own sentence. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

let onSignedOut: () => void = () => undefined;

/** What to do when the server no longer knows the sign-in. */
export function whenSignedOut(work: () => void): void {
  onSignedOut = work;
}

export function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  return send<T>(path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

/** As `call`, with a body of its own kind: a form, for example. */
export async function send<T>(path: string, request: RequestInit): Promise<T> {
  return (await answerTo<T>(path, request)).value;
}

async function answerTo<T>(path: string, request: RequestInit): Promise<{ value: T; tag: string | null }> {
  let response: Response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new ApiError(0, "The server does not answer.");
  }
  const text = await response.text();
  if (response.ok) {
    return { value: (text === "" ? undefined : JSON.parse(text)) as T, tag: response.headers.get("etag") };
  }
  if (response.status === 401 && path !== SESSION) onSignedOut();
  throw new ApiError(response.status, errorText(text) ?? `The server answered with ${response.status}.`);
}

/** What changes by itself, or is told in some answers alone: it says nothing about somebody's editing. */
const LIVE = new Set(
  "updatedAt enabledAgentsCount enabledRoutesCount availability foundStatus statusName email failure deliveredAt pagination".split(
    " ",
  ),
);

/** Whether somebody has changed it between the two. */
export function differs(seen: object, now: object): boolean {
  const [before, after] = [seen, now] as [Record<string, unknown>, Record<string, unknown>];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].some((key) => !LIVE.has(key) && JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

/** The server's status where `If-Match` names something older. */
const PRECONDITION_FAILED = 412;

/** Changes what the page showed as `seen`, unless somebody else has changed it since. */
export async function change<T>(method: "PUT" | "PATCH", path: string, seen: object, body: unknown): Promise<T> {
  const now = await answerTo<object>(path, {}).catch((error: unknown) => {
    // Nothing is set yet, or it was deleted: the change itself says so.
    if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return undefined;
    throw error;
  });
  if (now === undefined) return call<T>(method, path, body);
  if (differs(seen, now.value)) throw changedMeanwhile();
  const headers = { "content-type": "application/json", ...(now.tag === null ? {} : { "if-match": now.tag }) };
  try {
    return await send<T>(path, { method, headers, body: JSON.stringify(body) });
  } catch (error) {
    throw isChangedMeanwhile(error) ? changedMeanwhile() : error;
  }
}

export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof ApiError && error.status === PRECONDITION_FAILED;
}

function changedMeanwhile(): ApiError {
  return new ApiError(
    PRECONDITION_FAILED,
    "Somebody else has changed this meanwhile. Close it, look at it again, and repeat your change.",
  );
}

/** Reads both of the API's error forms. */
export function errorText(body: string): string | undefined {
  try {
    const json = JSON.parse(body) as {
      message?: string;
      requestError?: { serviceException?: { text?: string; validationErrors?: Record<string, string[]> } };
    };
    const exception = json.requestError?.serviceException;
    const fields = Object.entries(exception?.validationErrors ?? {}).map(([name, all]) => `${name} ${all.join(", ")}`);
    const sentence = exception?.text ?? json.message;
    return fields.length > 0 ? `${sentence ?? ""} ${fields.join("; ")}`.trim() : sentence;
  } catch {
    return undefined;
  }
}

export function problemText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const SESSION = "/auth/1/session";
const CCAAS = "/ccaas/1";
const part = encodeURIComponent;

/** Targets on a page; more are found by name. */
const TARGETS = "100";

function named(name: string): URLSearchParams {
  return new URLSearchParams({ size: TARGETS, ...(name === "" ? {} : { name }) });
}

interface Listed {
  agents?: Agent[];
  statuses?: NamedStatus[];
  queues?: Queue[];
  notes?: Note[];
}

export const api = {
  session: () => call<Session>("GET", SESSION),
  signIn: (username: string, password: string) => call<Session>("POST", SESSION, { name: username, password }),
  signOut: () => call<void>("DELETE", SESSION),
  token: (identity: string) =>
    call<{ token: string; expirationTime?: string }>("POST", "/webrtc/1/token", { identity }),

  setStatus: (agentId: string, to: { status: AgentStatus } | { statusId: string }) =>
    call<unknown>("PUT", `${CCAAS}/agents/${part(agentId)}/status`, to),
  agentStatuses: async () => (await call<Listed>("GET", `${CCAAS}/agent-statuses?limit=999`)).statuses ?? [],
  agents: async () => (await call<Listed>("GET", `${CCAAS}/agents?limit=999`)).agents ?? [],
  queues: async () => (await call<Listed>("GET", `${CCAAS}/queues?limit=999`)).queues ?? [],

  /** The newest contacts first. */
  conversations: (filter: { agentId?: string | undefined; status?: string | undefined }) => {
    const query = new URLSearchParams({ limit: "100", orderBy: "updatedAt:desc" });
    if (filter.agentId !== undefined) query.set("agentId", filter.agentId);
    if (filter.status !== undefined && filter.status !== "") query.set("status", filter.status);
    return call<ConversationPage>("GET", `${CCAAS}/conversations?${query}`);
  },
  conversation: (id: string) => call<Conversation>("GET", `${CCAAS}/conversations/${part(id)}`),
  changeConversation: (id: string, change: Partial<Pick<Conversation, "status" | "summary" | "topic">>) =>
    call<Conversation>("PATCH", `${CCAAS}/conversations/${part(id)}`, change),
  notes: async (id: string) =>
    (await call<Listed>("GET", `${CCAAS}/conversations/${part(id)}/notes?limit=999`)).notes ?? [],
  addNote: (id: string, content: string) => call<Note>("POST", `${CCAAS}/conversations/${part(id)}/notes`, { content }),
  timeline: async (id: string) =>
    (await call<{ events: TimelineEvent[] }>("GET", `${CCAAS}/conversations/${part(id)}/timeline`)).events,
  recordings: async (id: string) =>
    (await call<{ recordings: Recording[] }>("GET", `${CCAAS}/conversations/${part(id)}/recordings`)).recordings,

  /** Names the conversation in which the agent is going to call whoever has this identity. */
  openOutbound: async (agentId: string, to: string, from: string) =>
    (
      await call<{ conversationId: string }>("POST", "/ccaas/voice/2/outbound-call-conversation", {
        from,
        to,
        agentId,
        voiceClientType: "WEBRTC",
      })
    ).conversationId,

  transferAgents: (conversation: string, name: string) =>
    call<TransferPage<TransferAgent>>(
      "GET",
      `/ccaas/voice/2/conversation/${part(conversation)}/transfer/agents?${named(name)}`,
    ),
  transferQueues: (name: string) =>
    call<TransferPage<TransferQueue>>("GET", `/ccaas/voice/2/transfer/queues?${named(name)}`),

  addWrapUp: (agentId: string, seconds: number) =>
    call<unknown>("PATCH", `/ccaas/voice/2/agent/${part(agentId)}/wrap-up-time/add/${seconds}`),
  clearWrapUp: (agentId: string) => call<unknown>("PATCH", `/ccaas/voice/2/agent/${part(agentId)}/wrap-up-time/clear`),

  links: async () => (await call<{ results: CallLink[] }>("GET", "/call-link/1/links?size=100")).results,
  createLink: (link: NewCallLink) => call<{ id: string; url: string }>("POST", "/call-link/1/links", link),
  deleteLink: (id: string) => call<unknown>("DELETE", `/call-link/1/links/${part(id)}`),
  linkConfigs: async () => (await call<{ results: LinkConfig[] }>("GET", "/call-link/1/configs?size=100")).results,
};
