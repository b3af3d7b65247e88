/** What is recorded as an admin sets it, and what a lead deletes. */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signInAt } from "../lib/agent.mjs";
import { Customer } from "../lib/customer.mjs";
import { bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { SECOND } from "../lib/media.mjs";

const id = (name) => `[data-testid="${name}"]`;
const ofCustomer = `${id("recording-item")}[data-participant="CUSTOMER"]`;

/** An audio call from its beginning to the end of the wrap-up. @param {import("../lib/flow.mjs").Pair} pair */
async function wholeCall({ agent, customer }) {
  await call({ agent, customer }, { video: false });
  await agent.tab.hears(customer.tab.party);
  await customer.hangUp();
  await customer.ended();
  await agent.wrapsUp();
  await agent.finishWrapUp();
}

/** What the recorder wrote down of each file. @param {string} data @returns {{gaps: {cause: string}[]}[]} */
function manifests(data) {
  const folder = join(data, "recordings");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

test("recordings: turned off in the settings, and deleted for good by a lead alone", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  const { agent } = pair;
  await wholeCall(pair);
  await agent.openConversation();
  await agent.showsRecordings(2);
  assert(!(await agent.tab.visible(id("delete"))), "agents delete none");

  const admin = await t.tab(SECOND);
  await signInAt(admin, server, server.login("admin"));
  await admin.goto(await agent.tab.evaluate(() => location.href));
  await admin.click(`${ofCustomer} ${id("delete")}`);
  await admin.appears(id("ask"));
  await admin.click(id("ask-cancel"));
  await admin.disappears(id("ask"));
  await admin.click(`${ofCustomer} ${id("delete")}`);
  await admin.click(id("ask-do"));
  await admin.disappears(id("ask"));
  for (const tab of [admin, agent.tab]) {
    await tab.appears(`${ofCustomer}[data-status="DELETED"]`);
    await tab.says(/Deleted by admin, /);
    assert(!(await tab.visible(`${ofCustomer} ${id("play")}`)), "nobody plays it any more");
    await tab.says(/^Recording of the customer deleted by admin$/m);
  }

  await admin.click(id("nav-settings"));
  await admin.click(id("settings-recording"));
  const turn = (on) => `${id("recording-switch")}[data-on="${on}"]`;
  await admin.appears(turn(true));
  await admin.click(turn(true));
  await admin.appears(turn(false));
  await admin.says("Calls that begin now are not recorded.");
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await wholeCall({ agent, customer });
  // Of two conversations the newest is the first.
  await agent.tab.click(`${id("conversation-list")} li:first-child a`);
  await agent.timelineSays(/^Call ended by the customer/);
  await agent.tab.says("No recordings.");
  await server.stop();
  await server.checkRecordings();
});

test("recordings: paused by click and by key, and what is said meanwhile is not kept", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  const { agent, customer } = pair;
  await call(pair, { video: false });
  await agent.tab.hears(customer.tab.party);
  const state = (paused) => `${id("recording")}[data-paused="${paused}"]`;
  await agent.tab.appears(state(false));
  await agent.tab.click(id("pause-recording"));
  await agent.tab.appears(state(true));
  await agent.timelineSays(/^Recording paused by /);
  await agent.tab.key("r");
  await agent.tab.appears(state(false));
  await agent.timelineSays(/^Recording goes on, by /);
  await agent.tab.key("r");
  await agent.tab.appears(state(true));
  // Whoever comes back to the page sees that nothing is kept.
  await agent.tab.reload();
  await agent.tab.appears(state(true));
  await customer.hangUp();
  await agent.wrapsUp();
  await agent.finishWrapUp();
  await server.stop();
  await server.checkRecordings();
  const gaps = manifests(server.data).map(({ gaps }) => gaps.filter(({ cause }) => cause === "paused"));
  assert.deepEqual(
    gaps.map((paused) => paused.length > 0),
    [true, true],
    "both legs state the gap",
  );
});
