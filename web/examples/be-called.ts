/**
 * A customer's page that agents call. It waits, connected under the customer's identity, with a token that a server of
 * yours got from `POST /webrtc/1/token` with an API key.
 */
import {
  type Call,
  type CallOptions,
  createSwitchroomRtc,
  type IncomingCall,
  type SwitchroomRtc,
  type TokenSource,
} from "@switchroom/sdk";

function button(words: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.textContent = words;
  element.onclick = onClick;
  return element;
}

/** Shows who calls, with the two answers, until it rings no more. */
function ring(incoming: IncomingCall, answered: (call: Call) => void, options?: CallOptions): void {
  const box = document.createElement("p");
  box.role = "alert";
  const answer = () =>
    incoming.accept(options).then(answered, (error: unknown) => console.warn("Not answered:", error));
  const decline = () => void incoming.decline();
  box.append(`${incoming.fromDisplayName} calls. `, button("Answer", answer), button("Decline", decline));
  document.body.append(box);
  incoming.on("gone", () => box.remove());
}

/** Connects, and shows calls as they come. The library asks `token` again before it expires. */
export async function beCalled(
  token: TokenSource,
  answered: (call: Call) => void,
  options?: CallOptions,
): Promise<SwitchroomRtc> {
  const rtc = createSwitchroomRtc(token);
  rtc.on("incoming-webrtc-call", ({ incomingCall }) => ring(incomingCall, answered, options));
  await rtc.connect();
  return rtc;
}
