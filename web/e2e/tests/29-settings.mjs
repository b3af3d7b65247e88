/** What admins set up in the console, proved by what it does. */
import { strict as assert } from "node:assert";
import { Admin, line } from "../lib/admin.mjs";
import { Agent, signInAt } from "../lib/agent.mjs";
import { Customer } from "../lib/customer.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER, GREETING, MUSIC, wav } from "../lib/media.mjs";
import { until } from "../lib/wait.mjs";

const id = (name) => `[data-testid="${name}"]`;

test("settings: a person is added, takes a call, gets another password and is shut out", async (t) => {
  const server = await t.server();
  const admin = await Admin.signIn(t, server);
  await admin.ask("add");
  await admin.fill({ displayName: "Petra Blum", name: "agent" });
  await admin.tab.click(id("ask-do"));
  await admin.tab.appears(id("ask-problem"));
  await admin.fill({ name: "petra" });
  await admin.confirm();
  const password = await admin.secret();
  await admin.tab.says("takes calls as Petra Blum");

  const petra = { role: "agent", username: "petra", password, displayName: "Petra Blum", agentId: "" };
  const agent = await Agent.signIn(t, server, petra);
  await agent.goActive();
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await customer.startAudio();
  await agent.rings();
  await agent.answer();
  await Promise.all([agent.inCall(), customer.inCallWith(petra)]);
  await customer.hangUp();
  await agent.wrapsUp();

  await admin.ask("password", "Petra Blum");
  await admin.fill({ password: "a new password" });
  await admin.confirm();
  await agent.tab.appears(id("sign-in"));
  const again = await t.tab(CUSTOMER);
  await signInAt(again, server, { ...petra, password: "a new password" });

  await admin.ask("edit", "Petra Blum");
  await admin.fill({ displayName: "Petra Berg" });
  await admin.tab.click(id("field-enabled"));
  await admin.confirm();
  await admin.tab.says("takes calls as Petra Berg");
  await again.appears(id("sign-in"));
  await admin.delete("Petra Berg");
});

test("settings: an API key is shown once, may what it may, and ends when it is deleted", async (t) => {
  const server = await t.server();
  const admin = await Admin.signIn(t, server);
  await admin.open("keys");
  await admin.ask("add");
  await admin.fill({ name: "Statistics" });
  await admin.confirm();
  const key = await admin.secret();
  const status = async (method) => {
    const headers = { authorization: `App ${key}`, "content-type": "application/json" };
    const body = method === "POST" ? JSON.stringify({ topic: "x" }) : undefined;
    return (await fetch(`${server.origin}/ccaas/1/conversations`, { method, headers, body })).status;
  };
  assert.deepEqual([await status("GET"), await status("POST")], [200, 403]);
  await admin.tab.says("never expires");
  await admin.delete("Statistics");
  assert.equal(await status("GET"), 401);
});

test("settings: a webhook is added, fails, is replayed and disabled", async (t) => {
  const server = await t.server();
  const admin = await Admin.signIn(t, server);
  const { tab } = admin;
  await admin.open("webhooks");
  await admin.ask("add");
  await admin.fill({ name: "Records", url: "http://127.0.0.1:1/hook" });
  await tab.click(id("ask-do"));
  await tab.appears(id("ask-problem"));
  // No such name exists anywhere.
  await admin.fill({ url: "https://hooks.invalid/switchroom" });
  await tab.click(".events summary");
  await tab.click(`${id("field-event")}[value="CONVERSATION_CREATED"]`);
  await admin.confirm();
  const secret = await admin.secret();
  assert.match(secret, /^whsec_/);
  const health = (name) => `${line("Records")} ${id("health")}[data-health="${name}"]`;
  await tab.appears(health("hookOn"));
  await tab.says("events: 1");
  await server.must("POST", "/ccaas/1/conversations", { topic: "An event" });
  await tab.appears(health("hookFailing"));
  await tab.says(/Nothing is delivered since/);
  await tab.click(`${line("Records")} ${id("enable")}`);
  await tab.appears(health("hookOff"));
  await tab.click(`${line("Records")} ${id("enable")}`);
  await tab.appears(health("hookFailing"));
  await admin.ask("replay", "Records");
  await admin.confirm();
  await admin.ask("new-secret", "Records");
  await admin.confirm();
  assert.notEqual(await admin.secret(), secret);
  await admin.ask("edit", "Records");
  assert(await tab.page.isChecked(`${id("field-event")}[value="CONVERSATION_CREATED"]`), "what was chosen is checked");
  await tab.click(`${id("field-event")}[value="CONVERSATION_NOTE_ADDED"]`);
  await admin.confirm();
  await tab.says("events: 2");
  await admin.delete("Records");
});

