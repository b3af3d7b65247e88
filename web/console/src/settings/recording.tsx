import { useState } from "preact/hooks";
import { type Agent, api, problemText } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import {
  type AccountRecordingConfig,
  type AgentRecordingConfig,
  type AgentRecordingFields,
  type RecordedMedia,
  type RecordingConfig,
  recordedMedia,
  recordingApi,
} from "../data/recording-api.ts";
import { t } from "../text.ts";
import { Show } from "../views/common.tsx";
import { Ask, Check, Select, Values } from "./ask.tsx";
import { Action, Line } from "./parts.tsx";

/** What is recorded: of all calls, and of single agents' otherwise. */
export function RecordingSettings() {
  const account = useLoaded("recording", recordingApi.ofAccount);
  return (
    <>
      <section class="card part" aria-labelledby="section-title" data-testid="section">
        <div class="section-head">
          <div>
            <h2 id="section-title">{t("recordingTitle")}</h2>
            <p class="muted">{t("recordingIntro")}</p>
          </div>
        </div>
        <Show of={account}>{(config) => <OfAccount config={config} onDone={account.reload} />}</Show>
      </section>
      <OfAgents />
    </>
  );
}

function OfAccount({ config, onDone }: { config: AccountRecordingConfig; onDone: () => void }) {
  const [said, setSaid] = useState<{ problem: boolean; text: string }>();
  const [busy, setBusy] = useState(false);
  const set = async (next: AccountRecordingConfig) => {
    setBusy(true);
    setSaid(undefined);
    try {
      await recordingApi.setOfAccount(config, next);
      setSaid({ problem: false, text: t(next.enabled ? "recordingIsOn" : "recordingIsOff") });
    } catch (error) {
      setSaid({ problem: true, text: t("notSaved", { problem: problemText(error) }) });
    }
    onDone();
    setBusy(false);
  };
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new Values(new FormData(event.currentTarget as HTMLFormElement));
    const chosen = () => ({ ...configOf(form), autoCompose: form.checked("autoCompose"), enabled: true });
    set(config.enabled ? { ...config, enabled: false } : chosen());
  };
  return (
    <form class="stack narrow-form" onSubmit={save} data-testid="recording-form">
      <fieldset class="stack plain" disabled={config.enabled}>
        <legend class="small muted">{t(config.enabled ? "recordingLocked" : "recordingChoose")}</legend>
        <Fields config={config} fresh={!config.inbound && !config.outbound} />
        <Check name="autoCompose" label={t("recordComposed")} checked={config.autoCompose} />
        <p class="small muted">{t("recordComposedHelp")}</p>
      </fieldset>
      <div role="status">{said !== undefined && <p class={said.problem ? "notice bad" : "notice"}>{said.text}</p>}</div>
      <div class="row">
        <button
          type="submit"
          class={config.enabled ? "button" : "button primary"}
          disabled={busy}
          data-testid="recording-switch"
          data-on={config.enabled}
        >
          {t(config.enabled ? "recordingTurnOff" : "recordingTurnOn")}
        </button>
        <span class={`badge ${config.enabled ? "good" : "warn"}`}>{t(config.enabled ? "on" : "off")}</span>
      </div>
    </form>
  );
}

/** `fresh`: nothing was set yet, and all calls are the likely choice. */
function Fields({ config, fresh }: { config: RecordingConfig; fresh: boolean }) {
  const choices = recordedMedia.map((value) => ({ value, text: t(value) }));
  return (
    <>
      <Check name="inbound" label={t("recordInbound")} checked={fresh || config.inbound} />
      <Check name="outbound" label={t("recordOutbound")} checked={fresh || config.outbound} />
      <Select name="media" label={t("recordMedia")} value={config.mediaType} choices={choices} />
    </>
  );
}

function configOf(form: Values): Omit<RecordingConfig, "enabled"> {
  return {
    inbound: form.checked("inbound"),
    outbound: form.checked("outbound"),
    mediaType: form.text("media") as RecordedMedia,
  };
}

const ways = ["default", "on", "off"] as const;
type Way = (typeof ways)[number];

/** How an agent's calls are recorded. */
export function wayOf(config: AgentRecordingConfig | undefined): Way {
  if (config === undefined || config.useDefault) return "default";
  return config.enabled ? "on" : "off";
}

function OfAgents() {
  const both = useLoaded("agent-recording", async () => {
    const [agents, configs] = await Promise.all([api.agents(), recordingApi.ofAgents()]);
    return { agents, configs: new Map(configs.map((config) => [config.agentId, config])) };
  });
  const [asked, setAsked] = useState<Agent>();
  return (
    <section class="card part" aria-labelledby="agents-title">
      <div class="section-head">
        <div>
          <h2 id="agents-title">{t("recordingAgents")}</h2>
          <p class="muted">{t("recordingAgentsIntro")}</p>
        </div>
      </div>
      <Show of={both}>
        {({ agents, configs }) => (
          <>
            <ul class="setting-list">
              {agents.map((agent) => (
                <AgentLine key={agent.id} agent={agent} config={configs.get(agent.id)} onEdit={() => setAsked(agent)} />
              ))}
            </ul>
            {asked !== undefined && (
              <AskAgent
                agent={asked}
                config={configs.get(asked.id)}
                onDone={both.reload}
                onClose={() => setAsked(undefined)}
              />
            )}
          </>
        )}
      </Show>
    </section>
  );
}

interface AgentLineProps {
  agent: Agent;
  config: AgentRecordingConfig | undefined;
  onEdit: () => void;
}

function AgentLine({ agent, config, onEdit }: AgentLineProps) {
  const way = wayOf(config);
  const badge = { default: "badge", on: "badge good", off: "badge warn" }[way];
  return (
    <Line
      id={agent.id}
      name={agent.displayName}
      badges={<span class={badge}>{t(`recording_${way}`)}</span>}
      actions={<Action label={t("edit")} of={agent.displayName} testid="edit" onClick={onEdit} />}
    />
  );
}

interface AskAgentProps {
  agent: Agent;
  config: AgentRecordingConfig | undefined;
  onDone: () => void;
  onClose: () => void;
}

function AskAgent({ agent, config, onDone, onClose }: AskAgentProps) {
  const now: RecordingConfig = config ?? { inbound: true, outbound: true, mediaType: "AUDIO", enabled: false };
  const change = (form: Values) => recordingApi.setOfAgent(agent.id, config, fieldsOf(form)).finally(onDone);
  const choices = ways.map((value) => ({ value, text: t(`recording_${value}`) }));
  return (
    <Ask
      title={t("recordingOfAgent", { name: agent.displayName })}
      action={t("save")}
      onSubmit={change}
      onClose={onClose}
    >
      <Select name="way" label={t("recordingWay")} value={wayOf(config)} choices={choices} />
      <Fields config={now} fresh={false} />
      <p class="small muted">{t("recordingWayHelp")}</p>
    </Ask>
  );
}

export function fieldsOf(form: Values): AgentRecordingFields {
  const way = form.text("way") as Way;
  return { ...configOf(form), enabled: way === "on", useDefault: way === "default" };
}
