import { useState } from "preact/hooks";
import { DeviceSettingsForm } from "../../../shared/src/devices.tsx";
import { useChanges } from "../../../shared/src/hooks.ts";
import { type DeviceSettings, loadDevices, saveDevices } from "../../../shared/src/settings.ts";
import type { Phone } from "../data/phone.ts";
import { t } from "../text.ts";

export function DevicesView({ phone }: { phone: Phone | undefined }) {
  useChanges(phone);
  const [settings, setSettings] = useState(loadDevices);
  const change = (next: DeviceSettings) => {
    saveDevices(next);
    phone?.useDevices(next, settings);
    setSettings(next);
  };
  const call = phone?.call;
  const live = call && { audio: call.localTrack("audio"), camera: call.localTrack("camera") };
  return (
    <div class="devices-view">
      <h1>{t("deviceSettings")}</h1>
      <p class="muted">{t("devicesIntro")}</p>
      <section class="card part" data-testid="device-settings">
        <DeviceSettingsForm settings={settings} onChange={change} live={live} />
      </section>
      <section class="card part">
        <h2>{t("trouble")}</h2>
        <ul>
          <li>{t("trouble1")}</li>
          <li>{t("trouble2")}</li>
          <li>{t("trouble3")}</li>
          <li>{t("trouble4")}</li>
        </ul>
      </section>
    </div>
  );
}
