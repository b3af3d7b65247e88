import { useEffect, useState } from "preact/hooks";

export const views = ["work", "all", "links", "team", "settings", "devices"] as const;
export type View = (typeof views)[number];

export interface Route {
  view: View;
  /** A conversation's id in `work` and `all`, a part's name in `settings`. */
  id: string | undefined;
}

export function parseRoute(hash: string): Route {
  const [view, id] = hash.replace(/^#\/?/, "").split("/");
  const known = views.find((name) => name === view);
  return { view: known ?? "work", id: id ? decodeURIComponent(id) : undefined };
}

export function hrefOf(view: View, id?: string): string {
  return id === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`;
}

export function go(view: View, id?: string): void {
  location.hash = hrefOf(view, id);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = () => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
