import { Emitter } from "./emitter.ts";
import { callError, SwitchroomError } from "./errors.ts";
import type { Ticker } from "./ticker.ts";
import {
  type ClientMessage,
  type ClientRequest,
  MIN_PROTOCOL,
  PROTOCOL,
  type ServerMessage,
  type ServerReply,
  type Welcome,
} from "./wire.ts";

const PING_EVERY_MS = 5_000;
const DEAD_AFTER_MS = 15_000;
/** After the network changed, a link that does not answer this fast is opened anew. */
const PROBE_MS = 3_000;
const WELCOME_WITHIN_MS = 5_000;
const REQUEST_WITHIN_MS = 10_000;
const IN_CALL_BACKOFF_MS = { first: 50, most: 1_000 };
const IDLE_BACKOFF_MS = { first: 1_000, most: 15_000 };
const TOKEN_REFUSED = new Set(["UNAUTHENTICATED", "UNAUTHORIZED", "FORBIDDEN"]);

export type TokenReply = string | { token: string; expirationTime?: string };
/**
 * A token from `POST /webrtc/1/token` or a call link, or a function that gets one. The function is asked again when
 * the token is about to expire or was refused.
 */
export type TokenSource = string | (() => Promise<TokenReply>);

export interface LinkEvents {
  /** The link is up; `again` is true when it was up before. */
  welcome: { welcome: Welcome; again: boolean };
  message: ServerMessage;
  /** The link broke; it is being opened again. */
  down: undefined;
  /** It will not be opened again. */
  stopped: { reason: string; error?: SwitchroomError };
}

interface Pending {
  resolve: (reply: ServerReply) => void;
  reject: (error: SwitchroomError) => void;
  deadline: number;
}

/** The signaling WebSocket: opened again whenever it breaks, until `stop`. */
export class Link extends Emitter<LinkEvents> {
  /** In a call every moment counts: tries follow each other faster. */
  urgent = false;

  readonly #url: string;
  readonly #build: string;
  readonly #source: TokenSource;
  readonly #ticker: Ticker;
  #token: { value: string; expiresAt: number } | undefined;
  #refusals = 0;
  #socket: WebSocket | undefined;
  #ready = false;
  #wasReady = false;
  #running = false;
  #attempt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #stopTicking: (() => void) | undefined;
  #mustHearBy = 0;
  #nextPingAt = 0;
  #sequence = 0;
  #request = 0;
  #pending = new Map<number, Pending>();

  constructor(url: string, build: string, source: TokenSource, ticker: Ticker) {
    super();
    this.#url = url;
    this.#build = build;
    this.#source = source;
    this.#ticker = ticker;
  }

