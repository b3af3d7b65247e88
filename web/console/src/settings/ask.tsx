import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { problemText } from "../data/api.ts";
import { t } from "../text.ts";

interface AskProps {
  title: string;
  /** Words of the button that does it. */
  action: string;
  /** It takes something away. */
  danger?: boolean;
  children?: ComponentChildren;
  /** The dialog closes when it is done, and shows why when it fails. */
  onSubmit: (form: Values) => Promise<unknown>;
  onClose: () => void;
}

/** What was filled in. */
export class Values {
  readonly #form: FormData;

  constructor(form: FormData) {
    this.#form = form;
  }

  /** Without spaces around it; empty when there is no such field. */
  text(name: string): string {
    return String(this.#form.get(name) ?? "").trim();
  }

  /** As it was typed. */
  raw(name: string): string {
    return String(this.#form.get(name) ?? "");
  }

  checked(name: string): boolean {
    return this.#form.get(name) !== null;
  }

  all(name: string): string[] {
    return this.#form.getAll(name).map(String);
  }

  /** ISO 8601 of a `datetime-local` field; nothing when it is empty. */
  time(name: string): string | undefined {
    const text = this.text(name);
    return text === "" ? undefined : new Date(text).toISOString();
  }
}

/** Asks for some fields, or whether to do it at all. */
export function Ask({ title, action, danger = false, children, onSubmit, onClose }: AskProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  // Whoever asks again at once may meet the dialog that was closed before it is gone.
  const closed = useRef(true);
  useEffect(() => {
    if (!closed.current) return;
    closed.current = false;
    dialog.current?.showModal();
    // A key pressed too often must take nothing away.
    if (danger) cancel.current?.focus();
  });
  const close = () => {
    closed.current = true;
    onClose();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const form = new Values(new FormData(event.currentTarget as HTMLFormElement));
    setBusy(true);
    setProblem("");
    try {
      await onSubmit(form);
      dialog.current?.close();
      // The button that asked is about to go with its line.
      if (danger) document.getElementById("main-content")?.focus();
    } catch (error) {
      setProblem(problemText(error));
    }
    setBusy(false);
  };
  return (
    <dialog ref={dialog} class="dialog card" aria-labelledby="ask-title" onClose={close} data-testid="ask">
      <h2 id="ask-title">{title}</h2>
      <form class="stack" onSubmit={submit}>
        {children}
        {problem !== "" && (
          <p class="notice bad" role="alert" data-testid="ask-problem">
            {problem}
          </p>
        )}
        <div class="row">
          <button
            type="submit"
            class={`button ${danger ? "danger" : "primary"}`}
            aria-disabled={busy ? "true" : undefined}
            data-testid="ask-do"
          >
            {busy ? t("saving") : action}
          </button>
          <button
            ref={cancel}
            type="button"
            class="button"
            onClick={() => dialog.current?.close()}
            data-testid="ask-cancel"
          >
            {t("cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}

interface InputProps {
  name: string;
  label: string;
  help?: string;
  value?: string | number | undefined;
  type?: "text" | "url" | "password" | "number" | "date" | "datetime-local";
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  min?: number;
  max?: number;
  autocomplete?: string;
}

export function Input({ name, label, help, value, type = "text", autocomplete = "off", ...limits }: InputProps) {
  // What changes elsewhere meanwhile must not change what is being typed.
  const [initial] = useState(value);
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        name={name}
        type={type}
        defaultValue={initial}
        autocomplete={autocomplete}
        {...limits}
        data-testid={`field-${name}`}
      />
      {help !== undefined && <span class="small muted hint">{help}</span>}
    </label>
  );
}

export interface Choice {
  value: string;
  text: string;
}

interface SelectProps {
  name: string;
  label: string;
  help?: string;
  value?: string | undefined;
  choices: Choice[];
}

export function Select({ name, label, help, value, choices }: SelectProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select class="input" name={name} data-testid={`field-${name}`}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === value}>
            {choice.text}
          </option>
        ))}
      </select>
      {help !== undefined && <span class="small muted hint">{help}</span>}
    </label>
  );
}

interface CheckProps {
  name: string;
  label: string;
  help?: string;
  value?: string;
  checked?: boolean;
}

export function Check({ name, label, help, value = "on", checked = false }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" name={name} value={value} defaultChecked={checked} data-testid={`field-${name}`} />
      <span>
        {label}
        {help !== undefined && <span class="small muted block">{help}</span>}
      </span>
    </label>
  );
}
