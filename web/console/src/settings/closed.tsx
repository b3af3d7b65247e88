import { ApiError } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { type Holiday, settingsApi, type WorkingHours } from "../data/settings-api.ts";
import { type AwayMessage as AwayMessageSet, waitingApi } from "../data/waiting-api.ts";
import { startOfDay } from "../data/zone.ts";
import { t } from "../text.ts";
import { Show } from "../views/common.tsx";
import { Ask, Check, Input, type Values } from "./ask.tsx";
import { messageOf, Sound } from "./sound.tsx";

const NOT_FOUND = 404;

interface Props {
  hours: WorkingHours;
  onDone: () => void;
  onClose: () => void;
}

/** The days of a holiday, in its hours' zone. */
export function daysOf({ startDate, endDate }: Pick<Holiday, "startDate" | "endDate">, timeZone: string): string {
  const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone });
  // The end is not a part of it.
  return days.formatRange(new Date(startDate), new Date(new Date(endDate).getTime() - 1));
}

/** Days on which nobody works. */
export function Holidays({ hours, onDone, onClose }: Props) {
  const save = async (form: Values) => {
    const kept = new Set(form.all("kept"));
    try {
      for (const { id } of hours.holidays) if (!kept.has(id)) await settingsApi.deleteHoliday(hours.id, id);
      const [name, from, to] = [form.text("name"), form.text("from"), form.text("to")];
      if (name === "" && from === "") return;
      if (name === "" || from === "") throw new Error(t("holidayNeeds"));
      if (to !== "" && to < from) throw new Error(t("invalidWindow"));
      await settingsApi.addHoliday(hours.id, {
        name,
        startDate: startOfDay(from, hours.timezone).toISOString(),
        endDate: startOfDay(to || from, hours.timezone, 1).toISOString(),
      });
    } finally {
      onDone();
    }
  };
  return (
    <Ask title={t("holidaysOf", { name: hours.name })} action={t("save")} onSubmit={save} onClose={onClose}>
      {hours.holidays.length > 0 && (
        <fieldset class="check-list">
          <legend class="small muted">{t("holidaysHelp")}</legend>
          {hours.holidays.map((holiday) => (
            <Check
              key={holiday.id}
              name="kept"
              value={holiday.id}
              label={holiday.name}
              help={daysOf(holiday, hours.timezone)}
              checked
            />
          ))}
        </fieldset>
      )}
      <fieldset class="check-list">
        <legend class="small">{t("newHoliday")}</legend>
        <Input name="name" label={t("name")} maxLength={255} />
        <div class="pair">
          <Input name="from" label={t("firstDay")} type="date" />
          <Input name="to" label={t("lastDay")} type="date" />
        </div>
      </fieldset>
    </Ask>
  );
}

/** Nothing of it where none was set. */
async function awayMessage(hours: string): Promise<Partial<AwayMessageSet>> {
  try {
    return await waitingApi.awayMessage(hours);
  } catch (error) {
    if (error instanceof ApiError && error.status === NOT_FOUND) return {};
    throw error;
  }
}

/** What those hear who call outside of the hours. */
export function AwayMessage({ hours, onDone, onClose }: Props) {
  const both = useLoaded(hours.id, async () => {
    const [seen, files] = await Promise.all([awayMessage(hours.id), waitingApi.files()]);
    return { seen, files };
  });
  const save = async (form: Values) => {
    if (both.data === undefined) return;
    const { seen } = both.data;
    const message = messageOf(form, "away", seen.audioSource);
    if (message !== undefined) await waitingApi.setAwayMessage(hours.id, seen, message);
    onDone();
  };
  return (
    <Ask title={t("awayMessageOf", { name: hours.name })} action={t("save")} onSubmit={save} onClose={onClose}>
      <Show of={both}>
        {({ seen, files }) => <Sound name="away" label={t("awayMessage")} message={seen.audioSource} files={files} />}
      </Show>
      <p class="small muted">{t("awayMessageHelp")}</p>
    </Ask>
  );
}
