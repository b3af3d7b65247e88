import { clock, when } from "../../../shared/src/format.ts";
import type { TimelineEvent } from "../data/api.ts";
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

/** An event in words; one of a later release by its own name. */
export function inWords(event: TimelineEvent, owners: ReadonlyMap<string, string> = new Map()): string {
  const missed = event.type === "CALL_ENDED" && (event.durationMs ?? 0) === 0;
  const key = missed ? "evCallMissed" : `ev${event.type}`;
  if (!(key in strings)) return word(event.type);
  return t(key as TextKey, {
    agent: event.agentName ?? t("someAgent"),
    direction: word(event.direction ?? "INBOUND"),
    wait: clock(event.waitingMs ?? 0),
    who: word(event.endedBy ?? "PLATFORM"),
    owner: owners.get(event.legId ?? "") ?? t("CUSTOMER"),
    duration: clock(event.durationMs ?? 0),
    reason: event.reason ?? "",
  });
}

export function Timeline({ events }: { events: TimelineEvent[] }) {
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
          <span>{inWords(event, owners)}</span>
          <time class="small muted" dateTime={event.at}>
            {when(event.at)}
          </time>
        </li>
      ))}
    </ol>
  );
}
