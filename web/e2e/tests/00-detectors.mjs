/** The ears and eyes of these tests, tried on a page that talks to itself: they must also notice silence and darkness. */
import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "../lib/harness.mjs";
import { AGENT, CUSTOMER } from "../lib/media.mjs";

const PAGE = `<!doctype html><title>mirror</title><video id="video" autoplay playsinline></video>`;

async function mirrorSite(t) {
  const site = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(PAGE));
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  t.defer(async () => {
    site.closeAllConnections();
    site.close();
  });
  return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (site.address()).port}/`;
}

/** In the page: its own camera and microphone, once through a connection to itself. */
async function mirror() {
  const processing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const own = await navigator.mediaDevices.getUserMedia({ audio: processing, video: true });
  const [out, back] = [new RTCPeerConnection(), new RTCPeerConnection()];
  out.onicecandidate = ({ candidate }) => candidate && back.addIceCandidate(candidate);
  back.onicecandidate = ({ candidate }) => candidate && out.addIceCandidate(candidate);
  const video = /** @type {HTMLVideoElement} */ (document.querySelector("#video"));
  back.ontrack = ({ streams }) => {
    if (video.srcObject !== streams[0]) video.srcObject = streams[0];
  };
  for (const track of own.getTracks()) out.addTrack(track, own);
  await out.setLocalDescription();
  await back.setRemoteDescription(/** @type {RTCSessionDescription} */ (out.localDescription));
  await back.setLocalDescription();
  await out.setRemoteDescription(/** @type {RTCSessionDescription} */ (back.localDescription));
  Object.assign(globalThis, { own, out });
}

/** In the page: something that is nobody's tone, without a break, in place of the microphone. */
async function playMusic() {
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: 0.1 });
  const end = new MediaStreamAudioDestinationNode(context);
  const tone = new OscillatorNode(context, { frequency: 330 });
  tone.connect(volume).connect(end);
  tone.start();
  const { out } = /** @type {any} */ (globalThis);
  await out.getSenders()[0].replaceTrack(end.stream.getAudioTracks()[0]);
}

for (const browser of /** @type {const} */ (["chromium", "firefox"])) {
  test(`detectors in ${browser}`, async (t) => {
    const tab = await t.tab(CUSTOMER, { browser });
    await tab.goto(await mirrorSite(t));
    await tab.evaluate(mirror);
    await tab.hears(CUSTOMER, 30_000);
    await tab.sees(CUSTOMER.camera);
    await assert.rejects(tab.hears(AGENT, 2_000));
    await assert.rejects(tab.sees(AGENT.camera, 2_000));
    await assert.rejects(tab.hearsPrompt(2_000));
    await assert.rejects(tab.hearsSilence(2_000));
    await tab.evaluate(() => {
      for (const track of /** @type {any} */ (globalThis).own.getTracks()) track.enabled = false;
    });
    await tab.hearsNothingOf(CUSTOMER);
    await tab.seesNothingOf(CUSTOMER.camera);
    await tab.hearsSilence();
    await assert.rejects(tab.hearsPrompt(2_000));
    await tab.evaluate(playMusic);
    await tab.hearsMusic();
    await assert.rejects(tab.hears(CUSTOMER, 2_000));
  });
}
