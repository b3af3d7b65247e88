import { describe, expect, it } from "vitest";
import { byTag, type Document, fieldsOf, typeWords } from "../src/openapi.ts";

const document: Document = {
  paths: {
    "/a": { get: { tags: ["Agents"], operationId: "get-a" }, post: {}, parameters: {} },
  },
  components: {
    schemas: {
      Base: { type: "object", properties: { id: { type: "string", format: "uuid" } }, required: ["id"] },
      Status: { type: "string", enum: ["ACTIVE", "BUSY"] },
      Agent: {
        allOf: [{ $ref: "#/components/schemas/Base" }, { type: "object", properties: { name: { type: "string" } } }],
      },
    },
  },
};

describe("the description of the API", () => {
  it("lists operations by tag and nothing that is none", () => {
    const groups = byTag(document, "Other");
    expect([...groups.keys()]).toEqual(["Agents", "Other"]);
    expect(groups.get("Other")?.map(({ method, path }) => `${method} ${path}`)).toEqual(["post /a"]);
  });

  it("gathers the fields of all parts", () => {
    const { properties, required } = fieldsOf(document, { $ref: "#/components/schemas/Agent" });
    expect(properties.map(([name]) => name)).toEqual(["id", "name"]);
    expect([...required]).toEqual(["id"]);
  });

  it("says types in words", () => {
    expect(typeWords(document, { type: "array", items: { $ref: "#/components/schemas/Agent" } })).toBe("Agent[]");
    expect(typeWords(document, { $ref: "#/components/schemas/Status" })).toBe("ACTIVE | BUSY");
    expect(typeWords(document, { type: "string", format: "date-time" })).toBe("string (date-time)");
  });
});
