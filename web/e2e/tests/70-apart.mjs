/** With the roles as three processes: what one of them loses the others keep. */
import { strict as assert } from "node:assert";
import { APART } from "../lib/apart.mjs";
import { bothHear, bothHeardAt, bothSee, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER } from "../lib/media.mjs";
import { sleep } from "../lib/wait.mjs";

const BACK_WITHIN_MS = 3_000;
const DEAD_MS = 1_500;

/** How many PeerConnections a page has made. @param {import("../lib/tab.mjs").Tab} tab */
const connections = (tab) => tab.evaluate(() => /** @type {any} */ (globalThis).probe.connections.size);

/** @param {import("../lib/flow.mjs").Pair} pair */
const allConnections = ({ agent, customer }) => Promise.all([connections(agent.tab), connections(customer.tab)]);

/** @param {"signaling" | "recorder"} role */
function survives(role) {
  test(`${role} killed in mid-call: both hear each other all along`, async (t) => {
    const server = await t.server();
    const pair = await bothThere(t, server);
    await call(pair);
    await bothHear(pair);
    const before = await allConnections(pair);
    await server.killRole(role);
    // Pulses are heard while it is away.
    await Promise.all([bothHear(pair), sleep(DEAD_MS)]);
    await server.startMissing();
    await Promise.all([pair.agent.inCall(), pair.customer.inCall()]);
    if (role === "signaling") await Promise.all([pair.agent.reconnected(), pair.customer.reconnected()]);
    await bothHear(pair);
    await bothSee(pair);
    assert.deepEqual(await allConnections(pair), before, "no page had to join again");
    await pair.customer.hangUp();
    await pair.agent.wrapsUp();
    await server.stop();
    await server.checkRecordings();
  });
}

if (APART) {
  survives("signaling");
  survives("recorder");

  test("the engine killed in mid-call: both are back within 3 s", async (t) => {
    const server = await t.server();
    const pair = await bothThere(t, server);
    await call(pair);
    await bothHear(pair);
    await server.killRole("engine");
    await sleep(DEAD_MS);
    const started = await server.startMissing();
    const back = await bothHeardAt(pair, 15_000);
    t.figure("heard again after SIGKILL of the engine and its start", back - started);
    assert(back - started < BACK_WITHIN_MS, `back after ${back - started} ms`);
    await bothHear(pair);
    await Promise.all([pair.agent.tab.sees(CUSTOMER.camera), pair.customer.tab.sees(AGENT.camera)]);
    await pair.customer.hangUp();
    await pair.agent.wrapsUp();
    await server.stop();
    await server.checkRecordings();
  });
}
