/** What admins set for calls in the console: which queue they come to, and what is heard on hold and in transfers. */
import { strict as assert } from "node:assert";
import { Admin, line } from "../lib/admin.mjs";
import { Agent } from "../lib/agent.mjs";
import { Customer } from "../lib/customer.mjs";
import { bothHear, callWithTwoAgents } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { GREETING, MUSIC, wav } from "../lib/media.mjs";
import { until } from "../lib/wait.mjs";

const id = (name) => `[data-testid="${name}"]`;

/** Uploads a tone in the page. @param {Admin} admin @param {{ name: string, toneHz: number }} sound @param {number} seconds */
async function upload({ tab }, { name, toneHz }, seconds) {
  const file = { name: `${name}.wav`, mimeType: "audio/wav", buffer: wav(toneHz, seconds) };
  await tab.page.setInputFiles(id("upload"), file);
  await tab.appears(line(`${name}.wav`));
}

/** The rules as the page lists them. @param {Admin} admin @param {string[]} names */
async function listed({ tab }, ...names) {
  await until(`the rules are ${names}`, async () => {
    const shown = await tab.evaluate(() =>
      [...document.querySelectorAll('[data-testid="rules"] > li')].map((e) => e.getAttribute("data-name")),
    );
    return shown.join() === names.join() || Promise.reject(new Error(shown.join()));
  });
}

/** A customer calls by a link with that identity and custom data. */
async function callOf(t, server, identity, customData = {}) {
  const { url } = await server.must("POST", "/call-link/1/links", {
    identity,
    displayName: identity,
    destination: { type: "CONVERSATIONS", displayName: "Support", customData },
    validityWindow: { endTime: new Date(Date.now() + 3_600_000).toISOString() },
  });
  const customer = await Customer.open(t, url);
  await customer.ready();
  await customer.startAudio();
  return customer;
}

test("settings: routing rules are made, ordered, changed and deleted, and calls follow them", async (t) => {
  const server = await t.server();
  const queueOf = {};
  for (const name of ["Sales", "Key accounts"]) {
    const { id: queueId } = await server.must("POST", "/ccaas/1/queues", { name, isAutoAssignmentEnabled: true });
    await server.must("POST", `/ccaas/1/agents/${server.login("agent").agentId}/queues`, { queueId });
    queueOf[name] = queueId;
  }
  const [admin, agent] = await Promise.all([Admin.signIn(t, server), Agent.signIn(t, server, server.login("agent"))]);
  const { tab } = admin;
  await admin.open("routing");
  await tab.says("every call comes to the default queue");

  await admin.ask("add");
  await admin.fill({ name: "Everybody" });
  await tab.click(id("remove-condition"));
  await tab.page.selectOption(id("field-queueId"), { label: "Sales" });
  await admin.confirm();
  await admin.ask("add");
  await admin.fill({ name: "Good customers" });
  await tab.fill(id("condition-value"), "vip-1");
  await tab.click(id("add-condition"));
  const second = `${id("condition")}:nth-of-type(2)`;
  await tab.page.selectOption(`${second} ${id("condition-field")}`, "time.hour");
  await tab.page.selectOption(`${second} ${id("condition-operator")}`, "$gte");
  await tab.fill(`${second} ${id("condition-value")}`, "0");
  await tab.page.selectOption(id("field-queueId"), { label: "Key accounts" });
  await tab.page.selectOption(id("field-priority"), "HIGH");
  await admin.confirm();
  await tab.says("Customer's identity is vip-1");
  await tab.says("Hour of the day (UTC) is at least 0");
  await listed(admin, "Everybody", "Good customers");

  const reaches = async (identity, queue) => {
    const customer = await callOf(t, server, identity);
    await agent.rings();
    assert.equal(await agent.tab.text(id("incoming-queue")), queue);
    await customer.hangUp();
    await customer.ended();
    await agent.ringsNoMore();
  };
  await agent.goActive();
  await reaches("vip-1", "Sales");

  await tab.page.focus(`${line("Good customers")} ${id("up")}`);
  await tab.key("Enter");
  await listed(admin, "Good customers", "Everybody");
  await tab.says("Good customers is number 1 of 2 now.");
  const focused = () => tab.evaluate(() => document.activeElement?.closest("li")?.getAttribute("data-name"));
  assert.equal(await focused(), "Good customers", "the focus goes with the rule");
  await reaches("vip-1", "Key accounts");
  await reaches("other-1", "Sales");
  await tab.key("Alt+ArrowDown");
  await listed(admin, "Everybody", "Good customers");
  await tab.key("Alt+ArrowUp");
  await listed(admin, "Good customers", "Everybody");

  await admin.ask("edit", "Good customers");
  await tab.page.selectOption(id("field-match"), "text");
  const text = await tab.page.inputValue(id("field-expression"));
  assert.deepEqual(JSON.parse(text).$and[0], { "customer.identity": { $eq: "vip-1" } });
  await tab.fill(id("field-expression"), "{");
  await tab.click(id("ask-do"));
  await tab.appears(id("ask-problem"));
  await tab.fill(id("field-expression"), '{"$not": {"customer.identity": "other-1"}}');
  await admin.confirm();
  await tab.says('{"$not":{"customer.identity":"other-1"}}');
  await reaches("third-1", "Key accounts");

  // Somebody else sets them while this admin thinks.
  await admin.ask("edit", "Everybody");
  const everybody = { name: "By a program", expression: { "message.channel": "CALLS" }, queueId: queueOf.Sales };
  await server.must("PUT", "/ccaas/1/routing", [everybody]);
  await tab.click(id("ask-do"));
  await tab.says("Somebody else has changed this meanwhile");
  await tab.click(id("ask-cancel"));
  await listed(admin, "By a program");
  await admin.ask("edit", "By a program");
  await tab.click(id("field-enabled"));
  await admin.confirm();
  await until("it is disabled", async () => /disabled/.test((await tab.text(line("By a program"))) ?? ""));
  await reaches("fourth-1", "Default Queue");
  await admin.delete("By a program");
  await tab.says("every call comes to the default queue");
});

