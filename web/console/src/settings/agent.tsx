import type { Agent } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { waitingApi } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Show } from "../views/common.tsx";
import { Ask, Input, type Values } from "./ask.tsx";
import { MAX_CAPACITY, MAX_WRAP_UP_SECONDS } from "./calls.tsx";

/** What counts for one agent instead of what counts for all. */
export function AgentSettings({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const own = useLoaded(agent.id, async () => {
    const [{ wrapUpSeconds }, { capacity }] = await Promise.all([
      waitingApi.agentWrapUp(agent.id),
      waitingApi.agentCapacity(agent.id),
    ]);
    return { wrapUpSeconds, capacity };
  });
  const save = async (form: Values) => {
    if (own.data === undefined) return;
    const number = (name: string) => (form.text(name) === "" ? null : Number(form.text(name)));
    await waitingApi.setAgentWrapUp(agent.id, number("wrapUpSeconds"));
    await waitingApi.setAgentCapacity(agent.id, number("capacity"));
  };
  return (
    <Ask title={t("agentSettings", { name: agent.displayName })} action={t("save")} onSubmit={save} onClose={onClose}>
      <Show of={own}>
        {({ wrapUpSeconds, capacity }) => (
          <>
            <Input
              name="wrapUpSeconds"
              label={t("ownWrapUp")}
              help={t("accountsValue")}
              type="number"
              min={0}
              max={MAX_WRAP_UP_SECONDS}
              value={wrapUpSeconds ?? undefined}
            />
            <Input
              name="capacity"
              label={t("ownCapacity")}
              help={t("accountsValue")}
              type="number"
              min={1}
              max={MAX_CAPACITY}
              value={capacity ?? undefined}
            />
          </>
        )}
      </Show>
    </Ask>
  );
}
