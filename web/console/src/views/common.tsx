import type { ComponentChildren } from "preact";
import type { Loaded } from "../data/load.ts";
import { t } from "../text.ts";

interface ShowProps<T> {
  of: Loaded<T>;
  children: (data: T) => ComponentChildren;
}

/** What was loaded, or that it is being loaded, or why it was not and how to try again. */
export function Show<T>({ of, children }: ShowProps<T>) {
  return (
    <>
      {of.problem !== "" && (
        <div class="notice bad" role="alert">
          <span class="grow">{t("loadFailed", { problem: of.problem })}</span>
          <button type="button" class="button" onClick={of.reload}>
            {t("tryAgain")}
          </button>
        </div>
      )}
      {of.data === undefined && of.problem === "" && (
        <p class="muted" role="status">
          {t("loading")}
        </p>
      )}
      {of.data !== undefined && children(of.data)}
    </>
  );
}

export function Empty({ title, help }: { title: string; help?: string }) {
  return (
    <div class="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {help !== undefined && <p class="muted small">{help}</p>}
    </div>
  );
}
