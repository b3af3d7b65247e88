import { useEffect, useState } from "preact/hooks";
import { when } from "../../../shared/src/format.ts";
import { CallButton } from "../call/new-call.tsx";
import {
  api,
  type Conversation,
  type ConversationStatus,
  type Note,
  problemText,
  type Recording,
  type Session,
} from "../data/api.ts";
import { type Loaded, useLoaded } from "../data/load.ts";
import { MADE_UP, mayBeCalled } from "../data/outgoing.ts";
import type { Phone } from "../data/phone.ts";
import type { View } from "../data/route.ts";
import { useMoment, useOpening } from "../player/opened.ts";
import { OpenedPlayer } from "../player/opened-player.tsx";
import { keyOf, whoOf } from "../player/parts.ts";
import { t } from "../text.ts";
import { Empty, Show } from "./common.tsx";
import { nameOf } from "./conversation-list.tsx";
import { AskDelete, Recordings } from "./recordings.tsx";
import { Timeline } from "./timeline.tsx";
import { BackLink } from "./work.tsx";

interface Props {
  id: string;
  phone: Phone | undefined;
  view: View;
  session: Session;
}

export function ConversationView({ id, phone, view, session }: Props) {
  const conversation = useLoaded(id, () => api.conversation(id));
  const timeline = useLoaded(id, () => api.timeline(id));
  const notes = useLoaded(id, () => api.notes(id));
  const recordings = useLoaded(id, () => api.recordings(id));
  const opening = useOpening(recordings.data);
  useMoment(recordings.data, opening);
  const [asked, setAsked] = useState<Recording>();
  const onDelete = session.role === "AGENT" ? undefined : setAsked;
  useEffect(
    () =>
      phone?.on("conversation-changed", ({ conversationId }) => {
        if (conversationId !== id) return;
        for (const part of [conversation, timeline, notes, recordings]) part.reload();
      }),
    [phone, id, conversation.reload, timeline.reload, notes.reload, recordings.reload],
  );
  // Whoever is not told of changes asks.
  useEvery(phone === undefined ? 10_000 : 30_000, () => {
    for (const part of [timeline, notes, recordings]) part.reload();
  });
  // For example one whose call was handed over.
  if (conversation.isHidden) {
    return (
      <div data-testid="conversation-hidden">
        <BackLink view={view} />
        <Empty title={t("withOthers")} help={t("withOthersHelp")} />
      </div>
    );
  }
  return (
    <article class="conversation" data-testid="conversation" data-id={id}>
      <BackLink view={view} />
      <OpenedPlayer opening={opening} page={{ view, id }} onDelete={onDelete} />
      <Show of={conversation}>{(data) => <Head conversation={data} phone={phone} reload={conversation.reload} />}</Show>
      <div class="columns">
        <section class="card part" aria-labelledby="timeline-title">
          <h2 id="timeline-title">{t("timeline")}</h2>
          <Show of={timeline}>{(events) => <Timeline events={events} />}</Show>
        </section>
        <div class="stack">
          <section class="card part" aria-labelledby="recordings-title">
            <h2 id="recordings-title">{t("recordings")}</h2>
            <Show of={recordings}>
              {(all) => (
                <Recordings
                  all={all}
                  playing={opening.opened && keyOf(opening.opened.recording)}
                  onPlay={opening.open}
                  onDelete={onDelete}
                />
              )}
            </Show>
          </section>
          <section class="card part" aria-labelledby="notes-title">
            <h2 id="notes-title">{t("notes")}</h2>
            <Notes id={id} notes={notes} closed={conversation.data?.status === "CLOSED"} session={session} />
          </section>
        </div>
      </div>
      {asked !== undefined && (
        <AskDelete
          segmentId={asked.segmentId}
          who={whoOf(asked)}
          opening={opening}
          onDone={recordings.reload}
          onClose={() => setAsked(undefined)}
        />
      )}
    </article>
  );
}

function useEvery(ms: number, work: () => void): void {
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && work(), ms);
    return () => clearInterval(timer);
  }, [ms]);
}

const statuses: ConversationStatus[] = ["OPEN", "WAITING", "SOLVED", "CLOSED"];

interface HeadProps {
  conversation: Conversation;
  phone: Phone | undefined;
  reload: () => void;
}

