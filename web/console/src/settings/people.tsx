import type { Role } from "@switchroom/sdk";
import { useState } from "preact/hooks";
import { type Agent, api, type Session } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { type Person, settingsApi } from "../data/settings-api.ts";
import { t, word } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { Ask, Check, Input, Select, type Values } from "./ask.tsx";
import { Action, Line, newPassword, type Secret, Section, ShownOnce } from "./parts.tsx";

const roles: Role[] = ["AGENT", "SUPERVISOR", "ADMIN"];

type Asked = { what: "new" } | { what: "edit" | "password" | "delete"; person: Person };

/** Who signs in, and who of them takes calls. */
export function People({ session }: { session: Session }) {
  const people = useLoaded("people", settingsApi.people);
  const agents = useLoaded("agents", api.agents);
  const [asked, setAsked] = useState<Asked>();
  const [secret, setSecret] = useState<Secret>();
  const reload = () => {
    people.reload();
    agents.reload();
  };
  return (
    <Section title={t("people")} intro={t("peopleIntro")} add={t("addPerson")} onAdd={() => setAsked({ what: "new" })}>
      {secret !== undefined && <ShownOnce secret={secret} onKept={() => setSecret(undefined)} />}
      <Show of={people}>
        {(all) => (
          <ul class="setting-list">
            {all.map((person) => (
              <PersonLine
                key={person.id}
                person={person}
                agent={agents.data?.find(({ id }) => id === person.agentId)}
                own={person.id === session.userId}
                onAsk={(what) => setAsked({ what, person })}
              />
            ))}
          </ul>
        )}
      </Show>
      {people.data?.length === 0 && <Empty title={t("noPeople")} />}
      {asked !== undefined && (
        <Question
          asked={asked}
          agents={freeAgents(agents.data ?? [], people.data ?? [])}
          onSecret={setSecret}
          onDone={reload}
          onClose={() => setAsked(undefined)}
        />
      )}
    </Section>
  );
}

interface LineProps {
  person: Person;
  agent: Agent | undefined;
  own: boolean;
  onAsk: (what: "edit" | "password" | "delete") => void;
}

function PersonLine({ person, agent, own, onAsk }: LineProps) {
  const { id, name, displayName, role, agentId, enabled } = person;
  const badges = (
    <>
      <span class="badge">{word(role, "role")}</span>
      {!enabled && <span class="badge warn">{t("disabled")}</span>}
      {own && <span class="badge accent">{t("you")}</span>}
    </>
  );
  const actions = (
    <>
      <Action label={t("edit")} of={displayName} testid="edit" onClick={() => onAsk("edit")} />
      <Action label={t("newPassword")} of={displayName} testid="password" onClick={() => onAsk("password")} />
      {!own && (
        <Action label={t("delete")} of={displayName} icon="trash" testid="delete" onClick={() => onAsk("delete")} />
      )}
    </>
  );
  const takes = agentId === undefined ? t("takesNoCalls") : t("takesCallsAs", { name: agent?.displayName ?? "…" });
  return (
    <Line id={id} name={displayName} badges={badges} actions={actions}>
      <span class="small muted">{t("signsInAs", { name, takes })}</span>
    </Line>
  );
}

/** Agents as whom nobody signs in. */
export function freeAgents(agents: readonly Agent[], people: readonly Person[]): Agent[] {
  const taken = new Set(people.map(({ agentId }) => agentId));
  return agents.filter(({ id }) => !taken.has(id));
}

interface QuestionProps {
  asked: Asked;
  agents: Agent[];
  onSecret: (secret: Secret) => void;
  onDone: () => void;
  onClose: () => void;
}

