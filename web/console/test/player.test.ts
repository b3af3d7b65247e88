import { describe, expect, it } from "vitest";
import type { Recording } from "../src/data/api.ts";
import { factsOf, formatOf } from "../src/player/details.tsx";
import { actionOf } from "../src/player/keys.ts";
import { momentOf, momentQuery } from "../src/player/opened.ts";
import { keyOf, partsOf, sameMoment, titleOf } from "../src/player/parts.ts";
import { barsOf, peaksOf, pictureOf } from "../src/player/peaks.ts";
import { problemOf } from "../src/player/problem.ts";
import { parseTime, spokenTime, within } from "../src/player/time.ts";

const recording: Recording = {
  segmentId: "s-1",
  callId: "call-1",
  participantType: "CUSTOMER",
  participantName: "Cleo Martin",
  mediaType: "AUDIO",
  screen: false,
  status: "FINISHED",
  durationMs: 60_000,
  gapsMs: 0,
  bytes: 240_000,
  mime: "audio/ogg; codecs=opus",
  fileName: "a.ogg",
  startedAt: "2026-11-29T10:00:00.000Z",
  url: "/recordings/1/files/s-1",
  downloadUrl: "/recordings/1/files/s-1?download=1",
};

describe("a time that a person types", () => {
  it("is seconds, minutes and seconds, or hours as well", () => {
    expect(["75", "1:15", " 1:15 ", "1:15.5", "1:01:15", "0:00", "90:00"].map(parseTime)).toEqual([
      75, 75, 75, 75.5, 3675, 0, 5400,
    ]);
  });

  it("is nothing else", () => {
    const wrong = ["", ":", "1:", ":15", "1:75", "1:60:00", "1:2:3:4", "-5", "1,5", "ten", "1e3", "1.5:10", "NaN"];
    for (const text of wrong) expect(parseTime(text), text).toBeUndefined();
  });

  it("is said in words", () => {
    expect([0, 1, 75.9, 3_600, 3_675].map(spokenTime)).toEqual([
      "0 seconds",
      "1 second",
      "1 minute 15 seconds",
      "1 hour",
      "1 hour 1 minute 15 seconds",
    ]);
  });

  it("stays within the recording, as far as its length is known", () => {
    expect([within(-3, 10), within(12, 10), within(12, 0)]).toEqual([0, 10, 12]);
  });
});

describe("keys of the player", () => {
  const press = (key: string, over = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...over });

  it("play, seek, set the volume and close", () => {
    const keys = [" ", "k", "K", "ArrowLeft", "ArrowRight", "Home", "End", "ArrowUp", "ArrowDown", "m", "f", "Escape"];
    expect(keys.map((key) => actionOf(press(key), "other"))).toEqual([
      ...["toggle", "toggle", "toggle", "back", "forward", "start", "end", "louder", "quieter", "mute", "fullScreen"],
      "close",
    ]);
  });

  it("belong to what has the focus, where it uses them itself", () => {
    expect(actionOf(press("m"), "field")).toBeUndefined();
    expect(actionOf(press("Escape"), "field")).toBeUndefined();
    expect(actionOf(press(" "), "button")).toBeUndefined();
    expect(actionOf(press("k"), "button")).toBe("toggle");
    expect(actionOf(press("ArrowLeft"), "volume")).toBeUndefined();
    expect(actionOf(press("m"), "volume")).toBe("mute");
  });

  it("are the browser's with a modifier, and nothing when unknown", () => {
    expect(actionOf(press("f", { ctrlKey: true }), "other")).toBeUndefined();
    expect(actionOf(press("ArrowLeft", { altKey: true }), "other")).toBeUndefined();
    expect(actionOf(press("x"), "other")).toBeUndefined();
  });
});

