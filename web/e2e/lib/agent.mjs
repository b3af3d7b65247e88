/** An agent at the console, as a person uses it. */
import { join } from "node:path";
import { AGENT } from "./media.mjs";
import { until } from "./wait.mjs";

const id = (name) => `[data-testid="${name}"]`;
const IN_CALL = '[data-testid="call-panel"][data-status="ESTABLISHED"]';
/** A password check is slow on purpose, and slower in a debug build. */
const SIGN_IN_TIMEOUT_MS = 30_000;

/**
 * Anyone signs in at the console.
 * @param {import("./tab.mjs").Tab} tab
 * @param {import("./server.mjs").Server} server
 * @param {import("./server.mjs").Login} login
 * @param {{ relayOnly?: boolean }} [options]  relayOnly: media may go through TURN servers alone
 */
export async function signInAt(tab, server, login, { relayOnly = false } = {}) {
  await tab.goto(`${server.console}?processing=off${relayOnly ? "&relay=only" : ""}`);
  await tab.appears(id("sign-in"));
  await tab.fill(id("username"), login.username);
  await tab.fill(id("password"), login.password);
  await tab.click(id("sign-in-button"));
  await tab.appears(id("who"), SIGN_IN_TIMEOUT_MS);
}

export class Agent {
  /** @param {import("./tab.mjs").Tab} tab */
  constructor(tab) {
    this.tab = tab;
  }

  /**
   * Signs in at the console in a tab of its own.
   * @param {import("./harness.mjs").Scene} t
   * @param {import("./server.mjs").Server} server
   * @param {import("./server.mjs").Login} login
   * @param {Parameters<import("./harness.mjs").Scene["tab"]>[1] & { relayOnly?: boolean, party?: import("./media.mjs").Party }} [options]
   */
  static async signIn(t, server, login, { relayOnly, party = AGENT, ...options } = {}) {
    const tab = await t.tab(party, options);
    await signInAt(tab, server, login, { relayOnly });
    await tab.appears('[data-testid="link-state"][data-state="connected"]', SIGN_IN_TIMEOUT_MS);
    return new Agent(tab);
  }

  /**
   * The same agent opens the console in another tab, signed in already, and does not touch it.
   * @param {import("./harness.mjs").Scene} t
   * @param {import("./server.mjs").Server} server
   * @param {Agent} first
   */
  static async openAgain(t, server, first) {
    const tab = await t.tab(first.tab.party, { beside: first.tab, untouched: true });
    await tab.goto(`${server.console}?processing=off`);
    await tab.appears('[data-testid="link-state"][data-state="connected"]');
    return new Agent(tab);
  }

  /** Chooses Active. Where somebody waits for it, the page rings at once. */
  async chooseActive() {
    await this.tab.click(id("status-menu"));
    await this.tab.click(id("status-ACTIVE"));
  }

  /** Chooses Active, and is free. */
  async goActive() {
    await this.chooseActive();
    await this.tab.appears('[data-testid="status-menu"][data-status="ACTIVE"][data-availability="ACTIVE"]');
  }

  /** The page rings: returns what the pop-up says. @param {number} [timeoutMs] */
  async rings(timeoutMs) {
    await this.tab.appears(id("incoming-call"), timeoutMs);
    return (await this.tab.text(id("incoming-call"))) ?? "";
  }

  async ringsNoMore() {
    await this.tab.disappears(id("incoming-call"));
  }

  /** Answers, with the camera when the customer calls with one. */
  async answer() {
    const camera = await this.tab.visible(id("answer-video"));
    await this.tab.click(id(camera ? "answer-video" : "answer"));
  }

  async decline() {
    await this.tab.click(id("decline"));
  }

  /** @param {number} [timeoutMs] */
  async inCall(timeoutMs) {
    await this.tab.appears(IN_CALL, timeoutMs);
  }

  async toggleMute() {
    await this.tab.click(id("mute"));
  }

  async toggleCamera() {
    await this.tab.click(id("camera"));
  }

  async toggleShare() {
    await this.tab.click(id("share"));
  }

  async hangUp() {
    await this.tab.click(id("hang-up"));
  }

  /** Puts the call on hold, and the page says so with the time. */
  async hold() {
    await this.tab.click(id("hold"));
    await this.isOnHold();
  }

  async isOnHold() {
    await this.tab.appears('[data-testid="call-panel"][data-status="ON_HOLD"]');
    await this.tab.appears('[data-testid="status-menu"][data-voice="ON_HOLD"]');
    await this.tab.says(/On hold \d+:\d\d/);
  }

  async resume() {
    await this.tab.click(id("hold"));
    await this.inCall();
  }

  async openTransfer() {
    await this.tab.click(id("transfer"));
    await this.tab.appears(id("transfer-dialog"));
  }

  /** Chooses that agent in the dialog, once the page says that they are available. @param {import("./server.mjs").Login} login */
  async chooseAgent(login) {
    await this.tab.click(`${id("target-agent")}[data-key="${login.agentId}"][data-able="true"]`);
    await this.tab.appears(id("transfer-question"));
  }

  /** @param {string} queueId */
  async chooseQueue(queueId) {
    await this.tab.click(id("tab-queues"));
    await this.tab.click(`${id("target-queue")}[data-key="${queueId}"][data-able="true"]`);
    await this.tab.appears(id("transfer-question"));
  }

  /** To that agent, at whom it rings then. @param {import("./server.mjs").Login} login */
  async transferTo(login) {
    await this.openTransfer();
    await this.chooseAgent(login);
    await this.tab.click(id("transfer-now"));
    await this.isTransferring(login);
  }

