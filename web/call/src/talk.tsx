import { asCallError, type Call, CallStatus, canShareScreen, type LegQuality } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { clock } from "../../shared/src/format.ts";
import { useChanges, useNow } from "../../shared/src/hooks.ts";
import { Icon, type IconName } from "../../shared/src/icons.tsx";
import { useReconnecting } from "../../shared/src/reconnecting.ts";
import { useDeviceList } from "../../shared/src/tracks.ts";
import { RemoteVideo, StreamVideo, streamOf } from "../../shared/src/video.tsx";
import { CallSettings } from "./call-settings.tsx";
import type { Guest } from "./guest.ts";
import { Interrupted, isInterrupted, stateText } from "./interrupted.tsx";
import { t } from "./text.ts";

interface Props {
  call: Call;
  guest: Guest | undefined;
  note: string | undefined;
}

export function Talk({ call, guest, note }: Props) {
  useChanges(call);
  const [problem, setProblem] = useState("");
  const [settings, setSettings] = useState(false);
  const name = call.remote?.display_name || t("agent");
  const established = call.status === CallStatus.ESTABLISHED;
  useEffect(() => call.on("error", ({ errorCode }) => setProblem(errorCode.description)), [call]);
  const attempt = (work: Promise<void>) => {
    setProblem("");
    work.catch((error: unknown) => {
      const code = asCallError(error);
      // Closing the browser's own screen picker is no problem.
      if (code.name !== "DEVICE_FORBIDDEN" || !code.description.includes("screen")) setProblem(code.description);
    });
  };
  return (
    <div class="talk" data-testid="talk" data-status={statusName(call)}>
      <header class="talk-bar">
        <span class="talk-title">{guest?.title ?? t("title")}</span>
        <span class="talk-state">
          {guest?.callOptions?.recordingIndicator === true && call.recording && established && (
            <Recording paused={call.recordingPaused} />
          )}
          {established && <Timer call={call} />}
        </span>
      </header>
      <p class="visually-hidden" role="status" data-testid="spoken-state">
        {established && stateText(call, name)}
      </p>
      <Notices call={call} name={name} note={problem === "" ? note : t("failed", { problem })} />
      <main class="stage">
        <Stage call={call} guest={guest} name={name} />
        <OwnPicture call={call} />
      </main>
      {settings && <CallSettings call={call} onClose={() => setSettings(false)} />}
      <Controls call={call} guest={guest} attempt={attempt} onSettings={() => setSettings(!settings)} />
    </div>
  );
}

function Stage({ call, guest, name }: { call: Call; guest: Guest | undefined; name: string }) {
  if (call.status !== CallStatus.ESTABLISHED) return <Waiting call={call} guest={guest} />;
  return isInterrupted(call) ? <Interrupted call={call} name={name} /> : <Pictures call={call} name={name} />;
}

function statusName(call: Call): string {
  if (call.transferring !== undefined) return "TRANSFERRING";
  if (call.heldSince !== undefined) return "ON_HOLD";
  return Object.entries(CallStatus).find(([, value]) => value === call.status)?.[0] ?? "";
}

function Recording({ paused }: { paused: boolean }) {
  return (
    <span class="recording" role="status" data-testid="recording" data-paused={paused}>
      <span class={`dot ${paused ? "" : "bad"}`} aria-hidden="true" />
      <span class="visually-hidden">{t(paused ? "recordingPausedLong" : "recordingLong")}</span>
      <span aria-hidden="true">{t(paused ? "recordingPaused" : "recording")}</span>
    </span>
  );
}

function Timer({ call }: { call: Call }) {
  useNow(1000);
  return (
    <span role="timer" data-testid="timer">
      {clock(call.duration)}
    </span>
  );
}

function Waiting({ call, guest }: { call: Call; guest: Guest | undefined }) {
  const ringing = call.status === CallStatus.RINGING;
  const waiting = call.waitOver ? t("waitOver") : t("waiting");
  const title = ringing ? t("ringing") : call.id === undefined ? t("connecting") : waiting;
  const place = call.position === 1 ? t("next") : call.position > 1 ? t("position", { position: call.position }) : "";
  const text = ringing ? t("almost") : call.waitOver ? t("callEnds") : place;
  return (
    <div class="waiting" role="status" data-testid="waiting">
      <span class="pulse" aria-hidden="true">
        <Icon name="phone" />
      </span>
      <h1>{title}</h1>
      <p data-testid="position">{text}</p>
      <p class="small">{guest?.theme?.messages?.welcomeText}</p>
      <p class="small">{t("stayOpen")}</p>
    </div>
  );
}

function Pictures({ call, name }: { call: Call; name: string }) {
  const { camera, screen_share: screen, muted } = call.remoteMedia;
  return (
    <div class={screen ? "pictures with-screen" : "pictures"}>
      <RemoteVideo call={call} camera={t("remoteVideo", { name })} screen={t("remoteScreen", { name })} />
      {!camera && !screen && (
        <div class="person">
          <span class="avatar" aria-hidden="true">
            {name.charAt(0).toUpperCase()}
          </span>
          <h1 data-testid="in-call-with">{t("inCallWith", { name })}</h1>
        </div>
      )}
      {muted && (
        <span class="remote-muted" data-testid="remote-muted">
          <Icon name="micOff" /> {t("remoteMuted", { name })}
        </span>
      )}
    </div>
  );
}

