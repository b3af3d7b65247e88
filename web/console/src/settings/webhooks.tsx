import { useState } from "preact/hooks";
import { when } from "../../../shared/src/format.ts";
import { problemText } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { settingsApi, type Webhook, type WebhookFields } from "../data/settings-api.ts";
import { t, word } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { localTime } from "../views/new-link.tsx";
import { Ask, Check, Input, type Values } from "./ask.tsx";
import { Action, Line, type Secret, Section, ShownOnce } from "./parts.tsx";

const POLL_MS = 5_000;
const HOUR_MS = 3_600_000;

/** Types of events that occur. */
const occurring = [
  "CONVERSATION_CREATED",
  "CONVERSATION_STATUS_UPDATED",
  "CONVERSATION_ASSIGNMENT_UPDATED",
  "CONVERSATION_PRIORITY_UPDATED",
  "CONVERSATION_QUEUE_UPDATED",
  "CONVERSATION_TOPIC_UPDATED",
  "CONVERSATION_SUMMARY_UPDATED",
  "CONVERSATION_TAG_ADDED",
  "CONVERSATION_TAG_REMOVED",
  "CONVERSATION_NOTE_ADDED",
  "CONVERSATION_AGENT_STATUS_CHANGED",
];

type What = "edit" | "secret" | "replay" | "delete";
type Asked = { what: "new" } | { what: What; webhook: Webhook };

/** Addresses that are told of events. */
export function Webhooks() {
  const webhooks = useLoaded("webhooks", settingsApi.webhooks, POLL_MS);
  const [asked, setAsked] = useState<Asked>();
  const [secret, setSecret] = useState<Secret>();
  const [problem, setProblem] = useState("");
  const enable = async (webhook: Webhook) => {
    setProblem("");
    try {
      const { name, url, events, enabled } = webhook;
      await settingsApi.changeWebhook(webhook, { name, url, events, enabled: !enabled });
    } catch (error) {
      setProblem(t("notSaved", { problem: problemText(error) }));
    }
    webhooks.reload();
  };
  return (
    <Section
      title={t("webhooks")}
      intro={t("webhooksIntro")}
      add={t("addWebhook")}
      onAdd={() => setAsked({ what: "new" })}
    >
      {secret !== undefined && <ShownOnce secret={secret} onKept={() => setSecret(undefined)} />}
      {problem !== "" && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      <Show of={webhooks}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t("noWebhooks")} help={t("noWebhooksHelp")} />
          ) : (
            <ul class="setting-list">
              {all.map((webhook) => (
                <WebhookLine
                  key={webhook.id}
                  webhook={webhook}
                  onEnable={() => enable(webhook)}
                  onAsk={(what) => setAsked({ what, webhook })}
                />
              ))}
            </ul>
          )
        }
      </Show>
      {asked !== undefined && (
        <Question asked={asked} onSecret={setSecret} onDone={webhooks.reload} onClose={() => setAsked(undefined)} />
      )}
    </Section>
  );
}

export type Health = "hookOn" | "hookFailing" | "hookOff";

export function healthOf({ enabled, failure }: Webhook): Health {
  if (!enabled) return "hookOff";
  return failure === undefined ? "hookOn" : "hookFailing";
}

const colors: Record<Health, string> = { hookOn: "good", hookFailing: "warn", hookOff: "" };

interface LineProps {
  webhook: Webhook;
  onEnable: () => void;
  onAsk: (what: What) => void;
}

