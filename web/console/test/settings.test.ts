import { describe, expect, it } from "vitest";
import type { Agent } from "../src/data/api.ts";
import type { DayHours, Person, Webhook } from "../src/data/settings-api.ts";
import { Values } from "../src/settings/ask.tsx";
import { minuteOf, timeOf, weekInWords } from "../src/settings/hours.tsx";
import { newPassword } from "../src/settings/parts.tsx";
import { freeAgents } from "../src/settings/people.tsx";
import { changesOf, fieldsOf } from "../src/settings/queues.tsx";
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
