import type { LegSnapshot, Remote, Transfer } from "./wire.ts";

/** A call that rings at another agent. */
export interface RunningTransfer {
  /** Where it rings; only who hands it over is told. */
  to: Remote | undefined;
  /** This page's clock, milliseconds since 1970. */
  since: number;
}

/** What keeps connected parties from hearing each other. `since` is this page's clock, milliseconds since 1970. */
export type Interruption = { kind: "hold"; since: number } | ({ kind: "transfer" } & RunningTransfer);

/** The server's times by this page's clock, which may differ. One and the same time stays what it was first taken for. */
class Times {
  #told: number | undefined;
  #here = 0;

  here(told: number, isNow: boolean): number {
    if (told !== this.#told) {
      this.#told = told;
      this.#here = isNow ? Date.now() : Math.min(told, Date.now());
    }
    return this.#here;
  }
}

/** Makes interruptions of what the server tells of a call. */
export class Interruptions {
  readonly #holds = new Times();
  readonly #transfers = new Times();

  /** It has just begun. */
  held(since: number, isNow = true): Interruption {
    return { kind: "hold", since: this.#holds.here(since, isNow) };
  }

  /** It has just begun. */
  transferring({ to, since }: Transfer, isNow = true): Interruption {
    return { kind: "transfer", to: to ?? undefined, since: this.#transfers.here(since, isNow) };
  }

  /** It began at any time. */
  ofSnapshot({ held_since: heldSince, transfer }: LegSnapshot): Interruption | undefined {
    if (transfer !== null && transfer !== undefined) return this.transferring(transfer, false);
    return heldSince === null || heldSince === undefined ? undefined : this.held(heldSince, false);
  }
}
