import type { Recording } from "../data/api.ts";
import { t } from "../text.ts";

/** Names a file among all files of a conversation. */
export function keyOf(recording: Recording): string {
  return `${recording.segmentId}${recording.screen ? "-screen" : ""}`;
}

export function isPlayable(recording: Recording): boolean {
  return recording.url !== null && recording.url !== undefined;
}

/** Whose it is, in a row of the list too. */
export function whoOf({
  kind,
  participantName,
  participantType,
}: Pick<Recording, "kind" | "participantName" | "participantType">): string {
  return kind === "COMPOSED" ? t("everybody") : participantName || t(participantType);
}

/** What is in it. */
export function mediaOf({ screen, mediaType }: { screen?: boolean; mediaType: Recording["mediaType"] }): string {
  return t(screen === true ? "screenRecording" : mediaType);
}

export function titleOf(recording: Recording): string {
  return t("recordingOf", { who: whoOf(recording), media: mediaOf(recording) });
}

/** What can be heard or seen of the same call: all parties together, then each alone. */
export function partsOf(all: Recording[], one: Recording): Recording[] {
  const parts = all.filter((other) => other.callId === one.callId && isPlayable(other));
  const together = (part: Recording) => part.kind === "COMPOSED";
  return [...parts.filter(together), ...parts.filter((part) => !together(part))];
}

/** Something is to be seen, not only heard. */
export function hasPicture(recording: Recording): boolean {
  return recording.screen || (recording.mime ?? "").startsWith("video/");
}

/** The same moment in another file of the call, in seconds from that file's start; files begin at different times. */
export function sameMoment(from: Recording, to: Recording, seconds: number): number {
  const apart = (Date.parse(from.startedAt) - Date.parse(to.startedAt)) / 1000;
  const moment = Math.max(0, seconds + (Number.isNaN(apart) ? 0 : apart));
  return to.durationMs === null ? moment : Math.min(moment, to.durationMs / 1000);
}
