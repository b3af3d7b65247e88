import { useEffect, useRef } from "preact/hooks";
import { type Peaks, pictureOf } from "./peaks.ts";

interface Props {
  /** Without them a plain bar is drawn. */
  peaks: Peaks | undefined;
  /** How much is played, 0 to 1. */
  played: number;
}

const PLAIN = 6;

/** What is heard when, behind the seek bar. Decoration: the seek bar carries the words. */
export function Waveform({ peaks, played }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const draw = () => canvas.current !== null && paint(canvas.current, peaks, played);
  const latest = useRef(draw);
  latest.current = draw;
  useEffect(() => {
    draw();
  }, [peaks, played]);
  useEffect(() => {
    const again = () => latest.current();
    const sizes = new ResizeObserver(again);
    if (canvas.current !== null) sizes.observe(canvas.current);
    const themes = matchMedia("(prefers-color-scheme: dark)");
    themes.addEventListener("change", again);
    return () => {
      sizes.disconnect();
      themes.removeEventListener("change", again);
    };
  }, []);
  return (
    <div class="waveform" aria-hidden="true" data-testid="waveform" data-drawn={drawn(peaks)}>
      <canvas ref={canvas} />
    </div>
  );
}

function drawn(peaks: Peaks | undefined): string {
  return peaks === undefined ? "plain" : String(peaks.channels.length);
}

function paint(canvas: HTMLCanvasElement, peaks: Peaks | undefined, played: number): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const context = canvas.getContext("2d");
  if (context === null || width === 0) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  const colors = { played: style.getPropertyValue("--accent"), rest: style.getPropertyValue("--wave") };
  if (style.direction === "rtl") {
    context.translate(width, 0);
    context.scale(-1, 1);
  }
  if (peaks === undefined) {
    const top = (height - PLAIN) / 2;
    context.fillStyle = colors.rest;
    context.fillRect(0, top, width, PLAIN);
    context.fillStyle = colors.played;
    context.fillRect(0, top, width * played, PLAIN);
    return;
  }
  for (const bar of pictureOf(peaks, { width, height, played })) {
    context.fillStyle = bar.played ? colors.played : colors.rest;
    context.fillRect(bar.x, bar.y, bar.width, bar.height);
  }
}