test("settings: statuses, queues with their agents, and working hours", async (t) => {
  const server = await t.server();
  const admin = await Admin.signIn(t, server);
  const { tab } = admin;
  const agent = await Agent.signIn(t, server, server.login("agent"));
  await admin.open("statuses");
  await admin.ask("add");
  await admin.fill({ name: "Lunch" });
  await admin.confirm();
  await tab.appears(line("Lunch"));
  await agent.tab.click(id("status-menu"));
  await agent.tab.click(id("own-status"));
  await agent.tab.appears('[data-testid="status-menu"][data-status="AWAY"]');
  await admin.delete("Lunch");

  await admin.open("hours");
  await admin.ask("add");
  await admin.fill({ name: "Office" });
  await tab.page.selectOption(id("field-timezone"), "Europe/Zagreb");
  await tab.fill(id("time-MONDAY-end"), "18:30");
  await tab.click(id("day-FRIDAY"));
  await admin.confirm();
  await tab.says("Monday 09:00–18:30, Tuesday–Thursday 09:00–17:00");
  const { workingHours } = await server.must("GET", "/ccaas/1/working-hours");
  assert.equal(workingHours[0].timezone, "Europe/Zagreb");
  assert.deepEqual(workingHours[0].workWeek.MONDAY, { startTime: 540, endTime: 1110, enabled: true });
  assert.equal(workingHours[0].workWeek.FRIDAY.enabled, false);

  await admin.ask("holidays", "Office");
  await admin.fill({ name: "Christmas", from: "2030-12-25", to: "2030-12-26" });
  await admin.confirm();
  await tab.says(/Christmas \(Dec\s25\s–\s26,\s2030\)/);
  const holiday = (await server.must("GET", "/ccaas/1/working-hours")).workingHours[0].holidays[0];
  assert.deepEqual(
    [holiday.startDate, holiday.endDate].map((at) => new Date(at).toISOString()),
    ["2030-12-24T23:00:00.000Z", "2030-12-26T23:00:00.000Z"],
  );
  await admin.ask("holidays", "Office");
  await tab.click(`${id("field-kept")}[value="${holiday.id}"]`);
  await admin.confirm();
  await until("it is gone", async () => !(await tab.text(line("Office")))?.includes("Christmas"));
  await admin.ask("away", "Office");
  await tab.page.selectOption(id("field-away-kind"), "text");
  await admin.fill({ "away-text": "We are closed." });
  await admin.confirm();
  const away = await server.must("GET", `/ccaas/voice/2/away-audio-message/${workingHours[0].id}`);
  assert.deepEqual([away.audioSource.enabled, away.audioSource.ttsAudioSource.text], [true, "We are closed."]);

  await admin.open("queues");
  await admin.ask("add");
  await admin.fill({ name: "Sales" });
  await admin.confirm();
  await admin.ask("agents", "Sales");
  await tab.click(`${id("field-agent")}[value="${server.login("agent").agentId}"]`);
  await admin.confirm();
  await until("one agent serves it", async () => /Agents: 1/.test((await tab.text(line("Sales"))) ?? ""));
  await admin.ask("edit", "Sales");
  await tab.page.selectOption(id("field-algorithm"), "ROUND_ROBIN");
  await tab.page.selectOption(id("field-hours"), { label: "Office" });
  await admin.confirm();
  await until("its hours are told", async () => /working hours: Office/.test((await tab.text(line("Sales"))) ?? ""));
  const { queues } = await server.must("GET", "/ccaas/1/queues?name=Sales");
  assert.equal(queues[0].autoAssignmentAlgorithm, "ROUND_ROBIN");
  await admin.ask("agents", "Sales");
  await tab.click(`${id("field-agent")}[value="${server.login("agent").agentId}"]`);
  await admin.confirm();
  await until("nobody serves it", async () => /Agents: 0/.test((await tab.text(line("Sales"))) ?? ""));
  await admin.delete("Sales");
  await admin.open("hours");
  await admin.delete("Office");
});

