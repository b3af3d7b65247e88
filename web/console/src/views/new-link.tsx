import { useState } from "preact/hooks";
import { Icon } from "../../../shared/src/icons.tsx";
import { api, type NewCallLink, problemText } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { t } from "../text.ts";

export type LinkType = "oneTime" | "timeFrame" | "expiration";

const DAY_MS = 86_400_000;
const types: LinkType[] = ["oneTime", "timeFrame", "expiration"];

/** The value of a `datetime-local` field. */
export function localTime(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}

/** What the three types mean for the API; throws the sentence to show when the times make no sense. */
export function windowOf(type: LinkType, from: string, to: string): NewCallLink["validityWindow"] {
  if (type === "oneTime") return { oneTime: true };
  if (to === "" || (type === "timeFrame" && from === "")) throw new Error(t("needTimes"));
  const endTime = new Date(to).toISOString();
  if (type === "expiration") return { endTime };
  if (new Date(from) >= new Date(to)) throw new Error(t("invalidWindow"));
  return { startTime: new Date(from).toISOString(), endTime };
}

export function NewLink({ onCreated }: { onCreated: () => void }) {
  const [type, setType] = useState<LinkType>("oneTime");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [url, setUrl] = useState("");
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    setProblem("");
    setBusy(true);
    try {
      const link = await api.createLink({
        destination: { type: "CONVERSATIONS" },
        identity: text("identity") || `guest-${crypto.randomUUID().slice(0, 8)}`,
        ...(text("displayName") ? { displayName: text("displayName") } : {}),
        ...(text("config") ? { callLinkConfigId: text("config") } : {}),
        validityWindow: windowOf(type, text("from"), text("to")),
      });
      setUrl(link.url);
      onCreated();
    } catch (error) {
      setProblem(t("linkFailed", { problem: problemText(error) }));
    }
    setBusy(false);
  };
  return (
    <section class="card part" aria-labelledby="new-link-title">
      <h2 id="new-link-title">{t("newLink")}</h2>
      <form class="stack" onSubmit={submit} data-testid="new-link">
        <Fields type={type} onType={setType} />
        {problem !== "" && (
          <p class="notice bad" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button primary" disabled={busy} data-testid="create-link">
          {t(busy ? "creating" : "createLink")}
        </button>
      </form>
      {url !== "" && <Ready url={url} />}
    </section>
  );
}

function Fields({ type, onType }: { type: LinkType; onType: (type: LinkType) => void }) {
  const configs = useLoaded("configs", api.linkConfigs);
  return (
    <>
      <fieldset class="types">
        <legend class="small">{t("linkType")}</legend>
        {types.map((one) => (
          <label key={one} class="type">
            <input
              type="radio"
              name="type"
              value={one}
              checked={one === type}
              onChange={() => onType(one)}
              data-testid={`type-${one}`}
            />
            <span>
              {t(one)}
              <span class="small muted block">{t(`${one}Help`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{t("customerName")}</span>
        <input class="input" name="displayName" maxLength={50} data-testid="link-name" />
        <span class="small muted hint">{t("customerNameHelp")}</span>
      </label>
      <label class="field">
        <span>{t("identity")}</span>
        <input class="input" name="identity" minLength={3} maxLength={64} data-testid="link-identity" />
        <span class="small muted hint">{t("identityHelp")}</span>
      </label>
      {type === "timeFrame" && <Time name="from" label={t("from")} at={Date.now()} />}
      {type !== "oneTime" && (
        <Time key={type} name="to" label={t(type === "timeFrame" ? "to" : "expires")} at={Date.now() + DAY_MS} />
      )}
      {(configs.data?.length ?? 0) > 1 && (
        <label class="field">
          <span>{t("config")}</span>
          <select class="input" name="config">
            <option value="">{t("defaultConfig")}</option>
            {configs.data?.map((config) => (
              <option key={config.id} value={config.id}>
                {config.name}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

function Ready({ url }: { url: string }) {
  return (
    <div class="notice link-ready" role="status">
      <div class="grow stack">
        <strong>{t("linkReady")}</strong>
        <input class="input" readOnly value={url} aria-label={t("linkReady")} data-testid="link-url" />
      </div>
      <CopyButton text={url} />
      <a class="button" href={url} target="_blank" rel="noopener noreferrer">
        {t("openLink")}
      </a>
    </div>
  );
}

function Time({ name, label, at }: { name: string; label: string; at: number }) {
  const [initial] = useState(() => localTime(at));
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        type="datetime-local"
        name={name}
        defaultValue={initial}
        required
        data-testid={`link-${name}`}
      />
    </label>
  );
}

const SHOWN_MS = 2_500;

export function CopyButton({ text }: { text: string }) {
  const [result, setResult] = useState<"copied" | "copyFailed" | undefined>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setResult("copied");
    } catch {
      setResult("copyFailed");
    }
    setTimeout(() => setResult(undefined), SHOWN_MS);
  };
  return (
    <button type="button" class="button" onClick={copy} title={text} data-testid="copy-link">
      <Icon name={result === "copied" ? "check" : "copy"} />
      <span aria-live="polite">{t(result ?? "copy")}</span>
    </button>
  );
}
