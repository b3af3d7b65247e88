/** The player of recordings, as a person uses it. */
import { until } from "./wait.mjs";

const id = (name) => `[data-testid="${name}"]`;

export class Player {
  /** @param {import("./tab.mjs").Tab} tab */
  constructor(tab) {
    this.tab = tab;
  }

  /** Opens a leg's recording; the focus goes to the player. @param {"AGENT" | "CUSTOMER"} participant @param {boolean} [screen] */
  async open(participant, screen = false) {
    const item = `${id("recording-item")}[data-participant="${participant}"][data-screen="${screen}"]`;
    await this.tab.click(`${item} ${id("play")}`);
    await this.tab.appears(id("player"));
  }

  /** @param {"playing" | "paused" | "failed"} state */
  async is(state) {
    await this.tab.appears(`${id("player")}[data-state="${state}"]`);
  }

  async closes() {
    await this.tab.disappears(id("player"));
  }

  /** What the media element does now; times in seconds. */
  state() {
    return this.tab.evaluate((css) => {
      const media = /** @type {HTMLVideoElement} */ (document.querySelector(css));
      const { currentTime: place, duration, paused, volume, muted, playbackRate: speed, src } = media;
      return { place, duration, paused, volume, muted, speed, src };
    }, id("player-media"));
  }

  /** Waits until that holds. @param {string} what @param {(now: Awaited<ReturnType<Player["state"]>>) => boolean} holds */
  async until(what, holds) {
    await until(`the player ${what}`, async () => {
      const now = await this.state();
      return holds(now) || Promise.reject(new Error(JSON.stringify(now)));
    });
    return this.state();
  }

  /** Presses keys while the focus is on the player itself. @param {string[]} keys */
  async press(...keys) {
    await this.tab.evaluate((css) => /** @type {HTMLElement} */ (document.querySelector(css)).focus(), id("player"));
    for (const key of keys) await this.tab.key(key);
  }

  /** Types where to begin. @param {string} time */
  async startAt(time) {
    await this.tab.fill(id("start-at"), time);
    await this.tab.key("Enter");
  }

  /** Goes on with another part of the call; returns its key. */
  async chooseOther() {
    const other = await this.tab.evaluate((css) => {
      const list = /** @type {HTMLSelectElement} */ (document.querySelector(css));
      return [...list.options].map((one) => one.value).find((value) => value !== list.value);
    }, id("parts"));
    await this.tab.page.selectOption(id("parts"), String(other));
    return String(other);
  }

  /** @returns {Promise<string>} testid of what has the focus */
  focused() {
    return this.tab.evaluate(() => document.activeElement?.getAttribute("data-testid") ?? "");
  }
}
