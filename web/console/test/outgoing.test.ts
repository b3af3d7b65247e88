import type { AgentState, IncomingCall } from "@switchroom/sdk";
import { describe, expect, it } from "vitest";
import { recentOf } from "../src/call/new-call.tsx";
import type { Conversation } from "../src/data/api.ts";
import { failureOf, recentCustomers, whyNoCall } from "../src/data/outgoing.ts";

const conversation = (identity: string | null, displayName: string, updatedAt: string): Conversation => ({
  id: `${identity} ${updatedAt}`,
  status: "OPEN",
  createdAt: "2026-11-01T08:00:00Z",
  updatedAt,
  customer: identity === null ? null : { id: identity, identity, displayName },
});

describe("recent customers", () => {
  const all = recentCustomers([
    conversation("ada", "Ada Lovelace", "2026-11-03T08:00:00Z"),
    conversation("guest-1a2b", "Somebody", "2026-11-03T07:00:00Z"),
    conversation(null, "", "2026-11-03T06:00:00Z"),
    conversation("bob", "", "2026-11-02T08:00:00Z"),
    conversation("ada", "Ada", "2026-11-01T08:00:00Z"),
  ]);

  it("are there once, newest first, without those whose identity was made up", () => {
    expect(all.map(({ identity, name }) => [identity, name])).toEqual([
      ["ada", "Ada Lovelace"],
      ["bob", "bob"],
    ]);
    expect(all[0]?.at).toBe("2026-11-03T08:00:00Z");
  });

  it("are found by name and identity, and stay when one is chosen", () => {
    expect(recentOf(all, "love").map(({ identity }) => identity)).toEqual(["ada"]);
    expect(recentOf(all, " BO").map(({ identity }) => identity)).toEqual(["bob"]);
    expect(recentOf(all, "ada")).toEqual(all);
    expect(recentOf(all, "zoe")).toEqual([]);
  });
});

describe("whether an agent can call", () => {
  const agent = (voice: AgentState["voice"]) => ({ voice }) as AgentState;
  const idle = {
    link: "connected" as const,
    agent: agent("IDLE"),
    call: undefined,
    incoming: undefined,
    outgoing: undefined,
    wrapUp: undefined,
  };
  const outgoing = { identity: "ada", name: "Ada", video: false, since: 0 };

  it("says why not", () => {
    expect(whyNoCall(idle)).toBeUndefined();
    expect(whyNoCall({ ...idle, link: "reconnecting" })).toBe("noCallOffline");
    expect(whyNoCall({ ...idle, agent: agent("ON_HOLD") })).toBe("noCallInCall");
    expect(whyNoCall({ ...idle, agent: agent("WRAPPING") })).toBe("noCallWrapping");
    expect(whyNoCall({ ...idle, incoming: {} as IncomingCall })).toBe("noCallRinging");
  });

  it("lets another call follow one that was not answered, and none beside one that rings", () => {
    expect(whyNoCall({ ...idle, outgoing })).toBe("noCallInCall");
    const failure = { reason: "NO_ANSWER", happened: "", next: "" };
    expect(whyNoCall({ ...idle, outgoing: { ...outgoing, failure } })).toBeUndefined();
  });
});

describe("a call that was not answered", () => {
  it("is told with the customer's name and what to do next", () => {
    const error = { id: 10203, name: "REJECTED", description: "The call was declined.", action: "" };
    expect(failureOf(error, "Ada").happened).toBe("Ada declined the call.");
  });

  it("is told in the server's words where there are no better ones", () => {
    const error = { id: 1, name: "SOMETHING_NEW", description: "It is raining.", action: "Wait." };
    expect(failureOf(error, "Ada")).toEqual({ reason: "SOMETHING_NEW", happened: "It is raining.", next: "Wait." });
  });
});
