import { intervalTicker, type Ticker } from "@switchroom/sdk";

/** Seconds from a worker, so that a console hidden for hours still says every five seconds that it is there. */
export const workerTicker: Ticker = (tick) => {
  let worker: Worker;
  try {
    worker = new Worker(new URL("./ticker.worker.ts", import.meta.url), { type: "module" });
  } catch {
    return intervalTicker(tick);
  }
  worker.onmessage = tick;
  return () => worker.terminate();
};
