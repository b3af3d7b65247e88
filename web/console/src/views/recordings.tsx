import { useEffect, useRef, useState } from "preact/hooks";
import { clock, size, when } from "../../../shared/src/format.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import type { Recording } from "../data/api.ts";
import { recordingApi } from "../data/recording-api.ts";
import { Ask } from "../settings/ask.tsx";
import { t } from "../text.ts";
import { Empty } from "./common.tsx";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

interface RecordingsProps {
  all: Recording[];
  /** Somebody who may delete looks at them. */
  deletes: boolean;
  reload: () => void;
}

export function Recordings({ all, deletes, reload }: RecordingsProps) {
  const [playing, setPlaying] = useState<string | undefined>();
  const [asked, setAsked] = useState<Recording>();
  if (all.length === 0) return <Empty title={t("noRecordings")} />;
  return (
    <>
      <ul class="recordings" data-testid="recordings">
        {all.map((recording) => {
          const key = `${recording.segmentId} ${recording.screen}`;
          return (
            <li
              key={key}
              data-testid="recording-item"
              data-status={recording.status}
              data-participant={recording.participantType}
              data-screen={recording.screen}
            >
              <Line
                recording={recording}
                playing={playing === key}
                onPlay={() => setPlaying(playing === key ? undefined : key)}
                onDelete={deletes ? () => setAsked(recording) : undefined}
              />
              {playing === key && <Player recording={recording} />}
            </li>
          );
        })}
      </ul>
      {asked !== undefined && <AskDelete recording={asked} onDone={reload} onClose={() => setAsked(undefined)} />}
    </>
  );
}

interface AskDeleteProps {
  recording: Recording;
  onDone: () => void;
  onClose: () => void;
}

function AskDelete({ recording, onDone, onClose }: AskDeleteProps) {
  const remove = () => recordingApi.deleteSegment(recording.segmentId).then(onDone);
  const who = recording.participantName || t(recording.participantType);
  return (
    <Ask title={t("deleteRecording", { who })} action={t("delete")} danger onSubmit={remove} onClose={onClose}>
      <p>{t("deleteRecordingHelp")}</p>
    </Ask>
  );
}

function title(recording: Recording): string {
  const media = recording.screen ? t("screenRecording") : t(recording.mediaType);
  return t("recordingOf", { who: recording.participantName || t(recording.participantType), media });
}

interface LineProps {
  recording: Recording;
  playing: boolean;
  onPlay: () => void;
  onDelete: (() => void) | undefined;
}

function Line({ recording, playing, onPlay, onDelete }: LineProps) {
  const facts = [
    when(recording.startedAt),
    recording.durationMs === null ? "" : clock(recording.durationMs),
    recording.bytes === null ? "" : size(recording.bytes),
  ];
  return (
    <div class="recording-line">
      <div class="recording-what">
        <strong>{title(recording)}</strong>
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
        <button type="button" class="button" aria-expanded={playing} onClick={onPlay} data-testid="play">
          <Icon name={playing ? "close" : "play"} />
          {t(playing ? "closePlayer" : "play")}
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
          aria-label={`${t("delete")}: ${title(recording)}`}
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

/** The browser's own player brings seek bar, volume and full screen, all usable by keyboard. */
function Player({ recording }: { recording: Recording }) {
  const media = useRef<HTMLVideoElement & HTMLAudioElement>(null);
  const [speed, setSpeed] = useState(1);
  const [failed, setFailed] = useState(false);
  const video = recording.screen || (recording.mime ?? "").startsWith("video/");
  useEffect(() => {
    if (media.current !== null) media.current.playbackRate = speed;
  }, [speed]);
  const attributes = {
    src: recording.url ?? "",
    controls: true,
    autoPlay: true,
    preload: "metadata" as const,
    "aria-label": t("player", { name: title(recording) }),
    "data-testid": "player",
    onError: () => setFailed(true),
  };
  return (
    <div class="player">
      {video ? <video ref={media} {...attributes} playsInline /> : <audio ref={media} {...attributes} />}
      <label class="speed small">
        {t("speed")}
        <select
          class="input"
          value={String(speed)}
          onChange={(event) => setSpeed(Number(event.currentTarget.value))}
          data-testid="speed"
        >
          {SPEEDS.map((one) => (
            <option key={one} value={String(one)}>
              {one}×
            </option>
          ))}
        </select>
      </label>
      {failed && (
        <p class="notice bad" role="alert">
          {t("playFailed")}
        </p>
      )}
    </div>
  );
}
