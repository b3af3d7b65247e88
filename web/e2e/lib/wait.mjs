/** Waiting for a thing, never for a time. */

/** @param {number} ms */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const DEFAULT_TIMEOUT_MS = 15_000;
const POLL_MS = 60;

/**
 * Asks again and again until the answer is truthy, and returns it. What `look` throws counts as "not yet" and is told
 * when time is up.
 * @template T
 * @param {string} what  said in the error
 * @param {() => T | Promise<T>} look
 * @param {{ timeoutMs?: number, pollMs?: number }} [options]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, look, { timeoutMs = DEFAULT_TIMEOUT_MS, pollMs = POLL_MS } = {}) {
  const end = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= end) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`not within ${timeoutMs} ms: ${what} (last: ${seen})`);
    }
    await sleep(pollMs);
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {string} what
 * @returns {Promise<T>}
 */
export async function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
