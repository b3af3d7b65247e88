/** Processes that must not outlive a run, however it ends. */

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();

/**
 * @template {import("node:child_process").ChildProcess} C
 * @param {C} child
 * @returns {C}
 */
export function endWithUs(child) {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => process.exit(1));
