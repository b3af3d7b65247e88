/** A call from the link to the recording, in every pair of browsers and both video codecs. */
import { strict as assert } from "node:assert";
import { assertCodec, bothHear, bothSee, bothThere, call } from "../lib/flow.mjs";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER } from "../lib/media.mjs";
import { assertColour, assertTone, probeFile } from "../lib/recordings.mjs";
import { ownAddress } from "../lib/server.mjs";
import { sleep, until } from "../lib/wait.mjs";

/** @typedef {import("../lib/flow.mjs").Pair} Pair */

/** Enough of a file to judge its tone by. */
const RECORD_MS = 3_000;

/** What each side hears of the other stops and comes back, and the other side is told. @param {Pair} pair */
async function muteEachOther({ agent, customer }) {
  await Promise.all([agent.toggleMute(), customer.toggleMute()]);
  await Promise.all([agent.tab.hearsNothingOf(CUSTOMER), customer.tab.hearsNothingOf(AGENT)]);
  await Promise.all([agent.saysMuted(), customer.saysMuted()]);
  await Promise.all([agent.toggleMute(), customer.toggleMute()]);
  await bothHear({ agent, customer });
}

/** @param {Pair} pair */
async function turnCamerasOffAndOn({ agent, customer }) {
  await Promise.all([agent.toggleCamera(), customer.toggleCamera()]);
  await Promise.all([agent.tab.seesNothingOf(CUSTOMER.camera), customer.tab.seesNothingOf(AGENT.camera)]);
  await Promise.all([agent.toggleCamera(), customer.toggleCamera()]);
  await bothSee({ agent, customer });
}

/** @param {Pair} pair */
async function shareScreens({ agent, customer }) {
  await Promise.all([agent.toggleShare(), customer.toggleShare()]);
  await Promise.all([agent.tab.sees(CUSTOMER.screen), customer.tab.sees(AGENT.screen)]);
  await bothSee({ agent, customer });
  await Promise.all([agent.toggleShare(), customer.toggleShare()]);
  await Promise.all([agent.tab.seesNothingOf(CUSTOMER.screen), customer.tab.seesNothingOf(AGENT.screen)]);
}

test("VP8: two Chromium, everything a call can do", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  const { agent, customer } = pair;
  await customer.startVideo();
  await customer.waits();
  const ring = await agent.rings();
  assert.match(ring, /Regular call/i);
  assert((await agent.tab.sounds()) > 0, "the agent's page rings");
  await until("the title tells who calls", () => agent.tab.evaluate(() => document.title.includes("is calling")));
  await agent.answer();
  await Promise.all([agent.inCall(), customer.inCall()]);
  await bothHear(pair);
  await bothSee(pair);
  await assertCodec(pair, "VP8");
  await agent.showsQuality();
  await muteEachOther(pair);
  await turnCamerasOffAndOn(pair);
  await shareScreens(pair);
  await customer.hangUp();
  await customer.ended();

  await agent.wrapsUp();
  await agent.writeNote("Sent the form by mail.");
  await agent.finishWrapUp();
  await agent.isFree();
  await agent.openConversation();
  await agent.tab.says("Sent the form by mail.");
  await agent.timelineSays(
    /^Call started \(inbound\)$/,
    /^Answered by .+ after \d+:\d\d of waiting$/,
    /^Call ended by the customer after \d+:\d\d$/,
  );
});

for (const { codec, flag, extension } of [
  { codec: "VP8", flag: "vp8", extension: "webm" },
  { codec: "H264", flag: "h264", extension: "mp4" },
]) {
  test(`${codec}: two Chromium, recorded`, async (t) => {
    const server = await t.server({ flags: ["--video-codec", flag] });
    const pair = await bothThere(t, server);
    const { agent, customer } = pair;
    await call(pair);
    await bothHear(pair);
    await bothSee(pair);
    await assertCodec(pair, codec);
    await sleep(RECORD_MS);
    await agent.hangUp();
    await customer.ended();
    await agent.wrapsUp();
    await agent.finishWrapUp();
    await agent.openConversation();
    const played = await agent.showsRecordings(2);
    assert.deepEqual(played.map((r) => r.participant).sort(), ["AGENT", "CUSTOMER"]);
    for (const party of [AGENT, CUSTOMER]) {
      const participant = party === AGENT ? "AGENT" : "CUSTOMER";
      const duration = await agent.playRecording(participant);
      assert(duration > 3, `${participant}'s recording takes ${duration} s`);
      const { name, path } = await agent.downloadRecording(participant, t.folder);
      assert.match(name, /^[\p{L}\p{N}-]+_[\p{L}\p{N}-]+_[\p{L}\p{N}-]+_\d{14}\.[a-z0-9]+$/u);
      await agent.tab.says(name);
      assert(name.endsWith(`.${extension}`), name);
      const file = await probeFile(path);
      assert.equal(file.audio, "opus");
      assert.equal(file.video, codec.toLowerCase());
      assert(Math.abs(file.seconds - duration) < 0.5, JSON.stringify({ file, duration }));
      await assertTone(path, party, file.seconds);
      await assertColour(path, party.camera);
    }
    await server.stop();
    await server.checkRecordings();
  });
}

