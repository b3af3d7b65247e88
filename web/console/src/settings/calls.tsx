import { useState } from "preact/hooks";
import { differs, problemText } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { waitingApi } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Show } from "../views/common.tsx";
import { Check, Input, Values } from "./ask.tsx";

const RING_SECONDS = { min: 3, max: 60 };
export const MAX_WRAP_UP_SECONDS = 3_600;
export const MAX_CAPACITY = 1_000;

/** What counts for all calls and agents. */
export function Calls() {
  const all = useLoaded("calls", async () => {
    const [timeouts, wrapUp, { capacity }] = await Promise.all([
      waitingApi.timeouts(),
      waitingApi.wrapUp(),
      waitingApi.capacity(),
    ]);
    return { timeouts, wrapUp, capacity };
  });
  const [said, setSaid] = useState<{ problem: boolean; text: string }>();
  const [busy, setBusy] = useState(false);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const seen = all.data;
    if (seen === undefined) return;
    const form = new Values(new FormData(event.currentTarget as HTMLFormElement));
    const number = (name: string) => Number(form.text(name));
    setBusy(true);
    setSaid(undefined);
    try {
      const timeouts = { inbound: number("inbound"), outbound: number("outbound") };
      if (differs(seen.timeouts, timeouts)) await waitingApi.setTimeouts(seen.timeouts, timeouts);
      const wrapUp = {
        enabled: form.checked("wrapUp"),
        wrapUpSeconds: number("seconds"),
        canExtendWrapUp: form.checked("extend"),
      };
      if (differs(seen.wrapUp, wrapUp)) await waitingApi.setWrapUp(seen.wrapUp, wrapUp);
      const capacity = number("capacity");
      if (seen.capacity !== capacity) await waitingApi.setCapacity(seen.capacity, capacity);
      setSaid({ problem: false, text: t("saved") });
    } catch (error) {
      setSaid({ problem: true, text: t("notSaved", { problem: problemText(error) }) });
    }
    all.reload();
    setBusy(false);
  };
  return (
    <section class="card part" aria-labelledby="section-title" data-testid="section">
      <div class="section-head">
        <div>
          <h2 id="section-title">{t("callsTitle")}</h2>
          <p class="muted">{t("callsIntro")}</p>
        </div>
      </div>
      <Show of={all}>
        {({ timeouts, wrapUp, capacity }) => (
          <form
            // What somebody else has set meanwhile is shown instead of what was typed.
            key={JSON.stringify([timeouts, wrapUp, capacity])}
            class="stack narrow-form"
            onSubmit={save}
            data-testid="calls-form"
          >
            <div class="pair">
              <Input
                name="inbound"
                label={t("ringsInbound")}
                type="number"
                {...RING_SECONDS}
                value={timeouts.inbound}
                required
              />
              <Input
                name="outbound"
                label={t("ringsOutbound")}
                type="number"
                {...RING_SECONDS}
                value={timeouts.outbound}
                required
              />
            </div>
            <Check name="wrapUp" label={t("wrapUpOn")} help={t("wrapUpOnHelp")} checked={wrapUp.enabled} />
            <Input
              name="seconds"
              label={t("wrapUpSeconds")}
              type="number"
              min={0}
              max={MAX_WRAP_UP_SECONDS}
              value={wrapUp.wrapUpSeconds}
              required
            />
            <Check name="extend" label={t("wrapUpExtend")} checked={wrapUp.canExtendWrapUp} />
            <Input
              name="capacity"
              label={t("capacity")}
              help={t("capacityHelp")}
              type="number"
              min={1}
              max={MAX_CAPACITY}
              value={capacity}
              required
            />
            <div role="status">
              {said !== undefined && <p class={said.problem ? "notice bad" : "notice"}>{said.text}</p>}
            </div>
            <div class="row">
              <button type="submit" class="button primary" disabled={busy} data-testid="save-calls">
                {t(busy ? "saving" : "save")}
              </button>
            </div>
          </form>
        )}
      </Show>
    </section>
  );
}
