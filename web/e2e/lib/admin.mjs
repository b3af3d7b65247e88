/** An admin at the console, as a person uses it. */
import { strict as assert } from "node:assert";
import { signInAt } from "./agent.mjs";
import { AGENT } from "./media.mjs";

const id = (name) => `[data-testid="${name}"]`;
/** What is listed under that name. @param {string} name */
export const line = (name) => `${id("setting")}[data-name="${name}"]`;

/** An admin at the console, and what is done there. */
export class Admin {
  /** @param {import("./tab.mjs").Tab} tab */
  constructor(tab) {
    this.tab = tab;
  }

  /** @param {import("./harness.mjs").Scene} t @param {import("./server.mjs").Server} server */
  static async signIn(t, server) {
    const tab = await t.tab(AGENT);
    await signInAt(tab, server, server.login("admin"));
    await tab.click(id("nav-settings"));
    return new Admin(tab);
  }

  /** @param {string} name */
  async open(name) {
    await this.tab.click(id(`settings-${name}`));
    await this.tab.appears(`${id(`settings-${name}`)}[aria-current="page"]`);
  }

  /** Opens a dialog: for a new thing, or for something that there is. @param {string} button @param {string} [of] */
  async ask(button, of) {
    await this.tab.click(of === undefined ? id(button) : `${line(of)} ${id(button)}`);
    await this.tab.appears(id("ask"));
  }

  /** @param {Record<string, string>} fields */
  async fill(fields) {
    for (const [name, value] of Object.entries(fields)) await this.tab.fill(id(`field-${name}`), value);
  }

  async confirm() {
    await this.tab.click(id("ask-do"));
    await this.tab.disappears(id("ask"));
  }

  /** Deletes it, after a second thought. @param {string} name */
  async delete(name) {
    await this.ask("delete", name);
    await this.tab.click(id("ask-cancel"));
    await this.tab.disappears(id("ask"));
    assert(await this.tab.visible(line(name)), "it is still there");
    await this.ask("delete", name);
    await this.confirm();
    await this.tab.disappears(line(name));
  }

  /** What is shown this once, which goes when it is copied. */
  async secret() {
    await this.tab.appears(id("secret"));
    const secret = await this.tab.evaluate(
      () => /** @type {HTMLInputElement} */ (document.querySelector('[data-testid="secret-value"]')).value,
    );
    await this.tab.click(id("secret-kept"));
    await this.tab.disappears(id("secret"));
    assert(!(await this.tab.page.content()).includes(secret), "it is shown once");
    return secret;
  }
}
