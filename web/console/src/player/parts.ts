import type { Recording } from "../data/api.ts";
import { t } from "../text.ts";

/** Names a file among all files of a conversation. */
export function keyOf(recording: Recording): string {
  return `${recording.segmentId}${recording.screen ? "-screen" : ""}`;
}

export function isPlayable(recording: Recording): boolean {
  return recording.url !== null && recording.url !== undefined;
}

export function titleOf(recording: Recording): string {
  const media = recording.screen ? t("screenRecording") : t(recording.mediaType);
  return t("recordingOf", { who: recording.participantName || t(recording.participantType), media });
}

/** What can be heard or seen of the same call. */
export function partsOf(all: Recording[], one: Recording): Recording[] {
  return all.filter((other) => other.callId === one.callId && isPlayable(other));
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
