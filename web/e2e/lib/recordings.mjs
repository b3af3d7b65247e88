/** What a recorded file really holds, by ffmpeg: streams, duration, the tone in its sound, the colours in its picture. */
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nameColour, PULSE_PERIOD_S, TONES } from "./media.mjs";

const run = promisify(execFile);
const FFMPEG = process.env.FFMPEG_BIN ?? "ffmpeg";
const FFPROBE = process.env.FFPROBE_BIN ?? "ffprobe";
const LIMITS = { timeout: 60_000, maxBuffer: 256 * 1024 * 1024 };
const RATE = 16_000;
const WINDOW_S = 0.05;
/** Of full scale; the parties send at 0.2 and more. */
const HEARD = 0.02;

/** @param {string} file */
export async function probeFile(file) {
  const { stdout } = await run(FFPROBE, ["-v", "error", "-show_format", "-show_streams", "-of", "json", file], LIMITS);
  const { format, streams } = JSON.parse(stdout);
  const of = (kind) => streams.find((s) => s.codec_type === kind);
  return {
    format: String(format.format_name),
    seconds: Number(format.duration),
    audio: of("audio")?.codec_name ?? null,
    video: of("video")?.codec_name ?? null,
  };
}

/** Amplitude of one frequency in samples, 0 to 1 (Goertzel). @param {Float32Array} samples @param {number} hz */
function amplitude(samples, hz) {
  const k = 2 * Math.cos((2 * Math.PI * hz) / RATE);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample + k * last - before];
  const power = before * before + last * last - k * before * last;
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

/**
 * When each tone is on, in windows of 50 ms from the file's start.
 * @param {string} file
 * @returns {Promise<{ seconds: number, on: Map<number, boolean[]> }>}
 */
export async function tonesOf(file) {
  const { stdout } = await run(
    FFMPEG,
    ["-v", "error", "-i", file, "-map", "0:a:0", "-ac", "1", "-ar", String(RATE), "-f", "f32le", "-"],
    {
      ...LIMITS,
      encoding: "buffer",
    },
  );
  const samples = new Float32Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.length / 4));
  const step = RATE * WINDOW_S;
  /** @type {Map<number, boolean[]>} */
  const on = new Map(TONES.map((hz) => [hz, []]));
  for (let at = 0; at + step <= samples.length; at += step) {
    const window = samples.subarray(at, at + step);
    for (const hz of TONES) on.get(hz)?.push(amplitude(window, hz) > HEARD);
  }
  return { seconds: samples.length / RATE, on };
}

/**
 * Mean colours of the pictures, five a second.
 * @param {string} file
 */
export async function coloursOf(file) {
  const { stdout } = await run(
    FFMPEG,
    [
      "-v",
      "error",
      "-i",
      file,
      "-map",
      "0:v:0",
      "-vf",
      "fps=5,crop=iw/2:ih/2,scale=1:1:flags=area",
      "-pix_fmt",
      "rgb24",
      "-f",
      "rawvideo",
      "-",
    ],
    {
      ...LIMITS,
      encoding: "buffer",
    },
  );
  const found = [];
  for (let i = 0; i + 3 <= stdout.length; i += 3)
    found.push(nameColour({ r: stdout[i], g: stdout[i + 1], b: stdout[i + 2] }));
  return found;
}

/**
 * The file carries that party's pulsed tone and nobody else's for at least so many seconds.
 * @param {string} file
 * @param {import("./media.mjs").Party} party
 * @param {number} seconds
 */
export async function assertTone(file, party, seconds) {
  const { on } = await tonesOf(file);
  for (const [hz, windows] of on) {
    const heard = windows.filter(Boolean).length * WINDOW_S;
    if (hz !== party.toneHz) assert(heard < 0.3, `${file} holds ${heard} s of the other party's ${hz} Hz`);
    // Pulses are on half of the time.
    else
      assert(
        heard > seconds * 0.35 && heard < seconds * 0.75 + PULSE_PERIOD_S * 2,
        `${file} holds ${heard} s of ${hz} Hz pulses in ${seconds} s`,
      );
  }
}

/**
 * @param {string} file
 * @param {import("./media.mjs").Colour} colour
 */
export async function assertColour(file, colour) {
  const pictures = await coloursOf(file);
  const shades = new Set(pictures.filter((p) => p.colour === colour).map((p) => p.light));
  assert.equal(
    shades.size,
    2,
    `${file} shows ${colour} in ${shades.size} shades: ${JSON.stringify(pictures.slice(0, 20))}`,
  );
}
