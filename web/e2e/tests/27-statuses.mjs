/** The status menu with the account's own statuses. */
import { strict as assert } from "node:assert";
import { Agent, signInAt } from "../lib/agent.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT } from "../lib/media.mjs";
import { until } from "../lib/wait.mjs";

const id = (name) => `[data-testid="${name}"]`;
const MENU = id("status-menu");

/** @param {import("../lib/server.mjs").Server} server @param {string} name @param {string} group */
async function own(server, name, group) {
  const status = await server.must("POST", "/ccaas/1/agent-statuses", { name, group });
  return { ...status, item: `${id("own-status")}[data-id="${status.id}"]` };
}

test("statuses: the account's own ones stand in their groups, and one counts as soon as it is chosen", async (t) => {
  const server = await t.server();
  const lunch = await own(server, "Lunch", "AWAY");
  await own(server, "Back office", "BUSY");
  const chat = await own(server, "Callbacks too", "ACTIVE");
  const login = server.login("agent");
  const agent = await Agent.signIn(t, server, login);
  const { tab } = agent;
  await tab.click(MENU);
  await tab.appears(lunch.item);
  const items = await tab.evaluate(() =>
    [...document.querySelectorAll('[role="menuitemradio"]')].map((item) => [
      item.closest("fieldset")?.getAttribute("aria-label"),
      item.querySelector(".menu-text")?.firstChild?.textContent,
    ]),
  );
  assert.deepEqual(items, [
    ["Active", "Active"],
    ["Active", "Callbacks too"],
    ["Busy", "Busy"],
    ["Busy", "Back office"],
    ["Away", "Away"],
    ["Away", "Lunch"],
    ["Offline", "Offline"],
  ]);
  await tab.click(chat.item);
  await tab.appears(`${MENU}[data-status="ACTIVE"][data-availability="ACTIVE"]`);
  assert.equal(await tab.text(MENU), "Callbacks too");
  const known = await server.must("GET", `/ccaas/1/agents/${login.agentId}`);
  assert.deepEqual([known.status, known.statusName], ["ACTIVE", "Callbacks too"]);
  await tab.reload();
  await until("the status is the same after a reload", async () => (await tab.text(MENU)) === "Callbacks too");

  // Whoever leads sees it by its name.
  const leads = await t.tab(AGENT);
  await signInAt(leads, server, server.login("supervisor"));
  await leads.click(id("nav-team"));
  await leads.says("Callbacks too");

  // What the account changes is told at once.
  await server.must("PUT", `/ccaas/1/agent-statuses/${chat.id}`, { name: "Training", group: "BUSY" });
  await tab.appears(`${MENU}[data-status="BUSY"]`);
  await until("the new name", async () => (await tab.text(MENU)) === "Training");
  await tab.says("You are Training: calls do not ring here.");
  await server.must("DELETE", `/ccaas/1/agent-statuses/${chat.id}`);
  await until("its group stays", async () => (await tab.text(MENU)) === "Busy");
});

test("statuses: by keyboard alone", async (t) => {
  const server = await t.server();
  const lunch = await own(server, "Lunch", "AWAY");
  const { tab } = await Agent.signIn(t, server, server.login("agent"));
  const focused = () =>
    tab.evaluate(() => document.activeElement?.querySelector(".menu-text")?.firstChild?.textContent);
  const hasFocus = (name) => until(`${name} has the focus`, async () => (await focused()) === name);
  await tab.page.focus(MENU);
  await tab.key("Enter");
  await tab.appears(lunch.item);
  await hasFocus("Offline");
  await tab.key("ArrowDown");
  await hasFocus("Active");
  await tab.key("End");
  await hasFocus("Offline");
  await tab.key("Home");
  await hasFocus("Active");
  await tab.key("l");
  await hasFocus("Lunch");
  await tab.key("Escape");
  await tab.disappears('[role="menu"]');
  assert.equal(await tab.attribute(MENU, "data-status"), "INVISIBLE", "Escape changes nothing");
  await tab.key("Enter");
  await tab.appears(lunch.item);
  await tab.key("l");
  await hasFocus("Lunch");
  await tab.key("Enter");
  await tab.appears(`${MENU}[data-status="AWAY"]`);
  assert.equal(await tab.text(MENU), "Lunch");
  const label = await tab.attribute(MENU, "aria-label");
  assert.equal(label, "Your status: Lunch", "a screen reader says it");
  const isFocused = await tab.evaluate(() => document.activeElement?.getAttribute("data-testid"));
  assert.equal(isFocused, "status-menu", "the focus is where it was");
});

test("statuses: an agent without room for more is told so, and a supervisor makes room", async (t) => {
  const server = await t.server();
  const { agentId, displayName } = server.login("agent");
  const agent = await Agent.signIn(t, server, server.login("agent"));
  await agent.goActive();
  await server.must("PUT", "/ccaas/1/capacity-config", { capacity: 1 });
  const { id: conversation } = await server.must("POST", "/ccaas/1/conversations", { topic: "By mail" });
  await server.must("PUT", `/ccaas/1/conversations/${conversation}/assignee`, { agentId });
  await agent.tab.appears(id("full"));
  const leads = await t.tab(AGENT);
  await signInAt(leads, server, server.login("supervisor"));
  await leads.click(id("nav-team"));
  await leads.click(`${id("agent-row")}[data-id="${agentId}"] ${id("set-up")}`);
  await leads.says(`${displayName}: wrap-up and capacity`);
  await leads.fill(id("field-capacity"), "2");
  await leads.fill(id("field-wrapUpSeconds"), "75");
  await leads.click(id("ask-do"));
  await leads.disappears(id("ask"));
  await agent.tab.disappears(id("full"));
  const config = await server.must("GET", `/ccca/1/agent-configs/${agentId}`);
  assert.equal(config.wrapUpSeconds, 75);
});
