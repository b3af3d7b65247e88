/** Every screen: readable for all, in both colour schemes, on a narrow phone, by keyboard; and its picture for people. */
import { strict as assert } from "node:assert";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertAccessible, assertFitsWidth } from "../lib/accessible.mjs";
import { Agent, signInAt } from "../lib/agent.mjs";
import { Called } from "../lib/called.mjs";
import { Customer } from "../lib/customer.mjs";
import { bothHear, bothSee, bothThere, call, callWithTwoAgents } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER, MUSIC, wav } from "../lib/media.mjs";
import { Player } from "../lib/player.mjs";

const PICTURES = process.env.SWITCHROOM_SCREENSHOTS ?? join(tmpdir(), "switchroom-screenshots");
const NARROWEST = { width: 320, height: 640 };
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 375, height: 812 };

/** @param {import("../lib/tab.mjs").Tab} tab @param {string} screen */
async function examine(tab, screen) {
  for (const colorScheme of /** @type {const} */ (["dark", "light"])) {
    await tab.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await assertAccessible(tab, `${screen} (${colorScheme})`);
  }
  await tab.resize(NARROWEST.width, NARROWEST.height);
  await assertFitsWidth(tab, screen);
  for (const { width, height } of [PHONE, DESK]) {
    await tab.resize(width, height);
    for (const colorScheme of /** @type {const} */ (["dark", "light"])) {
      await tab.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await tab.screenshot(join(PICTURES, `${screen}-${width}x${height}-${colorScheme}.png`));
    }
  }
}

/** Presses Tab until that element has the focus, then Enter. */
async function reachAndPress(tab, testid) {
  for (let presses = 0; presses < 60; presses++) {
    const focused = await tab.evaluate(() => document.activeElement?.getAttribute("data-testid") ?? "");
    if (focused === testid) return tab.key("Enter");
    await tab.key("Tab");
  }
  assert.fail(`${testid} is not reached by Tab`);
}

test(
  "every screen is accessible, fits 320 px and has its picture",
  async (t) => {
    await mkdir(PICTURES, { recursive: true });
    const server = await t.server();
    const signIn = await t.tab(AGENT);
    await signIn.goto(server.console);
    await signIn.appears('[data-testid="sign-in"]');
    await examine(signIn, "sign-in");
    const { agent, customer } = await bothThere(t, server);
    await examine(agent.tab, "console-idle");
    await examine(customer.tab, "call-start");
    await customer.startVideo();
    await customer.waits();
    await agent.rings();
    await examine(customer.tab, "call-waiting");
    await examine(agent.tab, "console-ringing");
    await agent.answer();
    await Promise.all([agent.inCall(), customer.inCall()]);
    await bothSee({ agent, customer });
    await examine(agent.tab, "console-in-call");
    await examine(customer.tab, "call-in-call");
    await customer.hangUp();
    await agent.wrapsUp();
    await examine(agent.tab, "console-wrap-up");
    await customer.ended();
    await examine(customer.tab, "call-ended");
    await agent.finishWrapUp();
    await agent.openConversation();
    await agent.showsRecordings(2);
    await examine(agent.tab, "console-conversation");
    t.note(`pictures: ${PICTURES}`);
  },
  { timeoutMs: 180_000 },
);

test(
  "so are the screens of hold and transfer",
  async (t) => {
    await mkdir(PICTURES, { recursive: true });
    const server = await t.server();
    const { agent, second, customer } = await callWithTwoAgents(t, server, { video: true });
    await agent.hold();
    await customer.isOnHold();
    await examine(agent.tab, "console-on-hold");
    await examine(customer.tab, "call-on-hold");
    await agent.openTransfer();
    await agent.tab.appears('[data-testid="target-agent"][data-able="true"]');
    await examine(agent.tab, "console-transfer-agents");
    await agent.tab.click('[data-testid="tab-queues"]');
    await agent.tab.appears('[data-testid="target-queue"]');
    await examine(agent.tab, "console-transfer-queues");
    await agent.tab.click('[data-testid="tab-agents"]');
    await agent.chooseAgent(server.login("agent", 1));
    await examine(agent.tab, "console-transfer-question");
    await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: 60, outbound: 45 });
    await agent.tab.click('[data-testid="transfer-now"]');
    await agent.isTransferring(server.login("agent", 1));
    await customer.isTransferred();
    await second.rings();
    await examine(agent.tab, "console-transferring");
    await examine(customer.tab, "call-transferring");
    await second.decline();
    await agent.transferFails("DECLINED");
    await examine(agent.tab, "console-transfer-failed");
  },
  { timeoutMs: 180_000 },
);

