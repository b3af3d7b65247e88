/** What everyone needs of a page, as far as a program can see it. */
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const GRAVE = ["serious", "critical"];

/**
 * No serious violation that axe-core finds.
 * @param {import("./tab.mjs").Tab} tab
 * @param {string} where
 */
export async function assertAccessible(tab, where) {
  if (!(await tab.evaluate(() => "axe" in globalThis))) await tab.page.evaluate(await readFile(AXE, "utf8"));
  const { violations } = await tab.evaluate(() =>
    /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] }),
  );
  const grave = violations
    .filter((v) => GRAVE.includes(v.impact))
    .map(
      (v) => `${v.id} (${v.impact}): ${v.help}\n${v.nodes.map((n) => `  ${n.target} ${n.failureSummary}`).join("\n")}`,
    );
  assert.equal(grave.length, 0, `${where}: ${grave.join("\n")}`);
}

/**
 * The page fits its window's width.
 * @param {import("./tab.mjs").Tab} tab
 * @param {string} where
 */
export async function assertFitsWidth(tab, where) {
  const { content, window, widest } = await tab.evaluate(() => {
    const view = document.documentElement.clientWidth;
    const beyond = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > view + 1);
    return {
      content: document.documentElement.scrollWidth,
      window: view,
      widest: beyond.slice(0, 5).map((e) => e.outerHTML.slice(0, 120)),
    };
  });
  assert(content <= window, `${where} is ${content} px wide in a window of ${window} px: ${widest.join("\n")}`);
}
