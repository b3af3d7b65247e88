/** An agent's page puts a call on hold, and hands it over. */
import type { Call, TransferTarget } from "@switchroom/sdk";

/** The customer hears music, and neither hears the other, until `work` is done. */
export async function whileOnHold<T>(call: Call, work: () => Promise<T>): Promise<T> {
  await call.hold();
  try {
    return await work();
  } finally {
    await call.resume();
  }
}

/**
 * Hands the call over to `{ agent: id }`, at whom it rings, or `{ queue: id }`, where null is the default queue.
 * Resolves when this agent is out of the call. Rejects when it cannot be handed over or the other agent does not take
 * it: then it is this agent's as before.
 */
export function transfer(call: Call, to: TransferTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    call.on("hangup", () => resolve());
    call.on("transfer-failed", ({ to, reason }) => reject(new Error(`${to.display_name}: ${reason}`)));
    call.transfer(to).catch(reject);
  });
}
