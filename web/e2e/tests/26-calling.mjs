/** An agent calls a customer whose page waits: what both hear, and what the agent is told. */
import { strict as assert } from "node:assert";
import { Agent } from "../lib/agent.mjs";
import { Called } from "../lib/called.mjs";
import { bothHear } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { FIRST } from "../lib/media.mjs";
import { until } from "../lib/wait.mjs";

const id = (name) => `[data-testid="${name}"]`;
const ADA = "ada-lovelace";
const RING_SECONDS = 3;

/** @param {import("../lib/harness.mjs").Scene} t @param {import("../lib/server.mjs").Server} server */
async function bothThere(t, server) {
  const login = server.login("agent");
  const [agent, customer] = await Promise.all([
    Agent.signIn(t, server, login, { party: FIRST }),
    Called.open(t, server, ADA),
  ]);
  return { agent, customer, name: login.displayName };
}

/** Opens the dialog and calls. @param {Agent} agent @param {string} identity @param {"call-now" | "call-video"} [how] */
async function newCall({ tab }, identity, how = "call-now") {
  await tab.click(id("new-call"));
  await tab.fill(id("call-identity"), identity);
  await tab.click(id(how));
  await tab.disappears(id("call-dialog"));
}

/** @param {Agent} agent */
async function ringsOut({ tab }) {
  await tab.appears(`${id("outgoing-call")}[data-state="ringing"]`);
}

/** @param {Agent} agent @param {string} reason @param {number} [timeoutMs] */
async function notReached({ tab }, reason, timeoutMs) {
  await tab.appears(`${id("outgoing-call")}[data-state="failed"][data-reason="${reason}"]`, timeoutMs);
  await tab.appears(id("outgoing-failed"));
}

/** @param {Agent} agent @param {string} name */
async function hasFocus({ tab }, name) {
  const focused = () => tab.evaluate(() => document.activeElement?.getAttribute("data-testid") ?? "");
  await until(`${name} has the focus`, async () => {
    const now = await focused();
    return now === name || Promise.reject(new Error(`it is at "${now}"`));
  });
}

/** The button is there, leads nowhere, and says why. @param {Agent} agent @param {string} testid @param {RegExp} why */
async function isRefused({ tab }, testid, why) {
  await tab.appears(`${id(testid)}[aria-disabled="true"]`);
  assert.match((await tab.attribute(id(testid), "title")) ?? "", why);
  await tab.page.locator(id(testid)).click({ force: true });
  await tab.says(why);
  assert.equal(await tab.visible(id("call-dialog")), false);
}

test("calling: by keyboard, ringing over a reload, answered, then called back and declined", async (t) => {
  const server = await t.server();
  const { agent, customer, name } = await bothThere(t, server);
  const { tab } = agent;
  await tab.page.focus(id("new-call"));
  await tab.key("Enter");
  await hasFocus(agent, "call-identity");
  await tab.page.keyboard.type(ADA);
  await tab.key("Enter");
  await ringsOut(agent);
  await customer.ringsFrom(name);
  await hasFocus(agent, "cancel-call");
  await tab.says(`It rings at ${ADA}…`);
  const first = await tab.text(id("outgoing-timer"));
  await until("the time runs", async () => (await tab.text(id("outgoing-timer"))) !== first);
  await tab.hearsPrompt();
  await tab.reload();
  await ringsOut(agent);
  await tab.says(`It rings at ${ADA}…`);
  await tab.hearsPrompt();
  await customer.answer();
  await agent.inCall();
  await tab.disappears(id("outgoing-call"));
  await bothHear({ agent, customer });
  await isRefused(agent, "new-call", /You are in a call/);
  await tab.appears(id("conversation"));
  await agent.timelineSays(/^Call started \(outbound\)$/, /^The customer answered after \d+:\d\d$/);
  await agent.hangUp();
  await agent.wrapsUp();
  await isRefused(agent, "new-call", /Finish your wrap-up/);
  await agent.finishWrapUp();

  await tab.page.focus(`${id("call-back")}:not([aria-disabled])`);
  await tab.key("Enter");
  await ringsOut(agent);
  await customer.ringsFrom(name);
  await customer.decline();
  await notReached(agent, "REJECTED");
  await tab.says(`${ADA} declined the call.`);
  await hasFocus(agent, "call-again");
  await tab.key("Enter");
  await ringsOut(agent);
  await customer.ringsFrom(name);
  await customer.answer();
  await agent.inCall();
  await bothHear({ agent, customer });
  await agent.hangUp();
  await agent.wrapsUp();
});

test("calling: cancelled, not answered, not there, and another agent's customer", async (t) => {
  const server = await t.server();
  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: 60, outbound: 60 });
  const { agent, customer, name } = await bothThere(t, server);
  const { tab } = agent;
  await newCall(agent, ADA, "call-video");
  await ringsOut(agent);
  await customer.ringsFrom(name);
  assert.equal(await customer.media(), "video");
  await tab.click(id("cancel-call"));
  await customer.ringsNoMore();
  await tab.disappears(id("outgoing-call"));
  await hasFocus(agent, "new-call");
  await tab.appears('[data-testid="status-menu"][data-voice="IDLE"]');

  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: 60, outbound: RING_SECONDS });
  await tab.click(id("new-call"));
  await tab.click(`${id("recent-customer")}[data-identity="${ADA}"]`);
  await hasFocus(agent, "call-now");
  await tab.key("Enter");
  await ringsOut(agent);
  await customer.ringsFrom(name);
  await notReached(agent, "NO_ANSWER", RING_SECONDS * 1_000 + 10_000);
  await customer.ringsNoMore();
  await tab.says(`${ADA} did not answer.`);

  await customer.leaves();
  await tab.click(id("call-again"));
  await notReached(agent, "TEMPORARILY_UNAVAILABLE");
  await tab.says(`${ADA} cannot be reached`);
  await tab.click(id("outgoing-close"));
  await tab.disappears(id("outgoing-call"));

  const second = await Agent.signIn(t, server, server.login("agent", 1));
  await newCall(second, ADA);
  await notReached(second, "REFUSED");
  await second.tab.says(`${name} has an open conversation with this customer`);
});
