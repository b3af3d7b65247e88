import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "../../../shared/src/icons.tsx";
import { t } from "../text.ts";
import { CopyButton } from "../views/new-link.tsx";

interface SectionProps {
  title: string;
  intro: string;
  add: string;
  onAdd: () => void;
  children: ComponentChildren;
}

/** A part of the settings: what it is for, what there is, and the button for another one. */
export function Section({ title, intro, add, onAdd, children }: SectionProps) {
  return (
    <section class="card part" aria-labelledby="section-title" data-testid="section">
      <div class="section-head">
        <div>
          <h2 id="section-title">{title}</h2>
          <p class="muted">{intro}</p>
        </div>
        <button type="button" class="button primary" onClick={onAdd} data-testid="add">
          {add}
        </button>
      </div>
      {children}
    </section>
  );
}

interface LineProps {
  id: string;
  name: string;
  /** Its place, where the order counts. */
  number?: number;
  badges?: ComponentChildren;
  children?: ComponentChildren;
  actions: ComponentChildren;
}

export function Line({ id, name, number, badges, children, actions }: LineProps) {
  return (
    <li class="setting" data-testid="setting" data-id={id} data-name={name}>
      <div class="setting-what">
        <span class="row">
          {number !== undefined && <span class="muted numbers">{number}.</span>}
          <strong class="setting-name">{name}</strong>
          {badges}
        </span>
        {children}
      </div>
      <div class="row setting-actions">{actions}</div>
    </li>
  );
}

interface ActionProps {
  /** What it does to what, for those who do not see the line. */
  label: string;
  of: string;
  icon?: IconName;
  testid: string;
  /** It leads nowhere now. */
  disabled?: boolean;
  onClick: () => void;
}

/** A button of a line: in words, or as an icon alone. */
export function Action({ label, of, icon, testid, disabled = false, onClick }: ActionProps) {
  return (
    <button
      type="button"
      class={icon === undefined ? "button" : "button icon-only"}
      aria-label={`${label}: ${of}`}
      title={icon === undefined ? undefined : label}
      aria-disabled={disabled ? "true" : undefined}
      onClick={() => !disabled && onClick()}
      data-testid={testid}
    >
      {icon === undefined ? label : <Icon name={icon} />}
    </button>
  );
}

export interface Secret {
  title: string;
  value: string;
}

/** A secret that the server shows this once, until the person says that it is kept. */
export function ShownOnce({ secret, onKept }: { secret: Secret; onKept: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [title] = useState(secret.title);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <div class="notice secret" data-testid="secret">
      <div class="grow stack">
        <strong id="secret-title">{title}</strong>
        <input
          ref={field}
          class="input secret-value"
          readOnly
          value={secret.value}
          aria-labelledby="secret-title"
          aria-describedby="secret-help"
          data-testid="secret-value"
        />
        <span id="secret-help" class="small">
          {t("shownOnce")}
        </span>
      </div>
      <CopyButton text={secret.value} />
      <button type="button" class="button primary" onClick={onKept} data-testid="secret-kept">
        {t("secretKept")}
      </button>
    </div>
  );
}

const LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const PASSWORD_LETTERS = 16;

/** A password for a person to type: letters that look alike are left out. */
export function newPassword(): string {
  const letters: string[] = [];
  // Bytes at the end of the range would make the first letters more likely.
  const usable = 256 - (256 % LETTERS.length);
  while (letters.length < PASSWORD_LETTERS) {
    for (const byte of crypto.getRandomValues(new Uint8Array(PASSWORD_LETTERS))) {
      if (byte < usable) letters.push(LETTERS.charAt(byte % LETTERS.length));
    }
  }
  return letters.slice(0, PASSWORD_LETTERS).join("");
}
