import { afterEach, describe, expect, it, vi } from "vitest";
import { conditionsOf, expressionOf, inWords } from "../src/data/conditions.ts";
import { type Rule, type RuleFields, routingApi } from "../src/data/routing-api.ts";
import { Values } from "../src/settings/ask.tsx";
import { moved } from "../src/settings/routing.tsx";
import { ruleOf } from "../src/settings/rule-form.tsx";

describe("a rule's expression", () => {
  const country = { "customData.country": { $in: ["HR", "SI"] } };
  const video = { "call.media": { $eq: "VIDEO" } };

  it.each([
    [{ "message.channel": { $eq: "CALLS" } }],
    [country],
    [{ $and: [country, video] }],
    [{ $or: [country, video] }],
    [{ "customer.age": { $lt: "18" } }],
    [{ "company.size": { $gte: "100" } }],
  ])("comes back from the form as it was: %j", (expression) => {
    const known = conditionsOf(expression);
    expect(known).toBeDefined();
    expect(known && expressionOf(known)).toEqual(expression);
  });

  it("may be written in short, and all members count", () => {
    const known = conditionsOf({ "call.media": "VIDEO", "time.hour": { $gte: 8, $lt: 18 } });
    expect(known?.match).toBe("all");
    expect(known?.conditions.map(({ field, operator, value }) => [field, operator, value])).toEqual([
      ["call.media", "$eq", "VIDEO"],
      ["time.hour", "$gte", "8"],
      ["time.hour", "$lt", "18"],
    ]);
  });

  it.each([
    [{ $not: video }],
    [{ $or: [{ ...video, ...country }] }],
    [{ $and: [{ $or: [video, country] }] }],
    [{ $or: video }],
    [{ "customData.names": { $in: ["Doe, Jane"] } }],
    [{ "call.media": { $like: "V" } }],
  ])("is text where fields cannot say it: %j", (expression) => {
    expect(conditionsOf(expression)).toBeUndefined();
    expect(inWords(expression).parts).toEqual([JSON.stringify(expression)]);
  });

  it("is told in words", () => {
    expect(inWords({ "message.channel": "CALLS" }).parts).toEqual(["Every call"]);
    expect(inWords({ $and: [country, video] })).toEqual({
      parts: ["Custom data 'country' is one of HR, SI", "Kind of call is video"],
      join: "and",
    });
    expect(inWords({ $or: [{ "customer.identity": "ada" }, video] }).join).toBe("or");
  });
});

describe("the form of a rule", () => {
  const form = (...pairs: [string, string][]) => {
    const data = new FormData();
    for (const [name, value] of pairs) data.append(name, value);
    return new Values(data);
  };

  it("keeps each condition's fields together", () => {
    const rule = ruleOf(
      form(
        ["match", "any"],
        ...([
          ["operand", "customData"],
          ["key", " topic "],
          ["operator", "$eq"],
          ["value", "sales"],
          ["operand", "call.media"],
          ["key", ""],
          ["operator", "$neq"],
          ["value", "VIDEO"],
        ] as [string, string][]),
        ["queueId", "q"],
        ["priority", "HIGH"],
        ["enabled", "on"],
      ),
    );
    expect(rule).toEqual({
      name: undefined,
      expression: { $or: [{ "customData.topic": { $eq: "sales" } }, { "call.media": { $neq: "VIDEO" } }] },
      queueId: "q",
      priority: "HIGH",
      routeOnlyDuringWorkingHours: false,
      enabled: true,
    });
  });

  it("takes text as it is, and nothing that is no object", () => {
    const text = (expression: string) => () => ruleOf(form(["match", "text"], ["expression", expression])).expression;
    expect(text('{"$not": {"call.media": "VIDEO"}}')()).toEqual({ $not: { "call.media": "VIDEO" } });
    for (const wrong of ["", "{", "[]", "null", "3"]) expect(text(wrong)).toThrow("no JSON object");
  });
});

describe("the order of rules", () => {
  it("changes by one, and not beyond its ends", () => {
    expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
  });
});

describe("setting the rules", () => {
  const rule = (id: string): Rule => ({
    id,
    priority: "NORMAL",
    expression: {},
    queueId: "q",
    queueName: "Sales",
    enabled: true,
    routeOnlyDuringWorkingHours: false,
  });
  const sent: RuleFields[][] = [];
  const serverHas = (routes: Rule[]) =>
    vi.stubGlobal("fetch", async (_: string, { method, body }: RequestInit) => {
      if (method === "PUT") sent.push(JSON.parse(String(body)) as RuleFields[]);
      return new Response(JSON.stringify({ routes, pagination: { totalItems: routes.length } }));
    });
  afterEach(() => {
    sent.length = 0;
    vi.unstubAllGlobals();
  });

  it("sends what the API takes and nothing else", async () => {
    serverHas([rule("1")]);
    await routingApi.replace([rule("1")], [{ ...rule("1"), name: "All" }]);
    const { id: _, queueName: __, ...fields } = rule("1");
    expect(sent).toEqual([[{ ...fields, name: "All" }]]);
  });

  it("never overwrites what somebody else has set", async () => {
    serverHas([rule("1"), rule("2")]);
    await expect(routingApi.replace([rule("1")], [])).rejects.toThrow(/changed this meanwhile/);
    expect(sent).toEqual([]);
  });
});
