import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError, problemText } from "./api.ts";

export interface Loaded<T> {
  /** What was loaded last; it stays while it is loaded again. */
  data: T | undefined;
  problem: string;
  /** The server knows no such thing, or shows it to others alone. */
  isHidden: boolean;
  reload: () => void;
}

const HIDDEN = [400, 403, 404];

/** Loads when `key` changes, on `reload`, and every `everyMs` while the page is visible. */
export function useLoaded<T>(key: string, load: () => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | undefined; problem: string; isHidden: boolean }>({
    key,
    data: undefined,
    problem: "",
    isHidden: false,
  });
  const [turn, setTurn] = useState(0);
  // The key says everything that `load` depends on.
  useEffect(() => {
    let current = true;
    load().then(
      (data) => current && setState({ key, data, problem: "", isHidden: false }),
      (error: unknown) =>
        current &&
        setState((before) => ({
          key,
          data: before.key === key ? before.data : undefined,
          problem: problemText(error),
          isHidden: error instanceof ApiError && HIDDEN.includes(error.status),
        })),
    );
    return () => {
      current = false;
    };
  }, [key, turn]);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => document.visibilityState === "visible" && reload(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);
  const data = state.key === key ? state.data : undefined;
  return { data, problem: state.problem, isHidden: state.isHidden, reload };
}
