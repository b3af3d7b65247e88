import { useEffect, useState } from "preact/hooks";
import type { Recording } from "../data/api.ts";
import { hrefOf, useRoute } from "../data/route.ts";
import { isPlayable, keyOf, partsOf } from "./parts.ts";
import { parseTime } from "./time.ts";

export interface Opened {
  recording: Recording;
  /** Seconds at which it begins. */
  at: number;
  /** Counts how often something was opened: each time it begins anew. */
  turn: number;
}

export interface Opening {
  opened: Opened | undefined;
  /** What can be played of the same call. */
  parts: Recording[];
  /** Plays it from that second on. */
  open: (recording: Recording, at?: number) => void;
  /** Goes on with another part of the call. */
  choose: (recording: Recording) => void;
  close: () => void;
}

/** What a link to a moment says beside the page. */
export function momentQuery(recording: Recording, seconds: number): string {
  return new URLSearchParams({ play: keyOf(recording), t: String(seconds) }).toString();
}

/** Which recording a link asks for, and from when on; nothing when it cannot be played. */
export function momentOf(query: string, all: Recording[]): Omit<Opened, "turn"> | undefined {
  const words = new URLSearchParams(query);
  const recording = all.find((one) => keyOf(one) === words.get("play"));
  if (recording === undefined || !isPlayable(recording)) return undefined;
  return { recording, at: parseTime(words.get("t") ?? "") ?? 0 };
}

/** Which of a conversation's recordings the player has. */
export function useOpening(all: Recording[] | undefined): Opening {
  const [opened, setOpened] = useState<Opened>();
  const key = opened && keyOf(opened.recording);
  const latest = all?.find((one) => keyOf(one) === key);
  return {
    opened: opened && { ...opened, recording: latest ?? opened.recording },
    parts: opened === undefined ? [] : partsOf(all ?? [], opened.recording),
    open: (recording, at = 0) => setOpened((before) => ({ recording, at, turn: (before?.turn ?? 0) + 1 })),
    choose: (recording) => setOpened((before) => before && { ...before, recording }),
    close: () => setOpened(undefined),
  };
}

/** Opens what a link to a moment asks for. */
export function useMoment(all: Recording[] | undefined, { open }: Opening): void {
  const route = useRoute();
  useEffect(() => {
    const moment = all === undefined ? undefined : momentOf(route.query, all);
    if (moment === undefined) return;
    open(moment.recording, moment.at);
    // Once is enough: what is closed then stays closed.
    history.replaceState(null, "", hrefOf(route.view, route.id));
  }, [route, all === undefined]);
}
