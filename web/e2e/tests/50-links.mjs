/** What a customer reads at links that cannot be used, and without a microphone. */
import { Customer } from "../lib/customer.mjs";
import { bothHear, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { sleep } from "../lib/wait.mjs";

const HOUR_MS = 3_600_000;
/** Of a link that expires before it is opened. */
const LIFE_MS = 1_500;
const id = (name) => `[data-testid="${name}"]`;

/** @param {import("../lib/server.mjs").Server} server @param {object} validityWindow @returns {Promise<string>} its address */
async function link(server, validityWindow) {
  const { url } = await server.must("POST", "/call-link/1/links", {
    identity: `guest-${Date.now()}`,
    displayName: "Guest",
    destination: { type: "CONVERSATIONS", displayName: "Support" },
    validityWindow,
  });
  return url;
}

const at = (fromNowMs) => new Date(Date.now() + fromNowMs).toISOString();

test("links: early, expired, unknown", async (t) => {
  const server = await t.server();
  const early = await link(server, { startTime: at(HOUR_MS), endTime: at(2 * HOUR_MS) });
  const expires = Date.now() + LIFE_MS;
  const expired = await link(server, { endTime: new Date(expires).toISOString() });
  const customer = await Customer.open(t, early);
  await customer.tab.appears(id("inactive-link"));
  await customer.tab.says("This link is not active.");
  await sleep(expires + 50 - Date.now());
  await customer.tab.goto(expired);
  await customer.tab.appears(id("expired-link"));
  await customer.tab.says("Link is expired.");
  await customer.tab.goto(`${server.origin}/c/AAAAAAAAAAAAAAAAAAAAAA`);
  await customer.tab.appears(id("unknown-link"));
});

test("a one-time link is spent by its call", async (t) => {
  const server = await t.server();
  const once = await link(server, { oneTime: true });
  const pair = await bothThere(t, server, { link: once });
  await call(pair, { video: false });
  await bothHear(pair);
  await pair.customer.hangUp();
  await pair.customer.ended();
  const again = await Customer.open(t, once);
  await again.tab.appears(id("expired-link"));
  await again.tab.says("Link is expired.");
});

test("a refused microphone: the page says what to do", async (t) => {
  const server = await t.server();
  const customer = await Customer.open(t, server.callLink, { denyDevices: true });
  await customer.ready();
  await customer.tab.click(id("start-audio"));
  await customer.tab.appears('[data-testid="problem"][data-code="DEVICE_FORBIDDEN"]');
  await customer.tab.says(/switch Microphone and Camera on/);
  await customer.ready();
});
