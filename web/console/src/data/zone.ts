const MINUTE_MS = 60_000;

/** How far the zone's wall clock is ahead of UTC then, in milliseconds. */
function aheadAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(value("year"), value("month") - 1, value("day"), value("hour"), value("minute"));
  return wall - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** When a day of the zone begins. @param day  as YYYY-MM-DD @param plusDays  so many days later */
export function startOfDay(day: string, timeZone: string, plusDays = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const wall = Date.UTC(year, month - 1, date + plusDays);
  // The clocks may change between a first guess and the day's beginning.
  const guess = wall - aheadAt(wall, timeZone);
  return new Date(wall - aheadAt(guess, timeZone));
}
