import { Icon } from "../../../shared/src/icons.tsx";
import type { Loaded } from "../data/load.ts";
import type { Tab, Target, Targets } from "../data/targets.ts";
import { t } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { moveFocus } from "./focus.ts";

interface Props {
  tab: Tab;
  found: Loaded<Targets>;
  search: string;
  onSearch: (search: string) => void;
  onChoose: (target: Target) => void;
}

/** Search, refresh, and the agents or queues of a tab. */
export function TargetList({ tab, found, search, onSearch, onChoose }: Props) {
  const label = t(tab === "agents" ? "searchAgents" : "searchQueues");
  return (
    <>
      <div class="target-search">
        <input
          class="input"
          type="search"
          aria-label={label}
          placeholder={label}
          value={search}
          onInput={(event) => onSearch(event.currentTarget.value)}
          data-testid="target-search"
        />
        <button
          type="button"
          class="button icon-only"
          aria-label={t("refresh")}
          title={t("refresh")}
          onClick={found.reload}
          data-testid="target-refresh"
        >
          <Icon name="refresh" />
        </button>
      </div>
      <p class="small muted" role="status" data-testid="target-count">
        {found.data !== undefined && countText(tab, found.data)}
      </p>
      <div class="target-scroll">
        <Show of={found}>
          {(data) =>
            data.all.length === 0 ? (
              <Nobody tab={tab} searched={search.trim() !== ""} />
            ) : (
              <ul class="targets" onKeyDown={(event) => moveFocus(event, ".target", "ArrowUp", "ArrowDown")}>
                {data.all.map((target) => (
                  <li key={target.key}>
                    <TargetButton tab={tab} target={target} onChoose={onChoose} />
                  </li>
                ))}
              </ul>
            )
          }
        </Show>
      </div>
    </>
  );
}

function countText(tab: Tab, { all, total, staffed }: Targets): string {
  if (total > all.length) return t("moreFound", { shown: all.length, total });
  return t(tab === "agents" ? "agentsFound" : "queuesFound", { count: total, able: staffed });
}

function Nobody({ tab, searched }: { tab: Tab; searched: boolean }) {
  if (searched) return <Empty title={t("noTargetMatches")} />;
  if (tab === "agents") return <Empty title={t("noOtherAgents")} help={t("noOtherAgentsHelp")} />;
  return <Empty title={t("noQueuesToTransfer")} />;
}

interface TargetProps {
  tab: Tab;
  target: Target;
  onChoose: (target: Target) => void;
}

/** One that cannot take the call can be reached all the same, so that everyone learns why. */
function TargetButton({ tab, target, onChoose }: TargetProps) {
  const { name, able, says, color } = target;
  return (
    <button
      type="button"
      class="target"
      aria-disabled={able ? undefined : "true"}
      onClick={() => able && onChoose(target)}
      data-testid={tab === "agents" ? "target-agent" : "target-queue"}
      data-key={target.key}
      data-able={able}
    >
      <span class={`dot ${color}`} aria-hidden="true" />
      <span class="target-name">{name}</span>
      <span class="small target-says">{says}</span>
    </button>
  );
}
