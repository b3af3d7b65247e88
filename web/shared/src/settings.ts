/** What a person chose on this device; kept in this browser. */
export interface DeviceSettings {
  audioInput?: string | undefined;
  audioOutput?: string | undefined;
  videoInput?: string | undefined;
  /** Echo cancellation, noise suppression and automatic gain. */
  processing: boolean;
}

const KEY = "switchroom.devices";

export function loadDevices(): DeviceSettings {
  const processing = new URLSearchParams(location.search).get("processing") !== "off";
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<DeviceSettings>;
    return { ...stored, processing: processing && stored.processing !== false };
  } catch {
    return { processing };
  }
}

export function saveDevices(settings: DeviceSettings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}
