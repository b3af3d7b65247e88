/** What an account's own pages of call links look like, and under which name they lie. */
import { strict as assert } from "node:assert";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertAccessible, assertFitsWidth } from "../lib/accessible.mjs";
import { Customer } from "../lib/customer.mjs";
import { test } from "../lib/harness.mjs";
import { colourAt, png } from "../lib/png.mjs";
import { until } from "../lib/wait.mjs";

const PICTURES = process.env.SWITCHROOM_SCREENSHOTS ?? join(tmpdir(), "switchroom-screenshots");
const SIZES = [
  { width: 1280, height: 800 },
  { width: 375, height: 812 },
];
const RED = [240, 40, 40];
const BLUE = [50, 50, 245];
const [LOGO, BACKDROP] = ['[data-testid="logo"]', '[data-testid="backdrop"]'];

/** A configuration with everything of its own, and a link of it. @param {import("../lib/server.mjs").Server} server */
async function looks(server) {
  const images = "/call-link/1/images/upload";
  const logo = await server.upload("logo.png", png(80, 40, RED), `${images}/LOGO`);
  const background = await server.upload("background.png", png(400, 300, BLUE), `${images}/BACKGROUND`);
  const subdomain = await server.must("POST", "/call-link/1/subdomains", { name: "acme" });
  const config = await server.must("POST", "/call-link/1/configs", {
    name: "Acme",
    subdomainId: subdomain.id,
    theme: { images: { logoImageId: logo.id, backgroundImageId: background.id } },
  });
  const { url } = await server.must("POST", "/call-link/1/links", {
    destination: { type: "CONVERSATIONS", displayName: "Acme" },
    callLinkConfigId: config.id,
  });
  return { logo, background, subdomain, url };
}

/** @param {import("../lib/tab.mjs").Tab} tab @param {string} css @param {number} width */
async function isLoaded(tab, css, width) {
  await until(`${css} is loaded`, async () => {
    const natural = await tab.evaluate((selector) => {
      const image = /** @type {HTMLImageElement | null} */ (document.querySelector(selector));
      return image?.naturalWidth ?? null;
    }, css);
    return natural === width || Promise.reject(new Error(`it is ${natural} wide`));
  });
}

/** @param {import("../lib/tab.mjs").Tab} tab @param {string} css */
async function middleOf(tab, css) {
  return tab.evaluate((selector) => {
    const box = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
    return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  }, css);
}

test("a link's page has its configuration's logo, background and name", async (t) => {
  await mkdir(PICTURES, { recursive: true });
  const server = await t.server({ name: "localhost" });
  const { logo, background, subdomain, url } = await looks(server);
  assert.equal(new URL(url).hostname, "acme.localhost");
  const customer = await Customer.open(t, url);
  const { tab } = customer;
  await customer.ready();
  await isLoaded(tab, LOGO, 80);
  await isLoaded(tab, BACKDROP, 400);
  assert.equal(await tab.attribute(LOGO, "alt"), "Logo of Acme");
  for (const { width, height } of SIZES) {
    await tab.resize(width, height);
    for (const colorScheme of /** @type {const} */ (["dark", "light"])) {
      await tab.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await assertAccessible(tab, `the page with its own looks (${colorScheme})`);
      await tab.screenshot(join(PICTURES, `call-looks-${width}x${height}-${colorScheme}.png`));
      assert.deepEqual(await colourAt(tab, await middleOf(tab, LOGO)), RED);
      assert.deepEqual(await colourAt(tab, { x: 4, y: height - 4 }), BLUE);
    }
  }
  await tab.resize(320, 640);
  await assertFitsWidth(tab, "the page with its own looks");
  // The WebSocket comes from the subdomain as well.
  await customer.startAudio();
  await customer.waits();
  await customer.hangUp();
  await customer.ended();

  await server.must("DELETE", `/call-link/1/images/${logo.id}`);
  await server.must("DELETE", `/call-link/1/images/${background.id}`);
  await server.must("DELETE", `/call-link/1/subdomains/${subdomain.id}`);
  const later = await Customer.open(t, url);
  await later.ready();
  assert.equal(await later.tab.evaluate(() => location.hostname), "localhost");
  assert.equal(await later.tab.visible(LOGO), false);
  assert.equal(await later.tab.visible(BACKDROP), false);
  await later.startAudio();
  await later.waits();
});
