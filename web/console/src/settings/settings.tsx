import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../data/api.ts";
import { hrefOf } from "../data/route.ts";
import { t } from "../text.ts";
import { Calls } from "./calls.tsx";
import { Hold } from "./hold.tsx";
import { Hours } from "./hours.tsx";
import { Keys } from "./keys.tsx";
import { People } from "./people.tsx";
import { Queues } from "./queues.tsx";
import { RecordingSettings } from "./recording.tsx";
import { Routing } from "./routing.tsx";
import { Statuses } from "./statuses.tsx";
import { Transfers } from "./transfers.tsx";
import { Waiting } from "./waiting.tsx";
import { Webhooks } from "./webhooks.tsx";

const parts = [
  "people",
  "queues",
  "routing",
  "hours",
  "waiting",
  "hold",
  "transfers",
  "calls",
  "recording",
  "statuses",
  "keys",
  "webhooks",
] as const;
type Part = (typeof parts)[number];

const titles = {
  people: "people",
  queues: "queues",
  routing: "routingTitle",
  hours: "hoursTitle",
  waiting: "waitingTitle",
  hold: "holdTitle",
  transfers: "transfersTitle",
  calls: "callsTitle",
  recording: "recordingTitle",
  statuses: "statuses",
  keys: "apiKeys",
  webhooks: "webhooks",
} as const;

/** What admins set up; `id` names the part. */
export function SettingsView({ session, id }: { session: Session; id: string | undefined }) {
  const part = parts.find((one) => one === id) ?? "people";
  const box = useRef<HTMLElement>(null);
  // On a narrow page the parts are wider than the window.
  useEffect(
    () => box.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" }),
    [part],
  );
  return (
    <div class="settings">
      <h1>{t("settingsTitle")}</h1>
      <nav class="setting-parts" ref={box} aria-label={t("settingsTitle")}>
        {parts.map((one) => (
          <a
            key={one}
            href={hrefOf("settings", one)}
            aria-current={one === part ? "page" : undefined}
            data-testid={`settings-${one}`}
          >
            {t(titles[one])}
          </a>
        ))}
      </nav>
      <Chosen key={part} part={part} session={session} />
    </div>
  );
}

function Chosen({ part, session }: { part: Part; session: Session }) {
  switch (part) {
    case "people":
      return <People session={session} />;
    case "queues":
      return <Queues />;
    case "routing":
      return <Routing />;
    case "hours":
      return <Hours />;
    case "waiting":
      return <Waiting />;
    case "hold":
      return <Hold />;
    case "transfers":
      return <Transfers />;
    case "calls":
      return <Calls />;
    case "recording":
      return <RecordingSettings />;
    case "statuses":
      return <Statuses />;
    case "keys":
      return <Keys />;
    case "webhooks":
      return <Webhooks />;
  }
}
