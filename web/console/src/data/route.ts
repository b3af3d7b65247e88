import { useEffect, useState } from "preact/hooks";

export const views = ["work", "all", "recordings", "links", "team", "settings", "devices"] as const;
export type View = (typeof views)[number];

export interface Route {
  view: View;
  /** A conversation's id in `work` and `all`, a part's name in `settings`. */
  id: string | undefined;
  /** What else the page is to show, as in a query. */
  query: string;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view, id] = path.split("/");
  const known = views.find((name) => name === view);
  return { view: known ?? "work", id: id ? decodeURIComponent(id) : undefined, query };
}

export function hrefOf(view: View, id?: string, query = ""): string {
  const path = id === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`;
  return query === "" ? path : `${path}?${query}`;
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
