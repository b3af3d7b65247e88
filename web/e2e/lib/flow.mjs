/** Steps that many tests share. */
import { strict as assert } from "node:assert";
import { Agent } from "./agent.mjs";
import { Customer } from "./customer.mjs";
import { CUSTOMER, FIRST, SECOND } from "./media.mjs";

/** @typedef {"chromium" | "firefox"} Browser */
/** @typedef {{ agentBrowser?: Browser, customerBrowser?: Browser, link?: string, relayOnly?: boolean }} Choice */

/**
 * An agent who is Active and a customer at the open link.
 * @param {import("./harness.mjs").Scene} t
 * @param {import("./server.mjs").Server} server
 * @param {Choice} [choice]
 */
export async function bothThere(t, server, { agentBrowser, customerBrowser, link, relayOnly } = {}) {
  const [agent, customer] = await Promise.all([
    Agent.signIn(t, server, server.login("agent"), { browser: agentBrowser, relayOnly }),
    Customer.open(t, link ?? server.callLink, { browser: customerBrowser, relayOnly }),
  ]);
  await Promise.all([agent.goActive(), customer.ready()]);
  return { agent, customer };
}

/**
 * A call of a customer with the first of two agents; the second is Active too, unless told otherwise.
 * @param {import("./harness.mjs").Scene} t
 * @param {import("./server.mjs").Server} server
 * @param {{ video?: boolean, secondActive?: boolean }} [choice]
 */
export async function callWithTwoAgents(t, server, { video = false, secondActive = true } = {}) {
  const [agent, second, customer] = await Promise.all([
    Agent.signIn(t, server, server.login("agent", 0), { party: FIRST }),
    Agent.signIn(t, server, server.login("agent", 1), { party: SECOND }),
    Customer.open(t, server.callLink),
  ]);
  // The first is free longest: the call rings there.
  await Promise.all([agent.goActive(), customer.ready()]);
  if (secondActive) await second.goActive();
  await call({ agent, customer }, { video });
  await bothHear({ agent, customer });
  return { agent, second, customer };
}

/** @typedef {{ agent: Agent, customer: Customer }} Pair */

/** The customer calls, the agent answers, both are in the call. @param {Pair} pair @param {{ video?: boolean }} [options] */
export async function call({ agent, customer }, { video = true } = {}) {
  await (video ? customer.startVideo() : customer.startAudio());
  await agent.rings();
  await agent.answer();
  await Promise.all([agent.inCall(), customer.inCall()]);
}

/** @typedef {{ tab: import("./tab.mjs").Tab }} Side */

/** @param {{ agent: Side, customer: Side }} pair @param {number} [timeoutMs] */
export async function bothHear({ agent, customer }, timeoutMs) {
  await Promise.all([agent.tab.hears(CUSTOMER, timeoutMs), customer.tab.hears(agent.tab.party, timeoutMs)]);
}

/** @param {Pair} pair @param {number} [timeoutMs] */
export async function bothSee({ agent, customer }, timeoutMs) {
  const theirs = agent.tab.party.camera;
  await Promise.all([agent.tab.sees(CUSTOMER.camera, timeoutMs), customer.tab.sees(theirs, timeoutMs)]);
}

/** When (epoch ms) both hear each other again. @param {Pair} pair @param {number} timeoutMs */
export async function bothHeardAt({ agent, customer }, timeoutMs) {
  const theirs = agent.tab.party;
  const times = await Promise.all([agent.tab.heardAt(CUSTOMER, timeoutMs), customer.tab.heardAt(theirs, timeoutMs)]);
  return Math.max(...times);
}

/** Every page sends and receives video with this codec and no other. @param {Pair} pair @param {string} codec */
export async function assertCodec({ agent, customer }, codec) {
  for (const { tab } of [agent, customer]) {
    const codecs = await tab.videoCodecs();
    assert(codecs.length >= 2, `${tab.who} sends and receives video: ${codecs}`);
    assert.deepEqual([...new Set(codecs)], [`video/${codec}`], tab.who);
  }
}