test(
  "so is the player of recordings",
  async (t) => {
    await mkdir(PICTURES, { recursive: true });
    const server = await t.server();
    const pair = await bothThere(t, server);
    const { agent, customer } = pair;
    await call(pair, { video: true });
    await bothSee(pair);
    await bothHear(pair);
    await customer.hangUp();
    await agent.wrapsUp();
    await agent.finishWrapUp();
    await agent.openConversation();
    await agent.showsRecordings(2);
    // As loud as people are who talk in turns.
    const talk = (from) =>
      Array.from({ length: 500 }, (_, at) => (((at / 83 + from) | 0) % 2) * (90 + ((at * 73) % 160)));
    const json = { durationMs: 8000, channels: [talk(0), talk(1)] };
    await agent.tab.page.route("**/peaks?*", (route) => route.fulfill({ json }));
    const player = new Player(agent.tab);
    await player.open("CUSTOMER");
    await player.until("plays", ({ place }) => place > 0.5);
    await player.press("k");
    await agent.tab.click('[data-testid="details"]');
    await examine(agent.tab, "console-player-picture");
    await agent.tab.click('[data-testid="close-player"]');
    await agent.tab.page.route("**/recordings", async (route) => {
      const response = await route.fetch();
      const { recordings } = await response.json();
      const asAudio = (one) => ({ ...one, mime: "audio/ogg", mediaType: "AUDIO" });
      await route.fulfill({ json: { recordings: recordings.map(asAudio) } });
    });
    await agent.tab.reload();
    await agent.tab.appears('[data-testid="play"]');
    await player.open("CUSTOMER");
    await player.until("plays", ({ place }) => place > 0.5);
    await player.press("k");
    await agent.tab.page.focus('[data-testid="mute-sound"]');
    await examine(agent.tab, "console-player");
    await agent.tab.page.route("**/recordings/1/files/*", (route) => route.fulfill({ status: 503, json: {} }));
    await player.chooseOther();
    await player.is("failed");
    await examine(agent.tab, "console-player-failed");
  },
  { timeoutMs: 180_000 },
);

test("so is the list of recordings", async (t) => {
  await mkdir(PICTURES, { recursive: true });
  const server = await t.server();
  const pair = await bothThere(t, server);
  await call(pair, { video: false });
  await bothHear(pair);
  await pair.customer.hangUp();
  await pair.agent.wrapsUp();
  await pair.agent.finishWrapUp();
  await pair.agent.openConversation();
  await pair.agent.showsRecordings(2);
  const tab = await t.tab(AGENT);
  await signInAt(tab, server, server.login("supervisor"));
  await tab.click('[data-testid="nav-recordings"]');
  await tab.appears('[data-testid="recording-row"]');
  await examine(tab, "console-recordings");
  await tab.page.locator('[data-testid="row-details"]').first().click();
  await tab.page.locator('[data-testid="play"]').first().click();
  await tab.appears('[data-testid="player"]');
  await examine(tab, "console-recordings-playing");
  await tab.fill('[data-testid="filter-name"]', "Nobody");
  await tab.key("Enter");
  await tab.says("No recording matches these filters.");
  await examine(tab, "console-recordings-none");
});

test("so are the screens of calling a customer", async (t) => {
  await mkdir(PICTURES, { recursive: true });
  const server = await t.server();
  const [agent, customer] = await Promise.all([
    Agent.signIn(t, server, server.login("agent")),
    Called.open(t, server, "ada-lovelace"),
  ]);
  const { agentId } = server.login("agent");
  for (const to of ["ada-lovelace", "+385911234567", "a-customer-with-a-rather-long-identity-of-the-customer-portal"]) {
    const body = { from: "Support", to, agentId, voiceClientType: "WEBRTC" };
    await server.must("POST", "/ccaas/voice/2/outbound-call-conversation", body);
  }
  await agent.tab.click('[data-testid="new-call"]');
  await agent.tab.appears('[data-testid="recent-customer"]');
  await examine(agent.tab, "console-new-call");
  await agent.tab.click('[data-testid="recent-customer"][data-identity="ada-lovelace"]');
  await agent.tab.click('[data-testid="call-now"]');
  await agent.tab.appears('[data-testid="outgoing-call"][data-state="ringing"]');
  await examine(agent.tab, "console-calling");
  await customer.decline();
  await agent.tab.appears('[data-testid="outgoing-call"][data-state="failed"]');
  await examine(agent.tab, "console-not-reached");
  await agent.tab.click('[data-testid="outgoing-close"]');
  await agent.tab.page.locator('[data-testid="conversation-item"]', { hasText: "ada-lovelace" }).click();
  await agent.tab.appears('[data-testid="call-back"]');
  await examine(agent.tab, "console-call-back");
});

