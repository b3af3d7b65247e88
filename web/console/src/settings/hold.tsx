import { useState } from "preact/hooks";
import { useLoaded } from "../data/load.ts";
import { type QueueSettings, settingsApi } from "../data/settings-api.ts";
import { type AudioFile, type HoldConfig, type HoldFields, waitingApi } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { Ask, Check, Input, type Values } from "./ask.tsx";
import { AudioFiles } from "./audio-files.tsx";
import {
  AnnouncementChoice,
  announcementOf,
  DEFAULT_INTERVAL,
  MusicChoice,
  musicOrDefaultOf,
  soundInWords,
} from "./music.tsx";
import { Action, Line, Section } from "./parts.tsx";
import { QueueChecks, queueNames } from "./queue-checks.tsx";

type Asked = { what: "new" } | { what: "edit" | "delete"; config: HoldConfig };

/** What customers hear on hold. */
export function Hold() {
  const configs = useLoaded("hold-configs", waitingApi.holdConfigs);
  const files = useLoaded("audio-files", waitingApi.files);
  const queues = useLoaded("queue-settings", settingsApi.queues);
  const [asked, setAsked] = useState<Asked>();
  const known = { queues: queues.data ?? [], files: files.data ?? [] };
  return (
    <>
      <Section title={t("holdTitle")} intro={t("holdIntro")} add={t("addHold")} onAdd={() => setAsked({ what: "new" })}>
        <Show of={configs}>
          {(all) =>
            all.length === 0 ? (
              <Empty title={t("noHold")} help={t("noHoldHelp")} />
            ) : (
              <ul class="setting-list">
                {all.map((config) => (
                  <HoldLine key={config.id} config={config} {...known} onAsk={(what) => setAsked({ what, config })} />
                ))}
              </ul>
            )
          }
        </Show>
        {asked !== undefined && (
          <Question asked={asked} {...known} onDone={configs.reload} onClose={() => setAsked(undefined)} />
        )}
      </Section>
      <AudioFiles files={files} />
    </>
  );
}

interface Known {
  queues: QueueSettings[];
  files: AudioFile[];
}

function HoldLine({
  config,
  queues,
  files,
  onAsk,
}: Known & { config: HoldConfig; onAsk: (what: "edit" | "delete") => void }) {
  const { name, queueIds } = config;
  const whose = config.default ? t("allOtherQueues") : "";
  const named = [queueNames(queueIds, queues), whose].filter((part) => part !== "").join(", ");
  return (
    <Line
      id={config.id}
      name={name}
      badges={
        <>
          {config.default && <span class="badge accent">{t("defaultHold")}</span>}
          {!config.enabled && <span class="badge warn">{t("disabled")}</span>}
        </>
      }
      actions={
        <>
          <Action label={t("edit")} of={name} testid="edit" onClick={() => onAsk("edit")} />
          <Action label={t("delete")} of={name} icon="trash" testid="delete" onClick={() => onAsk("delete")} />
        </>
      }
    >
      <span class="small">{t("strategyOf", { whose: named })}</span>
      <span class="small muted">{soundInWords(config.onHoldMusic, config.announcementMessage, files)}</span>
    </Line>
  );
}

export function holdOf(form: Values, before: HoldConfig | undefined): HoldFields {
  return {
    name: form.text("name"),
    onHoldMusic: musicOrDefaultOf(form),
    announcementMessage: announcementOf(form, before?.announcementMessage),
    queueIds: form.all("queue"),
    enabled: form.checked("enabled"),
    default: form.checked("default"),
  };
}

interface QuestionProps extends Known {
  asked: Asked;
  onDone: () => void;
  onClose: () => void;
}

function Question({ asked, onDone, onClose, ...known }: QuestionProps) {
  if (asked.what === "new") {
    const create = (form: Values) => waitingApi.createHold(holdOf(form, undefined)).then(onDone);
    return (
      <Ask title={t("addHold")} action={t("add")} onSubmit={create} onClose={onClose}>
        <HoldFieldset {...known} />
      </Ask>
    );
  }
  const { config } = asked;
  const { id, name } = config;
  if (asked.what === "edit") {
    const change = (form: Values) => waitingApi.changeHold(config, holdOf(form, config)).finally(onDone);
    return (
      <Ask title={name} action={t("save")} onSubmit={change} onClose={onClose}>
        <HoldFieldset config={config} {...known} />
        <p class="small muted">{t("heardAtOnce")}</p>
      </Ask>
    );
  }
  const remove = () => waitingApi.deleteHold(id).then(onDone);
  return (
    <Ask title={t("deleteHold", { name })} action={t("delete")} danger onSubmit={remove} onClose={onClose}>
      <p>{t("deleteHoldHelp")}</p>
    </Ask>
  );
}

function HoldFieldset({ config, queues, files }: Known & { config?: HoldConfig }) {
  return (
    <>
      <Input name="name" label={t("name")} value={config?.name} required maxLength={128} />
      <QueueChecks legend={t("holdQueues")} queues={queues} chosen={config?.queueIds ?? []} />
      <Check name="default" label={t("isDefaultHold")} checked={config?.default ?? false} />
      <MusicChoice music={config?.onHoldMusic} files={files} />
      <AnnouncementChoice announcement={config?.announcementMessage} files={files} interval={DEFAULT_INTERVAL} />
      <Check name="enabled" label={t("holdEnabled")} help={t("holdEnabledHelp")} checked={config?.enabled ?? true} />
    </>
  );
}