function Head({ conversation, phone, reload }: HeadProps) {
  const [problem, setProblem] = useState("");
  const closed = conversation.status === "CLOSED";
  const change = async (what: Partial<Conversation>) => {
    setProblem("");
    try {
      await api.changeConversation(conversation.id, what as { status?: ConversationStatus });
    } catch (error) {
      setProblem(problemText(error));
    }
    reload();
  };
  return (
    <header class="card part conversation-head">
      <div class="spread">
        <div>
          <h1 data-testid="conversation-name">{nameOf(conversation)}</h1>
          <p class="small muted">
            {t("created", { time: when(conversation.createdAt) })}
            {conversation.customer && !conversation.customer.identity.startsWith(MADE_UP) && (
              <> · {conversation.customer.identity}</>
            )}
          </p>
        </div>
        {phone !== undefined && <CallBack conversation={conversation} phone={phone} />}
      </div>
      <div class="head-fields">
        <label class="field">
          <span>{t("statusFilter")}</span>
          <select
            class="input"
            value={conversation.status}
            disabled={closed}
            onChange={(event) => change({ status: event.currentTarget.value as ConversationStatus })}
            data-testid="conversation-status"
          >
            {statuses.map((status) => (
              <option key={status} value={status}>
                {t(status)}
              </option>
            ))}
          </select>
        </label>
        <Field
          label={t("topic")}
          value={conversation.topic ?? ""}
          max={1000}
          disabled={closed}
          onSave={(topic) => change({ topic })}
          testid="topic"
        />
        <Field
          label={t("summary")}
          value={conversation.summary ?? ""}
          max={4000}
          disabled={closed}
          onSave={(summary) => change({ summary })}
          testid="summary"
        />
      </div>
      {problem !== "" && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
    </header>
  );
}

/** For customers who have an identity of their own. */
function CallBack({ conversation, phone }: { conversation: Conversation; phone: Phone }) {
  const { customer } = conversation;
  if (!customer || !mayBeCalled(conversation)) return null;
  const to = { identity: customer.identity, name: nameOf(conversation), video: false };
  return (
    <CallButton
      phone={phone}
      icon="phone"
      label={t("callBack")}
      testid="call-back"
      onCall={() => void phone.callCustomer(to)}
    />
  );
}

interface FieldProps {
  label: string;
  value: string;
  max: number;
  disabled: boolean;
  onSave: (value: string) => void;
  testid: string;
}

/** Saved when the person leaves it. */
function Field({ label, value, max, disabled, onSave, testid }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        maxLength={max}
        defaultValue={value}
        key={value}
        disabled={disabled}
        onChange={(event) => event.currentTarget.value !== value && onSave(event.currentTarget.value)}
        data-testid={testid}
      />
    </label>
  );
}

interface NotesProps {
  id: string;
  notes: Loaded<Note[]>;
  closed: boolean;
  session: Session;
}

function Notes({ id, notes, closed, session }: NotesProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    setProblem("");
    try {
      await api.addNote(id, text.trim());
      setText("");
      notes.reload();
    } catch (error) {
      setProblem(problemText(error));
    }
  };
  const author = (note: Note) => {
    if (note.agentId === null || note.agentId === undefined) return t("byProgram");
    return note.agentId === session.agentId ? session.displayName : t("colleague");
  };
  return (
    <div class="stack">
      <Show of={notes}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t("noNotes")} />
          ) : (
            <ul class="notes" data-testid="notes">
              {all.map((note) => (
                <li key={note.id} data-testid="note">
                  <p class="note-text">{note.content}</p>
                  <p class="small muted">{t("noteBy", { name: author(note), time: when(note.createdAt) })}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Show>
      {!closed && (
        <form class="stack" onSubmit={add}>
          <textarea
            class="input"
            rows={2}
            maxLength={4000}
            aria-label={t("note")}
            placeholder={t("notePlaceholder")}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            data-testid="note-text"
          />
          {problem !== "" && (
            <p class="notice bad" role="alert">
              {problem}
            </p>
          )}
          <button type="submit" class="button" disabled={text.trim() === ""} data-testid="add-note">
            {t("addNote")}
          </button>
        </form>
      )}
    </div>
  );
}
