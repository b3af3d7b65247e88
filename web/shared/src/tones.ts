let context: AudioContext | undefined;
let outputDevice: string | undefined;

/** The page's only AudioContext. It stays silent until the person has touched the page. */
export function audioContext(): AudioContext | undefined {
  if (context === undefined && typeof AudioContext === "function") {
    context = new AudioContext();
    if (outputDevice !== undefined) void setToneDevice(outputDevice);
  }
  if (context?.state === "suspended") void context.resume().catch(() => undefined);
  return context;
}

/** Whether tones can be heard now. */
export function tonesAllowed(): boolean {
  return audioContext()?.state === "running";
}

/** Rings and tests play on this speaker, where the browser can choose. */
export async function setToneDevice(deviceId: string | undefined): Promise<void> {
  outputDevice = deviceId;
  const able = context as (AudioContext & { setSinkId?: (id: string) => Promise<void> }) | undefined;
  await able?.setSinkId?.(deviceId ?? "").catch(() => undefined);
}

interface Note {
  hertz: number;
  at: number;
  seconds: number;
  loudness?: number;
}

function play(notes: readonly Note[]): () => void {
  const audio = audioContext();
  if (audio === undefined) return () => undefined;
  const start = audio.currentTime + 0.02;
  const oscillators = notes.map(({ hertz, at, seconds, loudness = 0.18 }) => {
    const oscillator = audio.createOscillator();
    const gain = audio.createGain();
    oscillator.type = "sine";
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, start + at);
    gain.gain.linearRampToValueAtTime(loudness, start + at + 0.02);
    gain.gain.setTargetAtTime(0, start + at + seconds * 0.6, seconds / 6);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(start + at);
    oscillator.stop(start + at + seconds);
    return oscillator;
  });
  return () => {
    for (const oscillator of oscillators) oscillator.stop();
  };
}

const RING: Note[] = [
  { hertz: 784, at: 0, seconds: 0.5 },
  { hertz: 988, at: 0.18, seconds: 0.5 },
  { hertz: 784, at: 0.7, seconds: 0.5 },
  { hertz: 988, at: 0.88, seconds: 0.6 },
];
const RING_EVERY_MS = 2_500;

/** Rings until the returned function is called. */
export function ring(): () => void {
  let stop = play(RING);
  const timer = setInterval(() => {
    stop = play(RING);
  }, RING_EVERY_MS);
  return () => {
    clearInterval(timer);
    stop();
  };
}

/** Two falling notes: the connection broke. */
export function dropSound(): void {
  play([
    { hertz: 523, at: 0, seconds: 0.35 },
    { hertz: 349, at: 0.25, seconds: 0.5 },
  ]);
}

export const TEST_MUSIC_MS = 5_000;

/** Five seconds of music for a speaker test. */
export function testMusic(): () => void {
  const melody = [523, 659, 784, 1047, 784, 659, 587, 698, 880, 1175];
  const lead = melody.map((hertz, i) => ({ hertz, at: i * 0.5, seconds: 0.55, loudness: 0.16 }));
  const bass = [262, 262, 294, 262].map((hertz, i) => ({ hertz, at: i * 1.25, seconds: 1.25, loudness: 0.1 }));
  return play([...lead, ...bass]);
}
