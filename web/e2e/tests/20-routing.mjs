/** Who rings, and when. */
import { Agent } from "../lib/agent.mjs";
import { Customer } from "../lib/customer.mjs";
import { bothHear } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";

async function twoAgents(t, server) {
  const first = await Agent.signIn(t, server, server.login("agent", 0));
  const second = await Agent.signIn(t, server, server.login("agent", 1));
  // The first is free longest.
  await first.goActive();
  await second.goActive();
  return { first, second };
}

test("a declined call rings at the next agent", async (t) => {
  const server = await t.server();
  const { first, second } = await twoAgents(t, server);
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await customer.startAudio();
  await first.rings();
  await first.decline();
  await second.rings();
  await first.ringsNoMore();
  await second.answer();
  await customer.inCall();
  await bothHear({ agent: second, customer });
  await customer.hangUp();
  await second.wrapsUp();
});

test("a call that is not answered rings at the next agent", async (t) => {
  const server = await t.server();
  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: 3, outbound: 45 });
  const { first, second } = await twoAgents(t, server);
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await customer.startAudio();
  await first.rings();
  await second.rings(10_000);
  await first.ringsNoMore();
  await second.answer();
  await customer.inCall();
  await bothHear({ agent: second, customer });
});

test("a customer who gives up stops the ringing", async (t) => {
  const server = await t.server();
  const agent = await Agent.signIn(t, server, server.login("agent"));
  await agent.goActive();
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await customer.startAudio();
  await agent.rings();
  await customer.hangUp();
  await customer.ended();
  await agent.ringsNoMore();
  await agent.isFree();
});
