/**
 * Debian's Chromium through Playwright and Debian's Firefox through Puppeteer (WebDriver BiDi), behind one small `Tab`.
 *
 * Chromium gives each party a process of its own, because the files of its fake devices are a matter of the process.
 * Firefox's fake devices cannot be told apart, so there the probe replaces what `getUserMedia` gives.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { captureFiles, SHADES } from "./media.mjs";
import { installProbe } from "./probe.mjs";
import { soundCard } from "./sound.mjs";
import { Tab } from "./tab.mjs";

/** @typedef {import("./media.mjs").Party} Party */
/** @typedef {{ autoplay?: "allowed" | "blocked" }} ChromiumOptions */
/**
 * @typedef {object} TabOptions
 * @property {{ width: number, height: number }} [viewport]
 * @property {"light" | "dark"} [colorScheme]
 * @property {boolean} [denyDevices]  the person refuses microphone and camera
 * @property {boolean} [unseenDevices]  microphone and camera that the browser does not know to be in use
 * @property {boolean} [untouched]  the browser must not believe that a person has touched the page
 * @property {Tab} [beside]  shares cookies with this tab
 */

const CHROMIUM = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";
const FIREFOX = process.env.FIREFOX_BIN ?? "/usr/bin/firefox-esr";
const ACTION_TIMEOUT_MS = 15_000;
const LAUNCH_TIMEOUT_MS = 60_000;
const VIEWPORT = { width: 1280, height: 800 };

const CHROMIUM_ARGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];

const FIREFOX_PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.autoplay.blocking_policy": 0,
  "media.autoplay.block-webaudio": false,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.gmp-manager.updateEnabled": false,
  "media.gmp-provider.enabled": false,
  "app.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

/** @param {Party} party @returns {import("./probe.mjs").Fake} */
const fakeOf = (party) => ({ toneHz: party.toneHz, camera: SHADES[party.camera], screen: SHADES[party.screen] });

/** The browsers of a whole run: started when first needed, shared by the tests, closed at the end. */
export class Browsers {
  /** @type {Map<string, Promise<any>>} */
  #running = new Map();
  /** @type {string | undefined} */
  #files;
  /** @type {Awaited<ReturnType<typeof soundCard>> | undefined} */
  #sound;

  /** @param {string} key @param {() => Promise<any>} launch */
  #once(key, launch) {
    const known = this.#running.get(key);
    if (known) return known;
    const started = launch();
    this.#running.set(key, started);
    return started;
  }

  async #captureFiles(party) {
    this.#files ??= await mkdtemp(join(tmpdir(), "switchroom-capture-"));
    return captureFiles(this.#files, party);
  }

  /** @param {Party} party @param {ChromiumOptions} options */
  #chromium(party, { autoplay = "allowed" }) {
    return this.#once(`chromium ${party.name} ${autoplay}`, async () => {
      const { audio, video } = await this.#captureFiles(party);
      const policy = autoplay === "allowed" ? "no-user-gesture-required" : "document-user-activation-required";
      return chromium.launch({
        executablePath: CHROMIUM,
        args: [
          ...CHROMIUM_ARGS,
          `--autoplay-policy=${policy}`,
          `--use-file-for-fake-audio-capture=${audio}`,
          `--use-file-for-fake-video-capture=${video}`,
        ],
        timeout: LAUNCH_TIMEOUT_MS,
      });
    });
  }

  #firefox() {
    return this.#once("firefox", async () => {
      this.#sound = await soundCard();
      return puppeteer.launch({
        browser: "firefox",
        executablePath: FIREFOX,
        headless: true,
        extraPrefsFirefox: FIREFOX_PREFERENCES,
        env: { ...process.env, PULSE_SERVER: this.#sound.server },
        timeout: LAUNCH_TIMEOUT_MS,
      });
    });
  }

  /** @param {Party} party @param {TabOptions & ChromiumOptions} options */
  async #chromiumContext(party, options) {
    const browser = await this.#chromium(party, options);
    const context = await browser.newContext({
      viewport: options.viewport ?? VIEWPORT,
      colorScheme: options.colorScheme ?? "light",
      locale: "en-US",
      acceptDownloads: true,
      // Tests make their own certificates.
      ignoreHTTPSErrors: true,
    });
    context.setDefaultTimeout(ACTION_TIMEOUT_MS);
    const devices = options.unseenDevices ? fakeOf(party) : null;
    await context.addInitScript(installProbe, { devices, screen: fakeOf(party) });
    if (options.denyDevices) await context.addInitScript(refuseDevices);
    return context;
  }

  /**
   * A tab in a context of its own (no cookies) in the party's Chromium.
   * @param {Party} party
   * @param {TabOptions & ChromiumOptions} [options]
   */
  async chromiumTab(party, options = {}) {
    const context = options.beside?.context ?? (await this.#chromiumContext(party, options));
    const page = await context.newPage();
    const quiet = options.untouched ? await context.newCDPSession(page) : null;
    return new Tab({ kind: "chromium", page, context, party, quiet });
  }

  /**
   * A tab in a context of its own in Firefox.
   * @param {Party} party
   * @param {TabOptions} [options]
   */
  async firefoxTab(party, options = {}) {
    const browser = await this.#firefox();
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultTimeout(ACTION_TIMEOUT_MS);
    await page.setViewport(options.viewport ?? VIEWPORT);
    await page.evaluateOnNewDocument(installProbe, { devices: fakeOf(party), screen: fakeOf(party) });
    return new Tab({ kind: "firefox", page, context, party });
  }

  async close() {
    const started = await Promise.allSettled(this.#running.values());
    for (const result of started) if (result.status === "fulfilled") await result.value.close().catch(() => {});
    this.#running.clear();
    await this.#sound?.close();
    if (this.#files) await rm(this.#files, { recursive: true, force: true });
  }
}

function refuseDevices() {
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("Permission denied", "NotAllowedError");
  };
}
