import type { Call, CallEvents, RunningTransfer } from "@switchroom/sdk";
import { useEffect, useState } from "preact/hooks";
import { clock } from "../../../shared/src/format.ts";
import { useNow } from "../../../shared/src/hooks.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import { isText, t } from "../text.ts";

interface TransferringProps {
  call: Call;
  running: RunningTransfer;
  customer: string;
}

/** While it rings at another agent, hanging up is all that can be done. */
export function Transferring({ call, running, customer }: TransferringProps) {
  const now = useNow(1000);
  const name = running.to?.display_name || t("another");
  return (
    <div class="interrupted" data-testid="transferring">
      <span class="interrupted-icon" aria-hidden="true">
        <Icon name="transfer" />
      </span>
      <p class="interrupted-title">
        {t("transferringTo", { name })}{" "}
        <span role="timer" data-testid="transfer-timer">
          {clock(now - running.since)}
        </span>
      </p>
      <p class="small">{t("transferringHelp", { name, customer })}</p>
      <button type="button" class="button danger" onClick={() => call.hangup()} data-testid="hang-up">
        <Icon name="hangUp" /> {t("hangUp")}
      </button>
    </div>
  );
}

/** Why another agent did not take the call; a reason of a later release has no words. */
export function failureText(reason: string, name: string): string {
  const key = `transfer${reason}`;
  return t("transferFailed", { why: isText(key) ? t(key, { name }) : "" }).trim();
}

/** The last transfer's failure, until it is closed or the next transfer begins. */
export function TransferFailed({ call, customer }: { call: Call; customer: string }) {
  const [failed, setFailed] = useState<CallEvents["transfer-failed"] | undefined>();
  useEffect(() => {
    const stops = [call.on("transfer-failed", setFailed), call.on("transferring", () => setFailed(undefined))];
    return () => {
      for (const stop of stops) stop();
    };
  }, [call]);
  if (failed === undefined || call.transferring !== undefined) return null;
  return (
    <div class="notice warn" role="alert" data-testid="transfer-failed" data-reason={failed.reason}>
      <Icon name="warning" />
      <span class="grow">
        {failureText(failed.reason, failed.to.display_name || t("another"))}{" "}
        {t(call.heldSince === undefined ? "transferBack" : "transferBackOnHold", { customer })}
      </span>
      <button
        type="button"
        class="button plain icon-only"
        aria-label={t("close")}
        onClick={() => setFailed(undefined)}
        data-testid="close-transfer-failed"
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
