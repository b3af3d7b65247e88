import { useState } from "preact/hooks";
import type { QueueSettings } from "../data/settings-api.ts";
import {
  type AudioFile,
  type Music,
  type Span,
  type Strategy,
  type StrategyFields,
  units,
} from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Check, Input, Select, type Values } from "./ask.tsx";
import { FileChoice, messageOf, Sound } from "./sound.tsx";

/** What the API calls the default queue. */
const DEFAULT_QUEUE = "default";
const MAX_VALUE = 86_400;
const MAX_INTERVAL_SECONDS = 3_600;

export function musicOf(form: Values): Music {
  switch (form.text("music-kind")) {
    case "silence":
      return { enabled: false };
    case "file":
      return { enabled: true, fileAudioSource: { fileDescriptor: form.text("music-file") } };
    default:
      return { enabled: true };
  }
}

export function strategyOf(form: Values, before: Strategy | undefined): StrategyFields {
  const announced = messageOf(form, "announcement", before?.announcementMessage);
  const seconds = Number(form.text("interval"));
  const repeatInterval: Span | undefined = seconds > 0 ? { unit: "SECONDS", value: seconds } : undefined;
  const bySender = before?.conditionType === "SENDER";
  return {
    name: form.text("name"),
    maximumWaitTime: { unit: form.text("unit") as Span["unit"], value: Number(form.text("wait")) },
    greetingMessage: messageOf(form, "greeting", before?.greetingMessage),
    musicOnHold: musicOf(form),
    announcementMessage: announced && { ...announced, repeatInterval },
    maximumWaitTimeMessage: messageOf(form, "last", before?.maximumWaitTimeMessage),
    conditionType: bySender ? "SENDER" : "QUEUE",
    condition: bySender ? before.condition : { queues: form.all("queue") },
  };
}

export const idOf = (queue: QueueSettings) => (queue.isDefault ? DEFAULT_QUEUE : queue.id);

const SECONDS_OF = { SECONDS: 1, MINUTES: 60, HOURS: 3_600 } as const;

export function secondsOf(span: Span | undefined): number | undefined {
  return span && span.value * SECONDS_OF[span.unit];
}

interface Props {
  strategy?: Strategy;
  queues: QueueSettings[];
  files: AudioFile[];
}

export function StrategyFieldset({ strategy, queues, files }: Props) {
  const longest = strategy?.maximumWaitTime ?? { unit: "MINUTES", value: 10 };
  const interval = secondsOf(strategy?.announcementMessage?.repeatInterval) ?? 30;
  const bySender = strategy?.conditionType === "SENDER";
  const chosen = strategy?.condition.queues ?? [];
  return (
    <>
      <Input name="name" label={t("name")} value={strategy?.name} required maxLength={128} />
      {bySender ? (
        <p class="small muted">{t("strategyBySender")}</p>
      ) : (
        <fieldset class="check-list">
          <legend class="small">{t("strategyQueues")}</legend>
          {queues.map((queue) => (
            <Check
              key={queue.id}
              name="queue"
              value={idOf(queue)}
              label={queue.name}
              checked={chosen.includes(idOf(queue))}
            />
          ))}
        </fieldset>
      )}
      <div class="pair">
        <Input
          name="wait"
          label={t("longestWait")}
          type="number"
          min={1}
          max={MAX_VALUE}
          value={longest.value}
          required
        />
        <Select
          name="unit"
          label={t("unit")}
          value={longest.unit}
          choices={units.map((unit) => ({ value: unit, text: t(unit) }))}
        />
      </div>
      <Sound name="greeting" label={t("greetingMessage")} message={strategy?.greetingMessage} files={files} />
      <MusicChoice music={strategy?.musicOnHold} files={files} />
      <Sound
        name="announcement"
        label={t("announcementMessage")}
        help={t("announcementHelp")}
        message={strategy?.announcementMessage}
        files={files}
      >
        <Input
          name="interval"
          label={t("interval")}
          type="number"
          min={1}
          max={MAX_INTERVAL_SECONDS}
          value={interval}
        />
      </Sound>
      <Sound name="last" label={t("lastMessage")} message={strategy?.maximumWaitTimeMessage} files={files} />
    </>
  );
}

function MusicChoice({ music, files }: { music: Music | undefined; files: AudioFile[] }) {
  const before = music?.enabled === false ? "silence" : music?.fileAudioSource === undefined ? "preset" : "file";
  const [kind, setKind] = useState<string>(before);
  return (
    <fieldset class="sound">
      <legend class="visually-hidden">{t("music")}</legend>
      <label class="field">
        <span>{t("music")}</span>
        <select
          class="input"
          name="music-kind"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          data-testid="field-music-kind"
        >
          <option value="preset">{t("musicPreset")}</option>
          <option value="file">{t("soundFile")}</option>
          <option value="silence">{t("musicSilence")}</option>
        </select>
      </label>
      {kind === "file" && <FileChoice name="music" files={files} chosen={music?.fileAudioSource?.fileDescriptor} />}
    </fieldset>
  );
}
