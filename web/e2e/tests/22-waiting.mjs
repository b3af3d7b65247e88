/** What a customer hears and sees while nobody has answered yet: known tones prove which prompt plays. */
import { strict as assert } from "node:assert";
import { Agent } from "../lib/agent.mjs";
import { Customer } from "../lib/customer.mjs";
import { bothHear, callWithTwoAgents } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { GREETING, LAST_MESSAGE, MUSIC, wav } from "../lib/media.mjs";

const id = (name) => `[data-testid="${name}"]`;
/** Long enough to be heard by a page whose connection comes up slowly. */
const GREETING_SECONDS = 8;
const LAST_MESSAGE_SECONDS = 8;
const LONGEST_WAIT_SECONDS = 8;
/** Two reloads fit in. */
const RING_SECONDS = 12;

/**
 * Calls of this queue wait by a strategy with a greeting, music and a last message, each of its own tone.
 * @param {import("../lib/server.mjs").Server} server
 * @param {{ queue?: string, longestSeconds?: number }} [choice]
 */
async function tonesWhileWaiting(server, { queue = "default", longestSeconds = 600 } = {}) {
  const file = async (prompt, seconds) => {
    const { id } = await server.upload(`${prompt.name}.wav`, wav(prompt.toneHz, seconds));
    return { enabled: true, audioSourceType: "FILE", fileAudioSource: { fileDescriptor: id } };
  };
  const { enabled, fileAudioSource } = await file(MUSIC, 4);
  await server.must("POST", "/ccaas/voice/2/waiting-strategies", {
    name: "Tones",
    maximumWaitTime: { unit: "SECONDS", value: longestSeconds },
    greetingMessage: await file(GREETING, GREETING_SECONDS),
    musicOnHold: { enabled, fileAudioSource },
    maximumWaitTimeMessage: await file(LAST_MESSAGE, LAST_MESSAGE_SECONDS),
    conditionType: "QUEUE",
    condition: { queues: [queue] },
  });
}

/** A link for another customer. @param {import("../lib/server.mjs").Server} server @param {string} name */
async function linkOf(server, name) {
  const { url } = await server.must("POST", "/call-link/1/links", {
    identity: `guest-${name}`,
    displayName: name,
    destination: { type: "CONVERSATIONS", displayName: "Support" },
    validityWindow: { endTime: new Date(Date.now() + 3_600_000).toISOString() },
  });
  return url;
}

/** @param {Customer} customer @param {string} words */
async function placeIs(customer, words) {
  await customer.waits();
  await customer.tab.says(words);
}

test("waiting: a greeting, then music, over a reload of every page, then the agent", async (t) => {
  const server = await t.server();
  await tonesWhileWaiting(server);
  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: 60, outbound: 45 });
  const [agent, customer] = await Promise.all([
    Agent.signIn(t, server, server.login("agent")),
    Customer.open(t, server.callLink),
  ]);
  await customer.ready();
  await customer.startAudio();
  await placeIs(customer, "You are next.");
  await customer.tab.hears(GREETING);
  await customer.tab.hears(MUSIC);
  await customer.tab.reload();
  await placeIs(customer, "You are next.");
  await customer.tab.hears(MUSIC);
  await agent.chooseActive();
  assert.match(await agent.rings(), /Regular call/);
  for (const side of [agent, customer]) {
    await side.tab.reload();
    await Promise.all([agent.rings(), customer.tab.hears(MUSIC)]);
  }
  await agent.answer();
  await Promise.all([agent.inCall(), customer.inCall()]);
  await bothHear({ agent, customer });
  await customer.tab.hearsNothingOf(MUSIC);
  await customer.hangUp();
  await agent.wrapsUp();
});

