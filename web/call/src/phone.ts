import {
  asCallError,
  type Call,
  type CallError,
  createSwitchroomRtc,
  openCamera,
  openMicrophone,
  type SwitchroomRtc,
} from "@switchroom/sdk";
import { loadDevices } from "../../shared/src/settings.ts";
import { askGuest, dropTicket, type Guest, keepTicket, type Ticket } from "./guest.ts";

const CONNECT_WITHIN_MS = 15_000;

function client(source: () => Promise<{ token: string; expirationTime?: string }>): SwitchroomRtc {
  const query = new URLSearchParams(location.search);
  const codec = query.get("codec");
  const rtc = createSwitchroomRtc(source, {
    build: "switchroom-call/0.1.0",
    ...(query.get("relay") === "only" ? { iceTransportPolicy: "relay" } : {}),
    ...(codec === "vp8" || codec === "h264" ? { preferredVideoCodec: codec } : {}),
    resumeOptions: () => callDevices(),
  });
  const { audioOutput } = loadDevices();
  if (audioOutput !== undefined) rtc.setAudioOutputDevice(audioOutput).catch(() => undefined);
  return rtc;
}

function callDevices() {
  const settings = loadDevices();
  return {
    audioOptions: {
      processing: settings.processing,
      ...(settings.audioInput ? { deviceId: settings.audioInput } : {}),
    },
    videoOptions: settings.videoInput ? { deviceId: settings.videoInput } : {},
  };
}

const token = (ticket: Ticket) => ({
  token: ticket.token,
  ...(ticket.expirationTime ? { expirationTime: ticket.expirationTime } : {}),
});

/** After a reload: the call that still lives, or undefined when it is over. */
export async function resume(ticket: Ticket): Promise<{ rtc: SwitchroomRtc; call: Call } | undefined> {
  const rtc = client(async () => token(ticket));
  try {
    await withTimeout(rtc.connect());
  } catch {
    rtc.disconnect();
    return undefined;
  }
  if (rtc.activeCall !== undefined) return { rtc, call: rtc.activeCall };
  rtc.disconnect();
  dropTicket();
  return undefined;
}

export interface Opened {
  audio: MediaStreamTrack;
  camera: MediaStreamTrack | undefined;
  /** The camera was wanted but does not start. */
  cameraError: CallError | undefined;
}

interface Given {
  audio: MediaStreamTrack | undefined;
  camera: MediaStreamTrack | undefined;
}

/** Opens what a call needs; a missing camera makes it an audio call, a missing microphone is an error. */
export async function openDevices(guest: Guest, video: boolean, given: Given): Promise<Opened> {
  const settings = loadDevices();
  const audio =
    given.audio ?? (await openMicrophone({ deviceId: settings.audioInput, processing: settings.processing }));
  if (!video) {
    given.camera?.stop();
    return { audio, camera: undefined, cameraError: undefined };
  }
  try {
    const orientation = guest.initialOptions?.cameraFacingMode;
    const camera = given.camera ?? (await openCamera({ deviceId: settings.videoInput, orientation }));
    return { audio, camera, cameraError: undefined };
  } catch (error) {
    return { audio, camera: undefined, cameraError: asCallError(error) };
  }
}

export interface Start {
  link: string;
  guest: Guest;
  opened: Opened;
  muted: boolean;
  /** The server says that the link cannot be used any more. */
  onRefused: (guest: Guest) => void;
}

/** Connects and calls. Rejects when there is no way to the server. */
export async function startCall(start: Start): Promise<{ rtc: SwitchroomRtc; call: Call }> {
  const { link, guest, opened, muted } = start;
  let ticket: Ticket | undefined = guest.token && !past(guest.expirationTime) ? ticketOf(link, guest) : undefined;
  const rtc = client(async () => {
    ticket ??= await freshTicket(link, start.onRefused);
    const used = ticket;
    keepTicket(used);
    // Asked again, it was refused.
    ticket = undefined;
    return token(used);
  });
  try {
    await withTimeout(rtc.connect());
  } catch (error) {
    rtc.disconnect();
    opened.audio.stop();
    opened.camera?.stop();
    throw error;
  }
  const call = rtc.callConversations({
    ...callDevices(),
    audio: !muted,
    video: opened.camera !== undefined,
    tracks: { audio: opened.audio, camera: opened.camera },
  });
  return { rtc, call };
}

function ticketOf(link: string, guest: Guest): Ticket | undefined {
  if (guest.token === undefined) return undefined;
  return { link, token: guest.token, expirationTime: guest.expirationTime };
}

async function freshTicket(link: string, onRefused: (guest: Guest) => void): Promise<Ticket> {
  const reply = await askGuest(link);
  const ticket = reply.kind === "guest" ? ticketOf(link, reply.guest) : undefined;
  if (ticket !== undefined) return ticket;
  if (reply.kind === "guest") onRefused(reply.guest);
  throw new Error("The call link gives no token now");
}

function past(time: string | undefined): boolean {
  return time !== undefined && new Date(time).getTime() < Date.now() + 60_000;
}

function withTimeout(promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("There is no connection to the server.")), CONNECT_WITHIN_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
