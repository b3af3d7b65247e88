import type { CallError, EndedBy } from "@switchroom/sdk";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { clock } from "../../shared/src/format.ts";
import { Icon } from "../../shared/src/icons.tsx";
import type { Guest } from "./guest.ts";
import { t } from "./text.ts";

/** Header with the brand, and the content in the middle. */
export function Page({ guest, children }: { guest?: Guest | undefined; children: ComponentChildren }) {
  const backdrop = guest?.images?.backgroundUrl;
  return (
    <div class={backdrop === undefined ? "page" : "page with-backdrop"}>
      {backdrop !== undefined && <img class="backdrop" src={backdrop} alt="" data-testid="backdrop" />}
      <header class="brand">
        <Logo guest={guest} />
        <span class="brand-name" data-testid="brand">
          {guest?.title ?? t("title")}
        </span>
      </header>
      <main class="middle">{children}</main>
    </div>
  );
}

function Logo({ guest }: { guest: Guest | undefined }) {
  const [missing, setMissing] = useState(false);
  const logo = guest?.images?.logoUrl;
  if (logo === undefined || missing) {
    return (
      <span class="logo letter" aria-hidden="true">
        {initial(guest)}
      </span>
    );
  }
  const alt = t("logo", { title: guest?.title ?? t("title") });
  return <img class="logo" src={logo} alt={alt} onError={() => setMissing(true)} data-testid="logo" />;
}

function initial(guest: Guest | undefined): string {
  return (guest?.title ?? t("title")).trim().charAt(0).toUpperCase();
}

export function Loading() {
  return (
    <Page>
      <p class="sheet card center" role="status" data-testid="loading">
        <span class="spinner" aria-hidden="true" /> {t("loading")}
      </p>
    </Page>
  );
}

/** A heading that takes the focus, so that a screen reader says where the person is now. */
export function Heading({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1} class="heading">
      {children}
    </h1>
  );
}

interface MessageProps {
  guest?: Guest | undefined;
  title: string;
  text: string;
  testid: string;
  retry?: (() => void) | undefined;
}

export function Message({ guest, title, text, testid, retry }: MessageProps) {
  return (
    <Page guest={guest}>
      <section class="sheet card center" data-testid={testid}>
        <Heading>{title}</Heading>
        {text !== "" && <p class="muted">{text}</p>}
        {retry !== undefined && (
          <button type="button" class="button primary" onClick={retry}>
            {t("tryAgain")}
          </button>
        )}
      </section>
    </Page>
  );
}

interface EndedProps {
  guest: Guest | undefined;
  code: CallError;
  endedBy: EndedBy | null;
  durationMs: number;
  again: () => void;
}

export function Ended({ guest, code, endedBy, durationMs, again }: EndedProps) {
  const normal = code.name === "NORMAL_HANGUP";
  const who = endedBy === "CUSTOMER" ? t("endedYou") : endedBy === "AGENT" ? t("endedAgent") : "";
  return (
    <Page guest={guest}>
      <section class="sheet card center" data-testid="ended" data-code={code.name}>
        <span class="big-icon" aria-hidden="true">
          <Icon name={normal ? "check" : "warning"} />
        </span>
        <Heading>{normal || durationMs > 0 ? t("ended") : t("notConnected")}</Heading>
        <p class="muted">{normal ? who : `${code.description} ${code.action}`}</p>
        {durationMs > 0 && <p data-testid="duration">{t("duration", { duration: clock(durationMs) })}</p>}
        <button type="button" class="button primary" onClick={again} data-testid="call-again">
          {t("callAgain")}
        </button>
        <p class="small muted">{t("closePage")}</p>
      </section>
    </Page>
  );
}
