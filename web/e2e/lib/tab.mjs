/** One browser tab with what it hears and sees of the other party. */
import { strict as assert } from "node:assert";
import { nameColour, OWN_TONES, TONES } from "./media.mjs";
import { until } from "./wait.mjs";

/** A tone at this level or more is heard; off pulses stand far below. Unit dBFS of one spectrum bin. */
const HEARD_DBFS = -60;
const PULSE_DEPTH_DB = 12;
/** All that is heard together is at this level or more while a prompt plays. Unit dBFS, mean over 85 ms. */
const PROMPT_DBFS = -50;
const LISTEN_MS = 1_300;
const LOOK_MS = 1_300;
const LOG_LINES = 400;

/** @typedef {import("./media.mjs").Colour} Colour */
/** @typedef {{ hz: number, high: number, low: number }} Levels  in dBFS */

export class Tab {
  /**
   * @param {{ kind: "chromium" | "firefox", page: any, context: any, party: import("./media.mjs").Party, quiet?: any }} parts
   * `quiet` is a DevTools session, for a page that must not count as touched: Playwright's own ways do.
   */
  constructor({ kind, page, context, party, quiet = null }) {
    this.kind = kind;
    this.quiet = quiet;
    this.page = page;
    this.context = context;
    this.party = party;
    /** @type {string[]} what the page wrote to its console */
    this.log = [];
    /** @type {string[]} uncaught errors of the page */
    this.errors = [];
    page.on("console", (message) => this.#write(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => {
      this.errors.push(String(error?.stack ?? error));
      this.#write(`uncaught: ${error}`);
    });
  }

  /** @param {string} line */
  #write(line) {
    if (this.log.length < LOG_LINES) this.log.push(line);
  }

  /** @param {string} url */
  async goto(url) {
    await this.page.goto(url, { waitUntil: "domcontentloaded" });
  }

  async reload() {
    await this.page.reload({ waitUntil: "domcontentloaded" });
  }

  async close() {
    await this.context.close();
  }

  /**
   * @template A, R
   * @param {(argument: A) => R} inPage
   * @param {A} [argument]
   * @returns {Promise<Awaited<R>>}
   */
  async evaluate(inPage, argument) {
    if (!this.quiet) return this.page.evaluate(inPage, argument);
    const expression = `(${inPage})(${JSON.stringify(argument)})`;
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: false };
    const { result, exceptionDetails } = await this.quiet.send("Runtime.evaluate", options);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** @param {string} css */
  async click(css) {
    if (!this.quiet) return this.page.locator(css).click();
    await this.appears(css);
    const { x, y } = await this.evaluate((selector) => {
      const box = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }, css);
    await this.page.mouse.click(x, y);
  }

  /** @param {string} css @param {string} text */
  async fill(css, text) {
    await this.page.locator(css).fill(text);
  }

  /** @param {string} key */
  async key(key) {
    await this.page.keyboard.press(key);
  }

  /** Text of the first element that matches, or null. @param {string} css */
  text(css) {
    return this.evaluate((selector) => document.querySelector(selector)?.textContent?.trim() ?? null, css);
  }

  /** @param {string} css @param {string} name */
  attribute(css, name) {
    return this.evaluate(({ selector, name }) => document.querySelector(selector)?.getAttribute(name) ?? null, {
      selector: css,
      name,
    });
  }

  /** @param {string} css */
  visible(css) {
    return this.evaluate((selector) => {
      const box = document.querySelector(selector)?.getBoundingClientRect();
      return box !== undefined && box.width > 0 && box.height > 0;
    }, css);
  }

  /** @param {string} css @param {number} [timeoutMs] */
  async appears(css, timeoutMs) {
    await until(`${this.who} shows ${css}`, () => this.visible(css), { timeoutMs });
  }

  /** @param {string} css @param {number} [timeoutMs] */
  async disappears(css, timeoutMs) {
    await until(`${this.who} no longer shows ${css}`, async () => !(await this.visible(css)), { timeoutMs });
  }

  /** Waits until the page says something. @param {string | RegExp} words @param {number} [timeoutMs] */
  async says(words, timeoutMs) {
    const matches = (text) => (typeof words === "string" ? text.includes(words) : words.test(text));
    let text = "";
    await until(
      `${this.who} says ${words}`,
      async () => {
        text = await this.evaluate(() => document.body.innerText);
        return matches(text) || Promise.reject(new Error(`page says: ${text.slice(0, 600)}`));
      },
      { timeoutMs },
    );
    return text;
  }

  /** @param {string} path */
  async screenshot(path) {
    await this.page.screenshot({ path });
  }

  /** @param {number} width @param {number} height */
  async resize(width, height) {
    if (this.kind === "chromium") await this.page.setViewportSize({ width, height });
    else await this.page.setViewport({ width, height });
  }

  get who() {
    return `${this.party.name} (${this.kind})`;
  }

  /** @param {number} [ms] @returns {Promise<{ samples: number, tones: Levels[], all: Omit<Levels, "hz"> }>} */
  listen(ms = LISTEN_MS) {
    return this.evaluate(({ tones, ms }) => /** @type {any} */ (globalThis).probe.listen(tones, ms), {
      tones: TONES,
      ms,
    });
  }

  /** Waits until this page plays the pulsed tone of the other party, and no other. */
  async hears(party, timeoutMs = 15_000) {
    await until(
      `${this.who} hears ${party.toneHz} Hz`,
      async () => {
        const heard = await this.listen();
        const [tone, others] = split(heard.tones, party.toneHz);
        const clear = tone.high > HEARD_DBFS && tone.high - tone.low > PULSE_DEPTH_DB;
        const alone = others.every((other) => other.high < tone.high - PULSE_DEPTH_DB);
        return (clear && alone) || Promise.reject(new Error(JSON.stringify(heard)));
      },
      { timeoutMs },
    );
  }

  /** Waits until for more than a pulse nothing of that tone is heard. */
  async hearsNothingOf(party, timeoutMs = 10_000) {
    await until(
      `${this.who} no longer hears ${party.toneHz} Hz`,
      async () => {
        const heard = await this.listen();
        const [tone] = split(heard.tones, party.toneHz);
        return tone.high < HEARD_DBFS || Promise.reject(new Error(JSON.stringify(heard)));
      },
      { timeoutMs },
    );
  }

  /** Waits until this page plays sound without a break, and nobody's tone. */
  async hearsMusic(timeoutMs = 15_000) {
    await this.#hearsNobody("music", (all) => all.low > PROMPT_DBFS, timeoutMs);
  }

  /** Waits until this page plays sound, if not always, and nobody's tone: ringing, an announcement or music. */
  async hearsPrompt(timeoutMs = 15_000) {
    await this.#hearsNobody("a prompt", (all) => all.high > PROMPT_DBFS, timeoutMs);
  }

  /** Waits until for more than a pulse this page plays nothing at all. */
  async hearsSilence(timeoutMs = 10_000) {
    await this.#hearsNobody("silence", (all) => all.high <= PROMPT_DBFS, timeoutMs);
  }

  async #hearsNobody(what, isIt, timeoutMs) {
    await until(
      `${this.who} hears ${what}`,
      async () => {
        const heard = await this.listen();
        const nobody = heard.tones.every(({ hz, high }) => !OWN_TONES.includes(hz) || high < HEARD_DBFS);
        return (nobody && isIt(heard.all)) || Promise.reject(new Error(JSON.stringify(heard)));
      },
      { timeoutMs },
    );
  }

  /** When (epoch ms) that party's tone is heard next. */
  async heardAt(party, timeoutMs) {
    const at = await this.evaluate(
      ({ hz, timeoutMs, level }) => /** @type {any} */ (globalThis).probe.heardAt(hz, timeoutMs, level),
      { hz: party.toneHz, timeoutMs, level: HEARD_DBFS },
    );
    assert.notEqual(at, null, `${this.who} did not hear ${party.toneHz} Hz within ${timeoutMs} ms`);
    return at;
  }

  /** Mean colours of the other party's pictures shown now. */
  async pictures() {
    const found = await this.evaluate(() => /** @type {any} */ (globalThis).probe.pictures());
    return found.map((picture) => ({ ...picture, ...nameColour(picture) }));
  }

  /** Waits until a picture of the other party shows both shades of a colour. @param {Colour} colour */
  async sees(colour, timeoutMs = 15_000) {
    const shades = new Set();
    let pictures = [];
    await until(
      `${this.who} sees ${colour}, light and dark`,
      async () => {
        pictures = await this.pictures();
        for (const picture of pictures) if (picture.colour === colour) shades.add(picture.light);
        return shades.size === 2 || Promise.reject(new Error(JSON.stringify(pictures)));
      },
      { timeoutMs, pollMs: 100 },
    );
  }

  /** Waits until a colour is in no picture for a while. @param {Colour} colour */
  async seesNothingOf(colour, timeoutMs = 10_000) {
    await until(
      `${this.who} no longer sees ${colour}`,
      async () => {
        const ends = Date.now() + LOOK_MS;
        let last = null;
        while (Date.now() < ends) {
          const pictures = await this.pictures();
          if (last !== null && pictures.some((p) => p.colour === colour && p.light !== last)) return false;
          last = pictures.find((p) => p.colour === colour)?.light ?? last;
        }
        return last === null;
      },
      { timeoutMs },
    );
  }

  /** @returns {Promise<any[]>} */
  stats() {
    return this.evaluate(() => /** @type {any} */ (globalThis).probe.stats());
  }

  /** Names of the codecs that this page sends and receives video with now. */
  async videoCodecs() {
    const stats = await this.stats();
    const codecs = new Map(stats.filter((s) => s.type === "codec").map((s) => [s.id, s.mimeType]));
    return stats
      .filter((s) => s.kind === "video" && (s.packetsSent > 0 || s.packetsReceived > 0))
      .map((s) => codecs.get(s.codecId))
      .filter((name) => name !== undefined);
  }

  /** Which pairs of addresses media goes over now: each end's type, and the engine's end as address:port. */
  async paths() {
    const stats = await this.stats();
    const byId = new Map(stats.map((s) => [s.id, s]));
    const transports = stats.filter((s) => s.type === "transport" && s.selectedCandidatePairId !== undefined);
    return transports.map((transport) => {
      const pair = byId.get(transport.selectedCandidatePairId);
      const [own, engine] = [byId.get(pair.localCandidateId), byId.get(pair.remoteCandidateId)];
      return { own: own.candidateType, engine: `${engine.address}:${engine.port}`, relayProtocol: own.relayProtocol };
    });
  }

  /** How many sounds of its own the page has started (ring tone, notices). @returns {Promise<number>} */
  sounds() {
    return this.evaluate(() => /** @type {any} */ (globalThis).probe.sounds);
  }
}

function split(tones, hz) {
  const tone = tones.find((t) => t.hz === hz);
  return [tone, tones.filter((t) => t.hz !== hz)];
}
