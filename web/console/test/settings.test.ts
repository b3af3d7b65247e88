import { describe, expect, it } from "vitest";
import type { Agent } from "../src/data/api.ts";
import type { DayHours, Person, Webhook } from "../src/data/settings-api.ts";
import type { Message } from "../src/data/waiting-api.ts";
import { startOfDay } from "../src/data/zone.ts";
import { Values } from "../src/settings/ask.tsx";
import { daysOf } from "../src/settings/closed.tsx";
import { minuteOf, timeOf, weekInWords } from "../src/settings/hours.tsx";
import { secondsOf } from "../src/settings/music.tsx";
import { newPassword } from "../src/settings/parts.tsx";
import { freeAgents } from "../src/settings/people.tsx";
import { changesOf, fieldsOf } from "../src/settings/queues.tsx";
import { fieldsOf as recordingOf, wayOf } from "../src/settings/recording.tsx";
import { kindOf, messageOf } from "../src/settings/sound.tsx";
import { strategyOf } from "../src/settings/strategy-form.tsx";
import { healthOf } from "../src/settings/webhooks.tsx";

const agents = ["1", "2", "3"].map(
  (id): Agent => ({ id, displayName: id, status: "ACTIVE", availability: "ACTIVE", role: "AGENT", enabled: true }),
);

describe("people", () => {
  it("may work as an agent as whom nobody signs in", () => {
    const person: Person = { id: "p", name: "ada", displayName: "Ada", role: "AGENT", enabled: true };
    const people = [{ ...person, agentId: "2" }, person];
    expect(freeAgents(agents, people).map(({ id }) => id)).toEqual(["1", "3"]);
  });

  it("get passwords that differ and have no letters that look alike", () => {
    const passwords = Array.from({ length: 50 }, newPassword);
    expect(new Set(passwords).size).toBe(50);
    for (const password of passwords) expect(password).toMatch(/^[a-zA-Z2-9]{16}$/);
    expect(passwords.join("")).not.toMatch(/[0O1lIio]/);
  });
});

describe("recording", () => {
  const own = { agentId: "1", inbound: true, outbound: false, mediaType: "AUDIO" as const };

  it("is as set for all where nothing is set for the agent, or the agent uses that", () => {
    expect(wayOf(undefined)).toBe("default");
    expect(wayOf({ ...own, enabled: true, useDefault: true })).toBe("default");
    expect(wayOf({ ...own, enabled: true, useDefault: false })).toBe("on");
    expect(wayOf({ ...own, enabled: false, useDefault: false })).toBe("off");
  });

  it("of an agent is set as a whole", () => {
    const form = new FormData();
    form.set("way", "on");
    form.set("outbound", "on");
    form.set("media", "AUDIO_AND_VIDEO");
    const fields = { inbound: false, outbound: true, mediaType: "AUDIO_AND_VIDEO", enabled: true, useDefault: false };
    expect(recordingOf(new Values(form))).toEqual(fields);
  });
});

describe("queues", () => {
  it("change for those agents alone who were checked or unchecked", () => {
    const changes = changesOf(agents, new Set(["1", "2"]), new Set(["2", "3"]));
    expect(changes).toEqual({ join: ["3"], leave: ["1"] });
  });

  it("forget an agent never where no days are named, and use the default hours where none are chosen", () => {
    const form = new FormData();
    for (const [name, value] of [
      ["name", " Sales "],
      ["algorithm", "ROUND_ROBIN"],
      ["sticky", "on"],
    ] as const) {
      form.set(name, value);
    }
    expect(fieldsOf(new Values(form))).toEqual({
      name: "Sales",
      isAutoAssignmentEnabled: false,
      autoAssignmentAlgorithm: "ROUND_ROBIN",
      isAutoAssignmentOutsideOfWorkingHoursEnabled: false,
      isStickyAutoAssignmentEnabled: true,
      stickyAgentTimeoutDays: null,
      workingHoursId: null,
    });
  });
});

describe("working hours", () => {
  const day: DayHours = { startTime: 540, endTime: 1020, enabled: true };

  it("have times of the day in minutes", () => {
    expect([timeOf(0), timeOf(545), timeOf(1_440)]).toEqual(["00:00", "09:05", "00:00"]);
    expect([minuteOf("00:00"), minuteOf("18:30")]).toEqual([0, 1_110]);
  });

  it("tell days with the same hours together, and none of those off", () => {
    const week = { MONDAY: day, TUESDAY: day, WEDNESDAY: { ...day, enabled: false }, THURSDAY: day };
    expect(weekInWords(week)).toBe("Monday–Tuesday 09:00–17:00, Thursday 09:00–17:00");
    expect(weekInWords({ ...week, TUESDAY: { ...day, endTime: 540 } })).toContain("Monday 09:00–17:00, Thursday");
    expect(weekInWords({})).toBe("never open");
  });
});

