import { Call } from "./call.ts";
import type { CallOptions } from "./call-types.ts";
import { Emitter } from "./emitter.ts";
import { callError, SwitchroomError } from "./errors.ts";
import { IncomingCall } from "./incoming.ts";
import { Link, type TokenSource } from "./link.ts";
import type { PeerOptions } from "./peer.ts";
import { intervalTicker, type Ticker } from "./ticker.ts";
import type {
  AgentState,
  IceServer,
  IncomingCallInfo,
  LegMessage,
  LegSnapshot,
  Role,
  ServerMessage,
  Welcome,
} from "./wire.ts";

const CUSTOM_DATA_MAX_CHARACTERS = 920;
const DEFAULT_WINDOW_MS = 30_000;

export interface SwitchroomRtcOptions extends PeerOptions {
  /** `wss://host/signaling/1/ws`; by default on the page's own host. */
  signalingUrl?: string;
  /** Name and version of the program, for the server's log. */
  build?: string;
  /** Where the second hand comes from. A page that stays hidden for hours passes a worker's. */
  ticker?: Ticker;
  /** How a call that was live before a reload is taken up again. */
  resumeOptions?: () => CallOptions;
}

export interface SwitchroomRtcEvents {
  connected: { identity: string };
  reconnecting: undefined;
  reconnected: undefined;
  /** The link will not come back by itself: signed out, token refused, or `superseded` by another page. */
  disconnected: { reason: string };
  "incoming-webrtc-call": { incomingCall: IncomingCall; customData: Record<string, string> };
  /** A call that was live before the page was reloaded is being taken up again. */
  "call-resumed": { call: Call };
  "agent-state": AgentState;
  "conversation-changed": { conversationId: string };
}

export interface ConnectedUser {
  identity: string;
  displayName: string;
  role: Role | null;
}

export class SwitchroomRtc extends Emitter<SwitchroomRtcEvents> {
  readonly #options: SwitchroomRtcOptions;
  readonly #link: Link;
  #user: ConnectedUser | undefined;
  #party: "CUSTOMER" | "AGENT" = "CUSTOMER";
  #windowMs = DEFAULT_WINDOW_MS;
  #iceServers: IceServer[] = [];
  #call: Call | undefined;
  #incoming: IncomingCall | undefined;
  /** Hung up while the link was down; the server is told when it is back. */
  #ended = new Set<string>();
  #devices: { audioInput?: string; audioOutput?: string; videoInput?: string } = {};
  #connecting: { resolve: () => void; reject: (error: SwitchroomError) => void }[] = [];

