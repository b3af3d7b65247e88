/** The examples of `web/examples`, bundled as a page and as a server would have them. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { alias } from "../../scripts/pages.mjs";

const FOR_PAGES = ["make-call", "receive-call", "be-called", "hold-and-transfer"];
const source = (name) => fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url));

/** @param {string} folder @param {string} entry @param {"es" | "iife"} format @returns {Promise<string>} the bundle's path */
async function bundle(folder, entry, format) {
  const fileName = `${format}.mjs`;
  await build({
    configFile: false,
    root: folder,
    publicDir: false,
    logLevel: "warn",
    resolve: { alias },
    build: {
      outDir: join(folder, "bundled"),
      emptyOutDir: false,
      lib: { entry, formats: [format], name: "examples", fileName: () => fileName },
    },
  });
  return join(folder, "bundled", fileName);
}

/**
 * What a page loads: a script with the global `examples`.
 * @param {string} folder
 */
export async function pageScript(folder) {
  const entry = join(folder, "examples.ts");
  await writeFile(entry, FOR_PAGES.map((name) => `export * from ${JSON.stringify(source(name))};\n`).join(""));
  return bundle(folder, entry, "iife");
}

/**
 * What a server loads: the example with the API key.
 * @param {string} folder
 * @returns {Promise<typeof import("../../examples/call-link.ts")>}
 */
export async function serverModule(folder) {
  return import(pathToFileURL(await bundle(folder, source("call-link"), "es")).href);
}

/**
 * A page of the server's origin with nothing but the examples in it.
 * @param {import("./harness.mjs").Scene} t
 * @param {import("./server.mjs").Server} server
 * @param {{ party: import("./media.mjs").Party, script: string }} of
 */
export async function ownPage(t, server, { party, script }) {
  const tab = await t.tab(party);
  // It comes from the server indeed: Chromium lets no page of elsewhere reach loopback.
  await tab.goto(`${server.origin}/no-such-page`);
  await tab.evaluate(() => document.body.replaceChildren());
  const url = `${server.origin}/examples.js`;
  await tab.page.route(url, (route) => route.fulfill({ contentType: "text/javascript", path: script }));
  await tab.page.addScriptTag({ url });
  return tab;
}
