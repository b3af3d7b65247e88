/**
 * A customer's page makes a call. It is served from the server's own origin, for example behind the same proxy. A page
 * of another origin, which must be in `http.allowed_origins`, has a server of yours open the link, and gives
 * `createSwitchroomRtc` the `signalingUrl`.
 */
import { type Call, type CallOptions, createSwitchroomRtc } from "@switchroom/sdk";
import { openCallLink } from "./call-link.ts";

/**
 * Calls by a call link. The library plays the agent's voice by itself.
 * @param tell  shows the customer how the call goes
 * @param options  for example `{ video: true }`
 */
export async function makeCall(linkUrl: string, tell: (text: string) => void, options?: CallOptions): Promise<Call> {
  const token = await openCallLink(linkUrl);
  const rtc = createSwitchroomRtc(async () => token);
  await rtc.connect();
  const call = rtc.callConversations(options);
  call.on("waiting", ({ position }) => tell(`You are number ${position} in the queue.`));
  call.on("ringing", () => tell("It rings."));
  call.on("established", () => tell(`You speak with ${call.remote?.display_name}.`));
  call.on("held", () => tell("You are on hold."));
  call.on("resumed", () => tell("You are no longer on hold."));
  call.on("transferring", () => tell("You are being transferred."));
  call.on("sound-blocked", () => {
    tell("Touch the page to hear the agent.");
    document.addEventListener("click", () => call.enableSound(), { once: true });
  });
  call.on("hangup", ({ errorCode }) => {
    tell(errorCode.description);
    rtc.disconnect();
  });
  return call;
}
