import { clock, when } from "../../../shared/src/format.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import { api } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import type { RecordingMetadata } from "../data/recording-api.ts";
import { downloadOf, stateOf } from "../data/recording-row.ts";
import { hrefOf } from "../data/route.ts";
import { formatOf, fullTime } from "../player/details.tsx";
import { mediaOf, whoOf } from "../player/parts.ts";
import { begun, t } from "../text.ts";
import type { RowActions } from "./recording-table.tsx";

type Names = ReadonlyMap<string, string>;

/** What is known of a file, in words; `names` are those of agents and queues by their ids. */
export function rowFacts(row: RecordingMetadata, names: Names = new Map()): [string, string][] {
  const named = (...ids: (string | undefined)[]) => ids.flatMap((id) => (id ? [names.get(id) ?? id] : [])).join(", ");
  const { deletedAt, deletedBy } = row;
  const facts: [string, string | undefined][] = [
    [t("factWho"), `${whoOf(row)} (${t(`party${row.participantType}`)})`],
    [t("factIdentity"), row.participantIdentity],
    [t("factStart"), fullTime(row.startedAt)],
    [t("factLength"), row.duration === undefined ? undefined : clock(row.duration * 1000)],
    [t("factDirection"), begun(t(row.direction))],
    [t("factWhat"), begun(mediaOf(row))],
    [t("colState"), t(`state${stateOf(row)}`)],
    [t("factReason"), row.reason],
    [
      t("factDeleted"),
      deletedAt === undefined ? undefined : t("factDeletedBy", { when: when(deletedAt), by: deletedBy ?? "" }),
    ],
    [t("factFrom"), named(row.transferredFrom, row.transferredFromQueue)],
    [t("factTo"), named(row.transferredTo, row.transferredToQueue)],
    [t("factFormat"), formatOf(row.nativeMimeType ?? null)],
    [t("factFile"), row.filename],
    [t("factNumber"), row.recordingId],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "");
}

/** Names of agents and queues, where the row speaks of some. */
function useNames(row: RecordingMetadata): Names {
  const agents = row.transferredFrom !== undefined || row.transferredTo !== undefined;
  const queues = row.transferredFromQueue !== undefined || row.transferredToQueue !== undefined;
  const found = useLoaded(`${agents} ${queues}`, () =>
    Promise.all([agents ? api.agents() : [], queues ? api.queues() : []]),
  );
  const [people = [], lines = []] = found.data ?? [];
  return new Map([
    ...people.map(({ id, displayName }) => [id, displayName] as const),
    ...lines.map(({ id, name }) => [id, name] as const),
  ]);
}

export function RowDetails({ row, conversations, onDelete }: { row: RecordingMetadata } & RowActions) {
  const download = downloadOf(row);
  return (
    <div class="stack" data-testid="details">
      <dl class="player-facts small">
        {rowFacts(row, useNames(row)).map(([name, value]) => (
          <div key={name}>
            <dt class="muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="row">
        <a class="button" href={hrefOf(conversations, row.conversationId)} data-testid="to-conversation">
          {t("openConversation")}
        </a>
        {download !== undefined && (
          <a class="button" href={download} download="" data-testid="details-download">
            <Icon name="download" /> {t("download")}
          </a>
        )}
        {download !== undefined && onDelete !== undefined && (
          <button type="button" class="button" onClick={() => onDelete(row)} data-testid="details-delete">
            <Icon name="trash" /> {t("delete")}
          </button>
        )}
      </div>
    </div>
  );
}
