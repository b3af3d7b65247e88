import { useRef, useState } from "preact/hooks";
import { Icon } from "../../../shared/src/icons.tsx";
import {
  type Condition,
  conditionsOf,
  expressionOf,
  type Field,
  fields,
  type Operator,
  operators,
  takesSeveral,
  valuesOf,
} from "../data/conditions.ts";
import { type Expression, type Priority, priorities, type Rule, type RuleFields } from "../data/routing-api.ts";
import type { QueueSettings } from "../data/settings-api.ts";
import { t } from "../text.ts";
import { Check, Input, Select, Values } from "./ask.tsx";

const MAX_NAME = 255;
const MAX_EXPRESSION = 4_000;

/** What was filled in, each condition a row of the same four fields. */
function expressionIn(form: Values): Expression {
  const match = form.text("match");
  if (match === "text") return parsed(form.text("expression"));
  const [operators, keys, values] = [form.all("operator"), form.all("key"), form.all("value")];
  const conditions = form.all("operand").map((field, at) => ({
    field: field as Field,
    key: keys[at]?.trim() ?? "",
    operator: operators[at] as Operator,
    value: values[at]?.trim() ?? "",
  }));
  return expressionOf({ match: match === "any" ? "any" : "all", conditions });
}

function parsed(text: string): Expression {
  try {
    const expression: unknown = JSON.parse(text);
    if (typeof expression === "object" && expression !== null && !Array.isArray(expression)) {
      return expression as Expression;
    }
  } catch {
    // The sentence below says what it must be.
  }
  throw new Error(t("notAnExpression"));
}

export function ruleOf(form: Values): RuleFields {
  return {
    name: form.text("name") || undefined,
    expression: expressionIn(form),
    queueId: form.text("queueId"),
    priority: form.text("priority") as Priority,
    routeOnlyDuringWorkingHours: form.checked("onlyHours"),
    enabled: form.checked("enabled"),
  };
}

interface Props {
  rule?: Rule;
  queues: QueueSettings[];
}

export function RuleFieldset({ rule, queues }: Props) {
  const queueChoices = queues.map(({ id, name }) => ({ value: id, text: name }));
  // Its queue is deleted: another one must be chosen.
  const gone = rule !== undefined && !queues.some(({ id }) => id === rule.queueId);
  return (
    <>
      <Input name="name" label={t("name")} value={rule?.name} maxLength={MAX_NAME} />
      <Asked expression={rule?.expression ?? {}} isNew={rule === undefined} />
      {gone && <p class="notice warn">{t("ruleQueueGone")}</p>}
      <Select name="queueId" label={t("ruleQueue")} value={rule?.queueId} choices={queueChoices} />
      <Select
        name="priority"
        label={t("rulePriority")}
        help={t("rulePriorityHelp")}
        value={rule?.priority ?? "NORMAL"}
        choices={priorities.map((priority) => ({ value: priority, text: t(priority) }))}
      />
      <Check
        name="onlyHours"
        label={t("ruleOnlyHours")}
        help={t("ruleOnlyHoursHelp")}
        checked={rule?.routeOnlyDuringWorkingHours ?? false}
      />
      <Check name="enabled" label={t("ruleEnabled")} help={t("ruleEnabledHelp")} checked={rule?.enabled ?? true} />
    </>
  );
}

type Row = Condition & { row: number };

const FIRST: Condition = { field: "customer.identity", key: "", operator: "$eq", value: "" };

/** What the rule asks of a call: conditions in fields, or what these cannot say as text. */
function Asked({ expression, isNew }: { expression: Expression; isNew: boolean }) {
  const [known] = useState(() => conditionsOf(expression));
  const [match, setMatch] = useState<string>(known?.match ?? "text");
  const [text, setText] = useState(() => JSON.stringify(expression, null, 1));
  const rows = useRows(isNew ? [FIRST] : (known?.conditions ?? [FIRST]));
  const choose = (select: HTMLSelectElement) => {
    // The text begins with what the fields say.
    if (select.value === "text" && select.form !== null) {
      const form = new FormData(select.form);
      form.set("match", match);
      setText(JSON.stringify(expressionIn(new Values(form)), null, 1));
    }
    setMatch(select.value);
  };
  return (
    <fieldset class="check-list">
      <legend class="small">{t("ruleAsks")}</legend>
      <select
        class="input"
        name="match"
        aria-label={t("ruleAsks")}
        value={match}
        onChange={(event) => choose(event.currentTarget)}
        data-testid="field-match"
      >
        <option value="all">{t("matchAll")}</option>
        <option value="any">{t("matchAny")}</option>
        <option value="text">{t("matchText")}</option>
      </select>
      {match === "text" ? (
        <label class="field">
          <span>{t("expression")}</span>
          <textarea
            key={text}
            class="input code"
            name="expression"
            rows={6}
            maxLength={MAX_EXPRESSION}
            spellcheck={false}
            required
            defaultValue={text}
            data-testid="field-expression"
          />
          <span class="small muted hint">{t("expressionHelp")}</span>
        </label>
      ) : (
        <div ref={rows.box} class="conditions">
          {rows.all.map((row, at) => (
            <ConditionRow key={row.row} condition={row} number={at + 1} onRemove={() => rows.remove(row.row)} />
          ))}
          {rows.all.length === 0 && <p class="small muted">{t("everyCallHelp")}</p>}
          <button type="button" class="button" onClick={rows.add} data-testid="add-condition">
            {t("addCondition")}
          </button>
        </div>
      )}
    </fieldset>
  );
}

