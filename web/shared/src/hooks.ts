import { useEffect, useReducer, useState } from "preact/hooks";

interface Changing {
  on(name: "changed", listener: () => void): () => void;
}

/** Renders again whenever `source` says that something changed. */
export function useChanges(source: Changing | undefined): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => source?.on("changed", () => again(undefined as never)), [source]);
}

/** The page's clock, renewed every `everyMs` while `running`. */
export function useNow(everyMs: number, running = true): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, running]);
  return now;
}
