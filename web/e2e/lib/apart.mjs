/** The roles as three processes, in place of `switchroom up`. */
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { endWithUs } from "./children.mjs";
import { Program, SWITCHROOM_BIN } from "./program.mjs";
import { within } from "./wait.mjs";

/** Tests run against three processes. */
export const APART = process.env.SWITCHROOM_ROLES === "apart";

const FREE = "127.0.0.1:0";

/** @typedef {{ folder: string, data: string, engine: string[], signaling: string[] }} ApartOptions */
/** @typedef {"recorder" | "engine" | "signaling"} Role */

export class Apart {
  /** @type {Map<Role, Program>} */
  #programs = new Map();
  #links = { recorder: FREE, engine: FREE };

  /**
   * Starts what does not run, on the same links as before.
   * @param {ApartOptions} options
   * @param {NodeJS.WritableStream} log
   */
  async start({ folder, data, engine, signaling }, log) {
    const certs = join(folder, "certs");
    if (!existsSync(certs)) await makeCerts(certs);
    const common = ["--admin", FREE, "--certs", certs];
    await this.#begin("recorder", ["--link", this.#links.recorder, "--data", data, ...common], log);
    const toRecorder = ["--recorder", this.#links.recorder];
    await this.#begin("engine", ["--link", this.#links.engine, ...toRecorder, ...common, ...engine], log);
    const toEngine = ["--engine", this.#links.engine];
    const printed = await this.#begin(
      "signaling",
      ["--data", data, ...toRecorder, ...toEngine, ...common, ...signaling],
      log,
    );
    return { ...printed, media: this.#programs.get("engine")?.printed.media };
  }

  /** @param {Role} role @param {string[]} parameters @param {NodeJS.WritableStream} log */
  async #begin(role, parameters, log) {
    const running = this.#programs.get(role);
    if (running) return running.printed;
    const program = await Program.start([role, ...parameters], log);
    this.#programs.set(role, program);
    if (role !== "signaling") this.#links[role] = program.printed.link;
    return program.printed;
  }

  /** Ends one of them. @param {Role} role @param {NodeJS.Signals} signal */
  async end(role, signal) {
    const program = this.#programs.get(role);
    assert(program, `${role} does not run`);
    this.#programs.delete(role);
    await program.end(signal);
  }

  /** Ends all that run; the recorder last. @param {NodeJS.Signals} signal */
  async endAll(signal) {
    for (const role of /** @type {const} */ (["signaling", "engine", "recorder"])) {
      if (this.#programs.has(role)) await this.end(role, signal);
    }
  }
}

/** @param {string} folder */
async function makeCerts(folder) {
  const child = endWithUs(spawn(SWITCHROOM_BIN, ["certs", folder], { stdio: ["ignore", "ignore", "inherit"] }));
  const [code] = await within(once(child, "close"), 10_000, "switchroom certs");
  assert.equal(code, 0, "switchroom certs");
}
