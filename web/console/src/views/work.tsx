import { useEffect, useState } from "preact/hooks";
import { when } from "../../../shared/src/format.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import { api, type Conversation, type Session } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import type { Phone } from "../data/phone.ts";
import { hrefOf, type View } from "../data/route.ts";
import { t, word } from "../text.ts";
import { Empty, Show } from "./common.tsx";
import { ConversationView } from "./conversation.tsx";

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
            placeholder={t("searchHelp")}
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
          {(data) => <List all={data} search={search} filtered={status !== ""} view={view} id={id} />}
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

export function nameOf(conversation: Conversation): string {
  return conversation.customer?.displayName || conversation.customer?.identity || t("unknownCustomer");
}

/** Whether what people see of a conversation contains the words searched for. */
export function matches(conversation: Conversation, search: string): boolean {
  const shown = [nameOf(conversation), conversation.topic, conversation.summary].join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((part) => shown.includes(part));
}

interface ListProps {
  all: Conversation[];
  search: string;
  filtered: boolean;
  view: View;
  id: string | undefined;
}

function List({ all, search, filtered, view, id }: ListProps) {
  const shown = all.filter((conversation) => matches(conversation, search));
  if (all.length === 0 && !filtered) return <Empty title={t("noConversations")} help={t("noConversationsHelp")} />;
  if (shown.length === 0) {
    const title = filtered && search === "" ? t("noConversations") : t("noMatches");
    return <Empty title={title} help={all.length === 0 ? t("noConversationsHelp") : undefined} />;
  }
  return (
    <ul class="conversation-list" data-testid="conversation-list">
      {shown.map((conversation) => (
        <li key={conversation.id}>
          <a
            href={hrefOf(view, conversation.id)}
            aria-current={conversation.id === id ? "true" : undefined}
            data-testid="conversation-item"
            data-id={conversation.id}
          >
            <span class="spread">
              <strong class="clip">{nameOf(conversation)}</strong>
              <span class={`badge ${conversation.status === "OPEN" ? "good" : ""}`}>{word(conversation.status)}</span>
            </span>
            <span class="spread small muted">
              <span class="clip">{conversation.topic || conversation.summary || ""}</span>
              <time dateTime={conversation.createdAt}>{when(conversation.updatedAt ?? conversation.createdAt)}</time>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

export function BackLink({ view }: { view: View }) {
  return (
    <a class="button plain back" href={hrefOf(view)}>
      <Icon name="close" /> {t("back")}
    </a>
  );
}
