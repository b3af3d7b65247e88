import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../../shared/src/icons.tsx";
import { api, type Session } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import type { Phone } from "../data/phone.ts";
import { hrefOf, type View } from "../data/route.ts";
import { t } from "../text.ts";
import { Empty, Show } from "./common.tsx";
import { ConversationView } from "./conversation.tsx";
import { ConversationList } from "./conversation-list.tsx";

const REFRESH_MS = 15_000;
const filters = ["", "OPEN", "WAITING", "SOLVED", "CLOSED"] as const;

interface Props {
  /** Everyone's conversations, for those who lead. */
  all: boolean;
  session: Session;
  phone: Phone | undefined;
  id: string | undefined;
}

/** The list of conversations, and the chosen one beside it. */
export function WorkView({ all, session, phone, id }: Props) {
  const [status, setStatus] = useState<string>(all ? "" : "OPEN");
  const [search, setSearch] = useState("");
  const view: View = all ? "all" : "work";
  const agentId = all ? undefined : (session.agentId ?? undefined);
  const list = useLoaded(`${view} ${status}`, () => api.conversations({ agentId, status }), REFRESH_MS);
  useEffect(() => phone?.on("conversation-changed", list.reload), [phone, list.reload]);
  return (
    <div class={id === undefined ? "work" : "work has-choice"}>
      <section class="list-side" aria-label={t("conversations")}>
        <h1>{t(all ? "allWork" : "myWork")}</h1>
        <div class="filters">
          <input
            class="input"
            type="search"
            aria-label={t("search")}
            placeholder={t("search")}
            title={t("searchHelp")}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
            data-testid="search"
          />
          <select
            class="input"
            aria-label={t("statusFilter")}
            value={status}
            onChange={(event) => setStatus(event.currentTarget.value)}
            data-testid="status-filter"
          >
            {filters.map((one) => (
              <option key={one} value={one}>
                {one === "" ? t("any") : t(one)}
              </option>
            ))}
          </select>
        </div>
        <Show of={list}>
          {(page) => <ConversationList {...{ page, search, view, phone, id }} filtered={status !== ""} />}
        </Show>
      </section>
      <section class="detail-side">
        {id === undefined ? (
          <Empty title={t("pickOne")} />
        ) : (
          <ConversationView key={id} id={id} phone={phone} view={view} session={session} />
        )}
      </section>
    </div>
  );
}

export function BackLink({ view }: { view: View }) {
  return (
    <a class="button plain back" href={hrefOf(view)}>
      <Icon name="close" /> {t("back")}
    </a>
  );
}
