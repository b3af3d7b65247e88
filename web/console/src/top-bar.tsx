import type { AgentStatus } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/src/icons.tsx";
import type { Session } from "./data/api.ts";
import type { Phone } from "./data/phone.ts";
import { Logo } from "./sign-in.tsx";
import { t, word } from "./text.ts";

interface Props {
  session: Session;
  phone: Phone | undefined;
  onSignOut: () => void;
}

export function TopBar({ session, phone, onSignOut }: Props) {
  return (
    <header class="top-bar">
      <span class="product">
        <Logo /> <span class="product-name">{t("product")}</span>
      </span>
      <span class="grow" />
      {phone !== undefined && <LinkBadge phone={phone} />}
      {phone !== undefined && <StatusMenu phone={phone} />}
      <span class="who" title={session.displayName}>
        <span class="who-name" data-testid="who">
          {session.displayName}
        </span>
        <span class="small muted">{word(session.role, "role")}</span>
      </span>
      <button type="button" class="button" onClick={onSignOut} data-testid="sign-out">
        {t("signOut")}
      </button>
    </header>
  );
}

const linkTexts = {
  connected: ["connected", "good"],
  connecting: ["connecting", "warn"],
  reconnecting: ["reconnectingLink", "warn"],
  superseded: ["openElsewhere", "bad"],
} as const;

function LinkBadge({ phone }: { phone: Phone }) {
  const [text, color] = linkTexts[phone.link];
  return (
    <span class="badge link-badge" role="status" data-testid="link-state" data-state={phone.link}>
      <span class={`dot ${color}`} aria-hidden="true" />
      <span class="link-text">{t(text)}</span>
    </span>
  );
}

const statuses: AgentStatus[] = ["ACTIVE", "BUSY", "AWAY", "INVISIBLE"];
const colors: Record<AgentStatus, string> = { ACTIVE: "good", BUSY: "bad", AWAY: "warn", INVISIBLE: "" };

export function StatusDot({ status }: { status: AgentStatus }) {
  return <span class={`dot ${colors[status] ?? ""}`} aria-hidden="true" />;
}

function StatusMenu({ phone }: { phone: Phone }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const status = phone.agent?.status ?? "INVISIBLE";
  const voice = phone.agent?.voice ?? "IDLE";
  useEffect(() => {
    if (!open) return;
    const leave = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    box.current?.querySelector<HTMLElement>('[role="menuitemradio"][aria-checked="true"]')?.focus();
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [open]);
  const choose = (next: AgentStatus) => {
    setOpen(false);
    box.current?.querySelector("button")?.focus();
    void phone.setStatus(next);
  };
  return (
    <div class="status-menu" ref={box}>
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={t("status", { status: voice === "IDLE" ? t(status) : `${t(status)} ${t(voice)}` })}
        onClick={() => setOpen(!open)}
        data-testid="status-menu"
        data-status={status}
        data-availability={phone.agent?.availability}
        data-voice={voice}
      >
        <StatusDot status={status} />
        {t(status)} {voice !== "IDLE" && <span class="badge accent">{t(voice)}</span>}
      </button>
      {open && (
        <div
          class="menu card"
          role="menu"
          aria-label={t("chooseStatus")}
          onKeyDown={(event) => onKey(event, () => setOpen(false))}
        >
          {statuses.map((one) => (
            <button
              key={one}
              type="button"
              class="menu-item"
              role="menuitemradio"
              aria-checked={one === status}
              onClick={() => choose(one)}
              data-testid={`status-${one}`}
            >
              <StatusDot status={one} />
              <span>
                {t(one)}
                <span class="small muted block">{t(`${one}help`)}</span>
              </span>
              {one === status && <Icon name="check" />}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** Arrow keys move within the menu, Escape closes it. */
function onKey(event: KeyboardEvent, close: () => void): void {
  const menu = event.currentTarget as HTMLElement;
  if (event.key === "Escape") {
    close();
    menu.parentElement?.querySelector("button")?.focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll<HTMLElement>('[role="menuitemradio"]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
}
