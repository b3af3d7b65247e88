import type { VoiceStatus } from "@switchroom/sdk";
import type { Phone } from "./phone.ts";

/** What this agent does for a conversation just now, and since or until when: this page's clock, ms since 1970. */
export interface Live {
  voice: Exclude<VoiceStatus, "IDLE"> | "CALLING";
  since?: number | undefined;
  until?: number | undefined;
}

/** Nothing for a conversation that has no live call here. */
export function liveOf(phone: Phone | undefined, conversation: string): Live | undefined {
  const call = phone?.call;
  if (call?.conversationId === conversation) {
    if (phone?.outgoing?.call === call) return { voice: "CALLING", since: phone.outgoing.since };
    if (call.transferring !== undefined) return { voice: "TRANSFERRING", since: call.transferring.since };
    if (call.heldSince !== undefined) return { voice: "ON_HOLD", since: call.heldSince };
    return { voice: "IN_CALL", since: call.establishTime };
  }
  if (phone?.incoming?.info.conversation === conversation) return { voice: "RINGING" };
  if (phone?.wrapUp?.conversation === conversation) return { voice: "WRAPPING", until: phone.wrapUp.until };
  return undefined;
}
