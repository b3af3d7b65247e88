import { describe, expect, it } from "vitest";
import { failureText } from "../src/call/transferring.tsx";
import { errorText, type TransferAgent, type TransferQueue } from "../src/data/api.ts";
import { hrefOf, parseRoute } from "../src/data/route.ts";
import { agentTarget, queueTarget } from "../src/data/targets.ts";
import { byGroup } from "../src/status-menu.tsx";
import { howLong, liveFirst, matches } from "../src/views/conversation-list.tsx";
import { stateOf } from "../src/views/links.tsx";
import { windowOf } from "../src/views/new-link.tsx";
import { inWords, ownersOf, placedOf } from "../src/views/timeline.tsx";

describe("the timeline in words", () => {
  const event = { id: "1", at: "2026-11-20T18:00:00Z" };

  it("tells who answered and how long the customer waited", () => {
    const answered = { ...event, type: "CALL_ANSWERED", agentName: "Ada", waitingMs: 75_000 };
    expect(inWords(answered)).toBe("Answered by Ada after 1:15 of waiting");
  });

  it("tells that the customer answered where an agent called", () => {
    const started = { ...event, type: "CALL_STARTED", direction: "OUTBOUND", callId: "call-1" };
    const answered = { ...event, type: "CALL_ANSWERED", agentName: "Ada", callId: "call-1", waitingMs: 4_000 };
    const placed = placedOf([started, { ...started, direction: "INBOUND", callId: "call-2" }]);
    expect(inWords(answered, { placed })).toBe("The customer answered after 0:04");
    expect(inWords({ ...answered, callId: "call-2" }, { placed })).toContain("Answered by Ada");
  });

  it("has words for recordings, and leaves a later release's events their names", () => {
    const paused = { ...event, type: "RECORDING_PAUSED", by: "ana" };
    expect(inWords(paused)).toBe("Recording paused by ana");
    expect(inWords({ ...event, type: "CALL_PARKED" })).toBe("call parked");
  });

  it("tells who ended the call and how long it was", () => {
    const ended = { ...event, type: "CALL_ENDED", endedBy: "CUSTOMER", durationMs: 184_000 };
    expect(inWords(ended)).toBe("Call ended by the customer after 3:04");
  });

  it("tells a call that nobody answered from one without length", () => {
    expect(inWords({ ...event, type: "CALL_ENDED", endedBy: "CUSTOMER", durationMs: 0 })).toContain("before it was");
  });

  it("names whose connection broke", () => {
    const ringing = { ...event, type: "CALL_RINGING", legId: "leg-2", agentName: "Ada" };
    const owners = ownersOf([ringing]);
    expect(inWords({ ...event, type: "LEG_LOST", legId: "leg-2" }, { owners })).toBe("Connection of Ada broke");
    expect(inWords({ ...event, type: "LEG_BACK", legId: "leg-1" }, { owners })).toBe(
      "Connection of the customer is back",
    );
  });

  it("tells of hold and transfer", () => {
    const by = { ...event, agentName: "Ada", toAgentName: "Bob" };
    expect(inWords({ ...by, type: "CALL_HELD" })).toBe("Call on hold by Ada");
    expect(inWords({ ...by, type: "CALL_RESUMED", heldMs: 42_000 })).toBe("Call resumed by Ada after 0:42 on hold");
    expect(inWords({ ...by, type: "CALL_TRANSFERRED" })).toBe("Call transferred from Ada to Bob");
    const failed = { ...by, type: "CALL_TRANSFER_FAILED", reason: "NO_ANSWER" };
    expect(inWords(failed)).toBe("Transfer from Ada to Bob failed: no answer");
  });

  it("names the queue that a call was transferred to, while there is one", () => {
    const moved = { ...event, type: "CALL_TRANSFERRED_TO_QUEUE", agentName: "Ada", toQueueId: "q" };
    expect(inWords(moved, { queues: new Map([["q", "Sales"]]) })).toBe("Call transferred by Ada to the queue Sales");
    expect(inWords(moved)).toBe("Call transferred by Ada to another queue");
  });

  it("shows events of later releases by their own name", () => {
    expect(inWords({ ...event, type: "CALL_PARKED" })).toBe("call parked");
  });
});

describe("who can take a call", () => {
  const agent: TransferAgent = {
    agentId: "1",
    displayName: "Bob",
    available: false,
    availability: "ACTIVE",
    voice: "IDLE",
  };
  const queue: TransferQueue = {
    queueId: null,
    queueName: "Default Queue",
    active: true,
    autoAssignmentEnabled: true,
    availableAgentsCount: 2,
  };

  it("says why an agent cannot", () => {
    const says = (over: Partial<TransferAgent>) => agentTarget({ ...agent, ...over });
    expect(says({ available: true })).toMatchObject({ able: true, says: "Available", to: { agent: "1" } });
    expect(says({ voice: "ON_HOLD" })).toMatchObject({ able: false, says: "On hold" });
    expect(says({ availability: "AWAY" })).toMatchObject({ able: false, says: "Away" });
    expect(says({})).toMatchObject({ able: false, says: "Not available" });
  });

  it("says why a queue cannot, and that one without agents can", () => {
    const says = (over: Partial<TransferQueue>) => queueTarget({ ...queue, ...over });
    expect(says({})).toMatchObject({ able: true, says: "Available agents: 2", to: { queue: null } });
    expect(says({ availableAgentsCount: 0 })).toMatchObject({ able: true, color: "warn" });
    expect(says({ active: false })).toMatchObject({ able: false, says: "Outside of working hours" });
    expect(says({ autoAssignmentEnabled: false })).toMatchObject({ able: false });
  });

  it("says in plain words why a transfer failed, also for a reason of a later release", () => {
    expect(failureText("DECLINED", "Bob")).toBe("The call could not be transferred. Bob declined the call.");
    expect(failureText("ABDUCTED", "Bob")).toBe("The call could not be transferred.");
  });
});

