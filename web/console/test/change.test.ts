import { afterEach, describe, expect, it, vi } from "vitest";
import { change, differs } from "../src/data/api.ts";

const PATH = "/ccaas/1/queues/q";

/** What was sent after the reads. */
const sent: { method: string | undefined; tag: string | null; body: unknown }[] = [];

function serverHas(now: object | undefined, { loses = false } = {}) {
  vi.stubGlobal("fetch", async (_: string, { method, headers, body }: RequestInit) => {
    if (method === undefined) {
      return now === undefined
        ? new Response("{}", { status: 404 })
        : new Response(JSON.stringify(now), { headers: { etag: '"seven"' } });
    }
    sent.push({ method, tag: new Headers(headers).get("if-match"), body: JSON.parse(String(body)) });
    return loses ? new Response("{}", { status: 412 }) : new Response(JSON.stringify(now));
  });
}

afterEach(() => {
  sent.length = 0;
  vi.unstubAllGlobals();
});

describe("a change", () => {
  const seen = { id: "q", name: "Sales", updatedAt: "1", enabledAgentsCount: 1 };

  it("is made to what the page showed, which the server is told", async () => {
    serverHas({ ...seen, updatedAt: "2", enabledAgentsCount: 2 });
    await change("PUT", PATH, seen, { name: "Sales EU" });
    expect(sent).toEqual([{ method: "PUT", tag: '"seven"', body: { name: "Sales EU" } }]);
  });

  it("is not made to what somebody else has changed", async () => {
    serverHas({ ...seen, name: "Sales US" });
    await expect(change("PUT", PATH, seen, {})).rejects.toThrow(/changed this meanwhile/);
    expect(sent).toEqual([]);
  });

  it("says the same when somebody else comes between", async () => {
    serverHas(seen, { loses: true });
    await expect(change("PUT", PATH, seen, {})).rejects.toThrow(/changed this meanwhile/);
  });

  it("is asked for where nothing was set yet", async () => {
    serverHas(undefined);
    await change("PUT", PATH, {}, { name: "Sales" });
    expect(sent).toEqual([{ method: "PUT", tag: null, body: { name: "Sales" } }]);
  });
});

describe("a difference", () => {
  it("is a field that was added, taken away or changed, in whatever order they stand", () => {
    expect(differs({ a: 1, b: [1] }, { b: [1], a: 1 })).toBe(false);
    expect(differs({ a: 1 }, { a: 1, b: 2 })).toBe(true);
    expect(differs({ a: 1, b: 2 }, { a: 1 })).toBe(true);
    expect(differs({ a: { b: 1 } }, { a: { b: 2 } })).toBe(true);
  });
});
