import { useEffect, useRef, useState } from "preact/hooks";
import { when } from "../../../shared/src/format.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import type { Recording } from "../data/api.ts";
import { t } from "../text.ts";
import { Controls, SKIP_SECONDS, Small } from "./controls.tsx";
import { Details } from "./details.tsx";
import { actionOf, type PlayerAction, targetOf } from "./keys.ts";
import { hasPicture, keyOf, titleOf } from "./parts.ts";
import { type Playback, usePlayback } from "./playback.ts";
import { SeekBar } from "./seek-bar.tsx";
import { percent } from "./volume.tsx";

const ARROW_SECONDS = 5;
const VOLUME_STEP = 0.1;

interface Props {
  recording: Recording;
  /** All that can be played of the call, this one among them. */
  parts: Recording[];
  /** Where to begin, in seconds. */
  at: number;
  /** Address of the page with this recording at that second. */
  linkTo: (recording: Recording, seconds: number) => string;
  onChoose: (recording: Recording) => void;
  /** Nothing for those who may not. */
  onDelete: (() => void) | undefined;
  onClose: () => void;
}

/** Plays a recording from the moment it is shown. */
export function Player({ recording, parts, at, linkTo, onChoose, onDelete, onClose }: Props) {
  const playback = usePlayback(recording, at);
  const [said, setSaid] = useState("");
  const [details, setDetails] = useState(false);
  const box = useRef<HTMLElement>(null);
  const close = useFocus(box, onClose);
  const picture = hasPicture(recording);
  const onKeyDown = (event: KeyboardEvent) => {
    const action = actionOf(event, targetOf(event.target));
    if (action === undefined) return;
    // Escape leaves full screen first.
    if (action === "close" && document.fullscreenElement !== null) return;
    event.preventDefault();
    if (action === "close") return close();
    if (action === "fullScreen") return picture ? toggleFullScreen(box.current) : undefined;
    setSaid(act(action, playback));
  };
  const copy = async () => {
    const link = linkTo(recording, Math.floor(playback.media?.currentTime ?? 0));
    setSaid(
      await navigator.clipboard.writeText(link).then(
        () => t("linkCopied"),
        () => t("copyFailed"),
      ),
    );
  };
  const { loading, playing, problem } = playback;
  return (
    <section
      ref={box}
      class={`player card ${picture ? "has-picture" : ""}`}
      tabIndex={-1}
      aria-label={t("player", { name: titleOf(recording) })}
      onKeyDown={onKeyDown}
      data-testid="player"
      data-key={keyOf(recording)}
      data-state={problem !== undefined ? "failed" : loading ? "loading" : playing ? "playing" : "paused"}
    >
      <header class="player-head">
        {parts.length > 1 ? <Parts {...{ recording, parts, onChoose }} /> : <h2>{titleOf(recording)}</h2>}
        <p class="player-when small muted">
          {when(recording.startedAt)}
          <span role="status" data-testid="player-said">
            {loading ? t("loading") : said}
          </span>
        </p>
        <div class="player-actions">
          <Small
            icon="info"
            label={t("details")}
            expanded={details}
            testid="details"
            onClick={() => setDetails(!details)}
          />
          <Small icon="link" label={t("copyMoment")} testid="copy-moment" onClick={copy} />
          {recording.downloadUrl && <Download recording={recording} />}
          {onDelete !== undefined && (
            <Small icon="trash" label={t("delete")} testid="player-delete" onClick={onDelete} />
          )}
        </div>
        <Small icon="close" label={t("closePlayer")} keys="Escape" testid="close-player" onClick={close} />
      </header>
      <video
        ref={playback.attach}
        class="player-picture"
        hidden={!picture}
        preload="metadata"
        playsInline
        aria-label={titleOf(recording)}
        onClick={playback.toggle}
        data-testid="player-media"
      />
      <SeekBar playback={playback} recording={recording} />
      <Controls playback={playback} onFullScreen={picture ? () => toggleFullScreen(box.current) : undefined} />
      {problem !== undefined && (
        <div class="notice bad" role="alert" data-testid="player-problem">
          <span class="grow">{problem.text}</span>
          {problem.again && (
            <button type="button" class="button" onClick={playback.retry} data-testid="player-retry">
              {t("tryAgain")}
            </button>
          )}
        </div>
      )}
      {details && <Details recording={recording} />}
    </section>
  );
}

/** The focus comes to the player, and goes back to where it was when the player is closed. */
function useFocus(box: { current: HTMLElement | null }, onClose: () => void): () => void {
  const before = useRef(document.activeElement);
  useEffect(() => box.current?.focus(), []);
  return () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    onClose();
    const back = before.current;
    if (back instanceof HTMLElement && back.isConnected && back !== document.body) back.focus();
    else document.getElementById("main-content")?.focus();
  };
}

/** Does it, and says in words what is not seen otherwise. */
function act(action: PlayerAction, playback: Playback): string {
  const { skip, seek, duration, volume, muted } = playback;
  switch (action) {
    case "toggle":
      playback.toggle();
      return "";
    case "back":
      skip(-ARROW_SECONDS);
      return "";
    case "forward":
      skip(ARROW_SECONDS);
      return "";
    case "farBack":
      skip(-SKIP_SECONDS);
      return "";
    case "farForward":
      skip(SKIP_SECONDS);
      return "";
    case "start":
      seek(0);
      return "";
    case "end":
      seek(duration);
      return "";
    case "louder":
    case "quieter": {
      const wanted = (muted ? 0 : volume) + (action === "louder" ? VOLUME_STEP : -VOLUME_STEP);
      playback.setVolume(wanted);
      return t("volumeIs", { percent: percent(Math.min(1, Math.max(0, wanted))) });
    }
    case "mute":
      playback.toggleMute();
      return t(muted ? "soundIsOn" : "soundIsOff");
    default:
      return "";
  }
}

function toggleFullScreen(box: HTMLElement | null): void {
  if (document.fullscreenElement !== null) void document.exitFullscreen();
  else box?.requestFullscreen?.().catch(() => undefined);
}

function Download({ recording }: { recording: Recording }) {
  return (
    <a
      class="button plain icon-only"
      href={recording.downloadUrl ?? ""}
      download={recording.fileName ?? ""}
      aria-label={t("download")}
      title={t("download")}
      data-testid="player-download"
    >
      <Icon name="download" />
    </a>
  );
}

/** One party alone, or all of them. */
function Parts({ recording, parts, onChoose }: Pick<Props, "recording" | "parts" | "onChoose">) {
  return (
    <select
      class="input parts"
      aria-label={t("listenTo")}
      title={t("listenTo")}
      value={keyOf(recording)}
      onChange={(event) => {
        const chosen = parts.find((part) => keyOf(part) === event.currentTarget.value);
        if (chosen !== undefined) onChoose(chosen);
      }}
      data-testid="parts"
    >
      {parts.map((part) => (
        <option key={keyOf(part)} value={keyOf(part)}>
          {titleOf(part)}
        </option>
      ))}
    </select>
  );
}
