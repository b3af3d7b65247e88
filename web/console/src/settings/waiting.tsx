import { useState } from "preact/hooks";
import { useLoaded } from "../data/load.ts";
import { type QueueSettings, settingsApi } from "../data/settings-api.ts";
import { type AudioFile, type Strategy, waitingApi } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { Ask, type Values } from "./ask.tsx";
import { AudioFiles } from "./audio-files.tsx";
import { Action, Line, Section } from "./parts.tsx";
import { queueNames } from "./queue-checks.tsx";
import { StrategyFieldset, strategyOf } from "./strategy-form.tsx";

type Asked = { what: "new" } | { what: "edit" | "delete"; strategy: Strategy };

/** What callers hear while they wait, and how long they may. */
export function Waiting() {
  const strategies = useLoaded("strategies", waitingApi.strategies);
  const files = useLoaded("audio-files", waitingApi.files);
  const queues = useLoaded("queue-settings", settingsApi.queues);
  const [asked, setAsked] = useState<Asked>();
  return (
    <>
      <Section
        title={t("waitingTitle")}
        intro={t("waitingIntro")}
        add={t("addStrategy")}
        onAdd={() => setAsked({ what: "new" })}
      >
        <Show of={strategies}>
          {(all) =>
            all.length === 0 ? (
              <Empty title={t("noStrategies")} help={t("noStrategiesHelp")} />
            ) : (
              <ul class="setting-list">
                {all.map((strategy) => (
                  <StrategyLine
                    key={strategy.id}
                    strategy={strategy}
                    queues={queues.data ?? []}
                    onAsk={(what) => setAsked({ what, strategy })}
                  />
                ))}
              </ul>
            )
          }
        </Show>
        {asked !== undefined && (
          <Question
            asked={asked}
            queues={queues.data ?? []}
            files={files.data ?? []}
            onDone={strategies.reload}
            onClose={() => setAsked(undefined)}
          />
        )}
      </Section>
      <AudioFiles files={files} />
    </>
  );
}

const nameOf = (strategy: Strategy) => strategy.name ?? t("unnamed");

interface LineProps {
  strategy: Strategy;
  queues: QueueSettings[];
  onAsk: (what: "edit" | "delete") => void;
}

function StrategyLine({ strategy, queues, onAsk }: LineProps) {
  const name = nameOf(strategy);
  const { maximumWaitTime, condition } = strategy;
  const whose = strategy.conditionType === "SENDER" ? t("bySenders") : queueNames(condition.queues ?? [], queues);
  const unit = t(maximumWaitTime.unit);
  return (
    <Line
      id={strategy.id}
      name={name}
      actions={
        <>
          <Action label={t("edit")} of={name} testid="edit" onClick={() => onAsk("edit")} />
          <Action label={t("delete")} of={name} icon="trash" testid="delete" onClick={() => onAsk("delete")} />
        </>
      }
    >
      <span class="small">{t("strategyOf", { whose })}</span>
      <span class="small muted">{t("atMost", { count: maximumWaitTime.value, unit })}</span>
    </Line>
  );
}

interface QuestionProps {
  asked: Asked;
  queues: QueueSettings[];
  files: AudioFile[];
  onDone: () => void;
  onClose: () => void;
}

function Question({ asked, queues, files, onDone, onClose }: QuestionProps) {
  if (asked.what === "new") {
    const create = (form: Values) => waitingApi.createStrategy(strategyOf(form, undefined)).then(onDone);
    return (
      <Ask title={t("addStrategy")} action={t("add")} onSubmit={create} onClose={onClose}>
        <StrategyFieldset queues={queues} files={files} />
      </Ask>
    );
  }
  const { strategy } = asked;
  const name = nameOf(strategy);
  if (asked.what === "edit") {
    const change = (form: Values) => waitingApi.changeStrategy(strategy, strategyOf(form, strategy)).finally(onDone);
    return (
      <Ask title={name} action={t("save")} onSubmit={change} onClose={onClose}>
        <StrategyFieldset strategy={strategy} queues={queues} files={files} />
      </Ask>
    );
  }
  const remove = () => waitingApi.deleteStrategy(strategy.id).then(onDone);
  return (
    <Ask title={t("deleteStrategy", { name })} action={t("delete")} danger onSubmit={remove} onClose={onClose}>
      <p>{t("deleteStrategyHelp")}</p>
    </Ask>
  );
}
