import { openCamera, openMicrophone } from "@switchroom/sdk";
import { useCallback, useEffect, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { LevelBar } from "./level.tsx";
import type { DeviceSettings } from "./settings.ts";
import { st } from "./text.ts";
import { setToneDevice, TEST_MUSIC_MS, testMusic } from "./tones.ts";
import { type OpenTrack, useDeviceList, useTrack } from "./tracks.ts";
import { StreamVideo, streamOf } from "./video.tsx";

type Kind = "audioinput" | "audiooutput" | "videoinput";

interface PickerProps {
  kind: Kind;
  label: string;
  value: string | undefined;
  devices: MediaDeviceInfo[];
  onPick: (deviceId: string | undefined) => void;
}

function Picker({ kind, label, value, devices, onPick }: PickerProps) {
  const own = devices.filter((device) => device.kind === kind && device.deviceId !== "default");
  // Before the browser has been asked it lists devices without saying which; an empty list means that there is none.
  if (own.length === 0 && devices.length > 0 && kind !== "audiooutput") {
    return <p class="small muted grow">{st(kind === "audioinput" ? "noMicrophone" : "noCamera")}</p>;
  }
  const known = own.some((device) => device.deviceId === value);
  return (
    <select
      class="input"
      aria-label={label}
      data-testid={`pick-${kind}`}
      value={known ? value : ""}
      onChange={(event) => onPick(event.currentTarget.value || undefined)}
    >
      <option value="">{st("defaultDevice")}</option>
      {own
        .filter((device) => device.deviceId !== "")
        .map((device, i) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || st("deviceNumber", { kind: label, number: i + 1 })}
          </option>
        ))}
    </select>
  );
}

export const canPickSpeaker =
  typeof HTMLMediaElement !== "undefined" && typeof HTMLMediaElement.prototype.setSinkId === "function";

function SpeakerRow({ devices, settings, onChange }: Common) {
  const [stop, setStop] = useState<(() => void) | undefined>();
  useEffect(() => stop, [stop]);
  const test = async () => {
    await setToneDevice(settings.audioOutput);
    const stopMusic = testMusic();
    const timer = setTimeout(() => setStop(undefined), TEST_MUSIC_MS);
    setStop(() => () => {
      clearTimeout(timer);
      stopMusic();
    });
  };
  return (
    <div class="device-row">
      <span class="field">
        <span>{st("speaker")}</span>
      </span>
      <div class="line">
        {canPickSpeaker && (
          <Picker
            kind="audiooutput"
            label={st("speaker")}
            value={settings.audioOutput}
            devices={devices}
            onPick={(audioOutput) => onChange({ ...settings, audioOutput })}
          />
        )}
        <button type="button" class="button" disabled={stop !== undefined} onClick={test} data-testid="test-speakers">
          <Icon name="volume" />
          {st(stop === undefined ? "testSpeaker" : "testingSpeaker")}
        </button>
      </div>
      {!canPickSpeaker && <p class="small muted">{st("speakerBySystem")}</p>}
    </div>
  );
}

interface Common {
  devices: MediaDeviceInfo[];
  settings: DeviceSettings;
  onChange: (settings: DeviceSettings) => void;
}

interface Props {
  settings: DeviceSettings;
  onChange: (settings: DeviceSettings) => void;
  /** Tracks that are open already, in a call; otherwise this opens its own. */
  live?: { audio: MediaStreamTrack | null; camera: MediaStreamTrack | null } | undefined;
}

/** Pick, test and see microphone, speaker and camera. */
export function DeviceSettingsForm({ settings, onChange, live }: Props) {
  const [testing, setTesting] = useState(false);
  const [previewing, setPreviewing] = useState(true);
  const mic = useMicrophone(testing && live === undefined, settings);
  const camera = useCamera(previewing && live?.camera == null, settings);
  const audio = live?.audio ?? mic.track;
  const picture = live?.camera ?? camera.track;
  const devices = useDeviceList(audio ?? picture);
  const stopTesting = useCallback(() => setTesting((on) => !on), []);
  return (
    <div class="devices">
      <div class="device-row">
        <span class="field">
          <span>{st("microphone")}</span>
        </span>
        <div class="line">
          <Picker
            kind="audioinput"
            label={st("microphone")}
            value={settings.audioInput}
            devices={devices}
            onPick={(audioInput) => onChange({ ...settings, audioInput })}
          />
          {live === undefined && (
            <button type="button" class="button" onClick={stopTesting} data-testid="test-microphone">
              <Icon name="mic" />
              {st(testing ? "stopTest" : "testMicrophone")}
            </button>
          )}
        </div>
        <LevelBar track={audio} />
        <Problem of={mic} />
        <label class="check small">
          <input
            type="checkbox"
            data-testid="no-processing"
            checked={!settings.processing}
            onChange={(event) => onChange({ ...settings, processing: !event.currentTarget.checked })}
          />
          {st("noProcessing")}
        </label>
      </div>
      <SpeakerRow devices={devices} settings={settings} onChange={onChange} />
      <div class="device-row">
        <span class="field">
          <span>{st("camera")}</span>
        </span>
        <div class="line">
          <Picker
            kind="videoinput"
            label={st("camera")}
            value={settings.videoInput}
            devices={devices}
            onPick={(videoInput) => onChange({ ...settings, videoInput })}
          />
          {live?.camera == null && (
            <button type="button" class="button" onClick={() => setPreviewing(!previewing)}>
              <Icon name={previewing ? "cameraOff" : "camera"} />
              {st(previewing ? "hidePreview" : "showPreview")}
            </button>
          )}
        </div>
        <Problem of={camera} />
        {picture !== null && (
          <StreamVideo
            class="preview mirrored"
            stream={streamOf(picture)}
            label={st("preview")}
            testid="device-preview"
          />
        )}
      </div>
    </div>
  );
}

export function useMicrophone(wanted: boolean, settings: DeviceSettings): OpenTrack {
  const key = `${settings.audioInput ?? ""} ${settings.processing}`;
  return useTrack(wanted, key, () =>
    openMicrophone({ deviceId: settings.audioInput, processing: settings.processing }),
  );
}

export function useCamera(wanted: boolean, settings: DeviceSettings): OpenTrack {
  return useTrack(wanted, settings.videoInput ?? "", () => openCamera({ deviceId: settings.videoInput }));
}

function Problem({ of }: { of: OpenTrack }) {
  if (of.error === undefined) return null;
  return (
    <p class="notice warn small" role="alert">
      <Icon name="warning" />
      <span>
        {of.error.description} {of.error.action}
      </span>
    </p>
  );
}
