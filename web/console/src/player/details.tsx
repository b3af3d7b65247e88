import { clock, size } from "../../../shared/src/format.ts";
import type { Recording } from "../data/api.ts";
import { t } from "../text.ts";
import { mediaOf, whoOf } from "./parts.ts";

const withDate = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** A moment with its day and seconds; nothing for what is none. */
export function fullTime(at: string | number): string | undefined {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? undefined : withDate.format(date);
}

/** What is known of a file, as pairs of words; what is not known is left out. */
export function factsOf(recording: Recording): [string, string][] {
  const { startedAt, durationMs, gapsMs, bytes, mime, fileName } = recording;
  const facts: [string, string | undefined][] = [
    [t("factWho"), whoOf(recording)],
    [t("factWhat"), mediaOf(recording)],
    [t("factStart"), fullTime(startedAt)],
    [t("factLength"), durationMs === null ? undefined : clock(durationMs)],
    [t("factGaps"), gapsText(gapsMs)],
    [t("factSize"), bytes === null ? undefined : size(bytes)],
    [t("factFormat"), formatOf(mime)],
    [t("factFile"), fileName ?? undefined],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "");
}

function gapsText(gapsMs: number | null | undefined): string | undefined {
  if (gapsMs === null || gapsMs === undefined) return undefined;
  if (gapsMs === 0) return t("noGaps");
  return gapsMs < 1000 ? t("shortGaps") : t("gaps", { time: clock(gapsMs) });
}

const CONTAINERS: Record<string, string> = { ogg: "Ogg", webm: "WebM", mp4: "MP4", wav: "WAV", "x-wav": "WAV" };

/** "audio/ogg; codecs=opus" → "Ogg (opus)". */
export function formatOf(mime: string | null): string | undefined {
  if (mime === null) return undefined;
  const [type = "", ...rest] = mime.split(";").map((part) => part.trim());
  const container = type.split("/")[1] ?? type;
  const codecs = rest.find((part) => part.startsWith("codecs="))?.slice("codecs=".length);
  const name = CONTAINERS[container] ?? container;
  return codecs === undefined ? name : `${name} (${codecs.replaceAll('"', "")})`;
}

export function Details({ recording }: { recording: Recording }) {
  return (
    <dl class="player-facts small" data-testid="player-details">
      {factsOf(recording).map(([name, value]) => (
        <div key={name}>
          <dt class="muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
