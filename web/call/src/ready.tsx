import type { CallError } from "@switchroom/sdk";
import { useCallback, useEffect, useState } from "preact/hooks";
import { canPickSpeaker, useCamera, useMicrophone } from "../../shared/src/devices.tsx";
import { Icon } from "../../shared/src/icons.tsx";
import { LevelBar } from "../../shared/src/level.tsx";
import { type DeviceSettings, loadDevices, saveDevices } from "../../shared/src/settings.ts";
import { st } from "../../shared/src/text.ts";
import { audioContext } from "../../shared/src/tones.ts";
import { type OpenTrack, useDeviceList } from "../../shared/src/tracks.ts";
import { StreamVideo, streamOf } from "../../shared/src/video.tsx";
import { deviceHelp, inApp } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { Heading, Page } from "./screens.tsx";
import { t } from "./text.ts";

const SILENT_AFTER_MS = 5_000;

export interface Choice {
  video: boolean;
  muted: boolean;
  given: { audio: MediaStreamTrack | undefined; camera: MediaStreamTrack | undefined };
}

interface Props {
  guest: Guest;
  problem: CallError | undefined;
  starting: boolean;
  onStart: (choice: Choice) => void;
}

export function Ready({ guest, problem, starting, onStart }: Props) {
  const [checking, setChecking] = useState(false);
  const [muted, setMuted] = useState(false);
  const [settings, setSettings] = useState(loadDevices);
  const options = guest.initialOptions ?? {};
  const video = options.video !== false;
  const mic = useMicrophone(checking, settings);
  const camera = useCamera(checking && video, settings);
  const name = guest.identity?.displayName;

  // The devices of a failed try were closed.
  useEffect(() => {
    if (problem !== undefined) setChecking(false);
  }, [problem]);

  const change = (next: DeviceSettings) => {
    saveDevices(next);
    setSettings(next);
  };
  const start = (withVideo: boolean) => {
    // The click lets the page play sound later.
    audioContext();
    onStart({
      video: withVideo,
      muted,
      given: { audio: mic.release(), camera: withVideo ? camera.release() : undefined },
    });
  };
  return (
    <Page guest={guest}>
      <section class="sheet card" data-testid="ready">
        <Heading>{guest.theme?.messages?.welcomeText ?? t("welcome")}</Heading>
        {name && <p class="muted">{t("greeting", { name })}</p>}
        {inApp() && <Warning title={t("inApp")} text={t("inAppHelp")} />}
        {problem !== undefined && <Problem error={problem} />}
        <StartButtons audio={options.audio !== false} video={video} disabled={starting} onStart={start} />
        <p class="small muted" role="status" data-testid="start-status">
          {starting ? t("connecting") : t("permissionNote")}
        </p>
        {options.muted !== false && (
          <label class="check">
            <input
              type="checkbox"
              checked={muted}
              onChange={(event) => setMuted(event.currentTarget.checked)}
              data-testid="start-muted"
            />
            {t("startMuted")}
          </label>
        )}
        {options.settings !== false && !checking && (
          <button type="button" class="button" onClick={() => setChecking(true)} data-testid="check-devices">
            <Icon name="mic" /> {t("check")}
          </button>
        )}
        {checking && <Check mic={mic} camera={camera} video={video} settings={settings} onChange={change} />}
      </section>
    </Page>
  );
}

interface StartProps {
  audio: boolean;
  video: boolean;
  disabled: boolean;
  onStart: (video: boolean) => void;
}

function StartButtons({ audio, video, disabled, onStart }: StartProps) {
  const button = (withVideo: boolean) => (
    <button
      type="button"
      class="button primary large"
      disabled={disabled}
      onClick={() => onStart(withVideo)}
      data-testid={withVideo ? "start-video" : "start-audio"}
    >
      <Icon name={withVideo ? "camera" : "phone"} /> {t(withVideo ? "startVideo" : "startAudio")}
    </button>
  );
  return (
    <div class="start">
      {audio && button(false)}
      {video && button(true)}
    </div>
  );
}

interface CheckProps {
  mic: OpenTrack;
  camera: OpenTrack;
  video: boolean;
  settings: DeviceSettings;
  onChange: (settings: DeviceSettings) => void;
}

function Check({ mic, camera, video, settings, onChange }: CheckProps) {
  const devices = useDeviceList(mic.track ?? camera.track);
  const error = mic.error ?? camera.error;
  return (
    <div class="devices" data-testid="device-check">
      {error !== undefined && <Problem error={error} />}
      <Select kind="audioinput" devices={devices} settings={settings} onChange={onChange} />
      <Hearing track={mic.track} />
      {canPickSpeaker && <Select kind="audiooutput" devices={devices} settings={settings} onChange={onChange} />}
      {video && <Select kind="videoinput" devices={devices} settings={settings} onChange={onChange} />}
      {video && camera.track !== null && (
        <StreamVideo
          class="preview mirrored"
          stream={streamOf(camera.track)}
          label={st("preview")}
          testid="own-preview"
        />
      )}
      <label class="check small">
        <input
          type="checkbox"
          checked={!settings.processing}
          onChange={(event) => onChange({ ...settings, processing: !event.currentTarget.checked })}
        />
        {st("noProcessing")}
      </label>
    </div>
  );
}

/** The level of the microphone, and advice when it stays silent. */
function Hearing({ track }: { track: MediaStreamTrack | null }) {
  const [heard, setHeard] = useState(false);
  const [silent, setSilent] = useState(false);
  const onSound = useCallback(() => setHeard(true), []);
  useEffect(() => {
    if (track === null || heard) return;
    const timer = setTimeout(() => setSilent(true), SILENT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [track, heard]);
  const text = heard ? t("hears") : silent ? t("silent") : t("checkMic");
  return (
    <div class="device-row">
      <LevelBar track={track} onSound={onSound} />
      <p class="small muted" role="status">
        {text}
      </p>
    </div>
  );
}

const kinds = { audioinput: "audioInput", audiooutput: "audioOutput", videoinput: "videoInput" } as const;
const labels = { audioinput: "microphone", audiooutput: "speaker", videoinput: "camera" } as const;

interface SelectProps {
  kind: keyof typeof kinds;
  devices: MediaDeviceInfo[];
  settings: DeviceSettings;
  onChange: (settings: DeviceSettings) => void;
}

function Select({ kind, devices, settings, onChange }: SelectProps) {
  const own = devices.filter((device) => device.kind === kind && !["", "default"].includes(device.deviceId));
  if (own.length === 0) return null;
  return (
    <label class="field">
      <span>{st(labels[kind])}</span>
      <select
        class="input"
        data-testid={`pick-${kind}`}
        value={settings[kinds[kind]] ?? ""}
        onChange={(event) => onChange({ ...settings, [kinds[kind]]: event.currentTarget.value || undefined })}
      >
        <option value="">{st("defaultDevice")}</option>
        {own.map((device, i) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || st("deviceNumber", { kind: st(labels[kind]), number: i + 1 })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Warning({ title, text }: { title: string; text: string }) {
  return (
    <div class="notice warn">
      <Icon name="warning" />
      <p>
        <strong>{title}</strong> {text}
      </p>
    </div>
  );
}

function Problem({ error }: { error: CallError }) {
  const device = error.name.startsWith("DEVICE_");
  return (
    <div class="notice bad" role="alert" data-testid="problem" data-code={error.name}>
      <Icon name="warning" />
      <div>
        <p>
          <strong>{error.description}</strong>
        </p>
        <p class="small">
          {device && `${t("helpTitle")}: `}
          {deviceHelp(error)}
        </p>
      </div>
    </div>
  );
}
