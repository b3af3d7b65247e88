/** Reloads, a browser that blocks sound, and networks that break. */
import { strict as assert } from "node:assert";
import { Agent } from "../lib/agent.mjs";
import { Customer } from "../lib/customer.mjs";
import { bothHear, bothHeardAt, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER } from "../lib/media.mjs";
import { sleep, until } from "../lib/wait.mjs";

const BACK_WITHIN_MS = 3_000;
const CUT_MS = 10_000;

test("a reload of either page in mid-call comes back into it", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  await call(pair);
  await bothHear(pair);
  for (const side of [pair.agent, pair.customer]) {
    const began = Date.now();
    await side.tab.reload();
    const back = await bothHeardAt(pair, 10_000);
    t.figure(`heard again after a reload of the ${side.tab.party.name}'s page`, back - began);
    assert(back - began < BACK_WITHIN_MS, `${side.tab.party.name} was away ${back - began} ms`);
    await bothHear(pair);
    await side.tab.sees(side === pair.agent ? CUSTOMER.camera : AGENT.camera);
  }
  await pair.agent.hangUp();
  await pair.customer.ended();
});

test("blocked playback: Turn on sound gives it back", async (t) => {
  const server = await t.server();
  const [first, customer] = await Promise.all([
    Agent.signIn(t, server, server.login("agent"), { autoplay: "blocked", unseenDevices: true }),
    Customer.open(t, server.callLink),
  ]);
  await Promise.all([first.goActive(), customer.ready()]);
  await call({ agent: first, customer }, { video: false });
  await customer.tab.hears(AGENT);
  // A new tab takes the call up, and nobody has touched it yet. (Chromium lets a reloaded page play, and any page that
  // it knows to use the microphone.)
  const agent = await Agent.openAgain(t, server, first);
  await first.tab.page.close();
  await agent.inCall();
  await agent.tab.appears('[data-testid="sound-on"]');
  assert.equal(await agent.tab.text('[data-testid="sound-on"]'), "Turn on sound");
  assert.equal((await agent.tab.listen()).samples, 0, "nothing may be heard yet");
  await agent.tab.click('[data-testid="sound-on"]');
  await bothHear({ agent, customer });
  await agent.tab.disappears('[data-testid="sound-on"]');
});

for (const { what, cuts } of [
  { what: "media path", cuts: ["relay"] },
  { what: "whole network", cuts: ["relay", "front"] },
]) {
  test(`a 10 s cut of the ${what}: both stay in the call`, async (t) => {
    const behind = await t.serverBehindRelay();
    const setCut = (on) => {
      for (const name of cuts) behind[name].set({ cut: on });
    };
    const pair = await bothThere(t, behind.server);
    await call(pair);
    await bothHear(pair);
    const sounds = await Promise.all([pair.agent.tab.sounds(), pair.customer.tab.sounds()]);
    const cut = Date.now();
    setCut(true);
    await Promise.all([pair.agent.saysReconnecting(CUT_MS - 500), pair.customer.saysReconnecting(CUT_MS - 500)]);
    t.figure(`both pages tell of a cut of the ${what}`, Date.now() - cut);
    await Promise.all([pair.agent.inCall(), pair.customer.inCall()]);
    await sleep(cut + CUT_MS - Date.now());
    setCut(false);
    const healed = Date.now();
    const back = await bothHeardAt(pair, 15_000);
    t.figure(`heard again after a 10 s cut of the ${what}`, back - healed);
    await bothHear(pair);
    await Promise.all([pair.agent.tab.sees(CUSTOMER.camera), pair.customer.tab.sees(AGENT.camera)]);
    await Promise.all([pair.agent.reconnected(), pair.customer.reconnected()]);
    const after = await Promise.all([pair.agent.tab.sounds(), pair.customer.tab.sounds()]);
    for (const [i, before] of sounds.entries()) assert(after[i] > before, "a sound tells of the drop");
    await pair.customer.hangUp();
    await pair.agent.wrapsUp();
  });
}

test("UDP blocked: the call works over TCP", async (t) => {
  const { server, relay } = await t.serverBehindRelay();
  relay.set({ udpBlocked: true });
  const pair = await bothThere(t, server);
  await call(pair);
  await bothHear(pair, 30_000);
  await until("media over TCP alone", () => relay.passed.tcp > 100 && relay.passed.udp === 0);
  await pair.customer.hangUp();
  await pair.agent.wrapsUp();
});

test("a lossy and slow network: still heard, and said to be weak", async (t) => {
  const { server, relay } = await t.serverBehindRelay();
  const pair = await bothThere(t, server);
  await call(pair, { video: false });
  await bothHear(pair);
  relay.set({ loss: 0.2, delayMs: 80 });
  await pair.agent.tab.says("Your connection is weak", 30_000);
  await bothHear(pair);
  relay.set({ loss: 0, delayMs: 0 });
  await pair.customer.hangUp();
  await pair.agent.wrapsUp();
});
