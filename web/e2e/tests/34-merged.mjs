/** A merged recording: the agent is heard left and the customer right, and neither on the other side. */
import { strict as assert } from "node:assert";
import { signInAt } from "../lib/agent.mjs";
import { bothHear, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER, SECOND } from "../lib/media.mjs";
import { Player } from "../lib/player.mjs";

const id = (name) => `[data-testid="${name}"]`;
const merged = `${id("recording-item")}[data-kind="COMPOSED"]`;
/** A tone of which only leaks are there stands far below this. Unit dBFS of one spectrum bin. */
const HEARD_DBFS = -60;

/** The loudest that each side of what the player plays was at each of these tones, in dBFS, within 1.5 s. */
function loudest(tab, tones) {
  return tab.evaluate(
    async ({ css, tones }) => {
      const media = /** @type {HTMLVideoElement} */ (document.querySelector(css));
      const context = new AudioContext();
      const splitter = context.createChannelSplitter(2);
      context.createMediaElementSource(media).connect(splitter);
      const sides = [0, 1].map((side) => {
        const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
        splitter.connect(analyser, side);
        return { analyser, bins: new Float32Array(analyser.frequencyBinCount), high: tones.map(() => -200) };
      });
      await context.resume();
      const end = performance.now() + 1_500;
      while (performance.now() < end) {
        await new Promise((shown) => setTimeout(shown, 20));
        for (const { analyser, bins, high } of sides) {
          analyser.getFloatFrequencyData(bins);
          tones.forEach((hz, at) => {
            const bin = Math.round((hz * analyser.fftSize) / context.sampleRate);
            high[at] = Math.max(high[at] ?? -200, bins[bin] ?? -200);
          });
        }
      }
      return sides.map(({ high }) => high);
    },
    { css: id("player-media"), tones },
  );
}

test("a merged recording has the agent's tone left and the customer's right", async (t) => {
  const server = await t.server();
  const admin = await t.tab(SECOND);
  await signInAt(admin, server, server.login("admin"));
  await admin.click(id("nav-settings"));
  await admin.click(id("settings-recording"));
  const turn = (on) => `${id("recording-switch")}[data-on="${on}"]`;
  await admin.click(turn(true));
  await admin.appears(turn(false));
  await admin.page.locator(`${id("recording-form")} [name="autoCompose"]`).check();
  await admin.click(turn(false));
  await admin.appears(turn(true));

  const pair = await bothThere(t, server);
  const { agent, customer } = pair;
  await call(pair, { video: false });
  await bothHear(pair);
  await customer.hangUp();
  await agent.wrapsUp();
  await agent.finishWrapUp();
  await agent.openConversation();
  await agent.showsRecordings(3);
  await agent.tab.click(`${merged} ${id("play")}`);
  const player = new Player(agent.tab);
  await player.until("plays", ({ place, paused }) => !paused && place > 0.2);
  const [left, right] = await loudest(agent.tab, [AGENT.toneHz, CUSTOMER.toneHz]);
  const said = JSON.stringify({ left, right });
  assert(left !== undefined && right !== undefined);
  const [agentLeft, customerLeft] = left;
  const [agentRight, customerRight] = right;
  assert(agentLeft > HEARD_DBFS && customerRight > HEARD_DBFS, said);
  assert(customerLeft < HEARD_DBFS && agentRight < HEARD_DBFS, said);
  await server.stop();
  await server.checkRecordings();
});