function Question({ asked, agents, onSecret, onDone, onClose }: QuestionProps) {
  const tellPassword = (name: string, password: string, made: boolean) =>
    made && onSecret({ title: t("passwordOf", { name }), value: password });
  const setPassword = async (person: Person, form: Values) => {
    const password = form.raw("password") || newPassword();
    await settingsApi.setPassword(person.id, password);
    tellPassword(person.displayName, password, form.raw("password") === "");
  };
  switch (asked.what) {
    case "new": {
      const create = async (form: Values) => {
        const password = form.raw("password") || newPassword();
        try {
          await createPerson(form, password);
        } finally {
          onDone();
        }
        tellPassword(form.text("displayName"), password, form.raw("password") === "");
      };
      return (
        <Ask title={t("addPerson")} action={t("add")} onSubmit={create} onClose={onClose}>
          <NewPerson />
        </Ask>
      );
    }
    case "edit": {
      const change = (form: Values) => changePerson(asked.person, form).finally(onDone);
      return (
        <Ask title={asked.person.displayName} action={t("save")} onSubmit={change} onClose={onClose}>
          <EditPerson person={asked.person} agents={agents} />
        </Ask>
      );
    }
    case "password":
      return (
        <Ask
          title={t("newPasswordFor", { name: asked.person.displayName })}
          action={t("setPassword")}
          onSubmit={(form) => setPassword(asked.person, form)}
          onClose={onClose}
        >
          <p>{t("newPasswordHelp")}</p>
          <Password />
        </Ask>
      );
    case "delete":
      return (
        <Ask
          title={t("deletePerson", { name: asked.person.displayName })}
          action={t("delete")}
          danger
          onSubmit={() => settingsApi.deletePerson(asked.person.id).then(onDone)}
          onClose={onClose}
        >
          <p>{t("deletePersonHelp")}</p>
        </Ask>
      );
  }
}

function Password() {
  return (
    <Input
      name="password"
      label={t("password")}
      help={t("passwordHelp")}
      type="password"
      minLength={8}
      maxLength={1024}
      autocomplete="new-password"
    />
  );
}

const roleChoices = () => roles.map((role) => ({ value: role, text: word(role, "role") }));

function NewPerson() {
  return (
    <>
      <Input name="displayName" label={t("shownName")} help={t("shownNameHelp")} required maxLength={255} />
      <Input name="name" label={t("username")} required maxLength={255} />
      <Password />
      <Select name="role" label={t("role")} value="AGENT" choices={roleChoices()} />
      <Check name="takesCalls" label={t("takesCalls")} help={t("takesCallsHelp")} checked />
    </>
  );
}

function EditPerson({ person, agents }: { person: Person; agents: Agent[] }) {
  const others = agents.map(({ id, displayName }) => ({ value: id, text: displayName }));
  const own = person.agentId === undefined ? [] : [{ value: person.agentId, text: t("asNow") }];
  return (
    <>
      <Input name="displayName" label={t("shownName")} value={person.displayName} required maxLength={255} />
      <Select name="role" label={t("role")} value={person.role} choices={roleChoices()} />
      <Select
        name="agentId"
        label={t("takesCallsLabel")}
        help={t("takesCallsLabelHelp")}
        value={person.agentId ?? ""}
        choices={[
          ...own,
          { value: "", text: t("takesNoCallsChoice") },
          { value: "new", text: t("newAgent") },
          ...others,
        ]}
      />
      <Check name="enabled" label={t("maySignIn")} help={t("maySignInHelp")} checked={person.enabled} />
    </>
  );
}

/** The agents' list knows two roles. */
const agentRole = (role: Role) => (role === "AGENT" ? "AGENT" : "SUPERVISOR");

/** A new agent in the default queue. */
async function newAgent(displayName: string, role: Role): Promise<string> {
  const agent = await settingsApi.createAgent({
    displayName,
    role: agentRole(role),
    status: "INVISIBLE",
    enabled: true,
  });
  const queue = (await settingsApi.queues()).find(({ isDefault }) => isDefault);
  if (queue !== undefined) await settingsApi.joinQueue(agent.id, queue.id);
  return agent.id;
}

/** The sign-in comes first: of the two it is what may be refused, and an agent cannot be deleted again. */
async function createPerson(form: Values, password: string): Promise<void> {
  const displayName = form.text("displayName");
  const role = form.text("role") as Role;
  const fields = { displayName, role, enabled: true };
  const person = await settingsApi.createPerson({ ...fields, name: form.text("name"), password });
  if (!form.checked("takesCalls")) return;
  await settingsApi.changePerson(person, { ...fields, agentId: await newAgent(displayName, role) });
}

async function changePerson(person: Person, form: Values): Promise<void> {
  const displayName = form.text("displayName");
  const role = form.text("role") as Role;
  const chosen = form.text("agentId");
  const agentId = chosen === "new" ? await newAgent(displayName, role) : chosen || undefined;
  await settingsApi.changePerson(person, { displayName, role, agentId, enabled: form.checked("enabled") });
  // Customers see the agent's name, which is to be the person's.
  if (agentId === undefined || chosen === "new") return;
  const agent = (await api.agents()).find(({ id }) => id === agentId);
  if (agent === undefined) return;
  const { status, enabled } = agent;
  await settingsApi.changeAgent(agent, { displayName, role: agentRole(role), status, enabled });
}
