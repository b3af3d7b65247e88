import { useEffect, useRef } from "preact/hooks";
import { clock } from "../../../shared/src/format.ts";
import { useChanges, useNow } from "../../../shared/src/hooks.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import { type Failure, type Outgoing, whyNoCall } from "../data/outgoing.ts";
import type { Phone } from "../data/phone.ts";
import { t } from "../text.ts";

/** A customer who is being called; or why they were not reached. */
export function OutgoingCall({ phone, outgoing }: { phone: Phone; outgoing: Outgoing }) {
  const { name, failure } = outgoing;
  const box = useRef<HTMLElement>(null);
  const failed = failure !== undefined;
  useChanges(outgoing.call);
  useReturningFocus();
  // The first button is what one would do next: cancel, or call again.
  useEffect(() => box.current?.querySelector<HTMLElement>("button")?.focus(), [failed]);
  return (
    <section
      ref={box}
      class="ringing card"
      role="dialog"
      aria-labelledby="outgoing-title"
      aria-describedby="outgoing-state"
      data-testid="outgoing-call"
      data-state={failed ? "failed" : outgoing.call?.id === undefined ? "starting" : "ringing"}
      data-reason={failure?.reason}
    >
      <div class={failed ? "ringing-head not-reached" : "ringing-head"}>
        <span class="ringing-icon" aria-hidden="true">
          <Icon name={failed ? "hangUp" : outgoing.video ? "camera" : "phone"} />
        </span>
        <div>
          <p class="small muted">{t(failed ? "notReached" : "outgoingCall")}</p>
          <h2 id="outgoing-title" data-testid="outgoing-name">
            {name}
          </h2>
        </div>
      </div>
      {failure === undefined ? (
        <Calling phone={phone} outgoing={outgoing} />
      ) : (
        <NotReached phone={phone} outgoing={outgoing} failure={failure} />
      )}
    </section>
  );
}

/** When this goes, the keyboard is where it was before, unless it is somewhere else already. */
function useReturningFocus(): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      setTimeout(() => {
        if (document.activeElement !== document.body) return;
        const back = before instanceof HTMLElement && before !== document.body && before.isConnected;
        (back ? before : document.getElementById("main-content"))?.focus();
      });
    };
  }, []);
}

interface PartProps {
  phone: Phone;
  outgoing: Outgoing;
}

function Calling({ phone, outgoing }: PartProps) {
  const now = useNow(1_000);
  const { name, since, call } = outgoing;
  return (
    <>
      <p class="spread">
        <span id="outgoing-state" role="status" data-testid="outgoing-state">
          {call?.id === undefined ? t("callStarting") : t("ringsAt", { name })}
        </span>
        <span class="numbers" role="timer" aria-label={t("callingFor")} data-testid="outgoing-timer">
          {clock(now - since)}
        </span>
      </p>
      <div class="ringing-buttons">
        <button type="button" class="button danger" onClick={() => phone.cancelCall()} data-testid="cancel-call">
          <Icon name="hangUp" /> {t("cancelCall")}
        </button>
      </div>
    </>
  );
}

function NotReached({ phone, outgoing, failure }: PartProps & { failure: Failure }) {
  const why = whyNoCall(phone);
  return (
    <>
      <div id="outgoing-state" class="notice warn" role="alert" data-testid="outgoing-failed">
        <p>
          <strong class="block">{failure.happened}</strong> {failure.next}
        </p>
      </div>
      {why !== undefined && (
        <p id="outgoing-why-not" class="small muted">
          {t(why)}
        </p>
      )}
      <div class="ringing-buttons">
        <button
          type="button"
          class="button primary"
          aria-disabled={why === undefined ? undefined : "true"}
          aria-describedby={why === undefined ? undefined : "outgoing-why-not"}
          onClick={() => why === undefined && void phone.callCustomer(outgoing)}
          data-testid="call-again"
        >
          <Icon name={outgoing.video ? "camera" : "phone"} /> {t("callAgain")}
        </button>
        <button type="button" class="button" onClick={() => phone.cancelCall()} data-testid="outgoing-close">
          {t("close")}
        </button>
      </div>
    </>
  );
}
