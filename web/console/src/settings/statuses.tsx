import type { AgentStatus } from "@switchroom/sdk";
import { useState } from "preact/hooks";
import { api, type NamedStatus } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { settingsApi } from "../data/settings-api.ts";
import { byGroup, groups, StatusDot } from "../status-menu.tsx";
import { t } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { Ask, Input, Select, type Values } from "./ask.tsx";
import { Action, Line, Section } from "./parts.tsx";

type Asked = { what: "new" } | { what: "edit" | "delete"; status: NamedStatus };

/** The account's own statuses for agents. */
export function Statuses() {
  const statuses = useLoaded("agent-statuses", api.agentStatuses);
  const [asked, setAsked] = useState<Asked>();
  return (
    <Section
      title={t("statuses")}
      intro={t("statusesIntro")}
      add={t("addStatus")}
      onAdd={() => setAsked({ what: "new" })}
    >
      <Show of={statuses}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t("noStatuses")} help={t("noStatusesHelp")} />
          ) : (
            <ul class="setting-list">
              {byGroup(all).flatMap(({ own }) =>
                own.map((status) => (
                  <Line
                    key={status.id}
                    id={status.id}
                    name={status.name}
                    badges={
                      <span class="badge">
                        <StatusDot status={status.group} /> {t(status.group)}
                      </span>
                    }
                    actions={
                      <>
                        <Action
                          label={t("edit")}
                          of={status.name}
                          testid="edit"
                          onClick={() => setAsked({ what: "edit", status })}
                        />
                        <Action
                          label={t("delete")}
                          of={status.name}
                          icon="trash"
                          testid="delete"
                          onClick={() => setAsked({ what: "delete", status })}
                        />
                      </>
                    }
                  />
                )),
              )}
            </ul>
          )
        }
      </Show>
      {asked !== undefined && <Question asked={asked} onDone={statuses.reload} onClose={() => setAsked(undefined)} />}
    </Section>
  );
}

function Question({ asked, onDone, onClose }: { asked: Asked; onDone: () => void; onClose: () => void }) {
  const fields = (form: Values) => ({ name: form.text("name"), group: form.text("group") as AgentStatus });
  if (asked.what === "new") {
    const create = (form: Values) => settingsApi.createStatus(fields(form)).then(onDone);
    return (
      <Ask title={t("addStatus")} action={t("add")} onSubmit={create} onClose={onClose}>
        <Fields />
      </Ask>
    );
  }
  const { id, name, group } = asked.status;
  if (asked.what === "edit") {
    const change = (form: Values) => settingsApi.changeStatus(asked.status, fields(form)).finally(onDone);
    return (
      <Ask title={name} action={t("save")} onSubmit={change} onClose={onClose}>
        <Fields status={asked.status} />
        <p class="small muted">{t("changeStatusHelp")}</p>
      </Ask>
    );
  }
  const remove = () => settingsApi.deleteStatus(id).then(onDone);
  return (
    <Ask title={t("deleteStatus", { name })} action={t("delete")} danger onSubmit={remove} onClose={onClose}>
      <p>{t("deleteStatusHelp", { group: t(group) })}</p>
    </Ask>
  );
}

function Fields({ status }: { status?: NamedStatus }) {
  const choices = groups.map((group) => ({ value: group, text: `${t(group)}: ${t(`${group}help`)}` }));
  return (
    <>
      <Input name="name" label={t("name")} value={status?.name} required maxLength={255} />
      <Select name="group" label={t("group")} value={status?.group ?? "AWAY"} choices={choices} />
    </>
  );
}
