/** The process dies at any moment of a call, and starts again. */
import { strict as assert } from "node:assert";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { bothHear, bothHeardAt, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER } from "../lib/media.mjs";
import { probeFile, tonesOf } from "../lib/recordings.mjs";
import { sleep } from "../lib/wait.mjs";

const BACK_WITHIN_MS = 3_000;
const ROUNDS = Number(process.env.SWITCHROOM_SOAK ?? 1);
/** Long enough that nothing of before is still heard. */
const DEAD_MS = 1_500;

/** @param {import("../lib/server.mjs").Server} server */
async function killAndStart(server) {
  await server.kill();
  await sleep(DEAD_MS);
  return server.start();
}

/** Every recorded file plays and carries one party's tone. @param {import("../lib/server.mjs").Server} server */
async function checkFiles(server) {
  await server.stop();
  await server.checkRecordings();
  const names = await readdir(join(server.data, "recordings"), { recursive: true });
  const files = names
    .filter((name) => /\.(webm|mp4|ogg)$/.test(name))
    .map((name) => join(server.data, "recordings", name));
  const tones = new Set();
  for (const file of files) {
    const { seconds, audio } = await probeFile(file);
    assert(audio === "opus" && seconds > 0, `${file}: ${audio}, ${seconds} s`);
    for (const [hz, on] of (await tonesOf(file)).on) if (on.filter(Boolean).length > 10) tones.add(hz);
  }
  assert.deepEqual([...tones].sort(), [AGENT.toneHz, CUSTOMER.toneHz].sort(), `tones in ${files}`);
}

/** @param {number} round @param {number} seed  a moment in milliseconds, another one each round */
const moment = (round, seed, most) => ((seed + round * 7_919) % 97) * (most / 97);

for (let round = 0; round < ROUNDS; round++) {
  const of = ROUNDS === 1 ? "" : ` (${round + 1} of ${ROUNDS})`;

  test(`killed in mid-call: every page is back within 3 s, recordings are whole${of}`, async (t) => {
    const server = await t.server();
    const pair = await bothThere(t, server);
    await call(pair);
    await bothHear(pair);
    await sleep(moment(round, t.seed, 2_000));
    const started = await killAndStart(server);
    const back = await bothHeardAt(pair, 15_000);
    t.note(`heard again ${back - started} ms after the start`);
    assert(back - started < BACK_WITHIN_MS, `back after ${back - started} ms`);
    await bothHear(pair);
    await Promise.all([pair.agent.tab.sees(CUSTOMER.camera), pair.customer.tab.sees(AGENT.camera)]);
    await pair.customer.hangUp();
    await pair.agent.wrapsUp();
    await checkFiles(server);
  });

  test(`killed while it rings: it rings again and can be answered${of}`, async (t) => {
    const server = await t.server();
    const pair = await bothThere(t, server);
    await pair.customer.startAudio();
    await pair.agent.rings();
    await killAndStart(server);
    await pair.agent.rings();
    await pair.agent.answer();
    await Promise.all([pair.agent.inCall(), pair.customer.inCall()]);
    await bothHear(pair);
    await pair.agent.hangUp();
    await pair.customer.ended();
    await checkFiles(server);
  });

  test(`killed just after the answer: the call comes up${of}`, async (t) => {
    const server = await t.server();
    const pair = await bothThere(t, server);
    await pair.customer.startVideo();
    await pair.agent.rings();
    await pair.agent.answer();
    await sleep(moment(round, t.seed, 400));
    await killAndStart(server);
    await Promise.all([pair.agent.inCall(30_000), pair.customer.inCall(30_000)]);
    await bothHear(pair, 20_000);
    await pair.agent.hangUp();
    await pair.customer.ended();
    await checkFiles(server);
  });

  test(`killed in the wrap-up: it goes on${of}`, async (t) => {
    const server = await t.server();
    const pair = await bothThere(t, server);
    await call(pair, { video: false });
    await bothHear(pair);
    await pair.customer.hangUp();
    await pair.agent.wrapsUp();
    await killAndStart(server);
    await pair.agent.wrapsUp();
    await pair.agent.finishWrapUp();
    await pair.agent.isFree();
    await checkFiles(server);
  });
}
