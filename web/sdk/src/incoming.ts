import type { Call } from "./call.ts";
import type { CallOptions } from "./call-types.ts";
import { Emitter } from "./emitter.ts";
import type { CallDirection, CallKind, CallMedia, IncomingCallInfo, QueueName, Remote, RingEnd } from "./wire.ts";

export interface IncomingCallEvents {
  /** It stopped ringing here. */
  gone: { reason: RingEnd };
}

/** A call that rings here: at an agent, or at a customer whom an agent calls. */
export class IncomingCall extends Emitter<IncomingCallEvents> {
  readonly info: IncomingCallInfo;
  /** When the ringing ends if nobody answers: this page's clock, milliseconds since 1970. */
  readonly ringsUntil: number;
  readonly #accept: (options: CallOptions) => Promise<Call>;
  readonly #decline: () => Promise<void>;

  constructor(info: IncomingCallInfo, accept: (options: CallOptions) => Promise<Call>, decline: () => Promise<void>) {
    super();
    this.info = info;
    this.ringsUntil = Date.now() + info.rings_for_ms;
    this.#accept = accept;
    this.#decline = decline;
  }

  get from(): Remote {
    return this.info.from;
  }

  get fromDisplayName(): string {
    return this.info.from.display_name;
  }

  get customData(): Record<string, string> {
    return this.info.custom_data;
  }

  get queue(): QueueName | null {
    return this.info.queue;
  }

  get kind(): CallKind {
    return this.info.kind;
  }

  get direction(): CallDirection {
    return this.info.direction;
  }

  get media(): CallMedia {
    return this.info.media;
  }

  /**
   * Opens the microphone (and the camera with `video`) and answers. When permission is denied the call is declined, and
   * the promise rejects. A customer's call then rings at another agent.
   */
  accept(options: CallOptions = {}): Promise<Call> {
    return this.#accept(options);
  }

  /** A customer's call goes to another agent; an agent's call to this customer ends. */
  decline(): Promise<void> {
    return this.#decline();
  }

  /** Used by the client. */
  gone(reason: RingEnd): void {
    this.emit("gone", { reason });
  }
}
