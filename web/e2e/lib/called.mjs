/** A customer whose own page waits for calls of agents: the example of it, in a page with nothing else. */
import { ownPage, pageScript } from "./examples.mjs";
import { CUSTOMER } from "./media.mjs";
import { until } from "./wait.mjs";

export class Called {
  /** @param {import("./tab.mjs").Tab} tab */
  constructor(tab) {
    this.tab = tab;
  }

  /**
   * Connects under that identity.
   * @param {import("./harness.mjs").Scene} t
   * @param {import("./server.mjs").Server} server
   * @param {string} identity
   */
  static async open(t, server, identity) {
    const tab = await ownPage(t, server, { party: CUSTOMER, script: await pageScript(t.folder) });
    const { token } = await server.must("POST", "/webrtc/1/token", { identity });
    await tab.evaluate(async (token) => {
      const page = /** @type {any} */ (globalThis);
      const answered = (call) => (page.call = call);
      page.client = await page.examples.beCalled(token, answered, { audioOptions: { processing: false } });
    }, token);
    return new Called(tab);
  }

  /** An agent of that name calls. @param {string} name */
  async ringsFrom(name) {
    await this.tab.says(`${name} calls.`);
  }

  /** What kind of call rings. */
  media() {
    return this.tab.evaluate(() => /** @type {any} */ (globalThis).client.incomingCall?.media);
  }

  async ringsNoMore() {
    await until("the customer's page rings no more", async () => !(await this.tab.text("body"))?.includes(" calls."));
  }

  async answer() {
    await this.tab.page.getByRole("button", { name: "Answer" }).click();
  }

  async decline() {
    await this.tab.page.getByRole("button", { name: "Decline" }).click();
  }

  /** Closes its page's connection: it can no longer be called. */
  async leaves() {
    await this.tab.evaluate(() => /** @type {any} */ (globalThis).client.disconnect());
  }
}
