import { call, change } from "./api.ts";

export const priorities = ["URGENT", "HIGH", "NORMAL", "LOW"] as const;
export type Priority = (typeof priorities)[number];

/** What is asked of a call: an object of the API's language of conditions. */
export type Expression = Record<string, unknown>;

export interface RuleFields {
  name?: string | undefined;
  priority: Priority;
  expression: Expression;
  queueId: string;
  enabled: boolean;
  routeOnlyDuringWorkingHours: boolean;
}

/** Ids are new whenever the rules are set. */
export type Rule = RuleFields & {
  id: string;
  /** Absent once the queue is deleted. */
  queueName?: string;
};

const ROUTING = "/ccaas/1/routing";

async function rules(): Promise<Rule[]> {
  return (await call<{ routes: Rule[] }>("GET", ROUTING)).routes;
}

function fieldsOf({
  name,
  priority,
  expression,
  queueId,
  enabled,
  routeOnlyDuringWorkingHours,
}: RuleFields): RuleFields {
  return { ...(name ? { name } : {}), priority, expression, queueId, enabled, routeOnlyDuringWorkingHours };
}

/** The rules by which calls find their queue. */
export const routingApi = {
  rules,
  /** Sets all rules, unless they are not those of `shown` any more. */
  replace: (shown: readonly Rule[], next: readonly RuleFields[]) =>
    change<unknown>("PUT", ROUTING, { routes: shown }, next.map(fieldsOf)),
};
