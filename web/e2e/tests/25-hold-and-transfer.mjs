/** Hold, and handing a call over to another agent or to a queue: who hears whom, and what the pages say. */
import { strict as assert } from "node:assert";
import { bothHear, bothHeardAt, bothSee, callWithTwoAgents } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { CUSTOMER } from "../lib/media.mjs";
import { until } from "../lib/wait.mjs";

/** @typedef {import("../lib/flow.mjs").Pair} Pair */

const id = (name) => `[data-testid="${name}"]`;
const RING_SECONDS = 3;
/** A page that is gone counts as such after 15 s without a sign of life. */
const GONE_WITHIN_MS = 25_000;

/** Neither hears the other, and the customer hears music. @param {Pair} pair */
async function apartWithMusic({ agent, customer }) {
  await Promise.all([agent.tab.hearsSilence(), customer.tab.hearsMusic()]);
}

/** Neither hears the other, and the customer hears that the call goes somewhere. @param {Pair} pair */
async function apartWithPrompt({ agent, customer }) {
  await Promise.all([agent.tab.hearsSilence(), customer.tab.hearsPrompt()]);
}

/** Long enough for everything that a test does while it rings. @param {import("../lib/server.mjs").Server} server */
async function ringLong(server) {
  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: 60, outbound: 45 });
}

/** It rings at the other agent as a transferred call. @param {import("../lib/agent.mjs").Agent} second */
async function ringsTransferred(second) {
  assert.match(await second.rings(), /Transferred call/);
}

test("hold: music for the customer, silence for the agent, then both again", async (t) => {
  const server = await t.server();
  const pair = await callWithTwoAgents(t, server, { video: true });
  const { agent, customer } = pair;
  await bothSee(pair);
  await agent.hold();
  await customer.isOnHold();
  await apartWithMusic(pair);
  await Promise.all([agent.tab.seesNothingOf(CUSTOMER.camera), customer.tab.seesNothingOf(agent.tab.party.camera)]);
  const first = await agent.tab.text(id("hold-timer"));
  await until("the time on hold runs", async () => (await agent.tab.text(id("hold-timer"))) !== first);
  await agent.resume();
  await customer.inCallWith(server.login("agent", 0));
  await bothHear(pair);
  await bothSee(pair);
  await agent.hangUp();
  await customer.ended();
  await agent.wrapsUp();
  await agent.finishWrapUp();
  await agent.openConversation();
  await agent.timelineSays(/^Call on hold by /, /^Call resumed by .+ after \d+:\d\d on hold$/);
});

test("hold over a reload of either page, and the customer may leave meanwhile", async (t) => {
  const server = await t.server();
  const pair = await callWithTwoAgents(t, server);
  const { agent, customer } = pair;
  await agent.hold();
  await customer.isOnHold();
  for (const side of [agent, customer]) {
    await side.tab.reload();
    await Promise.all([agent.isOnHold(), customer.isOnHold()]);
    await apartWithMusic(pair);
  }
  await agent.resume();
  await bothHear(pair);
  await agent.hold();
  await customer.isOnHold();
  await customer.hangUp();
  await customer.ended();
  await agent.wrapsUp();
});

test("transfer to an agent who answers, with a reload of every page on the way", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server);
  const target = server.login("agent", 1);
  await ringLong(server);
  await agent.transferTo(target);
  await customer.isTransferred();
  await ringsTransferred(second);
  await apartWithPrompt({ agent, customer });
  for (const side of [agent, customer, second]) {
    await side.tab.reload();
    await Promise.all([agent.isTransferring(target), customer.isTransferred(), ringsTransferred(second)]);
  }
  await apartWithPrompt({ agent, customer });
  await second.answer();
  await second.inCall();
  await customer.inCallWith(target);
  await agent.wrapsUp();
  await bothHear({ agent: second, customer });
  assert.equal(await agent.tab.visible(id("call-panel")), false, "the call is no longer the first agent's");
  await agent.writeNote("Handed over: asks for the March invoice.");
  await agent.finishWrapUp();
  await agent.isFree();
  for (const side of [second, customer]) {
    await side.tab.reload();
    await bothHeardAt({ agent: second, customer }, 15_000);
    await bothHear({ agent: second, customer });
  }
  await customer.inCallWith(target);
  await customer.hangUp();
  await second.wrapsUp();
  await second.finishWrapUp();
  await second.openConversation();
  await second.tab.says("Handed over: asks for the March invoice.");
  await second.timelineSays(
    / transfers the call to /,
    /^Call transferred from .+ to .+$/,
    /^Call ended by the customer/,
  );
});

test("transfer to an agent who declines: the call is the first agent's again, on hold if it was", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server);
  const pair = { agent, customer };
  const [own, target] = [0, 1].map((nth) => server.login("agent", nth));
  await agent.transferTo(target);
  await ringsTransferred(second);
  await second.decline();
  await agent.transferFails("DECLINED");
  await agent.tab.says(`${target.displayName} declined the call.`);
  await agent.inCall();
  await customer.inCallWith(own);
  await bothHear(pair);

  await agent.hold();
  await agent.transferTo(target);
  await ringsTransferred(second);
  assert.equal(await agent.tab.visible(id("transfer-failed")), false, "the failure of before is over");
  await second.decline();
  await agent.transferFails("DECLINED");
  await Promise.all([agent.isOnHold(), customer.isOnHold()]);
  await apartWithMusic(pair);
  await agent.resume();
  await bothHear(pair);
  await agent.hangUp();
  await customer.ended();
});

