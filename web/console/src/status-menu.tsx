import type { AgentState, AgentStatus } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/src/icons.tsx";
import { moveFocus } from "./call/focus.ts";
import { api, type NamedStatus } from "./data/api.ts";
import { useLoaded } from "./data/load.ts";
import type { Phone } from "./data/phone.ts";
import { t } from "./text.ts";

/** The four groups, in the order of the menu. */
export const groups: AgentStatus[] = ["ACTIVE", "BUSY", "AWAY", "INVISIBLE"];
const colors: Record<AgentStatus, string> = { ACTIVE: "good", BUSY: "bad", AWAY: "warn", INVISIBLE: "" };

export function StatusDot({ status }: { status: AgentStatus }) {
  return <span class={`dot ${colors[status] ?? ""}`} aria-hidden="true" />;
}

/** What the person chose: one of the account's own statuses by its name, or the group. */
export function statusName(agent: AgentState | undefined): string {
  return agent?.custom_status?.name ?? t(agent?.status ?? "INVISIBLE");
}

/** The account's own statuses of each group, by name. */
export function byGroup(own: readonly NamedStatus[]): { group: AgentStatus; own: NamedStatus[] }[] {
  const sorted = own.toSorted((a, b) => a.name.localeCompare(b.name));
  return groups.map((group) => ({ group, own: sorted.filter((status) => status.group === group) }));
}

const ITEM = '[role="menuitemradio"]';

export function StatusMenu({ phone }: { phone: Phone }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { agent } = phone;
  const voice = agent?.voice ?? "IDLE";
  const name = statusName(agent);
  const close = () => {
    setOpen(false);
    box.current?.querySelector("button")?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const leave = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [open]);
  return (
    <div class="status-menu" ref={box}>
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={t("status", { status: voice === "IDLE" ? name : `${name} ${t(voice)}` })}
        title={name}
        onClick={() => setOpen(!open)}
        data-testid="status-menu"
        data-status={agent?.status ?? "INVISIBLE"}
        data-availability={agent?.availability}
        data-voice={voice}
      >
        <StatusDot status={agent?.status ?? "INVISIBLE"} />
        <span class="status-name clip">{name}</span> {voice !== "IDLE" && <span class="badge accent">{t(voice)}</span>}
      </button>
      {open && <Menu phone={phone} close={close} />}
    </div>
  );
}

function Menu({ phone, close }: { phone: Phone; close: () => void }) {
  const own = useLoaded("agent-statuses", api.agentStatuses);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => menu.current?.querySelector<HTMLElement>(`${ITEM}[aria-checked="true"]`)?.focus(), []);
  const chosen = phone.agent?.custom_status?.id ?? phone.agent?.status ?? "INVISIBLE";
  const choose = (status: AgentStatus, custom?: NamedStatus) => {
    close();
    void phone.setStatus(status, custom);
  };
  return (
    <div class="menu card" role="menu" aria-label={t("chooseStatus")} ref={menu} onKeyDown={(e) => onKey(e, close)}>
      {byGroup(own.data ?? []).map((all) => (
        <fieldset key={all.group} class="menu-group" aria-label={t(all.group)}>
          <Item
            checked={chosen === all.group}
            status={all.group}
            name={t(all.group)}
            help={t(`${all.group}help`)}
            testid={`status-${all.group}`}
            onChoose={() => choose(all.group)}
          />
          {all.own.map((status) => (
            <Item
              key={status.id}
              checked={chosen === status.id}
              status={all.group}
              name={status.name}
              testid="own-status"
              id={status.id}
              onChoose={() => choose(all.group, status)}
            />
          ))}
        </fieldset>
      ))}
      {own.problem !== "" && <p class="small muted menu-note">{t("ownStatusesFailed", { problem: own.problem })}</p>}
    </div>
  );
}

interface ItemProps {
  checked: boolean;
  status: AgentStatus;
  name: string;
  help?: string;
  testid: string;
  id?: string;
  onChoose: () => void;
}

function Item({ checked, status, name, help, testid, id, onChoose }: ItemProps) {
  return (
    <button
      type="button"
      class={id === undefined ? "menu-item" : "menu-item own"}
      role="menuitemradio"
      aria-checked={checked}
      onClick={onChoose}
      data-testid={testid}
      data-id={id}
    >
      <StatusDot status={status} />
      <span class="menu-text">
        {name}
        {help !== undefined && <span class="small muted block">{help}</span>}
      </span>
      {checked && <Icon name="check" />}
    </button>
  );
}

/** Arrow keys, Home and End move within the menu, a letter to the next item that begins with it, Escape closes. */
function onKey(event: KeyboardEvent, close: () => void): void {
  if (event.key === "Escape" || event.key === "Tab") {
    // Tab goes on from the menu's button.
    if (event.key === "Escape") event.preventDefault();
    return close();
  }
  if (moveFocus(event, ITEM, "ArrowUp", "ArrowDown") !== undefined) return;
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(ITEM)];
  if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    items.at(event.key === "Home" ? 0 : -1)?.focus();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const at = items.indexOf(document.activeElement as HTMLElement);
    const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    const letter = event.key.toLowerCase();
    after.find((item) => item.querySelector(".menu-text")?.textContent?.toLowerCase().startsWith(letter))?.focus();
  }
}