  /** @param {import("./server.mjs").Login} login */
  async isTransferring(login) {
    await this.tab.appears('[data-testid="call-panel"][data-status="TRANSFERRING"]');
    await this.tab.disappears(id("transfer-dialog"));
    await this.tab.says(new RegExp(`Transferring to ${login.displayName}… \\d+:\\d\\d`));
  }

  /** The other agent did not take it, and the page says why. @param {string} reason @param {number} [timeoutMs] */
  async transferFails(reason, timeoutMs) {
    await this.tab.appears(`${id("transfer-failed")}[data-reason="${reason}"]`, timeoutMs);
  }

  /** The page says that the customer is muted. */
  async saysMuted() {
    await this.tab.appears(id("remote-muted"));
  }

  /** Both sides' quality has figures. */
  async showsQuality() {
    for (const side of ["quality-own", "quality-remote"]) {
      await until(`${side} is shown`, async () => {
        const mos = Number(await this.tab.attribute(id(side), "data-mos"));
        return mos >= 1 && mos <= 4.5;
      });
    }
  }

  /** @param {number} [timeoutMs] */
  async saysReconnecting(timeoutMs) {
    await this.tab.appears(id("reconnecting"), timeoutMs);
  }

  async reconnected() {
    await this.tab.disappears(id("reconnecting"));
  }

  /** The wrap-up window is there and its countdown runs. @param {number} [timeoutMs] */
  async wrapsUp(timeoutMs) {
    await this.tab.appears(id("wrap-up"), timeoutMs);
    const left = async () => Number(/\d+/.exec((await this.tab.text(id("wrap-up-left"))) ?? "")?.[0]);
    const first = await left();
    await until("the countdown runs", async () => (await left()) < first);
    return first;
  }

  /** @param {string} text */
  async writeNote(text) {
    await this.tab.fill(id("wrap-up-note"), text);
  }

  async finishWrapUp() {
    await this.tab.click(id("finish"));
    await this.tab.disappears(id("wrap-up"));
  }

  /** Nothing to do, and calls may ring. */
  async isFree() {
    await this.tab.appears('[data-testid="status-menu"][data-availability="ACTIVE"][data-voice="IDLE"]');
  }

  /** The newest conversation is open, with its history. */
  async openConversation() {
    await this.tab.click(id("conversation-item"));
    await this.tab.appears(id("conversation"));
  }

  /** @param {RegExp[]} words  what events say, in this order among others */
  async timelineSays(...words) {
    let texts = [];
    await until(`the timeline says ${words}`, async () => {
      texts = await this.tab.evaluate(() =>
        [...document.querySelectorAll('[data-testid="timeline-event"] > span')].map((e) => e.textContent ?? ""),
      );
      const at = words.map((word) => texts.findIndex((text) => word.test(text)));
      return at.every((place) => place >= 0) || Promise.reject(new Error(texts.join(" | ")));
    });
    return texts;
  }

  /**
   * Waits until so many recordings are finished; screens not counted. Returns their participant types.
   * @param {number} count
   */
  async showsRecordings(count) {
    let items = [];
    await until(
      `${count} finished recordings`,
      async () => {
        items = await this.tab.evaluate(() =>
          [...document.querySelectorAll('[data-testid="recording-item"]')].map((e) => ({
            .../** @type {HTMLElement} */ (e).dataset,
          })),
        );
        const legs = items.filter((item) => item.screen !== "true");
        const done = legs.length === count && items.every((item) => item.status === "FINISHED");
        return done || Promise.reject(new Error(JSON.stringify(items)));
      },
      { timeoutMs: 20_000 },
    );
    return items;
  }

  /**
   * Plays a leg's recording in the page and seeks in it.
   * @param {"AGENT" | "CUSTOMER"} participant
   */
  async playRecording(participant) {
    const item = `[data-testid="recording-item"][data-participant="${participant}"][data-screen="false"]`;
    await this.tab.click(`${item} ${id("play")}`);
    const player = id("player-media");
    const state = () =>
      this.tab.evaluate((css) => {
        const media = /** @type {HTMLMediaElement | null} */ (document.querySelector(css));
        const { duration = 0, currentTime = 0, error = null, readyState = 0 } = media ?? {};
        return { duration: Number.isFinite(duration) ? duration : -1, currentTime, readyState, error: error?.message };
      }, player);
    await until("the recording plays", async () => {
      const now = await state();
      return now.currentTime > 0.2 || Promise.reject(new Error(JSON.stringify(now)));
    });
    const { duration } = await state();
    const target = duration * 0.7;
    await this.tab.evaluate(
      ({ css, target }) => {
        /** @type {HTMLMediaElement} */ (document.querySelector(css)).currentTime = target;
      },
      { css: player, target },
    );
    await until("it seeks", async () => {
      const now = await state();
      return (now.currentTime >= target && now.readyState >= 2) || Promise.reject(new Error(JSON.stringify(now)));
    });
    await this.tab.click(id("close-player"));
    await this.tab.disappears(id("player"));
    return duration;
  }

  /**
   * Downloads a leg's recording. Only with Chromium.
   * @param {"AGENT" | "CUSTOMER"} participant
   * @param {string} folder
   * @param {{ screen?: boolean }} [options]  the shared screen instead of voice and camera
   */
  async downloadRecording(participant, folder, { screen = false } = {}) {
    const item = `[data-testid="recording-item"][data-participant="${participant}"][data-screen="${screen}"]`;
    const coming = this.tab.page.waitForEvent("download");
    await this.tab.click(`${item} ${id("download")}`);
    const download = await coming;
    const name = download.suggestedFilename();
    const path = join(folder, name);
    await download.saveAs(path);
    return { name, path };
  }
}
