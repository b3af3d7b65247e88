import { asCallError, callError } from "./errors.ts";
import type { PathState } from "./peer.ts";
import type { CallError } from "./wire.ts";

/** After this many ICE restarts without success a new PeerConnection is tried. */
const RESTARTS_BEFORE_REJOIN = 2;
/** How long one attempt may take to bring the path back. */
const ATTEMPT_MS = 4_000;
const PAUSE_AFTER_ERROR_MS = 500;
/** The server knows for sure that the leg is over. */
const FINAL = new Set(["NORMAL_HANGUP", "DESTINATION_NOT_FOUND", "ANSWERED_ELSEWHERE"]);

export interface RepairHost {
  linkReady(): boolean;
  /** Offers anew; resolves when the answer is set. */
  negotiate(reason: "ice_restart" | "rejoin"): Promise<void>;
  /** The connection broke; it may come back for so many milliseconds. */
  lost(remainingMs: number): void;
  back(): void;
  givenUp(error: CallError): void;
}

/**
 * Keeps a leg connected. A leg is whole when the signaling link is up, ICE is connected and the server does not say
 * otherwise; while it is not, ICE restarts and then rejoins follow each other until the reconnect window is over.
 */
export class Repair {
  readonly #host: RepairHost;
  #windowMs: number;
  #linkDown = false;
  #iceLost = false;
  #serverLost = false;
  #mustRejoin = false;
  #attempts = 0;
  #broken = false;
  #working = false;
  #closed = false;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | undefined;

  constructor(host: RepairHost, windowMs: number) {
    this.#host = host;
    this.#windowMs = windowMs;
  }

  /** The connection is broken at this moment. */
  get broken(): boolean {
    return this.#broken;
  }

  linkDown(): void {
    this.#linkDown = true;
    this.#judge();
  }

  /** The link is back; `rejoin` when the engine no longer holds the leg. */
  linkUp(windowMs: number, rejoin: boolean): void {
    this.#windowMs = windowMs;
    this.#linkDown = false;
    if (rejoin) this.rejoin();
    else this.#judge();
  }

  rejoin(): void {
    this.#mustRejoin = true;
    this.#judge();
  }

  ice(state: PathState): void {
    if (state === "connecting") return;
    this.#iceLost = state === "lost";
    // What the server missed, it has now: packets pass in both directions.
    if (state === "connected") this.#serverLost = false;
    this.#judge();
  }

  server(connected: boolean, rejoin: boolean): void {
    this.#serverLost = !connected;
    if (rejoin) this.#mustRejoin = true;
    this.#judge();
  }

  /** The device's network came back or is another one: the path is probably new, before ICE has noticed. */
  networkChanged(): void {
    if (this.#closed) return;
    if (this.#broken) {
      this.#wake?.();
    } else if (this.#host.linkReady()) {
      this.#host.negotiate("ice_restart").catch(() => this.ice("lost"));
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#deadline);
    this.#wake?.();
  }

  get #mediaBroken(): boolean {
    return this.#iceLost || this.#serverLost || this.#mustRejoin;
  }

  #judge(): void {
    if (this.#closed) return;
    const broken = this.#linkDown || this.#mediaBroken;
    if (broken && !this.#broken) {
      this.#broken = true;
      this.#deadline = setTimeout(() => this.#giveUp(windowOver()), this.#windowMs);
      this.#host.lost(this.#windowMs);
    } else if (!broken && this.#broken) {
      this.#broken = false;
      this.#attempts = 0;
      clearTimeout(this.#deadline);
      this.#host.back();
    }
    if (!this.#mediaBroken) this.#wake?.();
    if (this.#mediaBroken && !this.#linkDown) void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (!this.#closed && this.#mediaBroken && !this.#linkDown && this.#host.linkReady()) {
      await this.#attempt();
    }
    this.#working = false;
  }

  async #attempt(): Promise<void> {
    const rejoin = this.#mustRejoin || this.#attempts >= RESTARTS_BEFORE_REJOIN;
    this.#attempts += 1;
    try {
      if (rejoin) this.#iceLost = true;
      await this.#host.negotiate(rejoin ? "rejoin" : "ice_restart");
      if (rejoin) this.#mustRejoin = false;
      this.#judge();
    } catch (error) {
      const code = asCallError(error);
      if (FINAL.has(code.name)) {
        this.#giveUp(code);
        return;
      }
      // Refused, or this PeerConnection cannot go on: a new one can.
      if (!rejoin && this.#host.linkReady()) this.#mustRejoin = true;
      await this.#pause(PAUSE_AFTER_ERROR_MS);
      return;
    }
    if (this.#mediaBroken) await this.#pause(ATTEMPT_MS);
  }

  /** Waits, or less when something changed. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const self = this;
      function done(): void {
        clearTimeout(timer);
        self.#wake = undefined;
        resolve();
      }
      this.#wake = done;
    });
  }

  #giveUp(error: CallError): void {
    if (this.#closed) return;
    this.close();
    this.#host.givenUp(error);
  }
}

function windowOver(): CallError {
  return callError(
    "NETWORK_ERROR",
    "The connection was lost and did not come back in time.",
    "Check the network and call again.",
  );
}
