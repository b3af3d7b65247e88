import { useRef, useState } from "preact/hooks";
import { problemText } from "../data/api.ts";
import { inWords } from "../data/conditions.ts";
import { useLoaded } from "../data/load.ts";
import { type Rule, type RuleFields, routingApi } from "../data/routing-api.ts";
import { type QueueSettings, settingsApi } from "../data/settings-api.ts";
import { t } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { Ask, type Values } from "./ask.tsx";
import { Action, Line, Section } from "./parts.tsx";
import { RuleFieldset, ruleOf } from "./rule-form.tsx";

/** `all` is what was shown then. */
type Asked = { all: Rule[] } & ({ what: "new" } | { what: "edit" | "delete"; rule: Rule; at: number });

export const nameOf = (rule: RuleFields, at: number) => rule.name || t("ruleNumber", { number: at + 1 });

/** The rules in another order; the same where it would lead out of the list. */
export function moved<T>(all: readonly T[], from: number, to: number): T[] {
  const next = [...all];
  if (to < 0 || to >= all.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** Which queue calls come to. */
export function Routing() {
  const rules = useLoaded("routing", routingApi.rules);
  const queues = useLoaded("queue-settings", settingsApi.queues);
  const [asked, setAsked] = useState<Asked>();
  const set = async (shown: readonly Rule[], next: readonly RuleFields[]) => {
    try {
      await routingApi.replace(shown, next);
    } finally {
      rules.reload();
    }
  };
  return (
    <Section
      title={t("routingTitle")}
      intro={t("routingIntro")}
      add={t("addRule")}
      onAdd={() => rules.data !== undefined && setAsked({ what: "new", all: rules.data })}
    >
      <Show of={rules}>
        {(all) => (
          <>
            {all.length === 0 ? (
              <Empty title={t("noRules")} help={t("noRulesHelp")} />
            ) : (
              <Rules
                all={all}
                onAsk={(what, at, rule) => setAsked({ what, at, rule, all })}
                onOrder={(next) => set(all, next)}
              />
            )}
            {all.length > 0 && <p class="small muted">{t("noRuleHolds")}</p>}
            {asked !== undefined && (
              <Question
                asked={asked}
                queues={queues.data ?? []}
                onSet={(next) => set(asked.all, next)}
                onClose={() => setAsked(undefined)}
              />
            )}
          </>
        )}
      </Show>
    </Section>
  );
}

interface RulesProps {
  all: Rule[];
  onAsk: (what: "edit" | "delete", at: number, rule: Rule) => void;
  onOrder: (next: Rule[]) => Promise<void>;
}

/** The list in its order, which buttons change, and Alt with the arrow keys. */
function Rules({ all, onAsk, onOrder }: RulesProps) {
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState<{ problem: boolean; text: string }>();
  const busy = useRef(false);
  const move = async (from: number, to: number) => {
    const rule = all[from];
    if (busy.current || rule === undefined || to < 0 || to >= all.length) return;
    busy.current = true;
    const button = document.activeElement?.getAttribute("data-testid");
    try {
      await onOrder(moved(all, from, to));
      const place = { name: nameOf(rule, from), place: to + 1, count: all.length };
      setSaid({ problem: false, text: t("ruleMoved", place) });
      // Lines keep their place in the page, so the keyboard follows the rule.
      list.current?.children[to]?.querySelector<HTMLElement>(`[data-testid="${button}"]`)?.focus();
    } catch (error) {
      setSaid({ problem: true, text: t("notSaved", { problem: problemText(error) }) });
    }
    busy.current = false;
  };
  const byKey = (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const line = (event.target as Element).closest("li");
    if (!event.altKey || step === undefined || line === null) return;
    event.preventDefault();
    const from = [...(list.current?.children ?? [])].indexOf(line);
    void move(from, from + step);
  };
  // Ids change with every change, and what has the focus must not.
  const places = all.map((rule, at) => ({ rule, at }));
  return (
    <>
      <ol ref={list} class="setting-list" onKeyDown={byKey} data-testid="rules">
        {places.map(({ rule, at }) => (
          <RuleLine key={at} rule={rule} at={at} count={all.length} onAsk={onAsk} onMove={move} />
        ))}
      </ol>
      <div role="status" data-testid="rule-moved">
        {said !== undefined && <p class={said.problem ? "notice bad" : "visually-hidden"}>{said.text}</p>}
      </div>
    </>
  );
}

interface LineProps extends Pick<RulesProps, "onAsk"> {
  rule: Rule;
  at: number;
  count: number;
  onMove: (from: number, to: number) => Promise<void>;
}

function RuleLine({ rule, at, count, onAsk, onMove }: LineProps) {
  const name = nameOf(rule, at);
  const { id, queueName, enabled, priority } = rule;
  return (
    <Line
      id={id}
      name={name}
      number={at + 1}
      badges={
        <>
          {!enabled && <span class="badge warn">{t("disabled")}</span>}
          {queueName === undefined && <span class="badge warn">{t("ruleQueueMissing")}</span>}
          {priority !== "NORMAL" && <span class="badge">{t("priorityIs", { priority: t(priority) })}</span>}
          {rule.routeOnlyDuringWorkingHours && <span class="badge">{t("onlyHoursBadge")}</span>}
        </>
      }
      actions={
        <>
          <Action
            label={t("moveUp")}
            of={name}
            icon="up"
            testid="up"
            disabled={at === 0}
            onClick={() => void onMove(at, at - 1)}
          />
          <Action
            label={t("moveDown")}
            of={name}
            icon="down"
            testid="down"
            disabled={at === count - 1}
            onClick={() => void onMove(at, at + 1)}
          />
          <Action label={t("edit")} of={name} testid="edit" onClick={() => onAsk("edit", at, rule)} />
          <Action
            label={t("delete")}
            of={name}
            icon="trash"
            testid="delete"
            onClick={() => onAsk("delete", at, rule)}
          />
        </>
      }
    >
      <Asks rule={rule} />
      <span class="small muted">{t("ruleTo", { queue: queueName ?? t("someQueue") })}</span>
    </Line>
  );
}

function Asks({ rule }: { rule: Rule }) {
  const { parts, join } = inWords(rule.expression);
  return (
    <span class="row small asks">
      {parts.map((part, at) => (
        <span key={part} class="row">
          {at > 0 && <span class="muted">{join}</span>}
          <span class="chip">{part}</span>
        </span>
      ))}
    </span>
  );
}

interface QuestionProps {
  asked: Asked;
  queues: QueueSettings[];
  onSet: (next: RuleFields[]) => Promise<void>;
  onClose: () => void;
}

function Question({ asked, queues, onSet, onClose }: QuestionProps) {
  if (asked.what === "new") {
    const add = async (form: Values) => onSet([...asked.all, ruleOf(form)]);
    return (
      <Ask title={t("addRule")} action={t("add")} onSubmit={add} onClose={onClose}>
        <RuleFieldset queues={queues} />
        <p class="small muted">{t("addedLast")}</p>
      </Ask>
    );
  }
  const { rule, at } = asked;
  const name = nameOf(rule, at);
  if (asked.what === "edit") {
    const change = async (form: Values) => onSet((asked.all as RuleFields[]).with(at, ruleOf(form)));
    return (
      <Ask title={name} action={t("save")} onSubmit={change} onClose={onClose}>
        <RuleFieldset rule={rule} queues={queues} />
      </Ask>
    );
  }
  const remove = () => onSet(asked.all.toSpliced(at, 1));
  return (
    <Ask title={t("deleteRule", { name })} action={t("delete")} danger onSubmit={remove} onClose={onClose}>
      <p>{t("deleteRuleHelp")}</p>
    </Ask>
  );
}
