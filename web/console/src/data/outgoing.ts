import { type Call, type CallError, CallStatus } from "@switchroom/sdk";
import { type TextKey, t } from "../text.ts";
import type { Conversation } from "./api.ts";
import type { Phone } from "./phone.ts";

/** Whom to call, and how. */
export interface Callee {
  identity: string;
  /** What this page calls the customer until the server says it. */
  name: string;
  video: boolean;
}

export interface Failure {
  /** The code's name, or REFUSED where there was no call. */
  reason: string;
  happened: string;
  /** What to do about it; empty when nobody knows. */
  next: string;
}

/** A customer who is being called: until both talk, or the agent has seen why not. */
export interface Outgoing extends Callee {
  /** This page's clock, milliseconds since 1970. */
  since: number;
  conversation?: string | undefined;
  call?: Call | undefined;
  failure?: Failure | undefined;
}

/** A customer of one of the newest conversations. */
export interface RecentCustomer {
  identity: string;
  name: string;
  /** When the newest of their conversations changed last. */
  at: string;
}

/** Identities that were made for people who have none: no page waits for calls under them. */
export const MADE_UP = "guest-";

export function mayBeCalled({ customer }: Pick<Conversation, "customer">): boolean {
  return customer !== null && customer !== undefined && !customer.identity.startsWith(MADE_UP);
}

/** Each customer once, in the order of the conversations. */
export function recentCustomers(conversations: readonly Conversation[]): RecentCustomer[] {
  const all = new Map<string, RecentCustomer>();
  for (const { customer, updatedAt, createdAt } of conversations.filter(mayBeCalled)) {
    if (!customer || all.has(customer.identity)) continue;
    const { identity, displayName } = customer;
    all.set(identity, { identity, name: displayName || identity, at: updatedAt ?? createdAt });
  }
  return [...all.values()];
}

/** Why this agent can call nobody now; undefined when they can. */
export function whyNoCall(
  phone: Pick<Phone, "agent" | "call" | "incoming" | "link" | "outgoing" | "wrapUp">,
): TextKey | undefined {
  const { agent, outgoing } = phone;
  if (phone.link !== "connected") return "noCallOffline";
  if (phone.incoming !== undefined || agent?.voice === "RINGING") return "noCallRinging";
  if (phone.call !== undefined || (outgoing !== undefined && outgoing.failure === undefined)) return "noCallInCall";
  if (phone.wrapUp !== undefined || agent?.voice === "WRAPPING") return "noCallWrapping";
  return agent?.voice === "IDLE" ? undefined : "noCallInCall";
}

const known = {
  REJECTED: ["outREJECTED", "outREJECTEDnext"],
  NO_ANSWER: ["outNO_ANSWER", "outNO_ANSWERnext"],
  TEMPORARILY_UNAVAILABLE: ["outUnreachable", "outUnreachableNext"],
  BUSY: ["outBUSY", "outBUSYnext"],
  NETWORK_ERROR: ["outNotConnected", "outNotConnectedNext"],
  MEDIA_ERROR: ["outNotConnected", "outNotConnectedNext"],
} as const satisfies Record<string, readonly [TextKey, TextKey]>;

/** Why the customer was not reached, in the words of whoever called. */
export function failureOf({ name: reason, description, action }: CallError, name: string): Failure {
  const words = reason in known ? known[reason as keyof typeof known] : undefined;
  if (words === undefined) return { reason, happened: description, next: action };
  return { reason, happened: t(words[0], { name }), next: t(words[1], { name }) };
}

/** It was asked for, and no call came of it. */
export function refusal(problem: string): Failure {
  return { reason: "REFUSED", happened: problem, next: "" };
}

const KEY = "switchroom.outgoing";

/** Remembers over a reload whom the call that rings is to. */
export function keepOutgoing(outgoing: Outgoing | undefined): void {
  try {
    if (outgoing === undefined) return sessionStorage.removeItem(KEY);
    const { call: _, ...rest } = outgoing;
    sessionStorage.setItem(KEY, JSON.stringify(rest));
  } catch {
    // Without storage a reload shows the call without a name until it is answered.
  }
}

/** What was kept of this call, which is taken up again. */
export function outgoingAgain(call: Call): Outgoing | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Outgoing | null;
    const same = kept !== null && kept.conversation === call.conversationId;
    return same && call.status !== CallStatus.ESTABLISHED ? { ...kept, call } : undefined;
  } catch {
    return undefined;
  }
}
