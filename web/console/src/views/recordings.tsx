import { clock, size, when } from "../../../shared/src/format.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import type { Recording } from "../data/api.ts";
import { recordingApi } from "../data/recording-api.ts";
import type { Opening } from "../player/opened.ts";
import { keyOf, titleOf } from "../player/parts.ts";
import { Ask } from "../settings/ask.tsx";
import { t } from "../text.ts";
import { Empty } from "./common.tsx";

interface RecordingsProps {
  all: Recording[];
  /** Key of the one in the player. */
  playing: string | undefined;
  onPlay: (recording: Recording) => void;
  /** Nothing for those who may not delete. */
  onDelete: ((recording: Recording) => void) | undefined;
}

export function Recordings({ all, playing, onPlay, onDelete }: RecordingsProps) {
  if (all.length === 0) return <Empty title={t("noRecordings")} />;
  return (
    <ul class="recordings" data-testid="recordings">
      {all.map((recording) => (
        <li
          key={keyOf(recording)}
          class={playing === keyOf(recording) ? "in-player" : undefined}
          data-testid="recording-item"
          data-status={recording.status}
          data-participant={recording.participantType}
          data-screen={recording.screen}
          data-kind={recording.kind}
        >
          <Line
            recording={recording}
            onPlay={() => onPlay(recording)}
            onDelete={onDelete && (() => onDelete(recording))}
          />
        </li>
      ))}
    </ul>
  );
}

interface AskDeleteProps {
  segmentId: string;
  who: string;
  opening: Opening;
  onDone: () => void;
  onClose: () => void;
}

/** Whether to delete the files of a leg, for good. */
export function AskDelete({ segmentId, who, opening, onDone, onClose }: AskDeleteProps) {
  const remove = async () => {
    await recordingApi.deleteSegment(segmentId);
    if (opening.opened?.recording.segmentId === segmentId) opening.close();
    onDone();
  };
  return (
    <Ask title={t("deleteRecording", { who })} action={t("delete")} danger onSubmit={remove} onClose={onClose}>
      <p>{t("deleteRecordingHelp")}</p>
    </Ask>
  );
}

interface LineProps {
  recording: Recording;
  onPlay: () => void;
  onDelete: (() => void) | undefined;
}

function Line({ recording, onPlay, onDelete }: LineProps) {
  const facts = [
    when(recording.startedAt),
    recording.durationMs === null ? "" : clock(recording.durationMs),
    recording.bytes === null ? "" : size(recording.bytes),
  ];
  return (
    <div class="recording-line">
      <div class="recording-what">
        <strong>{titleOf(recording)}</strong>
        <span class="small muted">{facts.filter(Boolean).join(" · ")}</span>
        {recording.fileName !== null && <span class="small muted file-name">{recording.fileName}</span>}
        {recording.reason !== undefined && <span class="small">{recording.reason}</span>}
        {recording.deletedAt !== undefined && (
          <span class="small" data-testid="deleted-by">
            {t("deletedBy", { by: recording.deletedBy ?? "", when: when(recording.deletedAt) })}
          </span>
        )}
      </div>
      {recording.status !== "FINISHED" && <span class="badge warn">{t(`rec${recording.status}`)}</span>}
      {recording.url !== null && recording.url !== undefined && (
        <button
          type="button"
          class="button"
          aria-label={`${t("play")}: ${titleOf(recording)}`}
          onClick={onPlay}
          data-testid="play"
        >
          <Icon name="play" />
          {t("play")}
        </button>
      )}
      {recording.downloadUrl !== null && recording.downloadUrl !== undefined && (
        <a
          class="button icon-only"
          href={recording.downloadUrl}
          download={recording.fileName ?? ""}
          aria-label={t("download")}
          title={t("download")}
          data-testid="download"
        >
          <Icon name="download" />
        </a>
      )}
      {onDelete !== undefined && (recording.status === "FINISHED" || recording.status === "FAILED") && (
        <button
          type="button"
          class="button icon-only"
          aria-label={`${t("delete")}: ${titleOf(recording)}`}
          title={t("delete")}
          onClick={onDelete}
          data-testid="delete"
        >
          <Icon name="trash" />
        </button>
      )}
    </div>
  );
}
