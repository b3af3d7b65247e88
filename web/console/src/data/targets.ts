import type { TransferTarget } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { t, word } from "../text.ts";
import { api, type TransferAgent, type TransferQueue } from "./api.ts";
import { type Loaded, useLoaded } from "./load.ts";

export const tabs = ["agents", "queues"] as const;
export type Tab = (typeof tabs)[number];

/** An agent or a queue that a call may be handed over to. */
export interface Target {
  key: string;
  name: string;
  to: TransferTarget;
  /** It can take the call now. */
  able: boolean;
  /** What it does, or why it cannot take the call. */
  says: string;
  color: "good" | "warn" | "bad" | "";
}

export interface Targets {
  all: Target[];
  /** Those on other pages counted. */
  total: number;
  /** Targets at which somebody would answer now. */
  staffed: number;
  /** The call's queue, beside its agents. */
  queueName: string | undefined;
}

const colors = { ACTIVE: "warn", BUSY: "bad", AWAY: "warn", INVISIBLE: "" } as const;

export function agentTarget(agent: TransferAgent): Target {
  const { agentId, displayName: name, available: able, availability, voice } = agent;
  const target = { key: agentId, name, to: { agent: agentId }, able };
  if (able) return { ...target, says: t("agentAvailable"), color: "good" };
  if (voice !== "IDLE") return { ...target, says: word(voice), color: "bad" };
  const says = availability === "ACTIVE" ? t("agentUnavailable") : word(availability);
  return { ...target, says, color: colors[availability] ?? "" };
}

export function queueTarget(queue: TransferQueue): Target {
  const { queueId, queueName: name, availableAgentsCount: count } = queue;
  const target = { key: queueId ?? "default", name, to: { queue: queueId } };
  if (!queue.autoAssignmentEnabled) return { ...target, able: false, says: t("queueByHand"), color: "" };
  if (!queue.active) return { ...target, able: false, says: t("queueClosed"), color: "" };
  if (count === 0) return { ...target, able: true, says: t("queueWaits"), color: "warn" };
  return { ...target, able: true, says: t("queueReady", { count }), color: "good" };
}

async function load(tab: Tab, conversation: string, name: string): Promise<Targets> {
  if (tab === "agents") {
    const { elements, total, queueName } = await api.transferAgents(conversation, name);
    return targetsOf(elements.map(agentTarget), total, queueName);
  }
  const { elements, total } = await api.transferQueues(name);
  return targetsOf(elements.map(queueTarget), total, undefined);
}

function targetsOf(all: Target[], total: number, queueName: string | undefined): Targets {
  return { all, total, staffed: all.filter(({ color }) => color === "good").length, queueName };
}

const REFRESH_MS = 3_000;
const SEARCH_AFTER_MS = 250;

/** Targets of a tab whose names contain `search`, renewed while the page is visible. */
export function useTargets(tab: Tab, conversation: string, search: string): Loaded<Targets> {
  const name = useSettled(search.trim(), SEARCH_AFTER_MS);
  const loaded = useLoaded(`${tab} ${name}`, () => load(tab, conversation, name), REFRESH_MS);
  // What was found before stays until the new search is answered.
  const last = useRef<{ tab: Tab; data: Targets | undefined }>({ tab, data: undefined });
  if (last.current.tab !== tab || loaded.data !== undefined) last.current = { tab, data: loaded.data };
  return { ...loaded, data: last.current.data };
}

/** The value once it has not changed for so long; nothing at once. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return value === "" ? "" : settled;
}