describe("call links", () => {
  it("maps the three types to the API's validity window", () => {
    expect(windowOf("oneTime", "", "")).toEqual({ oneTime: true });
    expect(windowOf("expiration", "", "2026-11-21T10:00Z")).toEqual({ endTime: "2026-11-21T10:00:00.000Z" });
    expect(windowOf("timeFrame", "2026-11-21T09:00Z", "2026-11-21T10:00Z")).toEqual({
      startTime: "2026-11-21T09:00:00.000Z",
      endTime: "2026-11-21T10:00:00.000Z",
    });
  });

  it("refuses a window that ends before it starts", () => {
    expect(() => windowOf("timeFrame", "2026-11-21T10:00Z", "2026-11-21T09:00Z")).toThrow("later than the start");
    expect(() => windowOf("expiration", "", "")).toThrow();
  });

  it("tells early, active and expired links apart", () => {
    const link = {
      id: "1",
      url: "",
      validityWindow: { startTime: "2026-11-21T09:00:00Z", endTime: "2026-11-21T10:00:00Z" },
    };
    const at = (time: string) => stateOf(link, Date.parse(time));
    expect(at("2026-11-21T08:59:59Z")).toBe("linkEarly");
    expect(at("2026-11-21T09:30:00Z")).toBe("linkActive");
    expect(at("2026-11-21T10:00:00Z")).toBe("linkExpired");
  });
});

describe("search", () => {
  const conversation = {
    id: "1",
    status: "OPEN" as const,
    topic: "Invoice of March",
    customer: { id: "k", identity: "guest-1", displayName: "Cleo Martin" },
    createdAt: "2026-11-20T18:00:00Z",
  };

  it("finds words in any order, in name and topic", () => {
    expect(matches(conversation, "march CLEO")).toBe(true);
    expect(matches(conversation, "april cleo")).toBe(false);
    expect(matches(conversation, "")).toBe(true);
  });
});

describe("the list of conversations", () => {
  it("tells how long one waits in the largest unit", () => {
    expect([30, 60, 3_599, 3_600, 90_000].map((seconds) => howLong(seconds * 1_000))).toEqual([
      "less than a minute",
      "1 min",
      "59 min",
      "1 h",
      "1 d",
    ]);
  });

  it("shows the one with the live call first and keeps the others in their order", () => {
    const all = ["1", "2", "3"].map((id) => ({ id, status: "OPEN" as const, createdAt: "2026-11-20T18:00:00Z" }));
    expect(liveFirst(all, ({ id }) => id === "3").map(({ id }) => id)).toEqual(["3", "1", "2"]);
  });
});

describe("the status menu", () => {
  it("has the account's own statuses by name, each in its group", () => {
    const own = [
      { id: "1", name: "Training", group: "BUSY" as const },
      { id: "2", name: "Back office", group: "BUSY" as const },
      { id: "3", name: "Lunch", group: "AWAY" as const },
    ];
    const names = byGroup(own).map(({ group, own }) => [group, ...own.map(({ name }) => name)]);
    expect(names).toEqual([["ACTIVE"], ["BUSY", "Back office", "Training"], ["AWAY", "Lunch"], ["INVISIBLE"]]);
  });
});

describe("errors", () => {
  it("reads both forms of the API", () => {
    const text = "Closed conversation cannot be changed";
    const formA = JSON.stringify({ requestError: { serviceException: { messageId: "BAD_REQUEST", text } } });
    expect(errorText(formA)).toBe(text);
    expect(errorText('{"status":"ERROR","message":"Agent is not in Wrapping status."}')).toContain("Wrapping");
    expect(errorText("<html>")).toBeUndefined();
  });

  it("names the fields that are wrong", () => {
    const validationErrors = { content: ["must not be blank"] };
    const body = JSON.stringify({ requestError: { serviceException: { text: "Bad Request", validationErrors } } });
    expect(errorText(body)).toBe("Bad Request content must not be blank");
  });
});

describe("addresses", () => {
  it("come back as they were made", () => {
    expect(parseRoute(hrefOf("all", "a/b"))).toEqual({ view: "all", id: "a/b", query: "" });
    expect(parseRoute(hrefOf("all", "a?b", "play=c&t=75"))).toEqual({ view: "all", id: "a?b", query: "play=c&t=75" });
    expect(parseRoute("#/links")).toEqual({ view: "links", id: undefined, query: "" });
    expect(parseRoute("")).toEqual({ view: "work", id: undefined, query: "" });
  });
});
