/** Registers browser tests and runs them one after the other. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate } from "./program.mjs";
import { Relay } from "./relay.mjs";
import { freePort, Server } from "./server.mjs";
import { within } from "./wait.mjs";

const DEFAULT_TEST_TIMEOUT_MS = 120_000;
const CLEANUP_TIMEOUT_MS = 30_000;

/** @typedef {(t: Scene) => Promise<void>} Body */
/** @typedef {{ name: string, body: Body, timeoutMs: number }} Test */

/** @type {Test[]} */
const registered = [];
/** Times that tests took down. @type {Map<string, number[]>} */
const figures = new Map();

/**
 * @param {string} name
 * @param {Body} body
 * @param {{ timeoutMs?: number }} [options]
 */
export function test(name, body, { timeoutMs = DEFAULT_TEST_TIMEOUT_MS } = {}) {
  registered.push({ name, body, timeoutMs });
}

/** What one test has to itself: a folder, servers, tabs, and what must be undone at its end. */
export class Scene {
  /** @type {(() => Promise<unknown>)[]} */
  #undo = [];
  /** @type {import("./tab.mjs").Tab[]} */
  tabs = [];

  /** @param {{ folder: string, browsers: import("./browsers.mjs").Browsers, seed: number }} parts */
  constructor({ folder, browsers, seed }) {
    this.folder = folder;
    this.browsers = browsers;
    this.seed = seed;
  }

  /** @param {() => Promise<unknown>} undo */
  defer(undo) {
    this.#undo.push(undo);
  }

  /** @param {string} text */
  note(text) {
    console.log(`        ${text}`);
  }

  /** Notes a time that the run's end sums up. @param {string} what @param {number} ms */
  figure(what, ms) {
    this.note(`${what}: ${ms} ms`);
    figures.set(what, [...(figures.get(what) ?? []), ms]);
  }

  /**
   * A running server.
   * @param {{ flags?: string[], mediaHost?: string, https?: boolean, turn?: boolean, name?: string }} [options]  turn: with
   * its TURN server; name: by which people reach it
   */
  async server({ flags, mediaHost, https = false, turn = false, name } = {}) {
    const files = https ? await certificate(join(this.folder, "https")) : undefined;
    const ports = { mediaPort: await freePort(), turnPort: turn ? await freePort() : undefined };
    const httpPort = name === undefined ? undefined : await freePort();
    const server = new Server({ folder: this.folder, ...ports, mediaHost, flags, https: files, httpPort, name });
    this.defer(() => server.stop());
    await server.start();
    return server;
  }

  /**
   * A running server that pages reach through relays alone: `relay` for media, `front` for everything else.
   * @param {{ flags?: string[] }} [options]
   */
  async serverBehindRelay({ flags } = {}) {
    const [mediaPort, port] = [await freePort(), await freePort()];
    const relay = new Relay({ port, targetPort: mediaPort, seed: this.seed });
    await relay.open();
    this.defer(() => relay.close());
    const server = new Server({ folder: this.folder, mediaPort, announcePort: port, flags });
    this.defer(() => server.stop());
    await server.start();
    const front = new Relay({ port: await freePort(), targetPort: server.httpPort, seed: this.seed });
    await front.open();
    this.defer(() => front.close());
    server.frontPort = front.port;
    return { server, relay, front };
  }

  /**
   * @param {import("./media.mjs").Party} party
   * @param {import("./browsers.mjs").TabOptions & import("./browsers.mjs").ChromiumOptions & { browser?: "chromium" | "firefox" }} [options]
   */
  async tab(party, { browser = "chromium", ...options } = {}) {
    const tab =
      browser === "chromium"
        ? await this.browsers.chromiumTab(party, options)
        : await this.browsers.firefoxTab(party, options);
    this.tabs.push(tab);
    this.defer(() => tab.close());
    return tab;
  }

  /** Keeps what helps to understand a failure. */
  async keepEvidence() {
    for (const [i, tab] of this.tabs.entries()) {
      const name = join(this.folder, `tab-${i}-${tab.party.name}`);
      await writeFile(`${name}.log`, [...tab.log, ...tab.errors].join("\n"));
      await within(tab.screenshot(`${name}.png`), 5_000, "screenshot").catch(() => {});
    }
  }

  async end() {
    for (const undo of this.#undo.reverse()) {
      await within(undo(), CLEANUP_TIMEOUT_MS, "clean-up").catch((error) => this.note(`clean-up: ${error.message}`));
    }
  }
}

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** @param {Test} test @param {import("./browsers.mjs").Browsers} browsers @param {string} root @param {number} seed */
async function runOne({ name, body, timeoutMs }, browsers, root, seed) {
  const folder = join(root, name.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 60));
  await mkdir(folder, { recursive: true });
  const scene = new Scene({ folder, browsers, seed });
  const began = Date.now();
  let failure;
  try {
    await within(body(scene), timeoutMs, "the whole test");
    const errors = scene.tabs.flatMap((tab) => tab.errors);
    if (errors.length > 0) throw new Error(`a page threw: ${errors.join("\n")}`);
  } catch (error) {
    failure = error;
    await scene.keepEvidence();
  }
  await scene.end();
  console.log(`${failure ? "FAILED" : "ok    "}  ${seconds(Date.now() - began).padStart(7)}  ${name}`);
  if (failure)
    console.log(`        ${failure.stack ?? failure}\n        kept: ${folder}`.replaceAll("\n", "\n        "));
  else await rm(folder, { recursive: true, force: true });
  return !failure;
}

/** Appends what was measured to the file that a long run names. */
async function keepFigures() {
  const path = process.env.SWITCHROOM_SOAK_FIGURES;
  if (!path) return;
  const rows = [...figures].map(([what, times]) => {
    const [median, worst] = [times.toSorted((a, b) => a - b)[times.length >> 1], Math.max(...times)];
    return `browsers: ${what} | median ${median} ms, worst ${worst} ms of ${times.length}\n`;
  });
  await appendFile(path, rows.join(""));
}

/**
 * @param {import("./browsers.mjs").Browsers} browsers
 * @param {{ only: RegExp, seed: number }} options
 * @returns {Promise<number>} how many failed
 */
export async function runAll(browsers, { only, seed }) {
  const root = await mkdtemp(join(tmpdir(), "switchroom-e2e-"));
  const chosen = registered.filter((t) => only.test(t.name));
  console.log(`${chosen.length} of ${registered.length} browser tests, seed ${seed}`);
  let failed = 0;
  for (const one of chosen) if (!(await runOne(one, browsers, root, seed))) failed += 1;
  await keepFigures();
  if (failed === 0) await rm(root, { recursive: true, force: true });
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  if (chosen.length === 0) throw new Error(`no test matches ${only}`);
  return failed;
}