for (const flag of ["vp8", "h264"]) {
  test(`a shared screen is recorded beside the camera, with ${flag}`, async (t) => {
    const server = await t.server({ flags: ["--video-codec", flag] });
    const pair = await bothThere(t, server);
    const { agent, customer } = pair;
    await call(pair);
    await bothSee(pair);
    await customer.toggleShare();
    await agent.tab.sees(CUSTOMER.screen);
    await sleep(RECORD_MS);
    await customer.toggleShare();
    await agent.tab.seesNothingOf(CUSTOMER.screen);
    await customer.hangUp();
    await agent.wrapsUp();
    await agent.finishWrapUp();
    await agent.openConversation();
    const files = await agent.showsRecordings(2);
    assert.equal(files.filter((file) => file.screen === "true").length, 1, JSON.stringify(files));
    const { path } = await agent.downloadRecording("CUSTOMER", t.folder, { screen: true });
    await assertColour(path, CUSTOMER.screen);
    await server.stop();
    await server.checkRecordings();
  });
}

for (const [agentBrowser, customerBrowser] of /** @type {const} */ ([
  ["chromium", "firefox"],
  ["firefox", "chromium"],
])) {
  test(`VP8: agent in ${agentBrowser}, customer in ${customerBrowser}`, async (t) => {
    const server = await t.server({ mediaHost: ownAddress() });
    const pair = await bothThere(t, server, { agentBrowser, customerBrowser });
    await call(pair);
    await bothHear(pair);
    await bothSee(pair);
    await assertCodec(pair, "VP8");
    await muteEachOther(pair);
    await turnCamerasOffAndOn(pair);
    await pair.customer.hangUp();
    await pair.agent.wrapsUp();
  });
}

test("codecs meet: a customer who began with H.264, an agent without it", async (t) => {
  const server = await t.server({ mediaHost: ownAddress(), flags: ["--video-codec", "h264"] });
  const pair = await bothThere(t, server, { agentBrowser: "firefox", customerBrowser: "chromium" });
  await call(pair);
  await bothHear(pair);
  await bothSee(pair);
  await assertCodec(pair, "VP8");
  await pair.customer.hangUp();
  await pair.agent.wrapsUp();
});

test("an audio call whose customer turns the camera on later", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  await call(pair, { video: false });
  await bothHear(pair);
  await pair.customer.toggleCamera();
  await pair.agent.tab.sees(CUSTOMER.camera);
  await pair.agent.hangUp();
  await pair.customer.ended();
});

/** Gives the page a second camera, at the back of a phone; it sees what a shared screen would show. */
function addBackCamera() {
  const { mediaDevices } = navigator;
  const list = mediaDevices.enumerateDevices.bind(mediaDevices);
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.enumerateDevices = async () => {
    const devices = await list();
    const front = devices.find((device) => device.kind === "videoinput");
    return front ? [...devices, { ...front.toJSON(), deviceId: "back", label: "Back camera" }] : devices;
  };
  mediaDevices.getUserMedia = async (wanted) => {
    const isBack = typeof wanted?.video === "object" && wanted.video.facingMode === "environment";
    return isBack ? mediaDevices.getDisplayMedia({ video: true }) : open(wanted);
  };
}

test("a phone with two cameras turns from one to the other", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  await pair.customer.tab.evaluate(addBackCamera);
  await call(pair);
  await pair.agent.tab.sees(CUSTOMER.camera);
  await pair.customer.flipCamera();
  await pair.agent.tab.sees(CUSTOMER.screen);
  await pair.agent.tab.seesNothingOf(CUSTOMER.camera);
  await pair.customer.flipCamera();
  await pair.agent.tab.sees(CUSTOMER.camera);
  await bothHear(pair);
  await pair.customer.hangUp();
  await pair.customer.ended();
});

/** Notes each notification that the page shows, and whether it is still there. */
function noteNotifications() {
  const page = /** @type {any} */ (globalThis);
  const notes = [];
  page.notes = notes;
  page.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options);
      this.note = { title, body: options?.body, isThere: true };
      notes.push(this.note);
    }
    close() {
      this.note.isThere = false;
      super.close();
    }
  };
}

test("a notification tells who calls while it rings", async (t) => {
  const server = await t.server();
  const pair = await bothThere(t, server);
  const { agent, customer } = pair;
  await agent.tab.context.grantPermissions(["notifications"], { origin: new URL(server.console).origin });
  await agent.tab.evaluate(noteNotifications);
  const notes = () => agent.tab.evaluate(() => /** @type {any} */ (globalThis).notes);
  await customer.startAudio();
  await agent.rings();
  await until("a notification is shown", async () => (await notes()).length === 1);
  const [note] = await notes();
  assert.match(note.title, /call/i);
  assert.match(note.body, /Regular call/);
  assert(note.isThere, "it stays while it rings");
  await agent.answer();
  await Promise.all([agent.inCall(), customer.inCall()]);
  await until("the notification goes", async () => !(await notes())[0].isThere);
  await customer.hangUp();
  await customer.ended();
});

test("over HTTPS: a call that is recorded, and a cookie that no script reads", async (t) => {
  const server = await t.server({ https: true });
  const pair = await bothThere(t, server);
  const { agent, customer } = pair;
  for (const { tab } of [agent, customer]) {
    assert.equal(await tab.evaluate(() => location.protocol), "https:");
  }
  const cookies = await agent.tab.context.cookies();
  assert(cookies.length > 0 && cookies.every((cookie) => cookie.secure && cookie.httpOnly), JSON.stringify(cookies));
  await call(pair);
  await bothHear(pair);
  await bothSee(pair);
  await agent.hangUp();
  await customer.ended();
  await agent.wrapsUp();
  await agent.finishWrapUp();
  await agent.openConversation();
  await agent.showsRecordings(2);
  assert((await agent.playRecording("CUSTOMER")) > 0);
});
