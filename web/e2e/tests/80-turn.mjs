/** Pages whose media may go through a TURN server alone. */
import { strict as assert } from "node:assert";
import { APART } from "../lib/apart.mjs";
import { bothHear, bothSee, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { ownAddress } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

/** @typedef {import("../lib/flow.mjs").Pair} Pair */
/** @typedef {import("../lib/server.mjs").Server} Server */

/** Both pages reach the engine's own address, and only through a relay. @param {Pair} pair @param {Server} server */
async function bothAreRelayed({ agent, customer }, server) {
  for (const { tab } of [agent, customer]) {
    await until(`${tab.who} has a path`, async () => (await tab.paths()).length > 0);
    for (const path of await tab.paths()) {
      assert.deepEqual([path.own, path.engine], ["relay", server.printed.media], tab.who);
    }
  }
}

/** A number of `/metrics`. @param {Server} server @param {string} name with its labels */
async function metric(server, name) {
  const text = await (await fetch(server.printed.metrics)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  assert(line, `/metrics has ${name}`);
  return Number(line.slice(name.length));
}

/** The TURN server says the same. Roles that run apart have metrics of their own. @param {Server} server */
async function serverRelays(server) {
  if (APART) return;
  await until("two pages have relays", async () => (await metric(server, "switchroom_turn_allocations")) >= 2);
  for (const direction of ["ingress", "egress"]) {
    const name = `switchroom_turn_bytes_total{direction="${direction}"}`;
    const before = await metric(server, name);
    await until(`${direction} goes on`, async () => (await metric(server, name)) > before);
  }
}

test("TURN: two Chromium hear and see each other through the relay alone, and come back after a reload", async (t) => {
  const server = await t.server({ turn: true });
  const pair = await bothThere(t, server, { relayOnly: true });
  await call(pair);
  await Promise.all([bothHear(pair), bothSee(pair)]);
  await bothAreRelayed(pair, server);
  await serverRelays(server);
  await pair.customer.tab.reload();
  await pair.customer.inCall();
  await Promise.all([bothHear(pair), bothSee(pair)]);
  await bothAreRelayed(pair, server);
  await pair.customer.hangUp();
  await pair.agent.wrapsUp();
});

test("TURN: Firefox and Chromium hear and see each other through the relay alone", async (t) => {
  const server = await t.server({ turn: true, mediaHost: ownAddress() });
  const pair = await bothThere(t, server, { relayOnly: true, customerBrowser: "firefox" });
  await call(pair);
  await Promise.all([bothHear(pair), bothSee(pair)]);
  await serverRelays(server);
  await pair.agent.hangUp();
  await pair.customer.ended();
});
