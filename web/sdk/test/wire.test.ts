/**
 * The library's types of messages are those of the server: every message that the server's schema allows is written
 * out as a literal, and the compiler says whether the types take it.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  const?: unknown;
  enum?: unknown[];
  type?: string | string[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
}

const WIRE = resolve(import.meta.dirname, "../src/wire.ts");
const SCHEMA = resolve(import.meta.dirname, "../../../docs/signaling.schema.json");

/** Every literal that differs in a choice right here: constants, null or not. Inner choices take their first. */
function literals(schema: Schema, defs: Record<string, Schema>): string[] {
  if (schema.$ref !== undefined) {
    const { $ref, ...beside } = schema;
    const target = defs[$ref.replace("#/$defs/", "")] ?? {};
    const properties = { ...target.properties, ...beside.properties };
    return literals({ ...target, ...beside, properties }, defs);
  }
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value));
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return choices.flatMap((choice) => literals(choice, defs));
  const types = [schema.type ?? "object"].flat();
  return types.flatMap((type) => ofType(type, schema, defs));
}

function ofType(type: string, schema: Schema, defs: Record<string, Schema>): string[] {
  if (type === "string") return ['""'];
  if (type === "integer" || type === "number") return ["1"];
  if (type === "boolean") return ["true"];
  if (type === "null") return ["null"];
  if (type === "array") return literals(schema.items ?? {}, defs).map((item) => `[${item}]`);
  if (typeof schema.additionalProperties === "object") {
    return literals(schema.additionalProperties, defs).map((value) => `{ any: ${value} }`);
  }
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, literals(field, defs)] as const);
  const plain = (chosen?: string, literal?: string) =>
    `{ ${fields.map(([name, [first]]) => `${name}: ${name === chosen ? literal : first}`).join(", ")} }`;
  const variants = fields.flatMap(([name, [, ...others]]) => others.map((other) => plain(name, other)));
  return [plain(), ...variants];
}

it("messages of the server's schema fit the library's types", () => {
  const schema: Record<"client" | "server", Schema> = JSON.parse(readFileSync(SCHEMA, "utf8"));
  const messages = (side: Schema) => (side.oneOf ?? []).flatMap((message) => literals(message, side.$defs ?? {}));
  const [client, server] = [messages(schema.client), messages(schema.server)];
  expect(client.length).toBeGreaterThan(9);
  expect(server.length).toBeGreaterThan(20);
  const lines = [
    `import type { ClientMessage, ServerMessage } from ${JSON.stringify(WIRE)};`,
    ...client.map((literal, index) => `export const client${index}: ClientMessage = ${literal};`),
    ...server.map((literal, index) => `export const server${index}: ServerMessage = ${literal};`),
  ];
  const folder = mkdtempSync(join(tmpdir(), "wire-"));
  try {
    writeFileSync(join(folder, "messages.ts"), lines.join("\n"));
    const tsc = resolve(import.meta.dirname, "../../node_modules/.bin/tsc");
    const options = [
      "--noEmit",
      "--strict",
      "--module",
      "esnext",
      "--moduleResolution",
      "bundler",
      "--target",
      "es2022",
    ];
    const line = [...options, "--allowImportingTsExtensions", "--lib", "es2022,dom", "messages.ts"];
    let complaints = "";
    try {
      execFileSync(tsc, line, { cwd: folder, encoding: "utf8" });
    } catch (error) {
      complaints = (error as { stdout: string }).stdout;
    }
    expect(complaints).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
