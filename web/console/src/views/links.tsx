import { useState } from "preact/hooks";
import { when } from "../../../shared/src/format.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import { api, type CallLink, problemText, type Session } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { t } from "../text.ts";
import { Empty, Show } from "./common.tsx";
import { CopyButton, NewLink } from "./new-link.tsx";

export function LinksView({ session }: { session: Session }) {
  const links = useLoaded(session.userId, api.links);
  return (
    <div class="links">
      <h1>{t("callLinks")}</h1>
      <div class="columns">
        <NewLink onCreated={links.reload} />
        <section class="card part" aria-labelledby="links-title">
          <h2 id="links-title">{t("links")}</h2>
          <Show of={links}>
            {(all) =>
              all.length === 0 ? (
                <Empty title={t("noLinks")} help={t("noLinksHelp")} />
              ) : (
                <ul class="link-list" data-testid="link-list">
                  {all.map((link) => (
                    <LinkLine key={link.id} link={link} onDeleted={links.reload} />
                  ))}
                </ul>
              )
            }
          </Show>
        </section>
      </div>
    </div>
  );
}

export type LinkState = "linkActive" | "linkEarly" | "linkExpired";

export function stateOf(link: CallLink, now: number): LinkState {
  const { startTime, endTime } = link.validityWindow ?? {};
  if (startTime !== undefined && new Date(startTime).getTime() > now) return "linkEarly";
  if (endTime !== undefined && new Date(endTime).getTime() <= now) return "linkExpired";
  return "linkActive";
}

function LinkLine({ link, onDeleted }: { link: CallLink; onDeleted: () => void }) {
  const [problem, setProblem] = useState("");
  const name = link.displayName || link.identity || t("unknownCustomer");
  const { oneTime, startTime, endTime } = link.validityWindow ?? {};
  const state = stateOf(link, Date.now());
  const remove = async () => {
    if (!confirm(t("deleteQuestion", { name }))) return;
    try {
      await api.deleteLink(link.id);
      onDeleted();
    } catch (error) {
      setProblem(t("deleteFailed", { problem: problemText(error) }));
    }
  };
  return (
    <li data-testid="link-item" data-id={link.id} data-state={state}>
      <div class="link-what">
        <strong class="clip">{name}</strong>
        <span class="row">
          <span class={`badge ${state === "linkActive" ? "good" : "warn"}`}>{t(state)}</span>
          {oneTime === true && <span class="badge">{t("linkOneTime")}</span>}
          <span class="small muted">
            {t("linkWindow", { from: when(startTime) || "…", until: when(endTime) || "…" })}
          </span>
        </span>
        {problem !== "" && <span role="alert">{problem}</span>}
      </div>
      <CopyButton text={link.url} />
      <button
        type="button"
        class="button icon-only"
        aria-label={`${t("deleteLink")}: ${name}`}
        title={t("deleteLink")}
        onClick={remove}
        data-testid="delete-link"
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}
