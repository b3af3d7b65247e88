import { useCallback, useEffect, useState } from "preact/hooks";

interface Changing {
  on(name: "changed", listener: () => void): () => void;
}

/** Renders again whenever `source` says that something changed. */
export function useChanges(source: Changing | undefined): void {
  const [, setCount] = useState(0);
  const again = useCallback(() => setCount((count) => count + 1), []);
  useEffect(() => {
    if (source === undefined) return;
    const stop = source.on("changed", again);
    // Something may have changed between the render and now.
    again();
    return stop;
  }, [source]);
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
