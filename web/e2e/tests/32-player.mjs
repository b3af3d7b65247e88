/** The player: what it plays, from where, how fast and how loud, by mouse and by keyboard, and what it says when it cannot. */
import { strict as assert } from "node:assert";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bothHear, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { Player } from "../lib/player.mjs";
import { sleep, until } from "../lib/wait.mjs";

const id = (name) => `[data-testid="${name}"]`;
/** Long enough to seek in. */
const TALK_MS = 6_000;

/** The agent looks at a call that was just recorded. @param {import("../lib/harness.mjs").Scene} t @param {import("../lib/server.mjs").Server} server */
async function recorded(t, server, { video = false } = {}) {
  const pair = await bothThere(t, server);
  const { agent, customer } = pair;
  await call(pair, { video });
  await bothHear(pair);
  await sleep(TALK_MS);
  await customer.hangUp();
  await agent.wrapsUp();
  await agent.finishWrapUp();
  await agent.openConversation();
  await agent.showsRecordings(2);
  return { agent, player: new Player(agent.tab) };
}

test("the player: from where, how fast, how loud and which part, by mouse and keyboard", async (t) => {
  const server = await t.server();
  const { agent, player } = await recorded(t, server);
  const { tab } = agent;
  await player.open("CUSTOMER");
  assert.equal(await player.focused(), "player", "the focus goes to the player");
  const { duration } = await player.until("plays at once", ({ place, paused }) => !paused && place > 0.2);
  assert(duration > TALK_MS / 1000, `${duration} s`);

  await player.startAt("0:04");
  await player.until("starts at 0:04", ({ place, paused }) => !paused && place >= 4);
  await player.press("k");
  await player.is("paused");
  const { place } = await player.state();
  assert(place >= 4 && place < duration, `stands at ${place} s`);
  assert.match((await tab.attribute(id("seek"), "aria-valuetext")) ?? "", /^\d seconds of \d+ seconds$/);
  await player.press("Home");
  await player.until("is at its start", (now) => now.place === 0);
  await player.press("ArrowRight");
  await player.until("is 5 s further", (now) => now.place === 5);
  await tab.click(id("back-10"));
  await player.until("is at its start again", (now) => now.place === 0);
  await tab.page.locator(id("seek")).click();
  await player.until("is in the middle", (now) => Math.abs(now.place - duration / 2) < 0.3);

  await player.startAt("9:99");
  await tab.says("Write a time as minutes and seconds: 1:30");
  await player.startAt("12:00");
  await tab.says(/The recording is \d:\d\d long/);
  await tab.key("Escape");
  assert(await tab.visible(id("player")), "leaving the field does not close the player");

  const opacity = () =>
    tab.evaluate(
      (css) => getComputedStyle(/** @type {Element} */ (document.querySelector(css))).opacity,
      ".volume-box",
    );
  assert.equal(await opacity(), "0", "how loud it is shows at the speaker alone");
  await tab.page.hover(id("mute-sound"));
  await until("the volume shows", async () => (await opacity()) === "1");
  await tab.page.fill(id("volume-bar"), "1");
  await player.press("ArrowDown", "ArrowDown", "m");
  const quiet = await player.state();
  assert(quiet.muted && Math.abs(quiet.volume - 0.8) < 0.01, JSON.stringify(quiet));
  await player.press("m");
  await tab.page.selectOption(id("speed"), "2");
  await player.until("is twice as fast", ({ speed, muted }) => speed === 2 && !muted);

  const moment = (await player.state()).place;
  const customers = (await player.state()).src;
  const other = await player.chooseOther();
  const changed = await player.until("goes on in the other part", ({ src, place }) => src !== customers && place > 0);
  assert(Math.abs(changed.place - moment) < 1 && changed.paused && changed.speed === 2, JSON.stringify(changed));

  await player.press("Escape");
  await player.closes();
  assert.equal(await player.focused(), "play", "the focus goes back");
  await tab.evaluate((moment) => {
    location.hash += moment;
  }, `?play=${other}&t=0:03`);
  await player.until("is opened by a link to a moment", (now) => now.place >= 3);
});

test("the player: draws what is heard, and says why it cannot play", async (t) => {
  const server = await t.server();
  const { agent, player } = await recorded(t, server);
  const { tab } = agent;
  const channels = [128, 255].map((loud) => Array.from({ length: 500 }, (_, at) => (at % 50 < 25 ? loud : 0)));
  await tab.page.route("**/peaks?*", (route) => route.fulfill({ json: { durationMs: 8000, channels } }));
  await player.open("AGENT");
  await tab.appears(`${id("waveform")}[data-drawn="2"]`);
  await tab.click(id("details"));
  await tab.says(/^Gaps$/m);
  await tab.click(id("close-player"));
  await player.closes();

  await tab.page.unroute("**/peaks?*");
  await tab.page.route("**/peaks?*", (route) => route.fulfill({ status: 405, body: "" }));
  await tab.page.route("**/recordings/1/files/*", (route) => route.fulfill({ status: 503, json: {} }));
  await player.open("AGENT");
  await player.is("failed");
  await tab.says("The recorder is not connected just now.");
  await tab.appears(`${id("waveform")}[data-drawn="plain"]`);
  await tab.page.unroute("**/recordings/1/files/*");
  await tab.click(id("player-retry"));
  await player.until("plays after all", ({ place, paused }) => !paused && place > 0.2);
  await player.press("Escape");
  await player.closes();

  const folder = join(server.data, "recordings");
  for (const file of await readdir(folder, { recursive: true })) {
    if (/\.(ogg|webm|mp4)$/.test(file)) await rm(join(folder, file));
  }
  await player.open("CUSTOMER");
  await player.is("failed");
  await tab.says("The file is not there any more.");
  assert(!(await tab.visible(id("player-retry"))), "trying again would not help");
});

test("the player: a picture, and full screen", async (t) => {
  const server = await t.server();
  const { agent, player } = await recorded(t, server, { video: true });
  const { tab } = agent;
  await player.open("CUSTOMER");
  await player.until("plays", ({ place }) => place > 0.2);
  assert(await tab.visible(id("player-media")), "the picture is there");
  const full = () => tab.evaluate(() => document.fullscreenElement?.getAttribute("data-testid") ?? null);
  await tab.click(id("full-screen"));
  await tab.appears(`${id("player")}:fullscreen`);
  assert.equal(await full(), "player");
  await player.press("f");
  await tab.disappears(`${id("player")}:fullscreen`);
});
