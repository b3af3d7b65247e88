import { clock, when } from "../../../shared/src/format.ts";
import { api, type TimelineEvent } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { isText, t, word } from "../text.ts";
import { Empty } from "./common.tsx";

/**
 * Whose leg is which: agents' legs are named when they ring, and the others are the customer's; where an agent called,
 * also that agent's.
 */
export function ownersOf(events: readonly TimelineEvent[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { type, legId, agentName } of events) {
    if (type === "CALL_RINGING" && legId !== undefined) owners.set(legId, agentName ?? t("someAgent"));
  }
  return owners;
}

/** Calls that an agent placed. */
export function placedOf(events: readonly TimelineEvent[]): Set<string> {
  const placed = events.filter(({ type, direction }) => type === "CALL_STARTED" && direction === "OUTBOUND");
  return new Set(placed.map(({ callId }) => callId ?? ""));
}

type Names = ReadonlyMap<string, string>;

interface Known {
  owners?: Names;
  /** By id. */
  queues?: Names;
  placed?: ReadonlySet<string>;
}

function isPlaced({ callId }: TimelineEvent, placed: Known["placed"]): boolean {
  return placed?.has(callId ?? "") === true;
}

function keyOf(event: TimelineEvent, placed: Known["placed"]): string {
  const { type, durationMs } = event;
  if (type === "CALL_ENDED" && (durationMs ?? 0) === 0) return "evCallMissed";
  if (type === "CALL_ANSWERED" && isPlaced(event, placed)) return "evCallTaken";
  return `ev${type}`;
}

/** An event in words; one of a later release by its own name. */
export function inWords(event: TimelineEvent, { owners, queues, placed }: Known = {}): string {
  const key = keyOf(event, placed);
  if (!isText(key)) return word(event.type);
  const queue = queues?.get(event.toQueueId ?? "");
  return t(key, {
    agent: event.agentName ?? t("someAgent"),
    to: event.toAgentName ?? t("someAgent"),
    queue: queue === undefined ? t("someQueue") : t("namedQueue", { name: queue }),
    held: clock(event.heldMs ?? 0),
    direction: word(event.direction ?? "INBOUND"),
    wait: clock(event.waitingMs ?? 0),
    who: word(event.endedBy ?? "PLATFORM"),
    owner: owners?.get(event.legId ?? "") ?? t(isPlaced(event, placed) ? "oneSide" : "CUSTOMER"),
    duration: clock(event.durationMs ?? 0),
    by: event.by ?? "",
    reason: event.type === "CALL_TRANSFER_FAILED" ? word(event.reason ?? "", "why") : (event.reason ?? ""),
  });
}

/** Names of the account's queues, where an event speaks of one. */
function useQueueNames(events: readonly TimelineEvent[]): Names {
  const needed = events.some(({ toQueueId }) => toQueueId !== undefined);
  const queues = useLoaded(needed ? "queues" : "", async () => (needed ? api.queues() : []));
  return new Map(queues.data?.map(({ id, name }) => [id, name]));
}

export function Timeline({ events }: { events: TimelineEvent[] }) {
  const queues = useQueueNames(events);
  if (events.length === 0) return <Empty title={t("noTimeline")} />;
  const known = { owners: ownersOf(events), placed: placedOf(events), queues };
  return (
    <ol class="timeline" data-testid="timeline">
      {events.map((event) => (
        <li
          key={event.id}
          class={`event ${event.type.toLowerCase()}`}
          data-testid="timeline-event"
          data-type={event.type}
        >
          <span>{inWords(event, known)}</span>
          <time class="small muted" dateTime={event.at}>
            {when(event.at)}
          </time>
        </li>
      ))}
    </ol>
  );
}
