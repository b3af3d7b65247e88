/** A customer at a call link, as a person uses it. */
import { CUSTOMER } from "./media.mjs";
import { until } from "./wait.mjs";

const id = (name) => `[data-testid="${name}"]`;
const IN_CALL = '[data-testid="talk"][data-status="ESTABLISHED"]';

export class Customer {
  /** @param {import("./tab.mjs").Tab} tab @param {string} link */
  constructor(tab, link) {
    this.tab = tab;
    this.link = link;
  }

  /**
   * Opens the call link in a tab of its own.
   * @param {import("./harness.mjs").Scene} t
   * @param {string} link
   * @param {Parameters<import("./harness.mjs").Scene["tab"]>[1] & { relayOnly?: boolean }} [options]  relayOnly: media may go
   * through TURN servers alone
   */
  static async open(t, link, { relayOnly, ...options } = {}) {
    const tab = await t.tab(CUSTOMER, options);
    const customer = new Customer(tab, link);
    await tab.goto(`${link}?processing=off${relayOnly ? "&relay=only" : ""}`);
    return customer;
  }

  async ready() {
    await this.tab.appears(id("ready"));
  }

  async startVideo() {
    await this.tab.click(id("start-video"));
    await this.tab.appears(id("talk"));
  }

  async startAudio() {
    await this.tab.click(id("start-audio"));
    await this.tab.appears(id("talk"));
  }

  async waits() {
    await this.tab.appears(id("waiting"));
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

  /** From the front camera to the back one, or back. */
  async flipCamera() {
    await this.tab.click(id("flip"));
  }

  async toggleShare() {
    await this.tab.click(id("share"));
  }

  async hangUp() {
    await this.tab.click(id("hang-up"));
  }

  async ended() {
    await this.tab.appears(id("ended"));
  }

  async isOnHold() {
    await this.tab.appears('[data-testid="talk"][data-status="ON_HOLD"]');
    await this.tab.says("You are on hold");
  }

  async isTransferred() {
    await this.tab.appears('[data-testid="talk"][data-status="TRANSFERRING"]');
    await this.tab.says("You are being transferred");
  }

  /** In the call with that agent, by name. @param {import("./server.mjs").Login} login @param {number} [timeoutMs] */
  async inCallWith(login, timeoutMs) {
    await this.inCall(timeoutMs);
    await until(`${this.tab.who} is in call with ${login.displayName}`, async () => {
      const said = await this.tab.text(id("spoken-state"));
      return said === `In call with ${login.displayName}` || Promise.reject(new Error(`said: ${said}`));
    });
  }

  /** The page says that the agent is muted. */
  async saysMuted() {
    await this.tab.appears(id("remote-muted"));
  }

  /** @param {number} [timeoutMs] */
  async saysReconnecting(timeoutMs) {
    await this.tab.appears(id("reconnecting"), timeoutMs);
  }

  async reconnected() {
    await this.tab.disappears(id("reconnecting"));
  }
}