function OwnPicture({ call }: { call: Call }) {
  const camera = call.localTrack("camera");
  if (camera === null) return null;
  const front = call.cameraOrientation === "FRONT";
  return (
    <StreamVideo
      class={front ? "own mirrored" : "own"}
      stream={streamOf(camera)}
      label={t("ownVideo")}
      testid="own-preview"
    />
  );
}

function Notices({ call, name, note }: { call: Call; name: string; note: string | undefined }) {
  const quality = useQuality(call);
  const left = useReconnecting(call);
  return (
    <div class="notices" aria-live="polite">
      {left !== undefined && (
        <p class="notice bad" data-testid="reconnecting">
          <span class="spinner" aria-hidden="true" />
          <span class="visually-hidden">{t("reconnectingSpoken")}</span>
          <span aria-hidden="true">{t("reconnecting", { seconds: left })}</span>
        </p>
      )}
      {left === undefined && !call.remoteConnected && call.transferring === undefined && (
        <p class="notice warn" data-testid="remote-gone">
          <Icon name="warning" />
          <span>{t("remoteGone", { name })}</span>
        </p>
      )}
      {left === undefined && quality?.weak === true && (
        <p class="notice warn" data-testid="own-weak">
          <Icon name="warning" />
          <span>{t("weak")}</span>
        </p>
      )}
      {left === undefined && quality?.video_held_back === true && (
        <p class="notice warn" data-testid="video-held-back">
          <Icon name="warning" />
          <span>{t("videoHeldBack")}</span>
        </p>
      )}
      {call.hasScreenShare && (
        <p class="notice" data-testid="sharing">
          <Icon name="screen" />
          <span>{t("ownScreen")}</span>
        </p>
      )}
      {note !== undefined && (
        <p class="notice warn" data-testid="note">
          <Icon name="warning" />
          <span>{note}</span>
        </p>
      )}
      {call.soundBlocked && (
        <p class="notice">
          <span class="grow">{t("soundBlocked")}</span>
          <button
            type="button"
            class="button primary"
            data-testid="sound-on"
            onClick={() => call.enableSound().catch(() => undefined)}
          >
            <Icon name="volume" /> {t("soundOn")}
          </button>
        </p>
      )}
    </div>
  );
}

function useQuality(call: Call): LegQuality | undefined {
  const [quality, setQuality] = useState<LegQuality | undefined>();
  useEffect(() => call.on("quality", ({ own }) => setQuality(own)), [call]);
  return quality;
}

interface ControlProps {
  call: Call;
  guest: Guest | undefined;
  attempt: (work: Promise<void>) => void;
  onSettings: () => void;
}

function Controls({ call, guest, attempt, onSettings }: ControlProps) {
  const options = guest?.callOptions ?? {};
  const camera = call.localTrack("camera");
  const cameras = useDeviceList(camera).filter((device) => device.kind === "videoinput").length;
  const other = call.cameraOrientation === "FRONT" ? "BACK" : "FRONT";
  const unseen = isInterrupted(call);
  return (
    <footer class="controls">
      <div class="round-controls" role="toolbar" aria-label={t("controls")}>
        {options.mute !== false && (
          <Round
            icon={call.muted ? "micOff" : "mic"}
            label={t(call.muted ? "unmute" : "mute")}
            pressed={call.muted}
            testid="mute"
            onClick={() => call.mute(!call.muted)}
          />
        )}
        {options.camera !== false && (
          <Round
            icon={call.hasCameraVideo ? "camera" : "cameraOff"}
            label={t(call.hasCameraVideo ? "cameraOff" : "cameraOn")}
            off={!call.hasCameraVideo}
            testid="camera"
            onClick={() => attempt(call.cameraVideo(!call.hasCameraVideo))}
          />
        )}
        {options.switchCameraFacingMode !== false && cameras >= 2 && camera !== null && (
          <Round
            icon="flip"
            label={t("flip")}
            disabled={unseen}
            testid="flip"
            onClick={() => attempt(call.setCameraOrientation(other))}
          />
        )}
        {options.screenShare !== false && canShareScreen() && (
          <Round
            icon="screen"
            label={t(call.hasScreenShare ? "stopShare" : "share")}
            pressed={call.hasScreenShare}
            disabled={unseen && !call.hasScreenShare}
            testid="share"
            onClick={() => attempt(call.screenShare(!call.hasScreenShare))}
          />
        )}
        {options.settings !== false && (
          <Round icon="settings" label={t("settings")} testid="settings" onClick={onSettings} />
        )}
        <Round icon="hangUp" label={t("hangUp")} testid="hang-up" hangUp onClick={() => call.hangup()} />
      </div>
    </footer>
  );
}

interface RoundProps {
  icon: IconName;
  label: string;
  testid: string;
  pressed?: boolean;
  off?: boolean;
  hangUp?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function Round({ icon, label, testid, pressed, off, hangUp, disabled, onClick }: RoundProps) {
  const button = useRef<HTMLButtonElement>(null);
  return (
    <button
      ref={button}
      type="button"
      class={`round${hangUp ? " hang-up" : ""}${off ? " off" : ""}${pressed ? " pressed" : ""}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      data-testid={testid}
      data-on={pressed ?? !off}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