test("so are the status menu and a list of work", async (t) => {
  await mkdir(PICTURES, { recursive: true });
  const server = await t.server();
  for (const [name, group] of [
    ["Lunch", "AWAY"],
    ["Training", "BUSY"],
    ["Back office of the insurance department", "BUSY"],
    ["Mails and calls", "ACTIVE"],
  ]) {
    await server.must("POST", "/ccaas/1/agent-statuses", { name, group });
  }
  const agent = await Agent.signIn(t, server, server.login("agent"));
  const { agentId } = server.login("agent");
  for (const topic of ["Invoice of March", "A very long topic that does not fit into the list beside it", "Address"]) {
    const { id } = await server.must("POST", "/ccaas/1/conversations", { topic });
    await server.must("PUT", `/ccaas/1/conversations/${id}/assignee`, { agentId });
  }
  await agent.tab.says("Address");
  await examine(agent.tab, "console-work");
  await agent.tab.click('[data-testid="status-menu"]');
  await agent.tab.appears('[data-testid="own-status"]');
  await examine(agent.tab, "console-status-menu");
  await agent.tab.page.locator('[data-testid="own-status"]', { hasText: "Back office" }).click();
  await agent.tab.appears('[data-testid="status-menu"][data-status="BUSY"]');
  await examine(agent.tab, "console-own-status");
});

/** @param {import("../lib/server.mjs").Server} server */
async function furnish(server) {
  await server.must("POST", "/ccaas/1/agent-statuses", { name: "Lunch", group: "AWAY" });
  await server.must("POST", "/ccaas/1/agent-statuses", { name: "Training", group: "BUSY" });
  const day = { startTime: 540, endTime: 1020 };
  const workWeek = { MONDAY: day, TUESDAY: day, WEDNESDAY: day, THURSDAY: day, FRIDAY: { ...day, endTime: 900 } };
  const fields = { timezone: "Europe/Zagreb", message: "We are closed.", workWeek, enabled: false };
  const { id } = await server.must("POST", "/ccaas/1/working-hours", { name: "Office", ...fields });
  const christmas = { name: "Christmas", startDate: "2030-12-24T23:00:00Z", endDate: "2030-12-26T23:00:00Z" };
  await server.must("POST", `/ccaas/1/working-hours/${id}/holiday`, christmas);
  const queue = { name: "Sales", isAutoAssignmentEnabled: true, workingHoursId: id };
  const { id: queueId } = await server.must("POST", "/ccaas/1/queues", queue);
  const among = { "customData.country": { $in: ["Croatia", "Slovenia", "Bosnia and Herzegovina", "Montenegro"] } };
  const asked = { $and: [{ "customData.topic": { $eq: "order" } }, { "call.media": { $eq: "VIDEO" } }, among] };
  await server.must("PUT", "/ccaas/1/routing", [
    { name: "Orders", expression: asked, queueId, priority: "HIGH", routeOnlyDuringWorkingHours: true },
    { expression: { $not: { "time.day": "SUNDAY" } }, queueId, enabled: false },
    { name: "Everybody else", expression: { "message.channel": "CALLS" }, queueId },
  ]);
  const url = "https://hooks.invalid/a/rather/long/address/of/a/program/that/is/told/of/events";
  await server.must("POST", "/ccaas/1/webhooks", { name: "Records", url, events: ["CONVERSATION_CREATED"] });
  await server.must("POST", "/ccaas/1/webhooks", { name: "Statistics", url, enabled: false });
  await server.must("POST", "/ccaas/1/conversations", { topic: "An event" });
  const { id: file } = await server.upload("music.wav", wav(MUSIC.toneHz, 4));
  const voice = { name: "default", gender: "MALE" };
  const speech = (text) => ({ enabled: true, ttsAudioSource: { text, language: "en", voice, speechRate: 1 } });
  await server.must("POST", "/ccaas/voice/2/waiting-strategies", {
    name: "Patience",
    maximumWaitTime: { unit: "MINUTES", value: 10 },
    greetingMessage: speech("Welcome. We will be with you soon."),
    musicOnHold: { enabled: true, fileAudioSource: { fileDescriptor: file } },
    announcementMessage: speech("You are number {{QUEUE_POSITION_DEFAULT}}."),
    conditionType: "QUEUE",
    condition: { queues: ["default"] },
  });
  const onHold = { enabled: true, useDefault: false, fileAudioSource: { fileDescriptor: file } };
  const announced = { ...speech("We are still here."), repeatInterval: { unit: "SECONDS", value: 20 } };
  const hold = { onHoldMusic: onHold, announcementMessage: announced };
  await server.must("POST", "/ccaas/voice/2/hold-configs-per-queue", { name: "Orders", ...hold, queueIds: [queueId] });
  const others = { name: "All others", queueIds: ["default"], default: true, enabled: false };
  await server.must("POST", "/ccaas/voice/2/hold-configs-per-queue", others);
  const transfer = { musicOnHold: onHold, announcementMessage: announced };
  await server.must("PUT", "/ccaas/voice/2/transfer-configs/transfer-strategy", transfer);
}

