import { call } from "./api.ts";

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

/** Somebody else has set the rules since they were shown. */
export class RulesChanged extends Error {}

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
  replace: async (shown: readonly Rule[], next: readonly RuleFields[]): Promise<void> => {
    const now = await rules();
    const same = now.length === shown.length && now.every(({ id }, at) => id === shown[at]?.id);
    if (!same) throw new RulesChanged();
    await call<unknown>("PUT", ROUTING, next.map(fieldsOf));
  },
};
