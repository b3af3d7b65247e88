/**
 * What each party sends, and files of it for Chromium's fake devices.
 *
 * A tone that is on and off twice a second, and a colour that changes between a light and a dark shade: so that what
 * is heard and seen is known to come from that party and to come now.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * @typedef {"red" | "green" | "blue" | "yellow"} Colour
 * @typedef {{ name: string, toneHz: number, camera: Colour, screen: Colour }} Party
 */

/** @type {Party} */
export const AGENT = { name: "agent", toneHz: 440, camera: "blue", screen: "green" };
/** @type {Party} */
export const CUSTOMER = { name: "customer", toneHz: 1000, camera: "red", screen: "yellow" };
/** Two agents whose tones are far from those of ringing and of music, for tests in which the customer hears these too. */
/** @type {Party} */
export const FIRST = { name: "first-agent", toneHz: 1500, camera: "blue", screen: "yellow" };
/** @type {Party} */
export const SECOND = { name: "second-agent", toneHz: 2200, camera: "green", screen: "yellow" };
/** What waiting callers hear, each of a tone that nobody else makes. */
export const GREETING = { name: "greeting", toneHz: 2700 };
export const MUSIC = { name: "music", toneHz: 3300 };
export const LAST_MESSAGE = { name: "last-message", toneHz: 3900 };
export const TONES = [AGENT, CUSTOMER, FIRST, SECOND, GREETING, MUSIC, LAST_MESSAGE].map(({ toneHz }) => toneHz);
/** Tones that nothing but their party makes. */
export const OWN_TONES = [CUSTOMER, FIRST, SECOND].map((party) => party.toneHz);

/** On for as long as off; both together are one period. */
export const PULSE_PERIOD_S = 0.5;

/** Light and dark shade of each colour as red, green, blue. @type {Record<Colour, [number[], number[]]>} */
export const SHADES = {
  red: [
    [240, 40, 40],
    [120, 10, 10],
  ],
  green: [
    [40, 230, 40],
    [10, 110, 10],
  ],
  blue: [
    [50, 50, 245],
    [12, 12, 125],
  ],
  yellow: [
    [240, 235, 40],
    [120, 115, 10],
  ],
};

const SAMPLE_RATE = 48_000;
const TONE_SECONDS = 10;
const FADE_S = 0.005;
const AMPLITUDE = 0.4;
const [WIDTH, HEIGHT, FPS] = [320, 240, 15];

/** @param {number} second  loudness of the pulse at this time, 0 to 1 */
function pulse(second) {
  const phase = second % PULSE_PERIOD_S;
  const on = PULSE_PERIOD_S / 2;
  if (phase >= on) return 0;
  return Math.min(1, phase / FADE_S, (on - phase) / FADE_S);
}

/** A file of the pulsed tone. @param {number} hz @param {number} [seconds] */
export function wav(hz, seconds = TONE_SECONDS) {
  const samples = SAMPLE_RATE * seconds;
  const file = Buffer.alloc(44 + samples * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) {
    const second = i / SAMPLE_RATE;
    const value = AMPLITUDE * pulse(second) * Math.sin(2 * Math.PI * hz * second);
    file.writeInt16LE(Math.round(value * 32_767), 44 + i * 2);
  }
  return file;
}

/** ITU-R BT.601, limited range. @param {number[]} rgb */
function yuv([r, g, b]) {
  const y = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
  const u = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
  const v = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
  return [y, u, v].map(Math.round);
}

/** @param {Colour} colour */
function y4m(colour) {
  const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FPS}:1 Ip A1:1 C420jpeg\n`)];
  const frames = SHADES[colour].map((shade) => {
    const [y, u, v] = yuv(shade);
    const luma = WIDTH * HEIGHT;
    return Buffer.concat([
      Buffer.from("FRAME\n"),
      Buffer.alloc(luma, y),
      Buffer.alloc(luma / 4, u),
      Buffer.alloc(luma / 4, v),
    ]);
  });
  for (let i = 0; i < FPS; i++) parts.push(frames[i < FPS / 2 ? 0 : 1]);
  return Buffer.concat(parts);
}

/**
 * @param {string} folder
 * @param {Party} party
 */
export async function captureFiles(folder, party) {
  const audio = join(folder, `${party.name}.wav`);
  const video = join(folder, `${party.name}.y4m`);
  await Promise.all([writeFile(audio, wav(party.toneHz)), writeFile(video, y4m(party.camera))]);
  return { audio, video };
}

/**
 * The colour that a picture's mean looks like, and which of its two shades.
 * @param {{ r: number, g: number, b: number }} mean
 * @returns {{ colour: Colour | "none", light: boolean }}
 */
export function nameColour({ r, g, b }) {
  const bright = Math.max(r, g, b);
  const weak = bright * 0.55;
  const name = `${r > weak ? "r" : ""}${g > weak ? "g" : ""}${b > weak ? "b" : ""}`;
  /** @type {Record<string, Colour>} */
  const names = { r: "red", g: "green", b: "blue", rg: "yellow" };
  const colour = bright < 50 ? "none" : (names[name] ?? "none");
  return { colour, light: bright > 180 };
}
