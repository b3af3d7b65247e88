import type { Call } from "@switchroom/sdk";
import { Icon } from "../../shared/src/icons.tsx";
import { t } from "./text.ts";

/** On hold or being transferred: neither hears the other. */
export function isInterrupted(call: Call): boolean {
  return call.transferring !== undefined || call.heldSince !== undefined;
}

/** Where a call stands that was answered: a screen reader says it whenever it changes. */
export function stateText(call: Call, name: string): string {
  if (call.transferring !== undefined) return t("transferring");
  return call.heldSince === undefined ? t("inCallWith", { name }) : t("onHold");
}

/** In place of the pictures. */
export function Interrupted({ call, name }: { call: Call; name: string }) {
  const moves = call.transferring !== undefined;
  return (
    <div class="waiting" data-testid={moves ? "transferring" : "on-hold"}>
      <span class="pulse" aria-hidden="true">
        <Icon name={moves ? "transfer" : "pause"} />
      </span>
      <h1>{stateText(call, name)}</h1>
      <p>{moves ? t("transferringHelp") : t("onHoldHelp", { name })}</p>
      <p class="small">{t("stayOpen")}</p>
    </div>
  );
}
