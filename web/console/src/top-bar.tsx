import { NewCall } from "./call/new-call.tsx";
import type { Session } from "./data/api.ts";
import type { Phone } from "./data/phone.ts";
import { Logo } from "./sign-in.tsx";
import { StatusMenu } from "./status-menu.tsx";
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
      {phone !== undefined && <NewCall phone={phone} />}
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