test("settings: what is heard on hold and in a transfer is chosen in the page", async (t) => {
  const server = await t.server();
  await server.must("PUT", "/ccaas/voice/2/call-timeouts", { inbound: 60, outbound: 45 });
  const [admin, pair] = await Promise.all([Admin.signIn(t, server), callWithTwoAgents(t, server)]);
  const { tab } = admin;
  const { agent, second, customer } = pair;
  await admin.open("hold");
  await tab.says("customers hear the music that comes with Switchroom");
  await upload(admin, MUSIC, 4);
  await upload(admin, GREETING, 8);
  await admin.ask("add");
  await admin.fill({ name: "Tones" });
  await tab.page.locator(id("ask")).getByLabel("Default Queue").check();
  await tab.page.selectOption(id("field-music-kind"), "file");
  await tab.page.selectOption(id("field-music-file"), { label: "music.wav" });
  await admin.confirm();
  await until("the line says what plays", async () => /music\.wav/.test((await tab.text(line("Tones"))) ?? ""));
  await agent.hold();
  await customer.isOnHold();
  await customer.tab.hears(MUSIC);
  await admin.ask("edit", "Tones");
  await tab.page.selectOption(id("field-announcement-kind"), "file");
  await tab.page.selectOption(id("field-announcement-file"), { label: "greeting.wav" });
  await admin.fill({ interval: "3" });
  await admin.confirm();
  await tab.says("with an announcement every 3 s");
  await customer.tab.hears(GREETING);
  await customer.tab.hears(MUSIC);
  await admin.ask("edit", "Tones");
  await tab.click(id("field-enabled"));
  await admin.confirm();
  await customer.tab.hearsMusic();
  await admin.delete("Tones");
  await agent.resume();
  await bothHear({ agent, customer });

  await admin.open("transfers");
  assert.equal(await tab.page.inputValue(id("field-music-kind")), "silence");
  await tab.page.selectOption(id("field-music-kind"), "file");
  await tab.page.selectOption(id("field-music-file"), { label: "music.wav" });
  await tab.click(id("save-transfers"));
  await tab.says("Saved.");
  await agent.transferTo(server.login("agent", 1));
  await second.rings();
  await customer.tab.hears(MUSIC);
  await tab.page.selectOption(id("field-music-kind"), "silence");
  await tab.page.selectOption(id("field-announcement-kind"), "file");
  await tab.page.selectOption(id("field-announcement-file"), { label: "greeting.wav" });
  await tab.click(id("save-transfers"));
  await customer.tab.hears(GREETING);
  await tab.reload();
  await tab.appears(id("transfers-form"));
  assert.equal(await tab.page.inputValue(id("field-announcement-kind")), "file");
  await second.decline();
  await agent.transferFails("DECLINED");
});
