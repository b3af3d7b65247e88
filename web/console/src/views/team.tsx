import type { AgentStatus } from "@switchroom/sdk";
import { useState } from "preact/hooks";
import { type Agent, api, type Queue } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { AgentSettings } from "../settings/agent.tsx";
import { Action } from "../settings/parts.tsx";
import { StatusDot } from "../status-menu.tsx";
import { type TextKey, t, word } from "../text.ts";

import { Empty, Show } from "./common.tsx";

const POLL_MS = 5_000;

/** What supervisors and admins watch. */
export function TeamView() {
  const agents = useLoaded("agents", api.agents, POLL_MS);
  const queues = useLoaded("queues", api.queues, POLL_MS);
  return (
    <div class="team">
      <div class="spread">
        <h1>{t("team")}</h1>
        <span class="small muted">{t("live")}</span>
      </div>
      <section class="card part" aria-labelledby="agents-title">
        <h2 id="agents-title">{t("agents")}</h2>
        <Show of={agents}>{(all) => <Agents all={all} />}</Show>
      </section>
      <section class="card part" aria-labelledby="queues-title">
        <h2 id="queues-title">{t("queues")}</h2>
        <Show of={queues}>{(all) => <Queues all={all} />}</Show>
      </section>
    </div>
  );
}

function Agents({ all }: { all: Agent[] }) {
  const [chosen, setChosen] = useState<Agent>();
  if (all.length === 0) return <Empty title={t("noAgents")} />;
  return (
    <>
      <table class="table" data-testid="agents">
        <Columns names={["name", "statusColumn", "availability", "role", "setUp"]} />
        <tbody>
          {all.map((agent) => (
            <tr key={agent.id} data-testid="agent-row" data-id={agent.id} data-availability={agent.availability}>
              <th scope="row">{agent.displayName}</th>
              <td>
                <Status status={agent.status} name={agent.statusName} />
              </td>
              <td>
                <Status status={agent.availability} />
              </td>
              <td>{word(agent.role, "role")}</td>
              <td>
                <Action
                  label={t("setUp")}
                  of={agent.displayName}
                  icon="settings"
                  testid="set-up"
                  onClick={() => setChosen(agent)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {chosen !== undefined && <AgentSettings agent={chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}

function Queues({ all }: { all: Queue[] }) {
  if (all.length === 0) return <Empty title={t("noQueues")} />;
  return (
    <table class="table" data-testid="queues">
      <Columns names={["name", "automatic", "enabledAgents"]} />
      <tbody>
        {all.map((queue) => (
          <tr key={queue.id ?? queue.name}>
            <th scope="row">{queue.name}</th>
            <td>{t(queue.isAutoAssignmentEnabled === true ? "autoOn" : "autoOff")}</td>
            <td>{queue.enabledAgentsCount ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Columns({ names }: { names: TextKey[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {t(name)}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Status({ status, name }: { status: AgentStatus; name?: string | undefined }) {
  return (
    <span class="status">
      <StatusDot status={status} /> {name ?? word(status)}
    </span>
  );
}
