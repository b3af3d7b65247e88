import { useState } from "preact/hooks";
import { type Agent, api } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { type QueueSettings, settingsApi, type WorkingHours } from "../data/settings-api.ts";
import { t } from "../text.ts";
import { Show } from "../views/common.tsx";
import { Ask, Check, Input, Select, type Values } from "./ask.tsx";
import { Action, Line, Section } from "./parts.tsx";

const MAX_STICKY_DAYS = 3650;

type Asked = { what: "new" } | { what: "edit" | "agents" | "delete"; queue: QueueSettings };

/** Queues, how their calls are assigned, and who serves them. */
export function Queues() {
  const queues = useLoaded("queue-settings", settingsApi.queues);
  const hours = useLoaded("hours", settingsApi.hours);
  const [asked, setAsked] = useState<Asked>();
  return (
    <Section title={t("queues")} intro={t("queuesIntro")} add={t("addQueue")} onAdd={() => setAsked({ what: "new" })}>
      <Show of={queues}>
        {(all) => (
          <ul class="setting-list">
            {all.map((queue) => (
              <QueueLine
                key={queue.id}
                queue={queue}
                hours={hours.data ?? []}
                onAsk={(what) => setAsked({ what, queue })}
              />
            ))}
          </ul>
        )}
      </Show>
      {asked !== undefined && (
        <Question asked={asked} hours={hours.data ?? []} onDone={queues.reload} onClose={() => setAsked(undefined)} />
      )}
    </Section>
  );
}

interface LineProps {
  queue: QueueSettings;
  hours: WorkingHours[];
  onAsk: (what: "edit" | "agents" | "delete") => void;
}

function QueueLine({ queue, hours, onAsk }: LineProps) {
  const { id, name, isDefault, isAutoAssignmentEnabled: automatic, enabledAgentsCount = 0, workingHoursId } = queue;
  const own = hours.find((one) => one.id === workingHoursId)?.name;
  const says = [
    t("agentsServe", { count: enabledAgentsCount }),
    own === undefined ? t("usesDefaultHours") : t("usesHours", { name: own }),
  ];
  const badges = (
    <>
      {isDefault && <span class="badge accent">{t("defaultQueue")}</span>}
      <span class={`badge ${automatic ? "good" : "warn"}`}>{t(automatic ? "assignsOn" : "assignsOff")}</span>
    </>
  );
  const actions = (
    <>
      <Action label={t("agents")} of={name} testid="agents" onClick={() => onAsk("agents")} />
      <Action label={t("edit")} of={name} testid="edit" onClick={() => onAsk("edit")} />
      {!isDefault && (
        <Action label={t("delete")} of={name} icon="trash" testid="delete" onClick={() => onAsk("delete")} />
      )}
    </>
  );
  return (
    <Line id={id} name={name} badges={badges} actions={actions}>
      <span class="small muted">{says.join(" · ")}</span>
    </Line>
  );
}

interface QuestionProps {
  asked: Asked;
  hours: WorkingHours[];
  onDone: () => void;
  onClose: () => void;
}

function Question({ asked, hours, onDone, onClose }: QuestionProps) {
  if (asked.what === "new") {
    const create = (form: Values) =>
      settingsApi
        .createQueue({ name: form.text("name"), isAutoAssignmentEnabled: form.checked("automatic") })
        .then(onDone);
    return (
      <Ask title={t("addQueue")} action={t("add")} onSubmit={create} onClose={onClose}>
        <Input name="name" label={t("name")} required maxLength={255} />
        <Check name="automatic" label={t("assignAutomatically")} help={t("assignAutomaticallyHelp")} checked />
      </Ask>
    );
  }
  const { queue } = asked;
  switch (asked.what) {
    case "agents":
      return <Agents queue={queue} onDone={onDone} onClose={onClose} />;
    case "edit": {
      const change = (form: Values) => settingsApi.changeQueue(queue, fieldsOf(form)).finally(onDone);
      return (
        <Ask title={queue.name} action={t("save")} onSubmit={change} onClose={onClose}>
          <Fields queue={queue} hours={hours} />
        </Ask>
      );
    }
    case "delete": {
      const remove = () => settingsApi.deleteQueue(queue.id).then(onDone);
      return (
        <Ask
          title={t("deleteQueue", { name: queue.name })}
          action={t("delete")}
          danger
          onSubmit={remove}
          onClose={onClose}
        >
          <p>{t("deleteQueueHelp")}</p>
        </Ask>
      );
    }
  }
}

