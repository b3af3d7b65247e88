import { clock, when } from "../../../shared/src/format.ts";
import { useNow } from "../../../shared/src/hooks.ts";
import type { Conversation, ConversationPage } from "../data/api.ts";
import { type Live, liveOf } from "../data/live.ts";
import type { Phone } from "../data/phone.ts";
import { hrefOf, type View } from "../data/route.ts";
import { t, word } from "../text.ts";
import { Empty } from "./common.tsx";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** How exact "12 min" is. */
const RENEW_MS = 15_000;

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

/** How long, in the largest unit that tells it. */
export function howLong(ms: number): string {
  if (ms < MINUTE_MS) return t("lessThanMinute");
  if (ms < HOUR_MS) return t("minutes", { count: Math.floor(ms / MINUTE_MS) });
  if (ms < DAY_MS) return t("hours", { count: Math.floor(ms / HOUR_MS) });
  return t("days", { count: Math.floor(ms / DAY_MS) });
}

/** Those with a live call here come first; the rest stays in its order. */
export function liveFirst(all: Conversation[], isLive: (conversation: Conversation) => boolean): Conversation[] {
  return [...all.filter(isLive), ...all.filter((conversation) => !isLive(conversation))];
}

interface Props {
  page: ConversationPage;
  search: string;
  filtered: boolean;
  view: View;
  phone: Phone | undefined;
  id: string | undefined;
}

export function ConversationList({ page, search, filtered, view, phone, id }: Props) {
  const all = page.conversations;
  const shown = all.filter((conversation) => matches(conversation, search));
  if (all.length === 0 && !filtered) return <Empty title={t("noConversations")} help={t("noConversationsHelp")} />;
  if (shown.length === 0) {
    const title = filtered && search === "" ? t("noConversations") : t("noMatches");
    return <Empty title={title} help={all.length === 0 ? t("noConversationsHelp") : undefined} />;
  }
  const total = page.pagination.totalItems;
  return (
    <>
      <ul class="conversation-list" data-testid="conversation-list">
        {liveFirst(shown, (one) => liveOf(phone, one.id) !== undefined).map((one) => (
          <li key={one.id}>
            <Entry conversation={one} live={liveOf(phone, one.id)} view={view} chosen={one.id === id} />
          </li>
        ))}
      </ul>
      {total > all.length && <p class="small muted">{t("newestShown", { shown: all.length, total })}</p>}
    </>
  );
}

interface EntryProps {
  conversation: Conversation;
  live: Live | undefined;
  view: View;
  chosen: boolean;
}

function Entry({ conversation, live, view, chosen }: EntryProps) {
  const { id, status, topic, summary, createdAt, updatedAt } = conversation;
  const last = updatedAt ?? createdAt;
  return (
    <a
      href={hrefOf(view, id)}
      aria-current={chosen ? "true" : undefined}
      data-testid="conversation-item"
      data-id={id}
      data-live={live?.voice}
    >
      <span class="spread">
        <strong class="clip">{nameOf(conversation)}</strong>
        {live === undefined ? (
          <span class={`badge ${status === "OPEN" ? "good" : ""}`}>{word(status)}</span>
        ) : (
          <LiveBadge live={live} />
        )}
      </span>
      <span class="spread small muted">
        <span class="clip">{topic || summary || ""}</span>
        <time dateTime={last}>{when(last)}</time>
      </span>
      {live === undefined && status === "OPEN" && <Waits since={last} />}
    </a>
  );
}

function LiveBadge({ live }: { live: Live }) {
  const now = useNow(1_000);
  const { voice, since, until } = live;
  const time = since !== undefined ? clock(now - since) : until !== undefined ? clock(Math.max(0, until - now)) : "";
  return (
    <span class={`badge ${voice === "WRAPPING" ? "warn" : "accent"}`}>
      {t(voice)} <span class="numbers">{time}</span>
    </span>
  );
}

/** How long an open conversation has waited for its agent. */
function Waits({ since }: { since: string }) {
  const now = useNow(RENEW_MS);
  const ms = Math.max(0, now - new Date(since).getTime());
  return (
    <span class="small waits" data-testid="waits">
      {t("waits", { time: howLong(ms) })}
    </span>
  );
}
