import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isChangedMeanwhile, problemText } from "../data/api.ts";
import { t } from "../text.ts";
import { Values } from "./ask.tsx";

interface Props<T> {
  initial: T;
  /** Reads it anew, where somebody else has changed it. */
  load: () => Promise<T>;
  /** Gives what there is then. */
  save: (shown: T, form: Values) => Promise<T>;
  testid: string;
  saveTestid: string;
  children: (shown: T) => ComponentChildren;
}

/** Settings that are a page of their own: saved as a whole, and the page stays. */
export function PageForm<T>({ initial, load, save, testid, saveTestid, children }: Props<T>) {
  const [shown, setShown] = useState(initial);
  // The fields begin anew with each.
  const [turn, setTurn] = useState(0);
  const [said, setSaid] = useState<{ problem: boolean; text: string }>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const form = new Values(new FormData(event.currentTarget as HTMLFormElement));
    setBusy(true);
    setSaid(undefined);
    try {
      setShown(await save(shown, form));
      setSaid({ problem: false, text: t("saved") });
    } catch (error) {
      setSaid({ problem: true, text: t("notSaved", { problem: problemText(error) }) });
      const now = await load().catch(() => shown);
      setShown(now);
      if (isChangedMeanwhile(error)) setTurn((count) => count + 1);
    }
    setBusy(false);
  };
  return (
    <form class="stack narrow-form" onSubmit={submit} data-testid={testid}>
      <div key={turn} class="stack">
        {children(shown)}
      </div>
      <div role="status">{said !== undefined && <p class={said.problem ? "notice bad" : "notice"}>{said.text}</p>}</div>
      <div class="row">
        <button type="submit" class="button primary" aria-disabled={busy ? "true" : undefined} data-testid={saveTestid}>
          {t(busy ? "saving" : "save")}
        </button>
      </div>
    </form>
  );
}
