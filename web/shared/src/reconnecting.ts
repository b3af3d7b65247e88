import type { Call } from "@switchroom/sdk";
import { useEffect } from "preact/hooks";
import { secondsLeft } from "./format.ts";
import { useChanges, useNow } from "./hooks.ts";
import { dropSound } from "./tones.ts";

/** Seconds that a broken connection has left to come back, with a sound when it breaks; undefined while all is well. */
export function useReconnecting(call: Call): number | undefined {
  useChanges(call);
  const deadline = call.reconnectDeadline;
  const broken = deadline !== undefined;
  const now = useNow(250, broken);
  useEffect(() => {
    if (broken) dropSound();
  }, [broken]);
  return broken ? secondsLeft(deadline, now) : undefined;
}
