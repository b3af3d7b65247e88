import { parseTime } from "../player/time.ts";

export const sortFields = ["startedAt", "participantName", "duration"] as const;
export type SortField = (typeof sortFields)[number];

/** Which recordings the list shows, and in which order. Empty is any. */
export interface RecordingFilter {
  /** First and last day, as 2026-11-29. */
  from: string;
  to: string;
  direction: string;
  media: string;
  /** Customers, or agents. */
  party: string;
  /** All of somebody's name. */
  name: string;
  /** Least and greatest length, as 1:30. */
  longer: string;
  shorter: string;
  /** `only`: those whose file was deleted. */
  deleted: string;
  sort: SortField;
  ascending: boolean;
  /** Counts from 0. */
  page: number;
}

/** Rows of a page of the list. */
export const PAGE_SIZE = 20;

const CHOICES = {
  direction: ["INBOUND", "OUTBOUND"],
  media: ["AUDIO", "AUDIO_AND_VIDEO"],
  party: ["CUSTOMER", "AGENT"],
  deleted: ["only"],
} as const;

const TEXTS = ["from", "to", "direction", "media", "party", "name", "longer", "shorter", "deleted"] as const;

/** Reads what `queryOf` has written; what makes no sense is left out. */
export function filterOf(query: string): RecordingFilter {
  const words = new URLSearchParams(query);
  const text = (name: string) => (words.get(name) ?? "").trim();
  const day = (name: string) => (dayStart(text(name)) === undefined ? "" : text(name));
  const time = (name: string) => (parseTime(text(name)) === undefined ? "" : text(name));
  const choice = (name: keyof typeof CHOICES) => CHOICES[name].find((one) => one === text(name)) ?? "";
  const page = Number(text("page"));
  return {
    from: day("from"),
    to: day("to"),
    direction: choice("direction"),
    media: choice("media"),
    party: choice("party"),
    name: text("name"),
    longer: time("longer"),
    shorter: time("shorter"),
    deleted: choice("deleted"),
    sort: sortFields.find((field) => field === text("sort")) ?? "startedAt",
    ascending: text("order") === "asc",
    // People count from 1.
    page: Number.isInteger(page) && page > 1 ? page - 1 : 0,
  };
}

/** For the page's address; what is not chosen is left out. */
export function queryOf(filter: RecordingFilter): string {
  const words = new URLSearchParams();
  for (const name of TEXTS) if (filter[name] !== "") words.set(name, filter[name]);
  if (filter.sort !== "startedAt") words.set("sort", filter.sort);
  if (filter.ascending) words.set("order", "asc");
  if (filter.page > 0) words.set("page", String(filter.page + 1));
  return words.toString();
}

/** How many things are chosen; without any all recordings are shown. */
export function chosenIn(filter: RecordingFilter): number {
  return TEXTS.filter((name) => filter[name] !== "").length;
}

/** For the server. */
export function metadataQuery(filter: RecordingFilter): URLSearchParams {
  const query = new URLSearchParams({
    page: String(filter.page),
    size: String(PAGE_SIZE),
    sortBy: filter.sort,
    sortDirection: filter.ascending ? "ASC" : "DESC",
  });
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== "") query.set(name, String(value));
  };
  const seconds = (text: string, whole: (value: number) => number) => {
    const value = parseTime(text);
    return value === undefined ? undefined : whole(value);
  };
  set("direction", filter.direction);
  set("mediaType", filter.media);
  set("participantType", filter.party);
  set("participantName", filter.name);
  set("durationFrom", seconds(filter.longer, Math.ceil));
  set("durationTo", seconds(filter.shorter, Math.floor));
  set("startedAtFrom", dayStart(filter.from));
  set("startedAtTo", dayEnd(filter.to));
  // Whatever was deleted was deleted at some time.
  set("deletedAtFrom", filter.deleted === "only" ? 0 : undefined);
  return query;
}

/** First millisecond of a day, in this browser's time zone. */
function dayStart(day: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const start = new Date(`${day}T00:00`).getTime();
  return Number.isNaN(start) ? undefined : start;
}

/** Its last millisecond; days are not all of the same length. */
function dayEnd(day: string): number | undefined {
  const start = dayStart(day);
  if (start === undefined) return undefined;
  const next = new Date(start);
  next.setDate(next.getDate() + 1);
  return next.getTime() - 1;
}
