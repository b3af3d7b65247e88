import type { LegQuality } from "@switchroom/sdk";
import { st } from "./text.ts";

/** The worse leg MOS of the two directions; undefined until one was measured. */
export function legMos(quality: LegQuality): number | undefined {
  const known = [quality.uplink.mos, quality.downlink.mos].filter((mos) => mos !== null && mos !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Four bars, as people know them from their phones. */
export function bars(mos: number): 1 | 2 | 3 | 4 {
  if (mos >= 4.3) return 4;
  if (mos >= 4) return 3;
  if (mos >= 3.5) return 2;
  return 1;
}

const words = ["poor", "fair", "good", "excellent"] as const;

export function SignalBars({ mos }: { mos: number | undefined }) {
  const lit = mos === undefined ? 0 : bars(mos);
  return (
    <svg class={`bars bars-${lit}`} viewBox="0 0 20 16" aria-hidden="true" focusable="false">
      {[1, 2, 3, 4].map((bar) => (
        <rect
          key={bar}
          class={bar <= lit ? "lit" : "unlit"}
          x={bar * 5 - 5}
          y={16 - bar * 4}
          width="3.5"
          height={bar * 4}
          rx="1"
        />
      ))}
    </svg>
  );
}

export function mosWord(mos: number): string {
  return st(words[bars(mos) - 1] ?? "poor");
}

const SPARK_WIDTH = 96;
const SPARK_HEIGHT = 24;

/** The last minute of MOS, 1 to 4.5. */
export function Sparkline({ values }: { values: readonly number[] }) {
  const step = SPARK_WIDTH / 59;
  const points = values
    .map((mos, i) => {
      const x = SPARK_WIDTH - (values.length - 1 - i) * step;
      const y = SPARK_HEIGHT - 2 - ((mos - 1) / 3.5) * (SPARK_HEIGHT - 4);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
  return (
    <svg class="sparkline" viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`} aria-hidden="true" focusable="false">
      <polyline points={points} />
    </svg>
  );
}

const percent = (share: number) => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const milliseconds = (seconds: number | null) => (seconds === null ? "–" : `${Math.round(seconds * 1000)} ms`);

/** The figures of one side, worst direction first. */
export function figures(quality: LegQuality): { mos: string; loss: string; jitter: string; rtt: string } {
  const mos = legMos(quality);
  return {
    mos: mos === undefined ? "–" : mos.toFixed(2),
    loss: percent(Math.max(quality.uplink.loss, quality.downlink.loss)),
    jitter: milliseconds(Math.max(quality.uplink.jitter_seconds, quality.downlink.jitter_seconds)),
    rtt: milliseconds(quality.rtt_seconds),
  };
}
