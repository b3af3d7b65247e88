import type { AgentStatus, Role } from "@switchroom/sdk";
import { type Agent, call, change, type NamedStatus, type Queue } from "./api.ts";

/** Somebody who signs in. */
export interface Person {
  id: string;
  /** Name to sign in with. */
  name: string;
  displayName: string;
  role: Role;
  /** The agent as whom the person takes calls. */
  agentId?: string;
  enabled: boolean;
}

export interface PersonFields {
  displayName: string;
  role: Role;
  agentId?: string | undefined;
  enabled: boolean;
}

export const scopes = ["conversations:read", "conversations:manage"] as const;
export type Scope = (typeof scopes)[number];

export interface ApiKey {
  id: string;
  name: string;
  scopes: string[];
  createdAt: string;
  expiresAt?: string;
  lastUsedAt?: string;
}

export interface Webhook {
  id: string;
  name: string;
  url: string;
  /** All when empty. */
  events: string[];
  enabled: boolean;
  disabledReason?: string;
  failure?: { since: string; attempts: number; nextAttemptAt: string; error: string };
  deliveredAt?: string;
}

export type WebhookFields = Pick<Webhook, "name" | "url" | "events" | "enabled">;

export interface QueueSettings extends Queue {
  isDefault: boolean;
  isAutoAssignmentEnabled: boolean;
  autoAssignmentAlgorithm: "LOAD_BALANCING" | "ROUND_ROBIN";
  isAutoAssignmentOutsideOfWorkingHoursEnabled: boolean;
  isStickyAutoAssignmentEnabled: boolean;
  stickyAgentTimeoutDays?: number;
  workingHoursId?: string;
}

/** Minutes of the day; an end before the start is past midnight. */
export interface DayHours {
  startTime: number;
  endTime: number;
  enabled: boolean;
}

export const days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"] as const;
export type Day = (typeof days)[number];

export interface Holiday {
  id: string;
  name: string;
  startDate: string;
  /** Exclusive. */
  endDate: string;
}

export interface WorkingHours {
  id: string;
  name: string;
  timezone: string;
  message: string;
  workWeek: Partial<Record<Day, DayHours>>;
  /** Disabled hours never end. */
  enabled: boolean;
  isDefault: boolean;
  holidays: Holiday[];
}

export type WorkingHoursFields = Omit<WorkingHours, "id" | "holidays">;

const USERS = "/auth/1/users";
const KEYS = "/auth/1/api-keys";
const WEBHOOKS = "/ccaas/1/webhooks";
const STATUSES = "/ccaas/1/agent-statuses";
const AGENTS = "/ccaas/1/agents";
const QUEUES = "/ccaas/1/queues";
const HOURS = "/ccaas/1/working-hours";
const ALL = "limit=999";
const part = encodeURIComponent;

/** What admins set up. */
export const settingsApi = {
  people: async () => (await call<{ users: Person[] }>("GET", `${USERS}?${ALL}`)).users,
  createPerson: (person: PersonFields & { name: string; password: string }) => call<Person>("POST", USERS, person),
  changePerson: (seen: Person, person: PersonFields) =>
    change<Person>("PUT", `${USERS}/${part(seen.id)}`, seen, person),
  setPassword: (id: string, password: string) => call<void>("PUT", `${USERS}/${part(id)}/password`, { password }),
  deletePerson: (id: string) => call<void>("DELETE", `${USERS}/${part(id)}`),

  createAgent: (agent: Pick<Agent, "displayName" | "status" | "role" | "enabled">) =>
    call<Agent>("POST", AGENTS, agent),
  changeAgent: (seen: Agent, agent: Pick<Agent, "displayName" | "status" | "role" | "enabled">) =>
    change<Agent>("PUT", `${AGENTS}/${part(seen.id)}`, seen, agent),
  agentsOf: async (queue: string) =>
    (await call<{ agents: Agent[] }>("GET", `${AGENTS}?${ALL}&queueIds=${part(queue)}`)).agents,
  joinQueue: (agent: string, queueId: string) => call<unknown>("POST", `${AGENTS}/${part(agent)}/queues`, { queueId }),
  leaveQueue: (agent: string, queue: string) =>
    call<unknown>("DELETE", `${AGENTS}/${part(agent)}/queues/${part(queue)}`),

  keys: async () => (await call<{ apiKeys: ApiKey[] }>("GET", `${KEYS}?${ALL}`)).apiKeys,
  createKey: (key: { name: string; scopes: Scope[]; expiresAt?: string | undefined }) =>
    call<ApiKey & { key: string }>("POST", KEYS, key),
  deleteKey: (id: string) => call<void>("DELETE", `${KEYS}/${part(id)}`),

  webhooks: async () => (await call<{ webhooks: Webhook[] }>("GET", `${WEBHOOKS}?${ALL}`)).webhooks,
  createWebhook: (webhook: WebhookFields) => call<Webhook & { secret: string }>("POST", WEBHOOKS, webhook),
  changeWebhook: (seen: Webhook, webhook: WebhookFields) =>
    change<Webhook>("PUT", `${WEBHOOKS}/${part(seen.id)}`, seen, webhook),
  newSecret: (id: string) => call<Webhook & { secret: string }>("POST", `${WEBHOOKS}/${part(id)}/secret`),
  replay: (id: string, fromTime: string) => call<Webhook>("POST", `${WEBHOOKS}/${part(id)}/replay`, { fromTime }),
  deleteWebhook: (id: string) => call<unknown>("DELETE", `${WEBHOOKS}/${part(id)}`),

  createStatus: (status: { name: string; group: AgentStatus }) => call<NamedStatus>("POST", STATUSES, status),
  changeStatus: (seen: NamedStatus, status: { name: string; group: AgentStatus }) =>
    change<NamedStatus>("PUT", `${STATUSES}/${part(seen.id)}`, seen, status),
  deleteStatus: (id: string) => call<unknown>("DELETE", `${STATUSES}/${part(id)}`),

  queues: async () => (await call<{ queues: QueueSettings[] }>("GET", `${QUEUES}?${ALL}`)).queues,
  createQueue: (queue: { name: string; isAutoAssignmentEnabled: boolean }) =>
    call<QueueSettings>("POST", QUEUES, queue),
  changeQueue: (seen: QueueSettings, queue: object) =>
    change<QueueSettings>("PUT", `${QUEUES}/${part(seen.id)}`, seen, queue),
  deleteQueue: (id: string) => call<unknown>("DELETE", `${QUEUES}/${part(id)}`),

  hours: async () => (await call<{ workingHours: WorkingHours[] }>("GET", `${HOURS}?${ALL}`)).workingHours,
  createHours: (hours: WorkingHoursFields) => call<WorkingHours>("POST", HOURS, hours),
  changeHours: (seen: WorkingHours, hours: WorkingHoursFields) =>
    change<WorkingHours>("PATCH", `${HOURS}/${part(seen.id)}`, seen, hours),
  addHoliday: (hours: string, holiday: Omit<Holiday, "id">) =>
    call<WorkingHours>("POST", `${HOURS}/${part(hours)}/holiday`, holiday),
  deleteHoliday: (hours: string, id: string) => call<unknown>("DELETE", `${HOURS}/${part(hours)}/holiday/${part(id)}`),
  deleteHours: (id: string) => call<unknown>("DELETE", `${HOURS}/${part(id)}`),
};
