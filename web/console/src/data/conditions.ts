import { type TextKey, t } from "../text.ts";
import type { Expression } from "./routing-api.ts";

/** What of a call the page can ask for by name. The last two have a key, too. */
export const fields = [
  "customer.identity",
  "customer.displayName",
  "call.link",
  "call.media",
  "conversation.priority",
  "time.day",
  "time.hour",
  "customData",
  "other",
] as const;
export type Field = (typeof fields)[number];

export const operators = ["$eq", "$neq", "$in", "$nin", "$lt", "$lte", "$gt", "$gte"] as const;
export type Operator = (typeof operators)[number];

/** The values that a field can have, where these are known. */
export const valuesOf: Partial<Record<Field, readonly TextKey[]>> = {
  "call.media": ["AUDIO", "VIDEO"],
  "conversation.priority": ["URGENT", "HIGH", "NORMAL", "LOW"],
  "time.day": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
};

export interface Condition {
  field: Field;
  /** Of the custom data, or the whole operand of another field. */
  key: string;
  operator: Operator;
  /** Several are separated by commas. */
  value: string;
}

/** Whether all conditions or one of them must hold. */
export type Match = "all" | "any";

export interface Conditions {
  match: Match;
  conditions: Condition[];
}

const DATA = "customData.";

/** What holds for every call: an expression must ask for something. */
const EVERY: Expression = { "message.channel": { $eq: "CALLS" } };
const isOfEvery = ({ key, operator, value }: Condition) =>
  key === "message.channel" && operator === "$eq" && value === "CALLS";

/** Whether the operator takes several values. */
export const takesSeveral = (operator: Operator) => operator === "$in" || operator === "$nin";

function fieldOf(operand: string): Pick<Condition, "field" | "key"> {
  if (operand.startsWith(DATA)) return { field: "customData", key: operand.slice(DATA.length) };
  const field = fields.find((name) => name === operand);
  return field === undefined ? { field: "other", key: operand } : { field, key: "" };
}

function operandOf({ field, key }: Condition): string {
  if (field === "customData") return DATA + key;
  return field === "other" ? key : field;
}

const isPlain = (value: unknown): value is string | number =>
  typeof value === "number" || (typeof value === "string" && !value.includes(","));

/** A value in a field of the form; undefined for one that does not fit there. */
function valueIn(operator: Operator, value: unknown): string | undefined {
  if (takesSeveral(operator)) return Array.isArray(value) && value.every(isPlain) ? value.join(", ") : undefined;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** The conditions of one member; undefined for anything that the form has no fields for. */
function ofMember(operand: string, asked: unknown): Condition[] | undefined {
  if (operand.startsWith("$")) return undefined;
  const pairs = typeof asked === "object" && asked !== null ? Object.entries(asked) : [["$eq", asked]];
  const found = pairs.map(([name, given]) => {
    const operator = operators.find((one) => one === name);
    const value = operator && valueIn(operator, given);
    return operator && value !== undefined ? { ...fieldOf(operand), operator, value } : undefined;
  });
  const all = found.filter((condition) => condition !== undefined);
  return all.length === found.length ? all : undefined;
}

function ofMembers(expression: object): Condition[] | undefined {
  const each = Object.entries(expression).map(([operand, asked]) => ofMember(operand, asked));
  return each.some((one) => one === undefined) ? undefined : each.flatMap((one) => one ?? []);
}

/** What holds anyway needs no fields. */
function asShown(match: Match, conditions: Condition[]): Conditions {
  return { match, conditions: match === "all" ? conditions.filter((one) => !isOfEvery(one)) : conditions };
}

/** An expression as fields of a form; undefined for one that only its text can show. */
export function conditionsOf(expression: Expression): Conditions | undefined {
  const [only, ...rest] = Object.entries(expression);
  if (only !== undefined && rest.length === 0 && (only[0] === "$and" || only[0] === "$or")) {
    if (!Array.isArray(only[1])) return undefined;
    const each = only[1].map((one: unknown) => (typeof one === "object" && one !== null ? ofMembers(one) : undefined));
    const match = only[0] === "$and" ? "all" : "any";
    // Where one must hold, several members of one are no conditions of their own.
    if (match === "any" && each.some((one) => one?.length !== 1)) return undefined;
    const conditions = each.some((one) => one === undefined) ? undefined : each.flatMap((one) => one ?? []);
    return conditions && asShown(match, conditions);
  }
  const conditions = ofMembers(expression);
  return conditions && asShown("all", conditions);
}

function expressionOfOne(condition: Condition): Expression {
  const { operator, value } = condition;
  const list = value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return { [operandOf(condition)]: { [operator]: takesSeveral(operator) ? list : value } };
}

export function expressionOf({ match, conditions }: Conditions): Expression {
  const all = conditions.map(expressionOfOne);
  if (all.length === 0) return EVERY;
  const [first] = all;
  if (all.length === 1 && first !== undefined) return first;
  return { [match === "all" ? "$and" : "$or"]: all };
}

function wordsOf(condition: Condition): string {
  const { field, key, operator, value } = condition;
  const what = field === "customData" ? t("fieldDataOf", { key }) : field === "other" ? key : t(`field ${field}`);
  const known = valuesOf[field];
  const shown = value
    .split(",")
    .map((part) => known?.find((one) => one === part.trim()))
    .map((one, at) => (one === undefined ? value.split(",")[at]?.trim() : t(one)));
  return t(`op ${operator}`, { what, value: shown.join(", ") });
}

/** What a rule asks of a call, in words: its parts, and what stands between them. */
export function inWords(expression: Expression): { parts: string[]; join: string } {
  const known = conditionsOf(expression);
  const join = t(known?.match === "any" ? "joinAny" : "joinAll");
  if (known === undefined) return { parts: [JSON.stringify(expression)], join };
  return { parts: known.conditions.length === 0 ? [t("everyCall")] : known.conditions.map(wordsOf), join };
}
