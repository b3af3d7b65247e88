import { describe, expect, it } from "vitest";
import type { RecordingMetadata } from "../src/data/recording-api.ts";
import { chosenIn, filterOf, metadataQuery, queryOf } from "../src/data/recording-filter.ts";
import { downloadOf, segmentOf, stateOf } from "../src/data/recording-row.ts";
import { rowFacts } from "../src/views/recording-details.tsx";

const DAY_MS = 86_400_000;

const row: RecordingMetadata = {
  recordingId: "s-1",
  conversationId: "k-1",
  conferenceId: "call-1",
  direction: "INBOUND",
  recordingStatus: "SUCCESSFUL",
  filename: "a.wav",
  duration: 75,
  participantName: "Cleo Martin",
  participantType: "CUSTOMER",
  mediaType: "AUDIO",
  screen: false,
  startedAt: Date.parse("2026-11-29T10:00:00Z"),
  nativeUrl: "/recordings/1/files/s-1",
  nativeMimeType: "audio/ogg",
};

describe("the filters of the list of recordings", () => {
  const all =
    "from=2026-11-01&to=2026-11-29&direction=INBOUND&media=AUDIO&party=CUSTOMER&name=Cleo+%26+Co&longer=0%3A30" +
    "&shorter=10%3A00&deleted=only&sort=duration&order=asc&page=3";

  it("are kept by the page's address", () => {
    expect(queryOf(filterOf(all))).toBe(all);
    expect(queryOf(filterOf(""))).toBe("");
    expect([all, "sort=duration&page=2"].map((query) => chosenIn(filterOf(query)))).toEqual([9, 0]);
  });

  it("leave out what makes no sense", () => {
    const wrong = "from=soon&to=2026-13-40&direction=UP&media=SMELL&party=X&longer=ten&deleted=1&sort=smell&page=-1";
    expect(queryOf(filterOf(wrong))).toBe("");
    expect(filterOf("page=1.5").page).toBe(0);
  });

  it("ask the server in its own words", () => {
    const { startedAtFrom, startedAtTo, ...asked } = Object.fromEntries(metadataQuery(filterOf(all)));
    expect(asked).toEqual({
      page: "2",
      size: "20",
      sortBy: "duration",
      sortDirection: "ASC",
      direction: "INBOUND",
      mediaType: "AUDIO",
      participantType: "CUSTOMER",
      participantName: "Cleo & Co",
      durationFrom: "30",
      durationTo: "600",
      deletedAtFrom: "0",
    });
    // Whole days of this time zone, both included.
    expect(new Date(Number(startedAtFrom)).toString()).toContain("Nov 01 2026 00:00:00");
    expect(new Date(Number(startedAtTo) + 1).toString()).toContain("Nov 30 2026 00:00:00");
    expect((Number(startedAtTo) + 1 - Number(startedAtFrom)) / DAY_MS).toBeCloseTo(29, 0);
  });

  it("ask for the newest first where nothing is chosen", () => {
    expect(Object.fromEntries(metadataQuery(filterOf("")))).toEqual({
      page: "0",
      size: "20",
      sortBy: "startedAt",
      sortDirection: "DESC",
    });
  });

  it("take whole seconds within the lengths that are asked for", () => {
    const query = metadataQuery(filterOf("longer=0:30.5&shorter=59.9"));
    expect([query.get("durationFrom"), query.get("durationTo")]).toEqual(["31", "59"]);
  });
});

describe("a row of the list of recordings", () => {
  const { nativeUrl, ...fileless } = row;

  it("says what can be done with it", () => {
    expect(stateOf(row)).toBe("READY");
    // VP8 is played here, though the public API cannot give it as MP4.
    expect(stateOf({ ...row, recordingStatus: "PARTIALLY_FAILED" })).toBe("READY");
    expect(stateOf({ ...fileless, recordingStatus: "PARTIALLY_FAILED" })).toBe("PARTLY");
    expect(stateOf({ ...fileless, recordingStatus: "FAILED" })).toBe("FAILED");
    expect(stateOf({ ...fileless, deletedAt: 1 })).toBe("DELETED");
  });

  it("is downloaded as it was recorded", () => {
    expect(downloadOf(row)).toBe("/recordings/1/files/s-1?download=1");
    expect(downloadOf({ ...row, nativeUrl: `${nativeUrl}?screen=true` })).toContain("?screen=true&download=1");
    expect(downloadOf(fileless)).toBeUndefined();
  });

  it("is deleted with its segment", () => {
    expect(segmentOf(row)).toBe("s-1");
    expect(segmentOf({ ...row, recordingId: "s-1-screen", screen: true })).toBe("s-1");
  });

  it("tells what is known, with names in place of ids", () => {
    const moved = { ...row, transferredTo: "agent-2", transferredFromQueue: "queue-1" };
    const facts = Object.fromEntries(rowFacts(moved, new Map([["agent-2", "Bob"]])));
    expect(facts).toMatchObject({
      Who: "Cleo Martin (customer)",
      Length: "1:15",
      "Transferred to": "Bob",
      "Transferred from": "queue-1",
    });
    expect(facts).not.toHaveProperty("Deleted");
    const deleted = Object.fromEntries(rowFacts({ ...fileless, deletedAt: 1, deletedBy: "admin" }));
    expect(deleted.Deleted).toContain("by admin");
    expect(deleted.Status).toBe("Deleted");
  });
});
