import { useEffect, useId, useRef, useState } from "preact/hooks";
import { when } from "../../../shared/src/format.ts";
import { Icon, type IconName } from "../../../shared/src/icons.tsx";
import { api } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { type RecentCustomer, recentCustomers, whyNoCall } from "../data/outgoing.ts";
import type { Phone } from "../data/phone.ts";
import { t } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { moveFocus } from "./focus.ts";

interface ButtonProps {
  phone: Phone;
  icon: IconName;
  label: string;
  testid: string;
  class?: string;
  /** It opens a dialog. */
  popup?: boolean;
  onCall: () => void;
}

/** Calls, or leads to it; where that cannot be now it can be reached all the same, so that everyone learns why. */
export function CallButton({ phone, icon, label, testid, class: more = "", popup, onCall }: ButtonProps) {
  const why = whyNoCall(phone);
  const help = useId();
  return (
    <>
      <button
        type="button"
        class={`button ${more}`}
        aria-haspopup={popup ? "dialog" : undefined}
        aria-disabled={why === undefined ? undefined : "true"}
        aria-describedby={why === undefined ? undefined : help}
        title={why === undefined ? label : t(why)}
        onClick={() => (why === undefined ? onCall() : phone.refuse(t(why)))}
        data-testid={testid}
      >
        <Icon name={icon} /> <span class="call-button-text">{label}</span>
      </button>
      {why !== undefined && (
        <span id={help} hidden>
          {t(why)}
        </span>
      )}
    </>
  );
}

/** The button of the top bar, and the dialog behind it. */
export function NewCall({ phone }: { phone: Phone }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <CallButton
        phone={phone}
        icon="phone"
        label={t("newCall")}
        testid="new-call"
        class="new-call"
        popup
        onCall={() => setOpen(true)}
      />
      {open && <NewCallDialog phone={phone} onClose={() => setOpen(false)} />}
    </>
  );
}

const IDENTITY = "[\\p{L}\\p{N}\\-_+=\\/.]{3,64}";

/** Asks whom to call. It closes when the call begins, or when this agent is rung meanwhile. */
function NewCallDialog({ phone, onClose }: { phone: Phone; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const call = useRef<HTMLButtonElement>(null);
  const [identity, setIdentity] = useState("");
  const recent = useLoaded("recent-customers", async () =>
    recentCustomers((await api.conversations({})).conversations),
  );
  const why = whyNoCall(phone);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  useEffect(() => {
    if (why === "noCallRinging") dialog.current?.close();
  }, [why]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const to = identity.trim();
    if (why !== undefined || to === "") return;
    const name = recent.data?.find((customer) => customer.identity === to)?.name ?? to;
    const video = event.submitter?.getAttribute("value") === "video";
    dialog.current?.close();
    void phone.callCustomer({ identity: to, name, video });
  };
  const choose = (customer: RecentCustomer) => {
    setIdentity(customer.identity);
    call.current?.focus();
  };
  return (
    <dialog
      ref={dialog}
      class="dialog card"
      aria-labelledby="new-call-title"
      onClose={onClose}
      data-testid="call-dialog"
    >
      <div class="spread">
        <h2 id="new-call-title">{t("newCall")}</h2>
        <button type="button" class="button" onClick={() => dialog.current?.close()} data-testid="call-dialog-close">
          {t("close")}
        </button>
      </div>
      <form
        class="stack"
        onSubmit={submit}
        onKeyDown={(event) => moveFocus(event, ".input, .target", "ArrowUp", "ArrowDown")}
      >
        <label class="field">
          <span>{t("callWhom")}</span>
          <input
            class="input"
            value={identity}
            required
            autofocus
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            pattern={IDENTITY}
            title={t("identityRule")}
            onInput={(event) => setIdentity(event.currentTarget.value)}
            data-testid="call-identity"
          />
          <span class="small muted hint">{t("callWhomHelp")}</span>
        </label>
        <div class="ringing-buttons">
          <button ref={call} type="submit" class="button primary" value="audio" data-testid="call-now">
            <Icon name="phone" /> {t("callNow")}
          </button>
          <button type="submit" class="button" value="video" data-testid="call-video">
            <Icon name="camera" /> {t("callVideo")}
          </button>
        </div>
        <h3 id="recent-title">{t("recentCustomers")}</h3>
        <Show of={recent}>{(all) => <Recent all={all} search={identity} onChoose={choose} />}</Show>
      </form>
    </dialog>
  );
}

interface RecentProps {
  all: RecentCustomer[];
  search: string;
  onChoose: (customer: RecentCustomer) => void;
}

/** Those whose name or identity contains what is typed; all of them once one is chosen. */
export function recentOf(all: RecentCustomer[], search: string): RecentCustomer[] {
  const typed = search.trim().toLowerCase();
  if (all.some(({ identity }) => identity.toLowerCase() === typed)) return all;
  return all.filter(({ identity, name }) => `${name} ${identity}`.toLowerCase().includes(typed));
}

function Recent({ all, search, onChoose }: RecentProps) {
  const shown = recentOf(all, search);
  if (all.length === 0) return <Empty title={t("noRecent")} help={t("noRecentHelp")} />;
  if (shown.length === 0) return <p class="small muted">{t("noRecentMatches")}</p>;
  return (
    <div class="target-scroll recent">
      <ul class="targets" aria-labelledby="recent-title">
        {shown.map((customer) => (
          <li key={customer.identity}>
            <button
              type="button"
              class="target"
              aria-pressed={customer.identity === search.trim()}
              onClick={() => onChoose(customer)}
              data-testid="recent-customer"
              data-identity={customer.identity}
            >
              <Icon name="person" />
              <span class="target-name">
                {customer.name}
                {customer.name !== customer.identity && <span class="small muted block">{customer.identity}</span>}
              </span>
              <span class="small target-says">{when(customer.at)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
