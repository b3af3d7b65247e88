/** An agent's list of conversations, and what the wrap-up window keeps. */
import { strict as assert } from "node:assert";
import { Customer } from "../lib/customer.mjs";
import { bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { until } from "../lib/wait.mjs";

const id = (name) => `[data-testid="${name}"]`;
const live = (voice) => `${id("conversation-item")}[data-live="${voice}"]`;

/** A link for another customer. @param {import("../lib/server.mjs").Server} server @param {string} name */
async function linkOf(server, name) {
  const { url } = await server.must("POST", "/call-link/1/links", {
    identity: `guest-${name}`,
    displayName: name,
    destination: { type: "CONVERSATIONS", displayName: "Support" },
    validityWindow: { oneTime: true },
  });
  return url;
}

/** Names in the list, from its top. @param {import("../lib/tab.mjs").Tab} tab */
const names = (tab) =>
  tab.evaluate(() =>
    [...document.querySelectorAll('[data-testid="conversation-item"] strong')].map((e) => e.textContent),
  );

test("my work: live, the newest contact first, and how long each waits", async (t) => {
  const server = await t.server();
  const { agent, customer } = await bothThere(t, server, { link: await linkOf(server, "Cleo") });
  const { tab } = agent;
  await tab.says("No conversations here yet.");
  await call({ agent, customer }, { video: false });
  await tab.appears(live("IN_CALL"));
  await agent.hold();
  await tab.appears(live("ON_HOLD"));
  await agent.resume();
  await customer.hangUp();
  await agent.wrapsUp();
  await tab.appears(live("WRAPPING"));
  await agent.finishWrapUp();
  await tab.disappears(live("WRAPPING"));
  await until("the open one waits", async () => (await tab.text(id("waits"))) === "Waits less than a minute");

  const other = await Customer.open(t, await linkOf(server, "Dora"));
  await other.ready();
  await call({ agent, customer: other }, { video: false });
  assert.deepEqual(await names(tab), ["Dora", "Cleo"], "the live one is first");
  await agent.hangUp();
  await agent.wrapsUp();
  await agent.finishWrapUp();
  await until("the newest contact is first", async () => (await names(tab)).join() === "Dora,Cleo");
  await tab.click(`${id("conversation-list")} li:nth-child(2) a`);
  await until("Cleo's is open", async () => (await tab.text(id("conversation-name"))) === "Cleo");
  await agent.timelineSays(/^Call started/, /^Call on hold by /, /^Call ended by the customer/);

  // What somebody else changes shows by itself.
  const { conversations } = await server.must("GET", "/ccaas/1/conversations?limit=10");
  const cleo = conversations.find((one) => one.customer?.displayName === "Cleo");
  await server.must("PATCH", `/ccaas/1/conversations/${cleo.id}`, { status: "SOLVED" });
  await until("only the open ones are listed", async () => (await names(tab)).join() === "Dora");
});

test("wrap-up: ten seconds more, note, summary and status, over a reload", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  const { agent, customer } = pair;
  const { tab } = agent;
  await call(pair, { video: false });
  await customer.hangUp();
  const left = async () => Number(/\d+/.exec((await tab.text(id("wrap-up-left"))) ?? "")?.[0]);
  await agent.wrapsUp();
  const before = await left();
  await tab.click(id("add-ten"));
  await until("ten seconds more", async () => (await left()) > before + 5);
  await agent.writeNote("Sends the form.");
  await tab.fill(id("wrap-up-summary"), "Change of address");
  await tab.page.selectOption(id("wrap-up-status"), "SOLVED");
  await tab.reload();
  await agent.wrapsUp();
  const kept = await tab.evaluate(() =>
    ["note", "summary", "status"].map(
      (name) => /** @type {HTMLInputElement} */ (document.querySelector(`[data-testid="wrap-up-${name}"]`)).value,
    ),
  );
  assert.deepEqual(kept, ["Sends the form.", "Change of address", "SOLVED"]);
  await agent.finishWrapUp();
  await agent.isFree();
  await tab.says("No conversations here yet.");
  await tab.page.selectOption(id("status-filter"), "SOLVED");
  await agent.openConversation();
  await tab.says("Sends the form.");
  const summary = await tab.evaluate(
    () => /** @type {HTMLInputElement} */ (document.querySelector('[data-testid="summary"]')).value,
  );
  assert.equal(summary, "Change of address");
});