test(
  "so are the settings",
  async (t) => {
    await mkdir(PICTURES, { recursive: true });
    const server = await t.server();
    await furnish(server);
    const tab = await t.tab(AGENT);
    await signInAt(tab, server, server.login("admin"));
    await tab.click('[data-testid="nav-settings"]');
    for (const [part, button] of [
      ["people", "edit"],
      ["queues", "edit"],
      ["routing", "edit"],
      ["hours", "edit"],
      ["hours", "holidays"],
      ["hours", "away"],
      ["waiting", "edit"],
      ["hold", "edit"],
      ["recording", "edit"],
      ["statuses", "delete"],
      ["keys", "delete"],
      ["webhooks", "edit"],
    ]) {
      await tab.click(`[data-testid="settings-${part}"]`);
      await tab.appears('[data-testid="setting"]');
      if (part === "webhooks") await tab.appears('[data-testid="failure"]');
      await examine(tab, `settings-${part}`);
      await tab.page.locator(`[data-testid="${button}"]`).first().click();
      await tab.appears('[data-testid="ask"]');
      await examine(tab, `settings-${part}-${button}`);
      await tab.click('[data-testid="ask-cancel"]');
    }
    await tab.click('[data-testid="settings-transfers"]');
    await tab.appears('[data-testid="transfers-form"]');
    await examine(tab, "settings-transfers");
    await tab.click('[data-testid="settings-calls"]');
    await tab.appears('[data-testid="calls-form"]');
    await examine(tab, "settings-calls");
    await tab.click('[data-testid="settings-webhooks"]');
    await tab.click('[data-testid="add"]');
    await tab.click(".events summary");
    await examine(tab, "settings-webhooks-add");
    await tab.fill('[data-testid="field-name"]', "Reports");
    await tab.fill('[data-testid="field-url"]', "https://hooks.invalid/reports");
    await tab.click('[data-testid="ask-do"]');
    await tab.appears('[data-testid="secret"]');
    await examine(tab, "settings-secret");
  },
  { timeoutMs: 300_000 },
);

test("so are the screens around calls", async (t) => {
  await mkdir(PICTURES, { recursive: true });
  const server = await t.server();
  const [console, page] = await Promise.all([t.tab(AGENT), t.tab(CUSTOMER)]);
  await signInAt(console, server, server.login("supervisor"));
  for (const [view, shows] of [
    ["team", "agents"],
    ["links", "new-link"],
    ["devices", "device-settings"],
  ]) {
    await console.click(`[data-testid="nav-${view}"]`);
    await console.appears(`[data-testid="${shows}"]`);
    await examine(console, `console-${view}`);
  }
  await page.goto(`${server.origin}/c/AAAAAAAAAAAAAAAAAAAAAA`);
  await page.appears('[data-testid="unknown-link"]');
  await examine(page, "call-unknown-link");
  await page.goto(`${server.origin}/docs`);
  await page.says("Call links");
  await examine(page, "docs");
});

test("a call by keyboard alone, on both sides", async (t) => {
  const server = await t.server();
  const agent = await Agent.signIn(t, server, server.login("agent"));
  await agent.goActive();
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await reachAndPress(customer.tab, "start-audio");
  await agent.rings();
  await reachAndPress(agent.tab, "answer");
  await Promise.all([agent.inCall(), customer.inCall()]);
  await bothHear({ agent, customer });
  await reachAndPress(agent.tab, "hang-up");
  await customer.ended();
  await agent.wrapsUp();
});
