import type { RecordingMetadata } from "./recording-api.ts";

export type RowState = "READY" | "PARTLY" | "FAILED" | "DELETED";

/** What can be done with it: what is ready can be played. */
export function stateOf(row: RecordingMetadata): RowState {
  if (row.deletedAt !== undefined) return "DELETED";
  // Played here as it was recorded, even where the public API cannot give all of it in its own formats.
  if (row.nativeUrl !== undefined) return "READY";
  return row.recordingStatus === "FAILED" ? "FAILED" : "PARTLY";
}

/** The segment of the file; a shared screen's is that of its party's voice and camera. */
export function segmentOf(row: RecordingMetadata): string {
  return row.screen === true ? row.recordingId.replace(/-screen$/, "") : row.recordingId;
}

/** To be saved as it was recorded; nothing when there is no file. */
export function downloadOf({ nativeUrl }: RecordingMetadata): string | undefined {
  return nativeUrl === undefined ? undefined : `${nativeUrl}${nativeUrl.includes("?") ? "&" : "?"}download=1`;
}
