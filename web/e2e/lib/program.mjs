/** A process of the binary under test, from its line of addresses to its end. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { endWithUs } from "./children.mjs";
import { within } from "./wait.mjs";

const DEFAULT_BIN = fileURLToPath(new URL("../../../target/debug/switchroom", import.meta.url));
export const SWITCHROOM_BIN = process.env.SWITCHROOM_BIN ?? DEFAULT_BIN;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** Makes a certificate that no browser knows, and its key. @param {string} folder */
export async function certificate(folder) {
  await promisify(execFile)(SWITCHROOM_BIN, ["certs", folder]);
  return { cert: join(folder, "signaling.pem"), key: join(folder, "signaling.key") };
}

export class Program {
  /** @param {import("node:child_process").ChildProcess} child @param {any} printed */
  constructor(child, printed) {
    this.child = child;
    this.printed = printed;
  }

  /**
   * Starts it and waits until it has printed its addresses.
   * @param {string[]} parameters
   * @param {NodeJS.WritableStream} log
   */
  static async start(parameters, log) {
    const all = [...parameters, "--print-json"];
    const child = endWithUs(spawn(SWITCHROOM_BIN, all, { stdio: ["ignore", "pipe", "pipe"] }));
    child.stderr.pipe(log, { end: false });
    const lines = createInterface({ input: child.stdout });
    const printed = new Promise((resolve, reject) => {
      lines.on("line", (line) => {
        log.write(`${line}\n`);
        if (line.startsWith("{")) resolve(JSON.parse(line));
      });
      child.on("error", reject);
      child.on("exit", (code, signal) => reject(new Error(`switchroom ended while starting: ${code ?? signal}`)));
    });
    try {
      return new Program(child, await within(printed, START_TIMEOUT_MS, `switchroom ${parameters[0]}`));
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** @param {NodeJS.Signals} signal */
  async end(signal) {
    const { child } = this;
    const runs = child.exitCode === null && child.signalCode === null;
    /** @type {Promise<unknown>} */
    const ended = runs ? once(child, "exit") : Promise.resolve();
    child.kill(signal);
    try {
      await within(ended, STOP_TIMEOUT_MS, `switchroom ends on ${signal}`);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }
}
