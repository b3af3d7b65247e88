import { useEffect, useRef } from "preact/hooks";
import { audioContext } from "./tones.ts";
import { st } from "./text.ts";

const FRAME_MS = 100;

/** Measures a microphone: calls back ten times a second with 0 to 1. */
export function measure(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = audioContext();
  if (context === undefined) return () => undefined;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // −60 dB is an empty bar, −10 dB a full one.
    const decibels = 10 * Math.log10(power + 1e-12);
    onLevel(Math.min(1, Math.max(0, (decibels + 60) / 50)));
  }, FRAME_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}

/** A bar that follows the microphone. */
export function LevelBar({ track, onSound }: { track: MediaStreamTrack | null; onSound?: () => void }) {
  const bar = useRef<HTMLSpanElement>(null);
  const meter = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (track === null) return;
    return measure(track, (level) => {
      const percent = Math.round(level * 100);
      if (bar.current !== null) bar.current.style.inlineSize = `${percent}%`;
      meter.current?.setAttribute("aria-valuenow", String(percent));
      if (level > 0.2) onSound?.();
    });
  }, [track, onSound]);
  return (
    <span
      class="level"
      ref={meter}
      role="meter"
      aria-label={st("levelOf")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
      data-testid="mic-level"
    >
      <span ref={bar} />
    </span>
  );
}
