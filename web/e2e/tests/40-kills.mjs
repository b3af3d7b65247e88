/** The process dies at any moment of a call, and starts again. */
import { strict as assert } from "node:assert";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { bothHear, bothHeardAt, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER, PULSE_PERIOD_S } from "../lib/media.mjs";
import { probeFile, tonesOf } from "../lib/recordings.mjs";
import { sleep } from "../lib/wait.mjs";

const BACK_WITHIN_MS = 3_000;
const ROUNDS = Number(process.env.SWITCHROOM_SOAK ?? 1);
/** Long enough that nothing of before is still heard. */
const DEAD_MS = 1_500;
/** What a kill may cost of a recording. */
const LOSS_S = 1;
const TALK_MS = 2_000;

/** @param {import("../lib/server.mjs").Server} server */
async function killAndStart(server) {
  await server.kill();
  await sleep(DEAD_MS);
  return server.start();
}

/**
 * Every recorded file plays; returns how many pulses of each party's tone they hold.
 * @param {import("../lib/server.mjs").Server} server
 */
async function pulsesInFiles(server) {
  await server.stop();
  await server.checkRecordings();
  const folder = join(server.data, "copies");
  await server.exportRecordings(folder);
  const files = (await readdir(folder)).filter((name) => /\.(webm|mp4|ogg)$/.test(name));
  const pulses = new Map([AGENT, CUSTOMER].map((party) => [party.toneHz, 0]));
  for (const file of files) {
    const { seconds, audio } = await probeFile(join(folder, file));
    assert(audio === "opus" && seconds > 0, `${file}: ${audio}, ${seconds} s`);
    const { on } = await tonesOf(join(folder, file));
    for (const [hz, before] of pulses) {
      const heard = on.get(hz) ?? [];
      const begins = heard.filter((now, i) => now && !heard[i - 1]).length;
      pulses.set(hz, before + begins);
    }
  }
  return pulses;
}

/**
 * What was said is in the files, but for a second at most.
 * @param {import("../lib/server.mjs").Server} server
 * @param {number} saidMs  how long both heard each other
 */
async function checkFiles(server, saidMs) {
  const said = Math.floor(saidMs / 1000 / PULSE_PERIOD_S);
  // One pulse may be cut by either end.
  const least = Math.max(1, said - LOSS_S / PULSE_PERIOD_S - 1);
  for (const [hz, pulses] of await pulsesInFiles(server)) {
    assert(pulses >= least, `${pulses} pulses of ${hz} Hz are recorded, ${said} were said`);
  }
}

/** @param {number} round @param {number} seed  a moment in milliseconds, another one each round */
const moment = (round, seed, most) => ((seed + round * 7_919) % 97) * (most / 97);

/** @param {string} codec @param {number} round @param {string} of */
function killInMidCall(codec, round, of) {
  test(`killed in mid-call with ${codec}: every page is back within 3 s, recordings are whole${of}`, async (t) => {
    const server = await t.server({ flags: ["--video-codec", codec] });
    const pair = await bothThere(t, server);
    await call(pair);
    const answered = Date.now();
    await bothHear(pair);
    await sleep(TALK_MS + moment(round, t.seed, 2_000));
    const killed = Date.now();
    const started = await killAndStart(server);
    const back = await bothHeardAt(pair, 15_000);
    t.figure("heard again after SIGKILL and start", back - started);
    assert(back - started < BACK_WITHIN_MS, `back after ${back - started} ms`);
    await bothHear(pair);
    await Promise.all([pair.agent.tab.sees(CUSTOMER.camera), pair.customer.tab.sees(AGENT.camera)]);
    await sleep(TALK_MS);
    const said = killed - answered + (Date.now() - back);
    await pair.customer.hangUp();
    await pair.agent.wrapsUp();
    await checkFiles(server, said);
  });
}

for (let round = 0; round < ROUNDS; round++) {
  const of = ROUNDS === 1 ? "" : ` (${round + 1} of ${ROUNDS})`;

  for (const codec of ["vp8", "h264"]) killInMidCall(codec, round, of);

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
    await sleep(TALK_MS);
    await pair.agent.hangUp();
    await pair.customer.ended();
    await checkFiles(server, TALK_MS);
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
    await sleep(TALK_MS);
    await pair.agent.hangUp();
    await pair.customer.ended();
    await checkFiles(server, TALK_MS);
  });

  test(`killed in the wrap-up: it goes on${of}`, async (t) => {
    const server = await t.server();
    const pair = await bothThere(t, server);
    await call(pair, { video: false });
    await bothHear(pair);
    await sleep(TALK_MS);
    await pair.customer.hangUp();
    await pair.agent.wrapsUp();
    await killAndStart(server);
    await pair.agent.wrapsUp();
    await pair.agent.finishWrapUp();
    await pair.agent.isFree();
    await checkFiles(server, TALK_MS);
  });
}
