import { useState } from "preact/hooks";
import { ApiError, api, problemText, type Session } from "./data/api.ts";
import { t } from "./text.ts";

export function SignIn({ note, onSignedIn }: { note: string; onSignedIn: (session: Session) => void }) {
  const [problem, setProblem] = useState(note);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem("");
    try {
      onSignedIn(await api.signIn(String(form.get("username")), String(form.get("password"))));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <main class="splash">
      <form class="card sign-in" onSubmit={submit} data-testid="sign-in">
        <Logo />
        <h1>{t("product")}</h1>
        <label class="field">
          <span>{t("username")}</span>
          <input class="input" name="username" autoComplete="username" required data-testid="username" />
        </label>
        <label class="field">
          <span>{t("password")}</span>
          <input
            class="input"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            data-testid="password"
          />
        </label>
        {problem !== "" && (
          <p class="notice bad" role="alert" data-testid="sign-in-problem">
            {problem}
          </p>
        )}
        <button type="submit" class="button primary" disabled={busy} data-testid="sign-in-button">
          {t(busy ? "signingIn" : "signIn")}
        </button>
      </form>
    </main>
  );
}

function explain(error: unknown): string {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 0) return t("serverAway");
  if (status === 401) return t("wrongPassword");
  if (status === 429) return t("tooManyTries");
  return t("signInFailed", { problem: problemText(error) });
}

export function Logo() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M8 11h7a4 4 0 0 1 4 4v2a4 4 0 0 0 4 4h1M8 21h7M21 11h3" />
      <circle cx="8" cy="11" r="2" />
      <circle cx="8" cy="21" r="2" />
      <circle cx="24" cy="21" r="2" />
      <circle cx="24" cy="11" r="2" />
    </svg>
  );
}
