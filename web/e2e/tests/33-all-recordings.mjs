/** The list of all recordings: found, played and deleted there, by those who may. */
import { strict as assert } from "node:assert";
import { signInAt } from "../lib/agent.mjs";
import { bothHear, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { FIRST, SECOND } from "../lib/media.mjs";
import { Player } from "../lib/player.mjs";
import { until } from "../lib/wait.mjs";

const id = (name) => `[data-testid="${name}"]`;
const row = (participant) => `${id("recording-row")}[data-participant="${participant}"]`;

/** @param {import("../lib/tab.mjs").Tab} tab @param {number} count */
async function showsRows(tab, count) {
  const rows = () => tab.evaluate((css) => document.querySelectorAll(css).length, id("recording-row"));
  await until(
    `${count} rows`,
    async () => (await rows()) === count || Promise.reject(new Error(`${await rows()} rows`)),
  );
}

test("the list of recordings: filtered, sorted, played, and deleted by a lead", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  const { agent, customer } = pair;
  await call(pair, { video: false });
  await bothHear(pair);
  await customer.hangUp();
  await agent.wrapsUp();
  await agent.finishWrapUp();
  await agent.openConversation();
  await agent.showsRecordings(2);

  const admin = await t.tab(SECOND);
  await signInAt(admin, server, server.login("admin"));
  await admin.click(id("nav-recordings"));
  await showsRows(admin, 2);
  await admin.page.selectOption(id("filter-party"), "CUSTOMER");
  await showsRows(admin, 1);
  assert.match(await admin.evaluate(() => location.hash), /party=CUSTOMER/);
  await admin.reload();
  await showsRows(admin, 1);
  await admin.page.selectOption(id("filter-media"), "AUDIO_AND_VIDEO");
  await admin.says("No recording matches these filters.");
  await admin.click(id("clear-filters"));
  await showsRows(admin, 2);
  await admin.click(id("sort-duration"));
  await admin.appears(`th[aria-sort="descending"] ${id("sort-duration")}`);
  await admin.click(id("sort-duration"));
  await admin.appears(`th[aria-sort="ascending"] ${id("sort-duration")}`);

  await admin.click(`${row("CUSTOMER")} ${id("row-details")}`);
  await admin.appears(id("details"));
  assert.match((await admin.text(id("details"))) ?? "", /Inbound/);
  const player = new Player(admin);
  await admin.click(`${row("CUSTOMER")} ${id("play")}`);
  await player.until("plays at once", ({ place, paused }) => !paused && place > 0.2);
  await player.chooseOther();
  await player.press("Escape");
  await player.closes();

  await admin.click(`${row("CUSTOMER")} ${id("delete")}`);
  await admin.click(id("ask-cancel"));
  await admin.disappears(id("ask"));
  assert(await admin.visible(`${row("CUSTOMER")}[data-state="READY"]`), "nothing is deleted yet");
  await admin.click(`${row("CUSTOMER")} ${id("delete")}`);
  await admin.click(id("ask-do"));
  await admin.appears(`${row("CUSTOMER")}[data-state="DELETED"]`);
  assert(!(await admin.visible(`${row("CUSTOMER")} ${id("play")}`)), "nobody plays it any more");
  await admin.page.selectOption(id("filter-deleted"), "only");
  await showsRows(admin, 1);
  await admin.says("admin");

  const { tab } = agent;
  await tab.click(id("nav-recordings"));
  await tab.appears(`${row("AGENT")} ${id("play")}`);
  assert(!(await tab.visible(id("delete"))), "agents delete none");
  const colleague = await t.tab(FIRST);
  await signInAt(colleague, server, server.login("agent", 1));
  await colleague.click(id("nav-recordings"));
  await colleague.says("No recordings yet.");
});
