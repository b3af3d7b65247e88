/** The part of OpenAPI 3.1 that the page shows. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

type Content = Record<string, { schema?: Schema }>;

export interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  deprecated?: boolean;
  parameters?: Parameter[];
  requestBody?: { content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
}

export interface Document {
  info?: { title?: string; version?: string; description?: string };
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Entry {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** All operations by tag, in the order of the description. */
export function byTag(document: Document, otherName: string): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const tag = operation.tags?.[0] ?? otherName;
      const id = operation.operationId ?? `${method}-${path}`.replace(/[^a-z0-9]+/gi, "-");
      groups.set(tag, [...(groups.get(tag) ?? []), { id, method, path, operation }]);
    }
  }
  return groups;
}

/** The schema that a reference names, with its name. */
export function resolve(document: Document, schema: Schema): { schema: Schema; name: string | undefined } {
  const name = schema.$ref?.split("/").at(-1);
  if (name === undefined) return { schema, name: undefined };
  return { schema: document.components?.schemas?.[name] ?? {}, name };
}

/** A type in a few words. */
export function typeWords(document: Document, schema: Schema | undefined): string {
  if (schema === undefined) return "";
  const { schema: meant, name } = resolve(document, schema);
  if (meant.enum !== undefined) return meant.enum.map(String).join(" | ");
  if (meant.const !== undefined) return JSON.stringify(meant.const);
  if (meant.items !== undefined) return `${typeWords(document, meant.items)}[]`;
  const choices = meant.oneOf ?? meant.anyOf;
  if (choices !== undefined) return choices.map((choice) => typeWords(document, choice)).join(" | ");
  const type = Array.isArray(meant.type) ? meant.type.join(" | ") : meant.type;
  const words = name !== undefined && (type === "object" || type === undefined) ? name : (type ?? "object");
  return meant.format === undefined ? words : `${words} (${meant.format})`;
}

/** Limits and default of a value, in a few words. */
export function limits(schema: Schema): string {
  const parts = [
    schema.minimum === undefined ? "" : `≥ ${schema.minimum}`,
    schema.maximum === undefined ? "" : `≤ ${schema.maximum}`,
    schema.minLength === undefined ? "" : `≥ ${schema.minLength} characters`,
    schema.maxLength === undefined ? "" : `≤ ${schema.maxLength} characters`,
    schema.default === undefined ? "" : `default ${JSON.stringify(schema.default)}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** The fields of an object, those of its parts included. */
export function fieldsOf(
  document: Document,
  schema: Schema,
): { properties: [string, Schema][]; required: Set<string> } {
  const { schema: meant } = resolve(document, schema);
  const properties = Object.entries(meant.properties ?? {});
  const required = new Set(meant.required ?? []);
  for (const part of meant.allOf ?? []) {
    const more = fieldsOf(document, part);
    properties.push(...more.properties);
    for (const name of more.required) required.add(name);
  }
  return { properties, required };
}

export function jsonSchema(content: Content | undefined): Schema | undefined {
  return content === undefined ? undefined : Object.values(content)[0]?.schema;
}
