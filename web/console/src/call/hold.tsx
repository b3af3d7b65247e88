import { clock } from "../../../shared/src/format.ts";
import { useNow } from "../../../shared/src/hooks.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import { t } from "../text.ts";

/** `since` is this page's clock, milliseconds since 1970. */
export function HoldTimer({ since }: { since: number }) {
  const now = useNow(1000);
  return (
    <span class="hold-timer" role="timer" data-testid="hold-timer">
      {t("onHoldFor", { time: clock(now - since) })}
    </span>
  );
}

interface OnHoldProps {
  customer: string;
  reconnecting: boolean;
  onResume: () => void;
}

/** In place of the pictures. */
export function OnHold({ customer, reconnecting, onResume }: OnHoldProps) {
  return (
    <div class="interrupted" data-testid="on-hold">
      <span class="interrupted-icon" aria-hidden="true">
        <Icon name="pause" />
      </span>
      <p>{t("onHoldHelp", { name: customer })}</p>
      <button type="button" class="button primary" disabled={reconnecting} onClick={onResume} data-testid="resume">
        <Icon name="play" /> {t("resume")}
      </button>
    </div>
  );
}