  constructor(token: TokenSource, options: SwitchroomRtcOptions = {}) {
    super();
    this.#options = options;
    const build = options.build ?? "switchroom-sdk/0.1.0";
    this.#link = new Link(options.signalingUrl ?? pageUrl(), build, token, options.ticker ?? intervalTicker);
    this.#link.on("welcome", ({ welcome, again }) => this.#welcomed(welcome, again));
    this.#link.on("message", (message) => this.#receive(message));
    this.#link.on("down", () => {
      this.emit("reconnecting", undefined);
      this.#call?.linkDown();
    });
    this.#link.on("stopped", ({ reason, error }) => this.#stopped(reason, error));
  }

  get connectedUser(): ConnectedUser | undefined {
    return this.#user;
  }

  get connected(): boolean {
    return this.#link.ready;
  }

  get activeCall(): Call | undefined {
    return this.#call;
  }

  get incomingCall(): IncomingCall | undefined {
    return this.#incoming;
  }

  /** Resolves when the server said welcome; until then it keeps trying. Rejects when the token is refused. */
  connect(): Promise<void> {
    if (this.#link.ready) return Promise.resolve();
    const connected = new Promise<void>((resolve, reject) => this.#connecting.push({ resolve, reject }));
    this.#link.start();
    return connected;
  }

  /** Leaves; a call goes on for the reconnect window, so hang up first to end it. */
  disconnect(): void {
    this.#link.stop("disconnected");
  }

  /**
   * A customer calls the contact center; or an agent the customer of a conversation that was made for it, which
   * `customData.conversationId` names. The call's events tell how it goes.
   */
  callConversations(options: CallOptions = {}): Call {
    if (this.#call !== undefined) {
      throw new SwitchroomError(callError("INVALID_REQUEST", "There is a call already.", "End it first."));
    }
    if (JSON.stringify(options.customData ?? {}).length > CUSTOM_DATA_MAX_CHARACTERS) {
      throw new SwitchroomError(
        callError("INVALID_REQUEST", `customData is longer than ${CUSTOM_DATA_MAX_CHARACTERS} characters as JSON.`),
      );
    }
    const call = this.#newCall({ options });
    // Its events tell of a failure.
    call.begin().catch(() => undefined);
    return call;
  }

  /** For calls from now on, and for the one that runs. */
  async setAudioInputDevice(deviceId: string): Promise<void> {
    this.#devices.audioInput = deviceId;
    await this.#call?.setAudioInputDevice(deviceId);
  }

  async setVideoInputDevice(deviceId: string): Promise<void> {
    this.#devices.videoInput = deviceId;
    await this.#call?.setVideoInputDevice(deviceId);
  }

  async setAudioOutputDevice(deviceId: string): Promise<void> {
    this.#devices.audioOutput = deviceId;
    await this.#call?.setAudioOutputDevice(deviceId);
  }

  async getAudioOutputDevices(): Promise<MediaDeviceInfo[]> {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((device) => device.kind === "audiooutput");
  }

  #welcomed(welcome: Welcome, again: boolean): void {
    this.#user = { identity: welcome.identity, displayName: welcome.display_name, role: welcome.role };
    this.#party = welcome.participant;
    this.#windowMs = welcome.reconnect_window_ms;
    this.#iceServers = welcome.ice_servers ?? [];
    for (const waiting of this.#connecting.splice(0)) waiting.resolve();
    if (again) this.emit("reconnected", undefined);
    else this.emit("connected", { identity: welcome.identity });
    if (welcome.agent !== null && welcome.agent !== undefined) this.emit("agent-state", welcome.agent);
    this.#takeUp(welcome.leg ?? null);
  }

  /** Brings what this page and the server know of the live leg together. */
  #takeUp(leg: LegSnapshot | null): void {
    if (leg !== null && this.#ended.has(leg.leg)) {
      this.#link.request({ type: "hangup", leg: leg.leg }).catch(() => undefined);
      return;
    }
    this.#ended.clear();
    if (this.#incoming !== undefined && (leg?.leg !== this.#incoming.info.leg || leg.phase !== "ringing")) {
      this.#incomingGone("cancelled");
    }
    if (this.#call !== undefined) this.#call.linkUp(leg, this.#windowMs);
    if (this.#call !== undefined || leg === null || leg.phase === "finished") return;
    if (leg.phase === "ringing") {
      if (leg.incoming !== null) this.#rings(leg.incoming);
      return;
    }
    const options: CallOptions = { ...this.#options.resumeOptions?.(), video: leg.media === "video" };
    const call = this.#newCall({ options, resumed: leg });
    this.emit("call-resumed", { call });
    call.begin().catch(() => undefined);
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case "ice_servers":
        this.#iceServers = message.ice_servers;
        return;
      case "incoming_call":
        return this.#rings(message);
      case "incoming_call_gone":
        if (this.#incoming?.info.leg === message.leg) this.#incomingGone(message.reason);
        return;
      case "agent_state":
        return this.emit("agent-state", message);
      case "conversation_changed":
        return this.emit("conversation-changed", { conversationId: message.conversation });
      default:
        if ("leg" in message && message.leg === this.#call?.id) this.#call?.receive(message as LegMessage);
    }
  }

  #rings(info: IncomingCallInfo): void {
    if (this.#incoming?.info.leg === info.leg) return;
    const incoming: IncomingCall = new IncomingCall(
      info,
      (options) => this.#accept(incoming, options),
      () => this.#decline(incoming),
    );
    this.#incoming = incoming;
    this.emit("incoming-webrtc-call", { incomingCall: incoming, customData: info.custom_data });
  }

  async #accept(incoming: IncomingCall, options: CallOptions): Promise<Call> {
    if (this.#incoming !== incoming || this.#call !== undefined) {
      throw new SwitchroomError(callError("CANCELLED", "The call no longer rings here."));
    }
    const call = this.#newCall({ options, incoming: incoming.info });
    try {
      await call.begin();
    } catch (error) {
      await this.#decline(incoming).catch(() => undefined);
      throw error;
    }
    const failed = call.endCode;
    if (this.#incoming === incoming) this.#incomingGone(failed === undefined ? "answered" : "cancelled");
    if (failed !== undefined) throw new SwitchroomError(failed);
    return call;
  }

  async #decline(incoming: IncomingCall): Promise<void> {
    await this.#link.request({ type: "decline", leg: incoming.info.leg });
    if (this.#incoming === incoming) this.#incomingGone("declined");
  }

  #incomingGone(reason: "no_answer" | "declined" | "cancelled" | "answered" | "agent_gone"): void {
    const incoming = this.#incoming;
    this.#incoming = undefined;
    incoming?.gone(reason);
  }

  #newCall(of: { options: CallOptions; incoming?: IncomingCallInfo; resumed?: LegSnapshot }): Call {
    const { options } = of;
    const audioOptions = { ...withId(this.#devices.audioInput), ...options.audioOptions };
    const videoOptions = { ...withId(this.#devices.videoInput), ...options.videoOptions };
    this.#link.urgent = true;
    const call = new Call({
      ...of,
      options: { ...options, audioOptions, videoOptions },
      link: this.#link,
      windowMs: this.#windowMs,
      peerOptions: this.#options,
      iceServers: () => this.#iceServers,
      party: this.#party,
      outputDeviceId: this.#devices.audioOutput,
      onFinished: (finished) => this.#finished(finished),
    });
    this.#call = call;
    return call;
  }

  #finished(call: Call): void {
    if (this.#call !== call) return;
    if (call.id !== undefined && !this.#link.ready) this.#ended.add(call.id);
    this.#call = undefined;
    this.#link.urgent = false;
  }

  #stopped(reason: string, error: SwitchroomError | undefined): void {
    this.#user = undefined;
    const failure = error ?? new SwitchroomError(callError("NETWORK_ERROR", "The connection was closed."));
    for (const waiting of this.#connecting.splice(0)) waiting.reject(failure);
    this.#incomingGone("cancelled");
    if (reason === "superseded") this.#call?.takenOver();
    else this.#call?.linkDown();
    this.emit("disconnected", { reason });
  }
}

/** The entry point: a client for one identity. Call `connect()` next. */
export function createSwitchroomRtc(token: TokenSource, options: SwitchroomRtcOptions = {}): SwitchroomRtc {
  return new SwitchroomRtc(token, options);
}

function withId(deviceId: string | undefined): { deviceId?: string } {
  return deviceId === undefined ? {} : { deviceId };
}

function pageUrl(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/signaling/1/ws`;
}