test("settings: what waiting callers hear is uploaded, chosen and heard", async (t) => {
  const server = await t.server();
  const admin = await Admin.signIn(t, server);
  const { tab } = admin;
  await admin.open("waiting");
  for (const [{ name, toneHz }, seconds] of /** @type {const} */ ([
    [GREETING, 8],
    [MUSIC, 4],
  ])) {
    const file = { name: `${name}.wav`, mimeType: "audio/wav", buffer: wav(toneHz, seconds) };
    await tab.page.setInputFiles(id("upload"), file);
    await tab.says(`${name}.wav is uploaded.`);
    await tab.appears(line(`${name}.wav`));
  }
  await tab.page.setInputFiles(id("upload"), { name: "x.wav", mimeType: "audio/wav", buffer: Buffer.from("no sound") });
  await tab.says("x.wav was not uploaded");
  await tab.click(`${line("music.wav")} ${id("play")}`);
  await until("the file plays", () =>
    tab.evaluate(() => {
      const media = document.querySelector("audio");
      return media !== null && media.currentTime > 0 && Math.round(media.duration) === 4;
    }),
  );
  await tab.click(`${line("music.wav")} ${id("play")}`);

  await admin.ask("add");
  await admin.fill({ name: "Patience", wait: "5" });
  await tab.page.locator(id("ask")).getByLabel("Default Queue").check();
  await tab.page.selectOption(id("field-greeting-kind"), "file");
  await tab.page.selectOption(id("field-greeting-file"), { label: "greeting.wav" });
  await tab.page.selectOption(id("field-music-kind"), "file");
  await tab.page.selectOption(id("field-music-file"), { label: "music.wav" });
  await tab.page.selectOption(id("field-last-kind"), "text");
  await admin.fill({ "last-text": "Please call again later." });
  await admin.confirm();
  await tab.says("At most 5 minutes");
  const customer = await Customer.open(t, server.callLink);
  await customer.ready();
  await customer.startAudio();
  await customer.tab.hears(GREETING);
  await customer.tab.hears(MUSIC);
  await customer.hangUp();

  await admin.ask("delete", "music.wav");
  await tab.click(id("ask-do"));
  await tab.says("Callers hear this audio file");
  await tab.click(id("ask-cancel"));
  await admin.ask("edit", "Patience");
  await tab.page.selectOption(id("field-music-kind"), "preset");
  await admin.confirm();
  const { elements } = await server.must("GET", "/ccaas/voice/2/waiting-strategies");
  assert.deepEqual(elements[0].musicOnHold, { enabled: true });
  assert.equal(elements[0].maximumWaitTimeMessage.ttsAudioSource.text, "Please call again later.");
  await admin.delete("music.wav");
  await admin.delete("Patience");
});

test("settings: how long calls ring and wrap-up takes", async (t) => {
  const server = await t.server();
  const admin = await Admin.signIn(t, server);
  await admin.open("calls");
  await admin.fill({ inbound: "7", seconds: "90", capacity: "3" });
  await admin.tab.click(id("save-calls"));
  await admin.tab.says("Saved.");
  const read = (path) => server.must("GET", path);
  assert.deepEqual(await read("/ccaas/voice/2/call-timeouts"), { inbound: 7, outbound: 45 });
  assert.equal((await read("/ccaas/voice/2/account-wrap-up-config")).wrapUpSeconds, 90);
  assert.equal((await read("/ccaas/1/capacity-config")).capacity, 3);
  await admin.tab.reload();
  const shown = await admin.tab.page.inputValue(id("field-inbound"));
  assert.equal(shown, "7");
});

