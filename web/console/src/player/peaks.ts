/** Loudness over the time of a recording, as the server measures it. */
export interface Peaks {
  /** One list for each channel; each number is the loudest of its stretch, 0 to 255. */
  channels: number[][];
}

const FULL = 255;

/** The channels of an answer that can be drawn; nothing when there is nothing to draw. */
export function peaksOf(answer: unknown): Peaks | undefined {
  const { channels } = (answer ?? {}) as { channels?: unknown };
  if (!Array.isArray(channels)) return undefined;
  const usable = channels.filter(
    (channel): channel is number[] => Array.isArray(channel) && channel.length > 0 && channel.every(Number.isFinite),
  );
  return usable.length === 0 ? undefined : { channels: usable.slice(0, 2) };
}

/** Heights of so many bars, 0 to 1: each the loudest of what it stands for. */
export function barsOf(channel: number[], count: number): number[] {
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * channel.length) / count);
    const to = Math.max(from + 1, Math.ceil(((bar + 1) * channel.length) / count));
    const loudest = Math.max(...channel.slice(from, to));
    return Math.min(1, Math.max(0, loudest / FULL));
  });
}

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
  /** It is played already. */
  played: boolean;
}

export interface Picture {
  /** In CSS pixels, as all of it. */
  width: number;
  height: number;
  /** How much is played, 0 to 1. */
  played: number;
}

const BAR = 2;
const GAP = 1;
/** What silence shows, so that the line does not break. */
const LEAST = 2;

/** What to draw: one channel around the middle, or the first above and the second below it. */
export function pictureOf({ channels }: Peaks, { width, height, played }: Picture): Bar[] {
  const count = Math.max(1, Math.floor((width + GAP) / (BAR + GAP)));
  const middle = height / 2;
  const [first, second] = channels.map((channel) => barsOf(channel, count));
  if (first === undefined) return [];
  return first.map((value, at) => {
    const above = Math.max(LEAST / 2, value * middle);
    const below = Math.max(LEAST / 2, (second?.[at] ?? value) * middle);
    const x = at * (BAR + GAP);
    return { x, y: middle - above, width: BAR, height: above + below, played: (x + BAR / 2) / width <= played };
  });
}
