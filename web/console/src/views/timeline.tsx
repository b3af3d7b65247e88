import { clock, when } from "../../../shared/src/format.ts";
import { api, type TimelineEvent } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { strings } from "../strings.en.ts";
import { type TextKey, t, word } from "../text.ts";
import { Empty } from "./common.tsx";

/** Whose leg is which: agents' legs are named when they ring, and the others are the customer's. */
export function ownersOf(events: readonly TimelineEvent[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { type, legId, agentName } of events) {
    if (type === "CALL_RINGING" && legId !== undefined) owners.set(legId, agentName ?? t("someAgent"));
  }
  return owners;
}

type Names = ReadonlyMap<string, string>;

/** An event in words; one of a later release by its own name. `queues` are names by id. */
export function inWords(event: TimelineEvent, owners: Names = new Map(), queues: Names = new Map()): string {
  const missed = event.type === "CALL_ENDED" && (event.durationMs ?? 0) === 0;
  const key = missed ? "evCallMissed" : `ev${event.type}`;
  if (!(key in strings)) return word(event.type);
  const queue = queues.get(event.toQueueId ?? "");
  return t(key as TextKey, {
    agent: event.agentName ?? t("someAgent"),
    to: event.toAgentName ?? t("someAgent"),
    queue: queue === undefined ? t("someQueue") : t("namedQueue", { name: queue }),
    held: clock(event.heldMs ?? 0),
    direction: word(event.direction ?? "INBOUND"),
    wait: clock(event.waitingMs ?? 0),
    who: word(event.endedBy ?? "PLATFORM"),
    owner: owners.get(event.legId ?? "") ?? t("CUSTOMER"),
    duration: clock(event.durationMs ?? 0),
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
  const owners = ownersOf(events);
  return (
    <ol class="timeline" data-testid="timeline">
      {events.map((event) => (
        <li
          key={event.id}
          class={`event ${event.type.toLowerCase()}`}
          data-testid="timeline-event"
          data-type={event.type}
        >
          <span>{inWords(event, owners, queues)}</span>
          <time class="small muted" dateTime={event.at}>
            {when(event.at)}
          </time>
        </li>
      ))}
    </ol>
  );
}
