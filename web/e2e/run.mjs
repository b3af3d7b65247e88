/**
 * Browser tests of Switchroom: `npm run e2e [-- part of a test's name]`.
 *
 * SWITCHROOM_BIN         the binary under test (default ../target/debug/switchroom)
 * SWITCHROOM_ROLES       `apart`: three processes, engine, signaling and recorder, in place of `switchroom up`
 * SWITCHROOM_SEED        seed of the relay's losses and the moments of kills
 * SWITCHROOM_SOAK        how often the kill tests repeat (default 1)
 * SWITCHROOM_SOAK_FIGURES  file that gets a line for each measured time
 * SWITCHROOM_SCREENSHOTS folder for the screenshots (default: a folder in the system's temporary folder)
 */
import { readdir } from "node:fs/promises";
import { Browsers } from "./lib/browsers.mjs";
import { runAll } from "./lib/harness.mjs";
import { exitCodeInside } from "./lib/own-network.mjs";

const exitCode = await exitCodeInside();
if (exitCode !== undefined) process.exit(exitCode);

const folder = new URL("tests/", import.meta.url);
for (const file of (await readdir(folder)).sort()) if (file.endsWith(".mjs")) await import(new URL(file, folder).href);

const only = new RegExp(process.argv[2] ?? ".", "i");
const seed = Number(process.env.SWITCHROOM_SEED ?? Date.now() % 1_000_000);
const browsers = new Browsers();
let failed = 1;
try {
  failed = await runAll(browsers, { only, seed });
} finally {
  await browsers.close();
}
process.exit(failed === 0 ? 0 : 1);
