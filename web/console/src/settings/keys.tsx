import { useState } from "preact/hooks";
import { when } from "../../../shared/src/format.ts";
import { useLoaded } from "../data/load.ts";
import { type ApiKey, type Scope, scopes, settingsApi } from "../data/settings-api.ts";
import { t, word } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { Ask, Input, type Values } from "./ask.tsx";
import { Action, Line, type Secret, Section, ShownOnce } from "./parts.tsx";

type Asked = "new" | ApiKey;

/** Keys of programs. */
export function Keys() {
  const keys = useLoaded("keys", settingsApi.keys);
  const [asked, setAsked] = useState<Asked>();
  const [secret, setSecret] = useState<Secret>();
  const create = async (form: Values) => {
    const name = form.text("name");
    const scope = form.text("scope") as Scope;
    const made = await settingsApi.createKey({ name, scopes: [scope], expiresAt: form.time("expiresAt") });
    setSecret({ title: t("keyOf", { name }), value: made.key });
    keys.reload();
  };
  return (
    <Section title={t("apiKeys")} intro={t("apiKeysIntro")} add={t("addKey")} onAdd={() => setAsked("new")}>
      {secret !== undefined && <ShownOnce secret={secret} onKept={() => setSecret(undefined)} />}
      <Show of={keys}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t("noKeys")} help={t("noKeysHelp")} />
          ) : (
            <ul class="setting-list">
              {all.map((key) => (
                <KeyLine key={key.id} of={key} onDelete={() => setAsked(key)} />
              ))}
            </ul>
          )
        }
      </Show>
      {asked === "new" && (
        <Ask title={t("addKey")} action={t("create")} onSubmit={create} onClose={() => setAsked(undefined)}>
          <NewKey />
        </Ask>
      )}
      {asked !== undefined && asked !== "new" && (
        <Ask
          title={t("deleteKey", { name: asked.name })}
          action={t("delete")}
          danger
          onSubmit={() => settingsApi.deleteKey(asked.id).then(keys.reload)}
          onClose={() => setAsked(undefined)}
        >
          <p>{t("deleteKeyHelp")}</p>
        </Ask>
      )}
    </Section>
  );
}

function KeyLine({ of: key, onDelete }: { of: ApiKey; onDelete: () => void }) {
  const over = key.expiresAt !== undefined && new Date(key.expiresAt).getTime() <= Date.now();
  const until = key.expiresAt === undefined ? t("neverExpires") : t("expiresAt", { time: when(key.expiresAt) });
  const used = key.lastUsedAt === undefined ? t("neverUsed") : t("usedAt", { time: when(key.lastUsedAt) });
  const badges = (
    <>
      {key.scopes.map((scope) => (
        <span key={scope} class="badge">
          {word(scope)}
        </span>
      ))}
      {over && <span class="badge warn">{t("linkExpired")}</span>}
    </>
  );
  return (
    <Line
      id={key.id}
      name={key.name}
      badges={badges}
      actions={<Action label={t("delete")} of={key.name} icon="trash" testid="delete" onClick={onDelete} />}
    >
      <span class="small muted">{[t("created", { time: when(key.createdAt) }), until, used].join(" · ")}</span>
    </Line>
  );
}

function NewKey() {
  return (
    <>
      <Input name="name" label={t("name")} help={t("keyNameHelp")} required maxLength={255} />
      <fieldset class="types">
        <legend class="small">{t("keyMay")}</legend>
        {scopes.map((scope) => (
          <label key={scope} class="type">
            <input
              type="radio"
              name="scope"
              value={scope}
              defaultChecked={scope === "conversations:read"}
              data-testid={`scope-${scope}`}
            />
            <span>
              {word(scope)}
              <span class="small muted block">{t(`${scope}Help`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Input name="expiresAt" label={t("expires")} help={t("keyExpiresHelp")} type="datetime-local" />
    </>
  );
}