  get ready(): boolean {
    return this.#ready;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#attempt = 0;
    this.#refusals = 0;
    this.#stopTicking = this.#ticker(() => this.#tick());
    globalThis.addEventListener?.("online", this.#probe);
    // A device that slept may not know that its connections are gone.
    globalThis.document?.addEventListener?.("visibilitychange", this.#probe);
    void this.#open();
  }

  stop(reason: string, error?: SwitchroomError): void {
    if (!this.#running) return;
    this.#running = false;
    this.#wasReady = false;
    clearTimeout(this.#retryTimer);
    this.#stopTicking?.();
    globalThis.removeEventListener?.("online", this.#probe);
    globalThis.document?.removeEventListener?.("visibilitychange", this.#probe);
    this.#abandonSocket();
    this.emit("stopped", error === undefined ? { reason } : { reason, error });
  }

  /** Sends now, or not at all when the link is down. */
  send(message: ClientMessage): void {
    if (this.#ready) this.#socket?.send(JSON.stringify(message));
  }

  /** Sends and waits for what answers it; rejects with the server's error. */
  request(message: ClientRequest): Promise<ServerReply> {
    if (!this.#ready) return Promise.reject(linkDown());
    const request = ++this.#request;
    return new Promise((resolve, reject) => {
      this.#pending.set(request, { resolve, reject, deadline: performance.now() + REQUEST_WITHIN_MS });
      this.send({ request, ...message });
    });
  }

  async #open(): Promise<void> {
    let token: string;
    try {
      token = await this.#freshToken();
    } catch (error) {
      if (error instanceof SwitchroomError && TOKEN_REFUSED.has(error.code.name)) {
        this.stop("signed out", error);
      } else {
        this.#retry();
      }
      return;
    }
    if (!this.#running) return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#mustHearBy = performance.now() + WELCOME_WITHIN_MS;
    socket.onopen = () => {
      const hello: ClientMessage = {
        type: "hello",
        protocol: PROTOCOL,
        min_protocol: MIN_PROTOCOL,
        build: this.#build,
        token,
      };
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = (event) => this.#heard(String(event.data));
    socket.onclose = () => this.#lost();
  }

  async #freshToken(): Promise<string> {
    if (typeof this.#source === "string") return this.#source;
    if (this.#token !== undefined && Date.now() < this.#token.expiresAt) return this.#token.value;
    const reply = await this.#source();
    const value = typeof reply === "string" ? reply : reply.token;
    const until = typeof reply === "string" ? undefined : reply.expirationTime;
    const expiresAt = until === undefined ? Number.POSITIVE_INFINITY : new Date(until).getTime() - 60_000;
    this.#token = { value, expiresAt: Number.isNaN(expiresAt) ? 0 : expiresAt };
    return value;
  }

  #heard(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    this.#mustHearBy = performance.now() + DEAD_AFTER_MS;
    switch (message.type) {
      case "welcome": {
        const again = this.#wasReady;
        this.#ready = true;
        this.#wasReady = true;
        this.#attempt = 0;
        this.#refusals = 0;
        this.#nextPingAt = performance.now() + PING_EVERY_MS;
        this.emit("welcome", { welcome: message, again });
        return;
      }
      case "pong":
        return;
      case "error":
        if (message.request === null || message.request === undefined)
          this.#refused(new SwitchroomError(message.error));
        else this.#take(message.request)?.reject(new SwitchroomError(message.error));
        return;
      case "done":
      case "answer":
      case "call_started":
        this.#take(message.request)?.resolve(message);
        return;
      case "superseded":
        this.stop("superseded");
        return;
      default:
        this.emit("message", message);
    }
  }

  /** An error that answers no request: before the welcome it is about the token. */
  #refused(error: SwitchroomError): void {
    if (!this.#ready && error.code.name === "FEATURE_UNAVAILABLE") return this.stop("no common protocol", error);
    if (this.#ready || !TOKEN_REFUSED.has(error.code.name)) {
      console.warn(`Signaling: ${error.message}`);
      return;
    }
    this.#token = undefined;
    this.#refusals += 1;
    if (typeof this.#source === "string" || this.#refusals > 1) this.stop("token refused", error);
  }

  #take(request: number): Pending | undefined {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    return pending;
  }

  #lost(): void {
    const wasReady = this.#ready;
    this.#abandonSocket();
    if (!this.#running) return;
    if (wasReady) this.emit("down", undefined);
    this.#retry();
  }

  #abandonSocket(): void {
    this.#ready = false;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) one.reject(linkDown());
  }

  #retry(): void {
    if (!this.#running) return;
    const { first, most } = this.urgent ? IN_CALL_BACKOFF_MS : IDLE_BACKOFF_MS;
    const wait = Math.min(most, first * 2 ** Math.min(this.#attempt, 10));
    this.#attempt += 1;
    clearTimeout(this.#retryTimer);
    // Pages that lost the same server must not all come back in the same instant.
    this.#retryTimer = setTimeout(() => void this.#open(), wait * (0.75 + Math.random() / 2));
  }

  #tick(): void {
    const now = performance.now();
    if (this.#socket !== undefined && now > this.#mustHearBy) {
      this.#lost();
      return;
    }
    for (const [request, pending] of this.#pending) {
      if (now < pending.deadline) continue;
      this.#pending.delete(request);
      pending.reject(
        new SwitchroomError(callError("REQUEST_TIMEOUT", "The server did not answer in time.", "Try again.")),
      );
    }
    if (this.#ready && now >= this.#nextPingAt) this.#ping();
  }

  #ping(): void {
    this.#nextPingAt = performance.now() + PING_EVERY_MS;
    this.send({ type: "ping", sequence: ++this.#sequence });
  }

  /** The network or the page came back: does the old connection still live? */
  #probe = (): void => {
    if (this.#ready) {
      this.#mustHearBy = Math.min(this.#mustHearBy, performance.now() + PROBE_MS);
      this.#ping();
    } else if (this.#socket === undefined) {
      clearTimeout(this.#retryTimer);
      void this.#open();
    }
  };
}

function linkDown(): SwitchroomError {
  return new SwitchroomError(
    callError("NETWORK_ERROR", "There is no connection to the server.", "Check the network and try again."),
  );
}
