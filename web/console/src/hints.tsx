import { useState } from "preact/hooks";
import { useNow } from "../../shared/src/hooks.ts";
import { Icon } from "../../shared/src/icons.tsx";
import { audioContext, tonesAllowed } from "../../shared/src/tones.ts";
import { askForNotifications, notificationState } from "./data/attention.ts";
import type { Phone } from "./data/phone.ts";
import { statusName } from "./status-menu.tsx";
import { t } from "./text.ts";

/** What keeps calls from reaching this agent, each with the button that mends it. */
export function Hints({ phone }: { phone: Phone }) {
  useNow(2_000);
  const [later, setLater] = useState(false);
  const status = phone.agent?.status;
  return (
    <div class="hints" aria-live="polite">
      {phone.link === "superseded" && (
        <div class="notice warn" data-testid="superseded">
          <Icon name="warning" />
          <span class="grow">{t("superseded")}</span>
          <button type="button" class="button" onClick={() => phone.start()} data-testid="take-over">
            {t("takeOver")}
          </button>
        </div>
      )}
      {phone.notice !== undefined && (
        <div class={`notice ${phone.notice.kind}`} data-testid="notice">
          <span class="grow">{phone.notice.text}</span>
          <button type="button" class="button plain icon-only" aria-label={t("close")} onClick={() => phone.dismiss()}>
            <Icon name="close" />
          </button>
        </div>
      )}
      {status !== undefined && status !== "ACTIVE" && phone.link !== "superseded" && (
        <div class="notice">
          <span class="grow">{t("notActiveHint", { status: statusName(phone.agent) })}</span>
          <button type="button" class="button" onClick={() => phone.setStatus("ACTIVE")} data-testid="go-active">
            {t("ACTIVE")}
          </button>
        </div>
      )}
      {phone.agent?.full_capacity === true && status === "ACTIVE" && (
        <div class="notice" data-testid="full">
          <span class="grow">{t("fullHint")}</span>
        </div>
      )}
      {!tonesAllowed() && (
        <div class="notice">
          <Icon name="volume" />
          <span class="grow">{t("soundHint")}</span>
          <button type="button" class="button" onClick={() => audioContext()}>
            {t("turnOnSound")}
          </button>
        </div>
      )}
      {notificationState() === "default" && !later && (
        <div class="notice">
          <Icon name="bell" />
          <span class="grow">{t("notifyHint")}</span>
          <button type="button" class="button" onClick={() => void askForNotifications().then(() => setLater(true))}>
            {t("notifyAllow")}
          </button>
          <button type="button" class="button plain" onClick={() => setLater(true)}>
            {t("notifyLater")}
          </button>
        </div>
      )}
    </div>
  );
}
