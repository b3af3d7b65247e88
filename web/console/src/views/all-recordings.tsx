import { useRef, useState } from "preact/hooks";
import { api, problemText, type Recording, type Session } from "../data/api.ts";
import { type Loaded, useLoaded } from "../data/load.ts";
import { type MetadataPage, type RecordingMetadata, recordingApi } from "../data/recording-api.ts";
import { chosenIn, filterOf, PAGE_SIZE, queryOf, type RecordingFilter } from "../data/recording-filter.ts";
import { segmentOf } from "../data/recording-row.ts";
import { hrefOf } from "../data/route.ts";
import { type Opening, useOpening } from "../player/opened.ts";
import { OpenedPlayer } from "../player/opened-player.tsx";
import { isPlayable, keyOf, whoOf } from "../player/parts.ts";
import { t } from "../text.ts";
import { Empty, Show } from "./common.tsx";
import { RecordingFilters } from "./recording-filters.tsx";
import { RecordingTable } from "./recording-table.tsx";
import { AskDelete } from "./recordings.tsx";

const REFRESH_MS = 30_000;

/** What is to be deleted, and whose it is. */
interface Asked {
  segmentId: string;
  who: string;
}

/** All recordings that the person may hear, in a table. The page's address keeps what it shows. */
export function AllRecordings({ session, query }: { session: Session; query: string }) {
  const filter = filterOf(query);
  const list = useKept(useLoaded(queryOf(filter), () => recordingApi.metadata(filter), REFRESH_MS));
  const { opening, conversation, play, problem } = usePlaying();
  const [asked, setAsked] = useState<Asked>();
  const leads = session.role !== "AGENT";
  const conversations = leads ? "all" : "work";
  const show = (part: Partial<RecordingFilter>) => {
    // Whoever goes back leaves the list rather than one filter after the other.
    location.replace(hrefOf("recordings", undefined, queryOf({ ...filter, page: 0, ...part })));
  };
  return (
    <div class="all-recordings" data-testid="all-recordings">
      <h1>{t("allRecordings")}</h1>
      <OpenedPlayer
        opening={opening}
        page={{ view: conversations, id: conversation }}
        onDelete={leads ? (one) => setAsked({ segmentId: one.segmentId, who: whoOf(one) }) : undefined}
      />
      {problem !== "" && (
        <p class="notice bad" role="alert" data-testid="play-problem">
          {problem}
        </p>
      )}
      <RecordingFilters filter={filter} onChange={show} onClear={() => show(filterOf(""))} />
      <Show of={list}>
        {(page) => (
          <section class="card part recording-list" aria-label={t("recordings")} data-total={page.total}>
            {page.elements.length === 0 ? (
              <NothingShown narrowed={chosenIn(filter) > 0 || filter.page > 0} />
            ) : (
              <RecordingTable
                rows={page.elements}
                filter={filter}
                onSort={(sort) => show({ sort, ascending: filter.sort === sort && !filter.ascending })}
                conversations={conversations}
                playing={opening.opened && keyOf(opening.opened.recording)}
                onPlay={play}
                onDelete={leads ? (row) => setAsked({ segmentId: segmentOf(row), who: whoOf(row) }) : undefined}
              />
            )}
            <Pages filter={filter} page={page} />
          </section>
        )}
      </Show>
      {asked !== undefined && (
        <AskDelete {...asked} opening={opening} onDone={list.reload} onClose={() => setAsked(undefined)} />
      )}
    </div>
  );
}

/** The rows of before stay until those of another filter are there. */
function useKept<T>(loaded: Loaded<T>): Loaded<T> {
  const last = useRef<T>();
  if (loaded.data !== undefined) last.current = loaded.data;
  return { ...loaded, data: loaded.data ?? last.current };
}

interface Playing {
  opening: Opening;
  /** Whose recordings the player has. */
  conversation: string;
  play: (row: RecordingMetadata) => void;
  problem: string;
}

/** The player gets all files of the conversation, so that one can go on with another part of the call. */
function usePlaying(): Playing {
  const [from, setFrom] = useState<{ conversation: string; all: Recording[] }>();
  const [problem, setProblem] = useState("");
  const opening = useOpening(from?.all);
  const play = async ({ conversationId: conversation, recordingId }: RecordingMetadata) => {
    setProblem("");
    try {
      const all = await api.recordings(conversation);
      const one = all.find((recording) => keyOf(recording) === recordingId);
      if (one === undefined || !isPlayable(one)) return setProblem(t("fileGone"));
      setFrom({ conversation, all });
      opening.open(one);
    } catch (error) {
      setProblem(problemText(error));
    }
  };
  return { opening, conversation: from?.conversation ?? "", play, problem };
}

function NothingShown({ narrowed }: { narrowed: boolean }) {
  if (narrowed) return <Empty title={t("noRecordingsMatch")} />;
  return <Empty title={t("noRecordingsYet")} help={t("noRecordingsYetHelp")} />;
}

function Pages({ filter, page }: { filter: RecordingFilter; page: MetadataPage }) {
  const first = filter.page * PAGE_SIZE;
  const last = first + page.elements.length;
  if (filter.page === 0 && last >= page.total) return null;
  const to = (number: number) => hrefOf("recordings", undefined, queryOf({ ...filter, page: number }));
  return (
    <nav class="spread" aria-label={t("pages")}>
      <span class="small muted" data-testid="shown">
        {page.elements.length > 0 && t("shownOf", { from: first + 1, to: last, total: page.total })}
      </span>
      <span class="row">
        {filter.page > 0 && (
          <a class="button" href={to(filter.page - 1)} rel="prev" data-testid="previous">
            {t("previousPage")}
          </a>
        )}
        {last < page.total && (
          <a class="button" href={to(filter.page + 1)} rel="next" data-testid="next">
            {t("nextPage")}
          </a>
        )}
      </span>
    </nav>
  );
}
