import { asCallError, type Call } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Tab, type Target, tabs, useTargets } from "../data/targets.ts";
import { t } from "../text.ts";
import { moveFocus } from "./focus.ts";
import { TargetList } from "./targets.tsx";

/** Chooses who gets the call. It closes when the transfer has begun. */
export function TransferDialog({ call, onClose }: { call: Call; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [tab, setTab] = useState<Tab>("agents");
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<Target | undefined>();
  const [problem, setProblem] = useState("");
  const found = useTargets(tab, call.conversationId ?? "", search);
  const queueName = useLast(found.data?.queueName);
  const choosing = chosen === undefined;

  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  // The dialog opened, or what had the focus went with the question.
  useEffect(() => {
    if (choosing) dialog.current?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
  }, [choosing]);

  const show = (next: Tab) => {
    setTab(next);
    setSearch("");
  };
  const choose = (target: Target | undefined) => {
    setProblem("");
    setChosen(target);
  };
  const transfer = async (target: Target) => {
    try {
      await call.transfer(target.to);
      dialog.current?.close();
    } catch (error) {
      setProblem(t("transferRefused", { problem: asCallError(error).description }));
      setChosen(undefined);
      found.reload();
    }
  };
  return (
    <dialog
      ref={dialog}
      class="dialog card transfer"
      aria-labelledby="transfer-title"
      onClose={onClose}
      data-testid="transfer-dialog"
    >
      <div class="spread">
        <h2 id="transfer-title">{t("transferTitle")}</h2>
        <button type="button" class="button" onClick={() => dialog.current?.close()} data-testid="transfer-close">
          {t("close")}
        </button>
      </div>
      {problem !== "" && (
        <p class="notice warn" role="alert" data-testid="transfer-refused">
          {problem}
        </p>
      )}
      {chosen === undefined ? (
        <>
          <Tabs tab={tab} queueName={queueName} onTab={show} />
          <div class="target-panel" role="tabpanel" id="transfer-panel" aria-labelledby={`transfer-tab-${tab}`}>
            <TargetList tab={tab} found={found} search={search} onSearch={setSearch} onChoose={choose} />
          </div>
        </>
      ) : (
        <Question
          target={found.data?.all.find(({ key }) => key === chosen.key) ?? chosen}
          isQueue={tab === "queues"}
          onBack={() => choose(undefined)}
          onTransfer={transfer}
        />
      )}
    </dialog>
  );
}

/** The value, or the last one that there was. */
function useLast<T>(value: T | undefined): T | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}

interface TabsProps {
  tab: Tab;
  queueName: string | undefined;
  onTab: (tab: Tab) => void;
}

function Tabs({ tab, queueName, onTab }: TabsProps) {
  const agents = queueName === undefined ? t("tabAgents") : t("tabAgentsIn", { queue: queueName });
  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
    const [back, forth] = rtl ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
    const next = moveFocus(event, '[role="tab"]', back, forth)?.dataset.tab;
    const found = tabs.find((one) => one === next);
    if (found !== undefined) onTab(found);
  };
  return (
    <div class="tabs" role="tablist" aria-label={t("transferTo")} onKeyDown={move}>
      {tabs.map((one) => (
        <button
          key={one}
          type="button"
          class="tab"
          role="tab"
          id={`transfer-tab-${one}`}
          aria-selected={one === tab}
          aria-controls="transfer-panel"
          tabIndex={one === tab ? 0 : -1}
          onClick={() => onTab(one)}
          data-tab={one}
          data-testid={`tab-${one}`}
        >
          {one === "agents" ? agents : t("tabQueues")}
        </button>
      ))}
    </div>
  );
}

interface QuestionProps {
  /** As it is now. */
  target: Target;
  isQueue: boolean;
  onBack: () => void;
  onTransfer: (target: Target) => Promise<void>;
}

function Question({ target, isQueue, onBack, onTransfer }: QuestionProps) {
  const { name, able, says, color } = target;
  const [busy, setBusy] = useState(false);
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), []);
  const transfer = () => {
    if (busy || !able) return;
    setBusy(true);
    void onTransfer(target);
  };
  return (
    <div class="stack" data-testid="transfer-question">
      <h3 id="transfer-question">{t(isQueue ? "toQueueQuestion" : "toAgentQuestion", { name })}</h3>
      <p class="status small">
        <span class={`dot ${color}`} aria-hidden="true" /> {says}
      </p>
      <p id="transfer-help">{t(isQueue ? "toQueueHelp" : "toAgentHelp", { name })}</p>
      <div role="status">{!able && <p class="notice warn">{t("targetGone", { name })}</p>}</div>
      <div class="row">
        <button
          ref={yes}
          type="button"
          class="button primary"
          aria-describedby="transfer-question transfer-help"
          aria-disabled={busy || !able ? "true" : undefined}
          onClick={transfer}
          data-testid="transfer-now"
        >
          {t(busy ? "transferNowBusy" : "transferNow")}
        </button>
        <button type="button" class="button" disabled={busy} onClick={onBack} data-testid="choose-other">
          {t("chooseOther")}
        </button>
      </div>
    </div>
  );
}