test("settings: by keyboard alone, and for admins alone", async (t) => {
  const server = await t.server();
  const admin = await Admin.signIn(t, server);
  const { tab } = admin;
  const focused = () => tab.evaluate(() => document.activeElement?.getAttribute("data-testid") ?? "");
  const hasFocus = (name) => until(`${name} has the focus`, async () => (await focused()) === name);
  await admin.open("statuses");
  await tab.page.focus(id("add"));
  await tab.key("Enter");
  await hasFocus("field-name");
  await tab.page.keyboard.type("Lunch");
  await tab.key("Enter");
  await tab.disappears(id("ask"));
  await hasFocus("add");
  await tab.appears(line("Lunch"));
  await tab.page.focus(`${line("Lunch")} ${id("delete")}`);
  await tab.key("Enter");
  await hasFocus("ask-cancel");
  await tab.key("Escape");
  // Not hidden alone: the page must have taken notice, before it can be asked again.
  await until("the dialog is gone", () => tab.evaluate((ask) => document.querySelector(ask) === null, id("ask")));
  await hasFocus("delete");
  await tab.key("Enter");
  await hasFocus("ask-cancel");
  await tab.key("Shift+Tab");
  await tab.key("Enter");
  await tab.disappears(line("Lunch"));
  await until("the focus is on the page", () => tab.evaluate(() => document.activeElement?.id === "main-content"));
  const other = await t.tab(AGENT);
  await signInAt(other, server, server.login("supervisor"));
  await other.appears(id("nav-team"));
  assert.equal(await other.visible(id("nav-settings")), false);
});

test("settings: of two admins who change the same at once, the second is told and undoes nothing", async (t) => {
  const server = await t.server();
  const [first, second] = [await Admin.signIn(t, server), await Admin.signIn(t, server)];
  const name = "Default Queue";
  for (const admin of [first, second]) {
    await admin.open("queues");
    await admin.tab.appears(line(name));
    await admin.ask("edit", name);
  }
  await first.fill({ name: "Front desk" });
  await first.confirm();
  await first.tab.appears(line("Front desk"));
  await second.tab.click(id("field-sticky"));
  await second.tab.click(id("ask-do"));
  await second.tab.says(/Somebody else has changed this meanwhile/);
  await second.tab.click(id("ask-cancel"));
  await second.tab.disappears(id("ask"));
  await second.tab.appears(line("Front desk"));
  await second.ask("edit", "Front desk");
  await second.tab.click(id("field-sticky"));
  await second.confirm();
  const { queues } = await server.must("GET", "/ccaas/1/queues?limit=10");
  const queue = queues.find((one) => one.isDefault);
  assert.deepEqual([queue.name, queue.isStickyAutoAssignmentEnabled], ["Front desk", true], "both got theirs");

  for (const admin of [first, second]) await admin.open("calls");
  await first.fill({ inbound: "20" });
  await second.fill({ seconds: "12" });
  for (const admin of [first, second]) {
    await admin.tab.appears(id("save-calls"));
    await admin.tab.click(id("save-calls"));
    await admin.tab.says(/^Saved\.?$/m);
  }
  const focused = () => first.tab.evaluate(() => document.activeElement?.getAttribute("data-testid"));
  assert.equal(await focused(), "save-calls", "the keyboard stays where it is");
  const { inbound } = await server.must("GET", "/ccaas/voice/2/call-timeouts");
  const { wrapUpSeconds } = await server.must("GET", "/ccaas/voice/2/account-wrap-up-config");
  assert.deepEqual([inbound, wrapUpSeconds], [20, 12]);

  // The second still shows what rang before.
  await second.fill({ outbound: "33" });
  await second.tab.click(id("save-calls"));
  await second.tab.says(/Somebody else has changed this meanwhile/);
  const rings = () => second.tab.page.inputValue(id("field-inbound"));
  await until("it shows what the first has set", async () => (await rings()) === "20");
  await second.fill({ outbound: "33" });
  await second.tab.click(id("save-calls"));
  await second.tab.says(/^Saved\.?$/m);
  assert.deepEqual(await server.must("GET", "/ccaas/voice/2/call-timeouts"), { inbound: 20, outbound: 33 });
});
