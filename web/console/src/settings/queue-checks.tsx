import type { QueueSettings } from "../data/settings-api.ts";
import { t } from "../text.ts";
import { Check } from "./ask.tsx";

/** What some of the API calls the default queue. */
const DEFAULT_QUEUE = "default";

export const idOf = (queue: QueueSettings) => (queue.isDefault ? DEFAULT_QUEUE : queue.id);

/** Names of queues by such ids, for a line of a list. */
export function queueNames(ids: readonly string[], queues: readonly QueueSettings[]): string {
  return ids.map((id) => queues.find((queue) => idOf(queue) === id)?.name ?? t("someQueue")).join(", ");
}

interface Props {
  legend: string;
  queues: QueueSettings[];
  /** Those that are checked at first. */
  chosen: readonly string[];
}

/** Some of the queues; the form has them as `queue`. */
export function QueueChecks({ legend, queues, chosen }: Props) {
  return (
    <fieldset class="check-list">
      <legend class="small">{legend}</legend>
      {queues.map((queue) => (
        <Check
          key={queue.id}
          name="queue"
          value={idOf(queue)}
          label={queue.name}
          checked={chosen.includes(idOf(queue))}
        />
      ))}
    </fieldset>
  );
}
