/** The examples of `web/examples` as a company uses them: one on its server, the others in pages of its own. */
import { strict as assert } from "node:assert";
import { ownPage, pageScript, serverModule } from "../lib/examples.mjs";
import { test } from "../lib/harness.mjs";
import { CUSTOMER, FIRST, SECOND } from "../lib/media.mjs";

/** @typedef {import("../lib/tab.mjs").Tab} Tab */

/** The tones of these tests would be taken for noise. */
const OPTIONS = { audioOptions: { processing: false } };

/** @param {Tab} tab @param {import("../lib/server.mjs").Login} login */
async function receives(tab, { username, password, agentId }) {
  const signedIn = await tab.evaluate(
    async ({ username, password, options }) => {
      const page = /** @type {any} */ (globalThis);
      const agentId = await page.examples.signIn(username, password);
      await page.examples.receiveCalls(agentId, (call) => (page.call = call), options);
      return agentId;
    },
    { username, password, options: OPTIONS },
  );
  assert.equal(signedIn, agentId);
}

/** @param {Tab} tab @param {string} url */
async function calls(tab, url) {
  await tab.evaluate(
    async ({ url, options }) => {
      const page = /** @type {any} */ (globalThis);
      const tell = (text) => document.body.append(document.createElement("p"), text);
      page.call = await page.examples.makeCall(url, tell, options);
    },
    { url, options: OPTIONS },
  );
}

/** @param {Tab} one @param {Tab} other */
async function bothHear(one, other) {
  await Promise.all([one.hears(other.party), other.hears(one.party)]);
}

test("examples: make a link, call, receive, hold and resume, transfer to an agent and to a queue", async (t) => {
  const server = await t.server();
  const [script, onServer] = await Promise.all([pageScript(t.folder), serverModule(t.folder)]);
  const [customer, first, second] = await Promise.all(
    [CUSTOMER, FIRST, SECOND].map((party) => ownPage(t, server, { party, script })),
  );
  const [firstAgent, secondAgent] = [server.login("agent", 0), server.login("agent", 1)];
  await receives(first, firstAgent);
  const link = await onServer.makeCallLink(server.origin, server.printed.api_key, "Ada Lovelace");
  await calls(customer, link.url);
  await customer.says(`You speak with ${firstAgent.displayName}.`);
  await bothHear(customer, first);

  const held = first.evaluate(() => {
    const page = /** @type {any} */ (globalThis);
    return page.examples.whileOnHold(page.call, () => new Promise((resolve) => (page.lookedUp = resolve)));
  });
  await customer.says("You are on hold.");
  await Promise.all([customer.hearsMusic(), first.hearsSilence()]);
  await first.evaluate(() => /** @type {any} */ (globalThis).lookedUp("in stock"));
  assert.equal(await held, "in stock");
  await customer.says("You are no longer on hold.");
  await bothHear(customer, first);

  const transfer = (tab, to) =>
    tab.evaluate((to) => {
      const page = /** @type {any} */ (globalThis);
      return page.examples.transfer(page.call, to);
    }, to);
  await assert.rejects(
    transfer(first, { agent: secondAgent.agentId }),
    /not|cannot/,
    "the other agent is not there yet",
  );
  await bothHear(customer, first);
  await receives(second, secondAgent);
  await transfer(first, { agent: secondAgent.agentId });
  await customer.says("You are being transferred.");
  await customer.says(`You speak with ${secondAgent.displayName}.`);
  await bothHear(customer, second);

  await transfer(second, { queue: null });
  await customer.says("You are number 1 in the queue.");
  await customer.hearsPrompt();
  await customer.evaluate(() => /** @type {any} */ (globalThis).call.hangup());
  await customer.says("The call ended.");
  await assert.rejects(onServer.openCallLink(link.url), /EXPIRED/, "the link was for one call");
});