function WebhookLine({ webhook, onEnable, onAsk }: LineProps) {
  const { id, name, url, events, enabled, disabledReason, failure, deliveredAt } = webhook;
  const health = healthOf(webhook);
  const told = events.length === 0 ? t("allEvents") : t("someEvents", { count: events.length });
  const delivered = deliveredAt === undefined ? t("neverDelivered") : t("deliveredAt", { time: when(deliveredAt) });
  const actions = (
    <>
      <Action label={t(enabled ? "disable" : "enable")} of={name} testid="enable" onClick={onEnable} />
      <Action label={t("edit")} of={name} testid="edit" onClick={() => onAsk("edit")} />
      <Action label={t("replay")} of={name} testid="replay" onClick={() => onAsk("replay")} />
      <Action label={t("newSecret")} of={name} testid="new-secret" onClick={() => onAsk("secret")} />
      <Action label={t("delete")} of={name} icon="trash" testid="delete" onClick={() => onAsk("delete")} />
    </>
  );
  return (
    <Line
      id={id}
      name={name}
      badges={
        <span class={`badge ${colors[health]}`} data-testid="health" data-health={health}>
          {t(health)}
        </span>
      }
      actions={actions}
    >
      <span class="small address">{url}</span>
      <span class="small muted">{[told, delivered].join(" · ")}</span>
      {failure !== undefined && (
        <p class="notice warn" data-testid="failure">
          {t("failing", {
            since: when(failure.since),
            count: failure.attempts,
            next: when(failure.nextAttemptAt),
            problem: failure.error,
          })}
        </p>
      )}
      {disabledReason !== undefined && <p class="notice warn">{t("disabledBecause", { reason: disabledReason })}</p>}
    </Line>
  );
}

interface QuestionProps {
  asked: Asked;
  onSecret: (secret: Secret) => void;
  onDone: () => void;
  onClose: () => void;
}

function Question({ asked, onSecret, onDone, onClose }: QuestionProps) {
  const tell = (webhook: Webhook & { secret: string }) => {
    onSecret({ title: t("secretOf", { name: webhook.name }), value: webhook.secret });
    onDone();
  };
  if (asked.what === "new") {
    const create = async (form: Values) => tell(await settingsApi.createWebhook(fieldsOf(form, true)));
    return (
      <Ask title={t("addWebhook")} action={t("create")} onSubmit={create} onClose={onClose}>
        <Fields />
      </Ask>
    );
  }
  const { webhook } = asked;
  const { id, name } = webhook;
  switch (asked.what) {
    case "edit": {
      const change = (form: Values) =>
        settingsApi.changeWebhook(webhook, fieldsOf(form, webhook.enabled)).finally(onDone);
      return (
        <Ask title={name} action={t("save")} onSubmit={change} onClose={onClose}>
          <Fields webhook={webhook} />
        </Ask>
      );
    }
    case "replay": {
      const replay = (form: Values) => settingsApi.replay(id, form.time("from") ?? "").then(onDone);
      return (
        <Ask title={t("replayTitle", { name })} action={t("replay")} onSubmit={replay} onClose={onClose}>
          <p>{t("replayHelp")}</p>
          <Input name="from" label={t("from")} type="datetime-local" value={localTime(Date.now() - HOUR_MS)} required />
        </Ask>
      );
    }
    case "secret": {
      const rotate = async () => tell(await settingsApi.newSecret(id));
      return (
        <Ask title={t("newSecretTitle", { name })} action={t("newSecret")} onSubmit={rotate} onClose={onClose}>
          <p>{t("newSecretHelp")}</p>
        </Ask>
      );
    }
    case "delete": {
      const remove = () => settingsApi.deleteWebhook(id).then(onDone);
      return (
        <Ask title={t("deleteWebhook", { name })} action={t("delete")} danger onSubmit={remove} onClose={onClose}>
          <p>{t("deleteWebhookHelp")}</p>
        </Ask>
      );
    }
  }
}

function fieldsOf(form: Values, enabled: boolean): WebhookFields {
  return { name: form.text("name"), url: form.text("url"), events: form.all("event"), enabled };
}

function Fields({ webhook }: { webhook?: Webhook }) {
  const chosen = webhook?.events ?? [];
  // What a program has chosen and does not occur yet stays chosen.
  const types = [...occurring, ...chosen.filter((type) => !occurring.includes(type))];
  return (
    <>
      <Input name="name" label={t("name")} value={webhook?.name} required maxLength={255} />
      <Input
        name="url"
        label={t("address")}
        help={t("addressHelp")}
        type="url"
        value={webhook?.url}
        required
        maxLength={2048}
      />
      <details class="events" open={chosen.length > 0}>
        <summary>{t("onlySomeEvents")}</summary>
        <fieldset class="check-list">
          <legend class="small muted">{t("eventsHelp")}</legend>
          {types.map((type) => (
            <Check key={type} name="event" value={type} label={word(type, "hook")} checked={chosen.includes(type)} />
          ))}
        </fieldset>
      </details>
    </>
  );
}
