import type { QueueSettings } from "../data/settings-api.ts";
import { type AudioFile, type Span, type Strategy, type StrategyFields, units } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Input, Select, type Values } from "./ask.tsx";
import { AnnouncementChoice, announcementOf, MusicChoice, musicOf } from "./music.tsx";
import { QueueChecks } from "./queue-checks.tsx";
import { messageOf, Sound } from "./sound.tsx";

const MAX_VALUE = 86_400;

export function strategyOf(form: Values, before: Strategy | undefined): StrategyFields {
  const bySender = before?.conditionType === "SENDER";
  return {
    name: form.text("name"),
    maximumWaitTime: { unit: form.text("unit") as Span["unit"], value: Number(form.text("wait")) },
    greetingMessage: messageOf(form, "greeting", before?.greetingMessage),
    musicOnHold: musicOf(form),
    announcementMessage: announcementOf(form, before?.announcementMessage),
    maximumWaitTimeMessage: messageOf(form, "last", before?.maximumWaitTimeMessage),
    conditionType: bySender ? "SENDER" : "QUEUE",
    condition: bySender ? before.condition : { queues: form.all("queue") },
  };
}

interface Props {
  strategy?: Strategy;
  queues: QueueSettings[];
  files: AudioFile[];
}

export function StrategyFieldset({ strategy, queues, files }: Props) {
  const longest = strategy?.maximumWaitTime ?? { unit: "MINUTES", value: 10 };
  const bySender = strategy?.conditionType === "SENDER";
  return (
    <>
      <Input name="name" label={t("name")} value={strategy?.name} required maxLength={128} />
      {bySender ? (
        <p class="small muted">{t("strategyBySender")}</p>
      ) : (
        <QueueChecks legend={t("strategyQueues")} queues={queues} chosen={strategy?.condition.queues ?? []} />
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
      <AnnouncementChoice
        announcement={strategy?.announcementMessage}
        files={files}
        help={t("announcementHelp")}
        interval={30}
      />
      <Sound name="last" label={t("lastMessage")} message={strategy?.maximumWaitTimeMessage} files={files} />
    </>
  );
}
