import { useState } from "preact/hooks";
import { clock, when } from "../../../shared/src/format.ts";
import { Icon, type IconName } from "../../../shared/src/icons.tsx";
import type { RecordingMetadata } from "../data/recording-api.ts";
import type { RecordingFilter, SortField } from "../data/recording-filter.ts";
import { downloadOf, stateOf } from "../data/recording-row.ts";
import { mediaOf, whoOf } from "../player/parts.ts";
import { begun, type TextKey, t } from "../text.ts";
import { RowDetails } from "./recording-details.tsx";

export interface RowActions {
  /** The view in which its conversation is shown. */
  conversations: "work" | "all";
  /** Id of the one in the player. */
  playing: string | undefined;
  onPlay: (row: RecordingMetadata) => void;
  /** Nothing for those who may not delete. */
  onDelete: ((row: RecordingMetadata) => void) | undefined;
}

interface Props extends RowActions {
  rows: RecordingMetadata[];
  filter: RecordingFilter;
  onSort: (sort: SortField) => void;
}

interface Column {
  text: TextKey;
  sort?: SortField;
  /** Left out on a narrow page, or on one as narrow as a phone; the details have it. */
  needs?: "wide" | "middle";
}

const COLUMNS: Column[] = [
  { text: "colStart", sort: "startedAt" },
  { text: "colWho", sort: "participantName" },
  { text: "direction", needs: "wide" },
  { text: "media", needs: "wide" },
  { text: "colLength", sort: "duration", needs: "middle" },
  { text: "colState", needs: "wide" },
];

export function RecordingTable({ rows, filter, onSort, ...actions }: Props) {
  return (
    <table class="table recording-table" aria-label={t("listOfRecordings")} data-testid="recording-table">
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">{t("details")}</span>
          </th>
          {COLUMNS.map((column) => (
            <Heading key={column.text} {...{ column, filter, onSort }} />
          ))}
          <th scope="col">
            <span class="visually-hidden">{t("colActions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.recordingId} row={row} {...actions} />
        ))}
      </tbody>
    </table>
  );
}

function Heading({ column, filter, onSort }: { column: Column } & Pick<Props, "filter" | "onSort">) {
  const { text, sort, needs } = column;
  if (sort === undefined) {
    return (
      <th scope="col" class={needs}>
        {t(text)}
      </th>
    );
  }
  const sorted = filter.sort === sort;
  const order = filter.ascending ? "ascending" : "descending";
  return (
    <th scope="col" class={needs} aria-sort={sorted ? order : "none"}>
      <button type="button" class="sort" onClick={() => onSort(sort)} data-testid={`sort-${sort}`}>
        {t(text)}
        {sorted && <Icon name={filter.ascending ? "up" : "down"} />}
      </button>
    </th>
  );
}

const BADGES = { READY: "good", PARTLY: "warn", FAILED: "warn", DELETED: "" } as const;

function Row({ row, ...actions }: { row: RecordingMetadata } & RowActions) {
  const [open, setOpen] = useState(false);
  const state = stateOf(row);
  const name = whoOf(row);
  const length = row.duration === undefined ? "–" : clock(row.duration * 1000);
  const details = `details-${row.recordingId}`;
  const { playing, onPlay } = actions;
  return (
    <>
      <tr
        class={playing === row.recordingId ? "in-player" : undefined}
        data-testid="recording-row"
        data-id={row.recordingId}
        data-state={state}
        data-participant={row.participantType}
      >
        <td>
          <button
            type="button"
            class={`button plain icon-only expander ${open ? "open" : ""}`}
            aria-label={t("showDetailsOf", { name })}
            aria-expanded={open}
            aria-controls={open ? details : undefined}
            onClick={() => setOpen(!open)}
            data-testid="row-details"
          >
            <Icon name="chevron" />
          </button>
        </td>
        <td>
          <time dateTime={new Date(row.startedAt).toISOString()}>{when(row.startedAt)}</time>
        </td>
        <th scope="row">
          <span class="row-name">{begun(name)}</span>
          <span class="row-party small muted">
            <span class="phone-only">{length} · </span>
            {t(`party${row.participantType}`)}
            {state !== "READY" && <span class="narrow-only"> · {t(`state${state}`)}</span>}
          </span>
        </th>
        <td class="wide">{begun(t(row.direction))}</td>
        <td class="wide">{begun(mediaOf(row))}</td>
        <td class="middle numbers">{length}</td>
        <td class="wide">
          <span class={`badge ${BADGES[state]}`}>{t(`state${state}`)}</span>
        </td>
        <td>
          <span class="row-actions">
            {state === "READY" && (
              <IconButton icon="play" label={`${t("play")}: ${name}`} testid="play" onClick={() => onPlay(row)} />
            )}
            <MoreActions row={row} {...actions} />
          </span>
        </td>
      </tr>
      {open && (
        <tr id={details} class="row-open">
          <td colSpan={COLUMNS.length + 2}>
            <RowDetails row={row} {...actions} />
          </td>
        </tr>
      )}
    </>
  );
}

/** What is in the details too, for pages on which the row has no room. */
function MoreActions({ row, onDelete }: { row: RecordingMetadata } & RowActions) {
  const download = downloadOf(row);
  const name = whoOf(row);
  if (download === undefined) return null;
  return (
    <>
      <a
        class="button plain icon-only wide"
        href={download}
        download=""
        aria-label={`${t("download")}: ${name}`}
        title={t("download")}
        data-testid="download"
      >
        <Icon name="download" />
      </a>
      {onDelete !== undefined && (
        <span class="wide">
          <IconButton icon="trash" label={`${t("delete")}: ${name}`} testid="delete" onClick={() => onDelete(row)} />
        </span>
      )}
    </>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  testid: string;
  onClick: () => void;
}

function IconButton({ icon, label, testid, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class="button plain icon-only"
      aria-label={label}
      title={label}
      onClick={onClick}
      data-testid={testid}
    >
      <Icon name={icon} />
    </button>
  );
}