describe("the waveform", () => {
  it("takes what can be drawn from the server's answer, and nothing else", () => {
    expect(peaksOf({ durationMs: 1, channels: [[1, 2]] })).toEqual({ channels: [[1, 2]] });
    for (const wrong of [undefined, null, "", {}, { channels: [] }, { channels: [[]] }, { channels: [["a"]] }]) {
      expect(peaksOf(wrong)).toBeUndefined();
    }
  });

  it("shows the loudest of what a bar stands for, with fewer and with more bars than numbers", () => {
    expect(barsOf([0, 255, 51, 0], 2)).toEqual([1, 0.2]);
    expect(barsOf([255, 0], 4)).toEqual([1, 1, 0, 0]);
  });

  it("draws one channel around the middle, two above and below it", () => {
    const size = { width: 5, height: 20, played: 0.5 };
    expect(pictureOf({ channels: [[255, 0]] }, size)).toEqual([
      { x: 0, y: 0, width: 2, height: 20, played: true },
      { x: 3, y: 9, width: 2, height: 2, played: false },
    ]);
    const [agentTalks, customerTalks] = pictureOf(
      {
        channels: [
          [255, 0],
          [0, 255],
        ],
      },
      size,
    );
    expect(agentTalks).toMatchObject({ y: 0, height: 11 });
    expect(customerTalks).toMatchObject({ y: 9, height: 11 });
  });
});

describe("the parts of a call", () => {
  const agent = { ...recording, segmentId: "s-2", startedAt: "2026-11-29T10:00:05.000Z" };

  it("are what can be played of the same call", () => {
    const screen = { ...recording, screen: true };
    const gone = { ...recording, segmentId: "s-3", url: null };
    const other = { ...recording, segmentId: "s-4", callId: "call-2" };
    expect(partsOf([recording, screen, agent, gone, other], recording).map(keyOf)).toEqual([
      "s-1",
      "s-1-screen",
      "s-2",
    ]);
  });

  it("are led by what has everybody in it", () => {
    const composed: Recording = { ...recording, segmentId: "s-5", kind: "COMPOSED", participantName: "" };
    const parts = partsOf([recording, agent, composed], recording);
    expect(parts.map(titleOf)).toEqual(["Everybody, audio", "Cleo Martin, audio", "Cleo Martin, audio"]);
  });

  it("go on at the same moment, within their own length", () => {
    expect(sameMoment(recording, agent, 20)).toBe(15);
    expect(sameMoment(agent, recording, 20)).toBe(25);
    expect(sameMoment(recording, agent, 2)).toBe(0);
    expect(sameMoment(agent, { ...recording, durationMs: 10_000 }, 20)).toBe(10);
  });

  it("are found again by a link to a moment", () => {
    const all = [recording, agent];
    expect(momentOf(momentQuery(agent, 75), all)).toEqual({ recording: agent, at: 75 });
    expect(momentOf("play=s-1&t=1:15", all)).toEqual({ recording, at: 75 });
    expect(momentOf("play=s-1&t=soon", all)).toEqual({ recording, at: 0 });
    expect(momentOf("play=s-9", all)).toBeUndefined();
    expect(momentOf("", all)).toBeUndefined();
    expect(momentOf("play=s-1", [{ ...recording, url: null }])).toBeUndefined();
  });
});

describe("what the player says", () => {
  it("tells the details that are known", () => {
    const facts = Object.fromEntries(factsOf({ ...recording, gapsMs: 12_000, fileName: null }));
    expect(facts).toMatchObject({ Who: "Cleo Martin", Length: "1:00", Gaps: "0:12 missing", Size: "240 kB" });
    expect(facts).not.toHaveProperty("File");
    expect(Object.fromEntries(factsOf({ ...recording, gapsMs: 300 })).Gaps).toBe("less than a second");
    expect([
      formatOf(recording.mime),
      formatOf('video/mp4; codecs="avc1"'),
      formatOf("audio/flac"),
      formatOf(null),
    ]).toEqual(["Ogg (opus)", "MP4 (avc1)", "flac", undefined]);
  });

  it("says in plain words why a file does not play, and whether to try again", () => {
    expect(problemOf(404, "")).toEqual({ text: "The file is not there any more.", again: false });
    expect(problemOf(503, "").again).toBe(true);
    expect(problemOf(206, "").text).toContain("Download");
    expect(problemOf(500, '{"message": "The file is damaged."}')).toEqual({
      text: "The file is damaged.",
      again: true,
    });
    expect(problemOf(500, "").text).toContain("500");
  });
});