describe("holidays", () => {
  it("begin and end with the days of their zone, also where the clocks change", () => {
    const begins = (day: string, zone: string, plus?: number) => startOfDay(day, zone, plus).toISOString();
    expect(begins("2026-12-25", "Europe/Zagreb")).toBe("2026-12-24T23:00:00.000Z");
    expect(begins("2026-12-31", "Europe/Zagreb", 1)).toBe("2026-12-31T23:00:00.000Z");
    expect(begins("2026-03-29", "Europe/Zagreb")).toBe("2026-03-28T23:00:00.000Z");
    expect(begins("2026-03-29", "Europe/Zagreb", 1)).toBe("2026-03-29T22:00:00.000Z");
    expect(begins("2026-07-04", "America/New_York")).toBe("2026-07-04T04:00:00.000Z");
    expect(begins("2026-01-26", "Asia/Kolkata")).toBe("2026-01-25T18:30:00.000Z");
  });

  it("are told by their days, the last one among them", () => {
    const zone = "Europe/Zagreb";
    const startDate = startOfDay("2026-12-24", zone).toISOString();
    const days = (last: string) => daysOf({ startDate, endDate: startOfDay(last, zone, 1).toISOString() }, zone);
    expect(days("2026-12-24")).toMatch(/24/);
    expect(days("2026-12-24")).not.toMatch(/25/);
    expect(days("2026-12-26")).toMatch(/24.*26/);
  });
});

describe("waiting strategies", () => {
  const filled = (fields: Record<string, string>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return new Values(form);
  };
  const voice = { name: "Ada", gender: "FEMALE" };
  const spoken: Message = {
    enabled: true,
    audioSourceType: "TTS",
    ttsAudioSource: { text: "Hello", language: "en", voice, speechRate: 1.25 },
  };

  it("keep a message that is switched off, and the voice of one whose text changes", () => {
    expect(messageOf(filled({ "greeting-kind": "off" }), "greeting", spoken)).toEqual({ ...spoken, enabled: false });
    expect(messageOf(filled({ "greeting-kind": "off" }), "greeting", undefined)).toBeUndefined();
    const form = filled({ "greeting-kind": "text", "greeting-text": "Good day", "greeting-language": "en-GB" });
    expect(messageOf(form, "greeting", spoken)?.ttsAudioSource).toEqual({
      text: "Good day",
      language: "en-GB",
      voice,
      speechRate: 1.25,
    });
  });

  it("tell which source of a message counts", () => {
    const file = { fileDescriptor: "f" };
    expect(kindOf({ ...spoken, enabled: false })).toBe("off");
    expect(kindOf({ ...spoken, audioSourceType: undefined })).toBe("text");
    expect(kindOf({ ...spoken, audioSourceType: "FILE", fileAudioSource: file })).toBe("file");
    expect([undefined, { enabled: false }].map(kindOf)).toEqual(["off", "off"]);
  });

  it("keep whom a program has chosen, and how often an announcement comes", () => {
    const form = filled({ name: "Patience", wait: "5", unit: "MINUTES", "announcement-kind": "off", interval: "20" });
    const condition = { senders: [{ clientType: "WEBRTC", identifier: "conversations" }] };
    const before = {
      id: "1",
      maximumWaitTime: { unit: "HOURS" as const, value: 1 },
      announcementMessage: spoken,
      conditionType: "SENDER" as const,
      condition,
    };
    const fields = strategyOf(form, before);
    expect(fields).toMatchObject({
      conditionType: "SENDER",
      condition,
      maximumWaitTime: { unit: "MINUTES", value: 5 },
    });
    expect(fields.announcementMessage).toMatchObject({
      enabled: false,
      repeatInterval: { unit: "SECONDS", value: 20 },
    });
    expect(strategyOf(form, undefined).condition).toEqual({ queues: [] });
  });

  it("show lengths of time in seconds", () => {
    expect(secondsOf({ unit: "MINUTES", value: 2 })).toBe(120);
    expect(secondsOf(undefined)).toBeUndefined();
  });
});

describe("webhooks", () => {
  it("are disabled before they are failing", () => {
    const hook: Webhook = { id: "1", name: "n", url: "u", events: [], enabled: true };
    const failure = { since: "", attempts: 1, nextAttemptAt: "", error: "refused" };
    expect([hook, { ...hook, failure }, { ...hook, failure, enabled: false }].map(healthOf)).toEqual([
      "hookOn",
      "hookFailing",
      "hookOff",
    ]);
  });
});