/** Conditions that come and go; the keyboard is at a new one, and at the button when one has gone. */
function useRows(first: Condition[]) {
  const [all, setAll] = useState<Row[]>(() => first.map((condition, row) => ({ ...condition, row })));
  const next = useRef(first.length);
  const box = useRef<HTMLDivElement>(null);
  const add = () => {
    const row = next.current++;
    setAll((before) => [...before, { ...FIRST, row }]);
    setTimeout(() => box.current?.querySelector<HTMLElement>(".condition:last-of-type select")?.focus());
  };
  const remove = (gone: number) => {
    setAll((before) => before.filter(({ row }) => row !== gone));
    box.current?.querySelector<HTMLElement>('[data-testid="add-condition"]')?.focus();
  };
  return { all, add, remove, box };
}

interface RowProps {
  condition: Condition;
  number: number;
  onRemove: () => void;
}

function ConditionRow({ condition, number, onRemove }: RowProps) {
  const [field, setField] = useState<string>(condition.field);
  const [operator, setOperator] = useState<string>(condition.operator);
  const label = (key: "conditionField" | "conditionKey" | "conditionOperator" | "conditionValue") => t(key, { number });
  const keyed = field === "customData" || field === "other";
  return (
    <div class="condition" role="group" aria-label={t("conditionNumber", { number })} data-testid="condition">
      <select
        class="input"
        name="operand"
        aria-label={label("conditionField")}
        value={field}
        onChange={(event) => setField(event.currentTarget.value)}
        data-testid="condition-field"
      >
        {fields.map((one) => (
          <option key={one} value={one}>
            {t(`field ${one}`)}
          </option>
        ))}
      </select>
      <input
        class="input"
        name="key"
        type={keyed ? "text" : "hidden"}
        aria-label={keyed ? label("conditionKey") : undefined}
        placeholder={t(field === "other" ? "otherKey" : "dataKey")}
        defaultValue={condition.key}
        required={keyed}
        data-testid="condition-key"
      />
      <select
        class="input"
        name="operator"
        aria-label={label("conditionOperator")}
        value={operator}
        onChange={(event) => setOperator(event.currentTarget.value)}
        data-testid="condition-operator"
      >
        {operators.map((one) => (
          <option key={one} value={one}>
            {t(`choose ${one}`)}
          </option>
        ))}
      </select>
      <Value
        field={field as Field}
        several={takesSeveral(operator as Operator)}
        initial={condition.value}
        label={label("conditionValue")}
      />
      <button
        type="button"
        class="button icon-only"
        aria-label={t("removeCondition", { number })}
        title={t("delete")}
        onClick={onRemove}
        data-testid="remove-condition"
      >
        <Icon name="trash" />
      </button>
    </div>
  );
}

interface ValueProps {
  field: Field;
  several: boolean;
  initial: string;
  label: string;
}

/** A choice where the values are known and one is asked for, otherwise what is typed. */
function Value({ field, several, initial, label }: ValueProps) {
  const known = several ? undefined : valuesOf[field];
  if (known !== undefined) {
    return (
      <select key={field} class="input" name="value" aria-label={label} data-testid="condition-value">
        {known.map((one) => (
          <option key={one} value={one} selected={one === initial}>
            {t(one)}
          </option>
        ))}
      </select>
    );
  }
  const names = valuesOf[field]?.join(", ");
  return (
    <input
      class="input"
      name="value"
      aria-label={label}
      placeholder={several ? (names ?? t("severalValues")) : t(field === "time.hour" ? "hourValue" : "oneValue")}
      defaultValue={initial}
      required
      maxLength={MAX_EXPRESSION}
      data-testid="condition-value"
    />
  );
}
