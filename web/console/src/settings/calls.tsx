import { differs } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { type CallTimeouts, type WrapUpConfig, waitingApi } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Show } from "../views/common.tsx";
import { Check, Input, type Values } from "./ask.tsx";
import { PageForm } from "./page-form.tsx";

const RING_SECONDS = { min: 3, max: 60 };
export const MAX_WRAP_UP_SECONDS = 3_600;
export const MAX_CAPACITY = 1_000;

interface CallSettings {
  timeouts: CallTimeouts;
  wrapUp: WrapUpConfig;
  capacity: number;
}

async function load(): Promise<CallSettings> {
  const [timeouts, wrapUp, { capacity }] = await Promise.all([
    waitingApi.timeouts(),
    waitingApi.wrapUp(),
    waitingApi.capacity(),
  ]);
  return { timeouts, wrapUp, capacity };
}

async function save(shown: CallSettings, form: Values): Promise<CallSettings> {
  const number = (name: string) => Number(form.text(name));
  const next = {
    timeouts: { inbound: number("inbound"), outbound: number("outbound") },
    wrapUp: {
      enabled: form.checked("wrapUp"),
      wrapUpSeconds: number("seconds"),
      canExtendWrapUp: form.checked("extend"),
    },
    capacity: number("capacity"),
  };
  // What was left as it was is not sent: it may be somebody else's by now.
  if (differs(shown.timeouts, next.timeouts)) await waitingApi.setTimeouts(shown.timeouts, next.timeouts);
  if (differs(shown.wrapUp, next.wrapUp)) await waitingApi.setWrapUp(shown.wrapUp, next.wrapUp);
  if (shown.capacity !== next.capacity) await waitingApi.setCapacity(shown.capacity, next.capacity);
  return next;
}

/** What counts for all calls and agents. */
export function Calls() {
  const all = useLoaded("calls", load);
  return (
    <section class="card part" aria-labelledby="section-title" data-testid="section">
      <div class="section-head">
        <div>
          <h2 id="section-title">{t("callsTitle")}</h2>
          <p class="muted">{t("callsIntro")}</p>
        </div>
      </div>
      <Show of={all}>
        {(initial) => (
          <PageForm initial={initial} load={load} save={save} testid="calls-form" saveTestid="save-calls">
            {(shown) => <Fields {...shown} />}
          </PageForm>
        )}
      </Show>
    </section>
  );
}

function Fields({ timeouts, wrapUp, capacity }: CallSettings) {
  return (
    <>
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
    </>
  );
}