test("waiting: the page tells the place in line, and who is before leaves", async (t) => {
  const server = await t.server();
  const [first, second] = await Promise.all([
    Customer.open(t, server.callLink),
    Customer.open(t, await linkOf(server, "second")),
  ]);
  await Promise.all([first.ready(), second.ready()]);
  await first.startAudio();
  await placeIs(first, "You are next.");
  await second.startAudio();
  await placeIs(second, "You are number 2 in the queue.");
  await second.tab.reload();
  await placeIs(second, "You are number 2 in the queue.");
  await first.hangUp();
  await first.ended();
  await placeIs(second, "You are next.");
  const agent = await Agent.signIn(t, server, server.login("agent"));
  await agent.chooseActive();
  await agent.rings();
  await agent.answer();
  await Promise.all([agent.inCall(), second.inCall()]);
  await bothHear({ agent, customer: second });
});

test("waiting: the longest wait ends the call with a last message, and the page says why", async (t) => {
  const server = await t.server();
  await tonesWhileWaiting(server, { longestSeconds: LONGEST_WAIT_SECONDS });
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await customer.startAudio();
  await placeIs(customer, "You are next.");
  await customer.tab.hears(LAST_MESSAGE, LONGEST_WAIT_SECONDS * 1_000 + 10_000);
  await customer.tab.says("Nobody could answer in time.");
  await customer.tab.says("The call is about to end.");
  await customer.tab.appears(`${id("ended")}[data-code="NO_ANSWER"]`, LAST_MESSAGE_SECONDS * 1_000 + 10_000);
  await customer.tab.says("Nobody answered. Try again later.");
  // Nobody gets a call that is over.
  const agent = await Agent.signIn(t, server, server.login("agent"));
  await agent.goActive();
  await agent.isFree();
});

test("ring time-out to the next agent, with a reload of every page while it rings", async (t) => {
  const server = await t.server();
  await tonesWhileWaiting(server);
  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: RING_SECONDS, outbound: 45 });
  const first = await Agent.signIn(t, server, server.login("agent", 0));
  const second = await Agent.signIn(t, server, server.login("agent", 1));
  // The first is free longest.
  await first.goActive();
  await second.goActive();
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await customer.startAudio();
  await first.rings();
  const rang = Date.now();
  for (const side of [first, customer]) {
    await side.tab.reload();
    await Promise.all([first.rings(), customer.waits()]);
  }
  await second.rings(RING_SECONDS * 1_000 + 10_000);
  const after = Date.now() - rang;
  assert(after >= RING_SECONDS * 1_000 - 1_000, `reloads do not shorten the ring: ${after} ms`);
  await first.ringsNoMore();
  await second.tab.reload();
  await second.rings();
  await second.answer();
  await Promise.all([second.inCall(), customer.inCallWith(server.login("agent", 1))]);
  await bothHear({ agent: second, customer });
  await customer.hangUp();
  await second.wrapsUp();
});

test("transfer to a queue: its own greeting and music, over a reload of every page, then its agent", async (t) => {
  const server = await t.server();
  const target = server.login("agent", 1);
  const sales = await server.must("POST", "/ccaas/1/queues", { name: "Sales", isAutoAssignmentEnabled: true });
  await server.must("POST", `/ccaas/1/agents/${target.agentId}/queues`, { queueId: sales.id });
  await tonesWhileWaiting(server, { queue: sales.id });
  const { agent, second, customer } = await callWithTwoAgents(t, server, { secondActive: false });
  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: 60, outbound: 45 });
  await server.must("PUT", "/ccaas/voice/2/account-wrap-up-config", {
    wrapUpSeconds: 120,
    canExtendWrapUp: true,
    enabled: true,
  });
  await agent.openTransfer();
  await agent.chooseQueue(sales.id);
  await agent.tab.click(id("transfer-now"));
  await agent.wrapsUp();
  await customer.tab.hears(GREETING);
  await customer.tab.hears(MUSIC);
  for (const side of [agent, customer]) {
    await side.tab.reload();
    await Promise.all([agent.wrapsUp(), customer.tab.hears(MUSIC)]);
    await placeIs(customer, "You are next.");
  }
  await second.chooseActive();
  assert.match(await second.rings(), /Transferred call/);
  await second.tab.reload();
  assert.match(await second.rings(), /Transferred call/);
  await customer.tab.hears(MUSIC);
  await second.answer();
  await Promise.all([second.inCall(), customer.inCallWith(target)]);
  await bothHear({ agent: second, customer });
  await second.hangUp();
  await customer.ended();
});
