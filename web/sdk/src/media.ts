import { deviceError } from "./errors.ts";

export type CameraOrientation = "FRONT" | "BACK";

export interface AudioSettings {
  deviceId?: string | undefined;
  /** Echo cancellation, noise suppression and automatic gain; off for music. Default true. */
  processing?: boolean | undefined;
}

export interface VideoSettings {
  deviceId?: string | undefined;
  orientation?: CameraOrientation | undefined;
}

const CAMERA = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const SCREEN_FRAME_RATE = { ideal: 8, max: 15 };

function devices(): MediaDevices {
  // Absent outside HTTPS and localhost.
  if (globalThis.navigator?.mediaDevices === undefined) {
    throw deviceError(new DOMException("Microphone and camera need HTTPS.", "SecurityError"));
  }
  return navigator.mediaDevices;
}

/** Opens a microphone; a chosen one that is gone gives way to the default. */
export async function openMicrophone(settings: AudioSettings): Promise<MediaStreamTrack> {
  const on = settings.processing ?? true;
  const processing = { echoCancellation: on, noiseSuppression: on, autoGainControl: on };
  const open = (deviceId: string | undefined) =>
    devices().getUserMedia({ audio: { ...processing, ...(deviceId ? { deviceId: { exact: deviceId } } : {}) } });
  return firstTrack(await withFallback(open, settings.deviceId));
}

export async function openCamera(settings: VideoSettings): Promise<MediaStreamTrack> {
  const facing = settings.orientation && { facingMode: settings.orientation === "BACK" ? "environment" : "user" };
  const open = (deviceId: string | undefined) =>
    devices().getUserMedia({
      video: { ...CAMERA, ...(deviceId ? { deviceId: { exact: deviceId } } : (facing ?? {})) },
    });
  return firstTrack(await withFallback(open, settings.deviceId));
}

export async function openScreen(surface?: "browser" | "monitor" | "window"): Promise<MediaStreamTrack> {
  try {
    const stream = await devices().getDisplayMedia({
      video: { frameRate: SCREEN_FRAME_RATE, ...(surface ? { displaySurface: surface } : {}) },
      audio: false,
    });
    const track = firstTrack(stream);
    track.contentHint = "detail";
    return track;
  } catch (error) {
    throw deviceError(error);
  }
}

export function canShareScreen(): boolean {
  return typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === "function";
}

async function withFallback(
  open: (deviceId: string | undefined) => Promise<MediaStream>,
  deviceId: string | undefined,
): Promise<MediaStream> {
  try {
    try {
      return await open(deviceId);
    } catch (error) {
      const gone = error instanceof DOMException && ["OverconstrainedError", "NotFoundError"].includes(error.name);
      if (deviceId === undefined || !gone) throw error;
      return await open(undefined);
    }
  } catch (error) {
    throw deviceError(error);
  }
}

function firstTrack(stream: MediaStream): MediaStreamTrack {
  const track = stream.getTracks()[0];
  if (track === undefined) throw deviceError(new DOMException("No track", "NotFoundError"));
  return track;
}
