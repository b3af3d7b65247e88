import type { Call } from "@switchroom/sdk";
import type { DeviceSettings } from "./settings.ts";

/** Takes a changed choice into the running call. */
export async function applyDevices(call: Call, before: DeviceSettings, after: DeviceSettings): Promise<void> {
  if (after.processing !== before.processing) await call.setAudioProcessing(after.processing);
  if (after.audioInput !== before.audioInput) await call.setAudioInputDevice(after.audioInput ?? "");
  if (after.audioOutput !== before.audioOutput) await call.setAudioOutputDevice(after.audioOutput ?? "");
  if (after.videoInput !== before.videoInput) await call.setVideoInputDevice(after.videoInput ?? "");
}
