import { useEffect, useRef, useState } from "preact/hooks";
import { secondsLeft } from "../../../shared/src/format.ts";
import { useNow } from "../../../shared/src/hooks.ts";
import { type ConversationStatus, problemText } from "../data/api.ts";
import type { Phone, RunningWrapUp } from "../data/phone.ts";
import { t } from "../text.ts";

const statuses: ConversationStatus[] = ["OPEN", "WAITING", "SOLVED", "CLOSED"];

export function WrapUpWindow({ phone, wrapUp }: { phone: Phone; wrapUp: RunningWrapUp }) {
  const now = useNow(250);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem("");
    try {
      await work();
    } catch (error) {
      setProblem(t("wrapUpFailed", { problem: problemText(error) }));
    }
    setBusy(false);
  };
  return (
    <section class="wrap-up card" aria-labelledby="wrap-up-title" data-testid="wrap-up">
      <div class="spread">
        <h2 id="wrap-up-title" ref={title} tabIndex={-1}>
          {t("wrapUp")}
        </h2>
        {wrapUp.canExtend && (
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => attempt(() => phone.extendWrapUp())}
            data-testid="add-ten"
          >
            {t("addTen")}
          </button>
        )}
      </div>
      <p role="timer" data-testid="wrap-up-left">
        {t("wrapUpLeft", { seconds: secondsLeft(wrapUp.until, now) })}
      </p>
      <Fields phone={phone} />
      <p class="small muted">{t("closedHint")}</p>
      {problem !== "" && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      <button
        type="button"
        class="button primary"
        disabled={busy}
        onClick={() => attempt(() => phone.finishWrapUp())}
        data-testid="finish"
      >
        {t(busy ? "finishing" : "finish")}
      </button>
    </section>
  );
}

function Fields({ phone }: { phone: Phone }) {
  const draft = phone.draft;
  return (
    <>
      <label class="field">
        <span>{t("note")}</span>
        <textarea
          class="input"
          rows={4}
          maxLength={4000}
          placeholder={t("notePlaceholder")}
          value={draft?.note ?? ""}
          onInput={(event) => phone.write({ note: event.currentTarget.value })}
          data-testid="wrap-up-note"
        />
      </label>
      <label class="field">
        <span>{t("summary")}</span>
        <input
          class="input"
          maxLength={4000}
          value={draft?.summary ?? ""}
          onInput={(event) => phone.write({ summary: event.currentTarget.value })}
          data-testid="wrap-up-summary"
        />
      </label>
      <label class="field">
        <span>{t("conversationStatus")}</span>
        <select
          class="input"
          value={draft?.status || "OPEN"}
          onChange={(event) => phone.write({ status: event.currentTarget.value as ConversationStatus })}
          data-testid="wrap-up-status"
        >
          {statuses.map((status) => (
            <option key={status} value={status}>
              {t(status)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
