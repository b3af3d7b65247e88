import type { Call } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { DeviceSettingsForm } from "../../../shared/src/devices.tsx";
import { type DeviceSettings, loadDevices, saveDevices } from "../../../shared/src/settings.ts";
import type { Phone } from "../data/phone.ts";
import { t } from "../text.ts";

export function InCallDevices({ phone, call, onClose }: { phone: Phone; call: Call; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [settings, setSettings] = useState(loadDevices);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  const change = (next: DeviceSettings) => {
    saveDevices(next);
    phone.useDevices(next, settings);
    setSettings(next);
  };
  return (
    <dialog ref={dialog} class="dialog card" aria-label={t("settings")} onClose={onClose} data-testid="settings-dialog">
      <div class="spread">
        <h2>{t("settings")}</h2>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {t("close")}
        </button>
      </div>
      <DeviceSettingsForm
        settings={settings}
        onChange={change}
        live={{ audio: call.localTrack("audio"), camera: call.localTrack("camera") }}
      />
    </dialog>
  );
}
