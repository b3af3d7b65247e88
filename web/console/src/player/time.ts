import { t } from "../text.ts";

/** Seconds of "75", "1:15", "1:15.5" or "1:01:15"; nothing when it is no time. */
export function parseTime(text: string): number | undefined {
  const parts = text.trim().split(":");
  if (parts.length > 3 || !parts.every((part, at) => isPart(part, at === parts.length - 1))) return undefined;
  const numbers = parts.map(Number);
  // Only what stands first may be more than a minute or an hour.
  if (numbers.slice(1).some((number) => number >= 60)) return undefined;
  return numbers.reduce((sum, number) => sum * 60 + number, 0);
}

function isPart(part: string, last: boolean): boolean {
  return last ? /^\d{1,6}(\.\d{1,3})?$/.test(part) : /^\d{1,4}$/.test(part);
}

const UNITS = ["hour", "minute", "second"] as const;

/** A time as a screen reader should say it: "1 minute 15 seconds". */
export function spokenTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const values = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const said = values.flatMap((value, at) => (value > 0 || (whole === 0 && at === 2) ? [spokenUnit(value, at)] : []));
  return said.join(" ");
}

function spokenUnit(value: number, at: number): string {
  const unit = UNITS[at] ?? "second";
  return new Intl.NumberFormat(t("wordsLocale"), { style: "unit", unit, unitDisplay: "long" }).format(value);
}

/** Keeps a place within a recording; a length that is not known yet bounds nothing. */
export function within(seconds: number, duration: number): number {
  return Math.max(0, Math.min(seconds, duration > 0 ? duration : Number.POSITIVE_INFINITY));
}
