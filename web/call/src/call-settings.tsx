import { asCallError, type Call } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { DeviceSettingsForm } from "../../shared/src/devices.tsx";
import { applyDevices } from "../../shared/src/live-devices.ts";
import { type DeviceSettings, loadDevices, saveDevices } from "../../shared/src/settings.ts";
import { t } from "./text.ts";

/** Changes devices in the running call; takes effect at once. */
export function CallSettings({ call, onClose }: { call: Call; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [settings, setSettings] = useState(loadDevices);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
  }, []);

  const change = (next: DeviceSettings) => {
    const before = settings;
    setSettings(next);
    saveDevices(next);
    setProblem("");
    applyDevices(call, before, next).catch((error: unknown) => setProblem(asCallError(error).description));
  };
  return (
    <dialog ref={dialog} class="dialog card" onClose={onClose} aria-label={t("settings")} data-testid="settings-dialog">
      <div class="spread">
        <h2>{t("settings")}</h2>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {t("close")}
        </button>
      </div>
      {problem !== "" && (
        <p class="notice warn" role="alert">
          {problem}
        </p>
      )}
      <DeviceSettingsForm
        settings={settings}
        onChange={change}
        live={{ audio: call.localTrack("audio"), camera: call.localTrack("camera") }}
      />
    </dialog>
  );
}
