import { vi } from "vitest";
import type { LegSnapshot, ServerMessage, Welcome } from "../src/wire.ts";

export type Sent = { type: string; request?: number } & Record<string, unknown>;

/** The server's end of a WebSocket that exists only in memory. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (socket === undefined) throw new Error("No WebSocket was opened");
    return socket;
  }

  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Sent[] = [];
  closed = false;

  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Sent);
  }

  close(): void {
    this.closed = true;
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  break(): void {
    this.onclose?.();
  }

  of(type: string): Sent[] {
    return this.sent.filter((message) => message.type === type);
  }

  request(type: string): number {
    const sent = this.of(type).at(-1);
    if (sent?.request === undefined) throw new Error(`No ${type} was sent: ${JSON.stringify(this.sent)}`);
    return sent.request;
  }
}

export class FakeTrack {
  enabled = true;
  readyState = "live";
  contentHint = "";
  onended: (() => void) | null = null;
  readonly kind: string;
  readonly label: string;

  constructor(kind: string, label: string) {
    this.kind = kind;
    this.label = label;
  }

  stop(): void {
    this.readyState = "ended";
  }
}

class FakeStream {
  readonly tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    this.tracks = tracks;
  }

  getTracks(): FakeTrack[] {
    return this.tracks;
  }
  getAudioTracks(): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === "audio");
  }
}

export class FakePeerConnection {
  static all: FakePeerConnection[] = [];
  static get last(): FakePeerConnection {
    const pc = FakePeerConnection.all.at(-1);
    if (pc === undefined) throw new Error("No PeerConnection was made");
    return pc;
  }

  oniceconnectionstatechange: (() => void) | null = null;
  iceConnectionState = "new";
  localDescription: { sdp: string } | null = null;
  answers: string[] = [];
  closed = false;
  readonly senders: { kind: string; track: FakeTrack | null }[] = [];
  offers = 0;

  configuration: RTCConfiguration;

  constructor(configuration: RTCConfiguration = {}) {
    this.configuration = configuration;
    FakePeerConnection.all.push(this);
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  addTransceiver(kind: string): unknown {
    const sender = { kind, track: null as FakeTrack | null };
    this.senders.push(sender);
    return {
      receiver: { track: new FakeTrack(kind, "remote") },
      sender: {
        replaceTrack: async (track: FakeTrack | null) => {
          sender.track = track;
        },
      },
    };
  }

  async createOffer(options: { iceRestart: boolean }): Promise<{ sdp: string }> {
    this.offers += 1;
    return { sdp: `offer ${this.offers}${options.iceRestart ? " restart" : ""}` };
  }

  async setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
  }

  async setRemoteDescription(description: { sdp: string }): Promise<void> {
    this.answers.push(description.sdp);
  }

  ice(state: string): void {
    this.iceConnectionState = state;
    this.oniceconnectionstatechange?.();
  }

  close(): void {
    this.closed = true;
  }
}

export const devices = { refuse: undefined as string | undefined, opened: [] as FakeTrack[] };
/** The window's own events. */
export const page = new EventTarget();
export const playback = { blocked: false };

export function installFakes(): void {
  FakeSocket.all = [];
  FakePeerConnection.all = [];
  devices.refuse = undefined;
  devices.opened = [];
  playback.blocked = false;
  const open = async (kind: string) => {
    if (devices.refuse !== undefined) throw new DOMException("refused", devices.refuse);
    const track = new FakeTrack(kind, `${kind} ${devices.opened.length}`);
    devices.opened.push(track);
    return new FakeStream([track]);
  };
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("RTCPeerConnection", FakePeerConnection);
  vi.stubGlobal("RTCRtpReceiver", {});
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: (wanted: { audio?: unknown }) => open(wanted.audio === undefined ? "video" : "audio"),
      getDisplayMedia: () => open("video"),
    },
  });
  vi.stubGlobal("document", {
    body: { append: () => undefined },
    createElement: () => ({
      dataset: {},
      remove: () => undefined,
      play: async () => {
        if (playback.blocked) throw new DOMException("no gesture", "NotAllowedError");
      },
    }),
  });
}

export function welcome(leg: LegSnapshot | null = null, participant: "CUSTOMER" | "AGENT" = "CUSTOMER"): Welcome {
  return {
    type: "welcome",
    protocol: 1,
    build: "test",
    identity: "someone",
    display_name: "Someone",
    participant,
    role: null,
    reconnect_window_ms: 30_000,
    leg,
    agent: null,
  };
}

export function liveLeg(over: Partial<LegSnapshot> = {}): LegSnapshot {
  return {
    leg: "leg-1",
    call: "call-1",
    conversation: "conversation-1",
    phase: "established",
    media: "audio",
    own_media: { muted: false, camera: false, screen_share: false },
    remote: { participant: "AGENT", identity: "agent-1", display_name: "Ada" },
    remote_media: { muted: false, camera: false, screen_share: false },
    remote_connected: true,
    established_at: Date.now() - 5_000,
    media_alive: true,
    recording: false,
    incoming: null,
    ...over,
  };
}

/** Lets promises and timers that are due run. */
export async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