test("transfer to an agent who does not answer in time", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server);
  const [own, target] = [0, 1].map((nth) => server.login("agent", nth));
  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: RING_SECONDS, outbound: 45 });
  await agent.transferTo(target);
  await ringsTransferred(second);
  await agent.transferFails("NO_ANSWER", RING_SECONDS * 1_000 + 10_000);
  await second.ringsNoMore();
  await agent.tab.says(`${target.displayName} did not answer.`);
  await customer.inCallWith(own);
  await bothHear({ agent, customer });
  await customer.hangUp();
  await agent.wrapsUp();
});

test("transfer to an agent whose page is closed while it rings", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server);
  const [own, target] = [0, 1].map((nth) => server.login("agent", nth));
  await ringLong(server);
  await agent.transferTo(target);
  await ringsTransferred(second);
  await second.tab.page.close();
  await agent.transferFails("AGENT_GONE", GONE_WITHIN_MS);
  await customer.inCallWith(own);
  await bothHear({ agent, customer });
  await customer.hangUp();
  await agent.wrapsUp();
});

test("a transferor whose page is closed: the other agent still gets the call", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server);
  const target = server.login("agent", 1);
  await agent.transferTo(target);
  await ringsTransferred(second);
  await agent.tab.page.close();
  await second.answer();
  await second.inCall();
  await customer.inCallWith(target);
  await bothHear({ agent: second, customer });
  await second.hangUp();
  await customer.ended();
});

test("hanging up while transferring ends the call for all", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server);
  await agent.transferTo(server.login("agent", 1));
  await customer.isTransferred();
  await ringsTransferred(second);
  await agent.hangUp();
  await customer.ended();
  await second.ringsNoMore();
  await agent.wrapsUp();
  await second.isFree();
});

test("a customer who hangs up while being transferred ends the call for all", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server);
  await agent.transferTo(server.login("agent", 1));
  await ringsTransferred(second);
  await customer.isTransferred();
  await customer.hangUp();
  await customer.ended();
  await second.ringsNoMore();
  await agent.wrapsUp();
  await second.isFree();
});

test("transfer to a queue: the customer waits there, over a reload, for its agent", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server, { secondActive: false });
  const target = server.login("agent", 1);
  const sales = await server.must("POST", "/ccaas/1/queues", { name: "Sales", isAutoAssignmentEnabled: true });
  await server.must("POST", `/ccaas/1/agents/${target.agentId}/queues`, { queueId: sales.id });
  await agent.openTransfer();
  await agent.chooseQueue(sales.id);
  await agent.tab.says("Transfer the call to the queue Sales?");
  await agent.tab.click(id("transfer-now"));
  await agent.wrapsUp();
  await customer.waits();
  await customer.tab.says("You are next.");
  await customer.tab.hearsPrompt();
  await customer.tab.reload();
  await customer.waits();
  await customer.tab.hearsPrompt();
  await second.chooseActive();
  await ringsTransferred(second);
  await second.answer();
  await second.inCall();
  await customer.inCallWith(target);
  await bothHear({ agent: second, customer });
  await customer.hangUp();
  await second.wrapsUp();
  await second.finishWrapUp();
  await second.openConversation();
  await second.timelineSays(
    /^Call transferred by .+ to the queue Sales$/,
    /^Answered by .+ after \d+:\d\d of waiting$/,
  );
});

test("the transfer dialog: live, searched, by keyboard, and it says what cannot take the call", async (t) => {
  const server = await t.server();
  const { agent, second, customer } = await callWithTwoAgents(t, server, { secondActive: false });
  const { tab } = agent;
  const target = server.login("agent", 1);
  await server.must("POST", "/ccaas/1/queues", { name: "By hand", isAutoAssignmentEnabled: false });
  const entry = (able) => `${id("target-agent")}[data-key="${target.agentId}"][data-able="${able}"]`;
  const focused = () => tab.evaluate(() => document.activeElement?.getAttribute("data-testid") ?? "");
  const hasFocus = (name) => until(`${name} has the focus`, async () => (await focused()) === name);

  await tab.page.focus(id("transfer"));
  await tab.key("Enter");
  await tab.says(/Agents in '.+'/);
  await hasFocus("tab-agents");
  await tab.appears(entry(false));
  await second.goActive();
  await tab.appears(entry(true));
  const first = await tab.attribute(id("target-agent"), "data-key");
  assert.equal(first, target.agentId, "who is available comes first");
  await tab.fill(id("target-search"), "nobody of this name");
  await tab.says("Nothing matches.");
  await tab.fill(id("target-search"), target.displayName.slice(0, 3).toLowerCase());
  await tab.appears(entry(true));
  await until("the others are not shown", () =>
    tab.evaluate(() => document.querySelectorAll('[data-testid="target-agent"]').length === 1),
  );

  await tab.page.focus(id("tab-agents"));
  await tab.key("ArrowRight");
  await hasFocus("tab-queues");
  await tab.appears(`${id("target-queue")}[data-able="false"]`);
  await tab.says("Calls are not assigned automatically here");
  await tab.key("ArrowLeft");
  await hasFocus("tab-agents");
  await tab.key("Escape");
  await tab.disappears(id("transfer-dialog"));
  await hasFocus("transfer");

  await agent.openTransfer();
  await agent.chooseAgent(target);
  await server.must("PUT", `/ccaas/1/agents/${target.agentId}/status`, { status: "AWAY" });
  await tab.says(`${target.displayName} cannot take the call any more.`);
  await tab.click(id("choose-other"));
  await tab.appears(entry(false));
  await tab.click(id("transfer-close"));
  await bothHear({ agent, customer });
  await customer.hangUp();
  await agent.wrapsUp();
});