/** What the page does not show stays as it is. */
export function fieldsOf(form: Values): object {
  const days = form.text("stickyDays");
  return {
    name: form.text("name"),
    isAutoAssignmentEnabled: form.checked("automatic"),
    autoAssignmentAlgorithm: form.text("algorithm"),
    isAutoAssignmentOutsideOfWorkingHoursEnabled: form.checked("outside"),
    isStickyAutoAssignmentEnabled: form.checked("sticky"),
    stickyAgentTimeoutDays: days === "" ? null : Number(days),
    workingHoursId: form.text("hours") || null,
  };
}

function Fields({ queue, hours }: { queue: QueueSettings; hours: WorkingHours[] }) {
  const algorithms = [
    { value: "LOAD_BALANCING", text: t("LOAD_BALANCING") },
    { value: "ROUND_ROBIN", text: t("ROUND_ROBIN") },
  ];
  const own = hours.map(({ id, name }) => ({ value: id, text: name }));
  return (
    <>
      <Input name="name" label={t("name")} value={queue.name} required maxLength={255} />
      <Check
        name="automatic"
        label={t("assignAutomatically")}
        help={t("assignAutomaticallyHelp")}
        checked={queue.isAutoAssignmentEnabled}
      />
      <Select name="algorithm" label={t("rungFirst")} value={queue.autoAssignmentAlgorithm} choices={algorithms} />
      <Check name="sticky" label={t("sticky")} help={t("stickyHelp")} checked={queue.isStickyAutoAssignmentEnabled} />
      <Input
        name="stickyDays"
        label={t("stickyDays")}
        type="number"
        min={1}
        max={MAX_STICKY_DAYS}
        value={queue.stickyAgentTimeoutDays}
      />
      <Select
        name="hours"
        label={t("queueHours")}
        value={queue.workingHoursId ?? ""}
        choices={[{ value: "", text: t("defaultHoursChoice") }, ...own]}
      />
      <Check name="outside" label={t("assignOutside")} checked={queue.isAutoAssignmentOutsideOfWorkingHoursEnabled} />
    </>
  );
}

interface AgentsProps {
  queue: QueueSettings;
  onDone: () => void;
  onClose: () => void;
}

function Agents({ queue, onDone, onClose }: AgentsProps) {
  const both = useLoaded(queue.id, async () => {
    const [all, members] = await Promise.all([api.agents(), settingsApi.agentsOf(queue.id)]);
    return { all, serving: new Set(members.map(({ id }) => id)) };
  });
  const save = async (form: Values) => {
    if (both.data === undefined) return;
    const chosen = new Set(form.all("agent"));
    const { join, leave } = changesOf(both.data.all, both.data.serving, chosen);
    try {
      for (const id of join) await settingsApi.joinQueue(id, queue.id);
      for (const id of leave) await settingsApi.leaveQueue(id, queue.id);
    } finally {
      onDone();
    }
  };
  return (
    <Ask title={t("agentsOf", { name: queue.name })} action={t("save")} onSubmit={save} onClose={onClose}>
      <Show of={both}>
        {({ all, serving }) => (
          <fieldset class="check-list">
            <legend class="small muted">{t("agentsOfHelp")}</legend>
            {all.map(({ id, displayName }) => (
              <Check key={id} name="agent" value={id} label={displayName} checked={serving.has(id)} />
            ))}
          </fieldset>
        )}
      </Show>
    </Ask>
  );
}

/** Who is to begin and who to stop serving a queue. */
export function changesOf(all: readonly Agent[], serving: ReadonlySet<string>, chosen: ReadonlySet<string>) {
  const ids = all.map(({ id }) => id);
  return {
    join: ids.filter((id) => chosen.has(id) && !serving.has(id)),
    leave: ids.filter((id) => !chosen.has(id) && serving.has(id)),
  };
}
