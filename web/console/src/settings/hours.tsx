import { useState } from "preact/hooks";
import { useLoaded } from "../data/load.ts";
import {
  type Day,
  type DayHours,
  days,
  settingsApi,
  type WorkingHours,
  type WorkingHoursFields,
} from "../data/settings-api.ts";
import { t } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { Ask, Check, Input, Select, type Values } from "./ask.tsx";
import { AwayMessage, daysOf, Holidays } from "./closed.tsx";
import { Action, Line, Section } from "./parts.tsx";

const MINUTES_OF_DAY = 1_440;

type What = "edit" | "holidays" | "away" | "delete";
type Asked = { what: "new" } | { what: What; hours: WorkingHours };

/** When queues assign calls. */
export function Hours() {
  const hours = useLoaded("hours", settingsApi.hours);
  const [asked, setAsked] = useState<Asked>();
  return (
    <Section
      title={t("hoursTitle")}
      intro={t("hoursIntro")}
      add={t("addHours")}
      onAdd={() => setAsked({ what: "new" })}
    >
      <Show of={hours}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t("noHours")} help={t("noHoursHelp")} />
          ) : (
            <ul class="setting-list">
              {all.map((one) => (
                <HoursLine key={one.id} hours={one} onAsk={(what) => setAsked({ what, hours: one })} />
              ))}
            </ul>
          )
        }
      </Show>
      {asked !== undefined && <Question asked={asked} onDone={hours.reload} onClose={() => setAsked(undefined)} />}
    </Section>
  );
}

function HoursLine({ hours, onAsk }: { hours: WorkingHours; onAsk: (what: What) => void }) {
  const { id, name, timezone, enabled, isDefault, workWeek, holidays } = hours;
  return (
    <Line
      id={id}
      name={name}
      badges={
        <>
          {isDefault && <span class="badge accent">{t("defaultHours")}</span>}
          {!enabled && <span class="badge warn">{t("alwaysOpen")}</span>}
        </>
      }
      actions={
        <>
          <Action label={t("edit")} of={name} testid="edit" onClick={() => onAsk("edit")} />
          <Action label={t("holidays")} of={name} testid="holidays" onClick={() => onAsk("holidays")} />
          <Action label={t("awayMessageShort")} of={name} testid="away" onClick={() => onAsk("away")} />
          <Action label={t("delete")} of={name} icon="trash" testid="delete" onClick={() => onAsk("delete")} />
        </>
      }
    >
      <span class="small muted">{timezone}</span>
      <span class="small">{weekInWords(workWeek)}</span>
      {holidays.length > 0 && (
        <span class="small muted">
          {holidays.map((holiday) => `${holiday.name} (${daysOf(holiday, timezone)})`).join(", ")}
        </span>
      )}
    </Line>
  );
}

/** Minutes of the day as a time field has them; the day's end is shown as its beginning. */
export function timeOf(minute: number): string {
  const within = minute % MINUTES_OF_DAY;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}

export function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

function isOpen(day: DayHours | undefined): day is DayHours {
  return day?.enabled === true && day.startTime !== day.endTime;
}

/** Days with the same hours in a row are told together. */
export function weekInWords(week: WorkingHours["workWeek"]): string {
  const parts: { from: Day; to: Day; hours: string }[] = [];
  for (const [place, name] of days.entries()) {
    const day = week[name];
    if (!isOpen(day)) continue;
    const hours = `${timeOf(day.startTime)}–${timeOf(day.endTime)}`;
    const last = parts.at(-1);
    if (last?.hours === hours && days.indexOf(last.to) === place - 1) last.to = name;
    else parts.push({ from: name, to: name, hours });
  }
  if (parts.length === 0) return t("neverOpen");
  const span = ({ from, to }: { from: Day; to: Day }) => (from === to ? t(from) : `${t(from)}–${t(to)}`);
  return parts.map((part) => `${span(part)} ${part.hours}`).join(", ");
}

function Question({ asked, onDone, onClose }: { asked: Asked; onDone: () => void; onClose: () => void }) {
  if (asked.what === "new") {
    const create = (form: Values) => settingsApi.createHours(fieldsOf(form)).then(onDone);
    return (
      <Ask title={t("addHours")} action={t("add")} onSubmit={create} onClose={onClose}>
        <Fields />
      </Ask>
    );
  }
  const { id, name } = asked.hours;
  if (asked.what === "edit") {
    const change = (form: Values) => settingsApi.changeHours(asked.hours, fieldsOf(form)).finally(onDone);
    return (
      <Ask title={name} action={t("save")} onSubmit={change} onClose={onClose}>
        <Fields hours={asked.hours} />
      </Ask>
    );
  }
  if (asked.what === "holidays") return <Holidays hours={asked.hours} onDone={onDone} onClose={onClose} />;
  if (asked.what === "away") return <AwayMessage hours={asked.hours} onDone={onDone} onClose={onClose} />;
  const remove = () => settingsApi.deleteHours(id).then(onDone);
  return (
    <Ask title={t("deleteHours", { name })} action={t("delete")} danger onSubmit={remove} onClose={onClose}>
      <p>{t("deleteHoursHelp")}</p>
    </Ask>
  );
}

function fieldsOf(form: Values): WorkingHoursFields {
  const day = (name: Day): DayHours => {
    const endTime = minuteOf(form.text(`${name}-end`));
    return {
      startTime: minuteOf(form.text(`${name}-start`)),
      // Midnight at the end of a day, not at its beginning.
      endTime: endTime === 0 ? MINUTES_OF_DAY : endTime,
      enabled: form.checked(name),
    };
  };
  return {
    name: form.text("name"),
    timezone: form.text("timezone"),
    message: form.text("message"),
    enabled: form.checked("enabled"),
    isDefault: form.checked("isDefault"),
    workWeek: Object.fromEntries(days.map((name) => [name, day(name)])),
  };
}

const usual: DayHours = { startTime: 9 * 60, endTime: 17 * 60, enabled: true };
const off: DayHours = { ...usual, enabled: false };

function Fields({ hours }: { hours?: WorkingHours }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = hours?.timezone ?? own;
  const zones = [...new Set([zone, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
  const unset = (place: number) => (hours === undefined && place < 5 ? usual : off);
  return (
    <>
      <Input name="name" label={t("name")} value={hours?.name} required maxLength={255} />
      <Select
        name="timezone"
        label={t("timezone")}
        value={zone}
        choices={zones.map((one) => ({ value: one, text: one.replaceAll("_", " ") }))}
      />
      <fieldset class="week">
        <legend class="small">{t("week")}</legend>
        {days.map((name, place) => (
          <DayFields key={name} day={name} hours={hours?.workWeek[name] ?? unset(place)} />
        ))}
        <span class="small muted">{t("pastMidnight")}</span>
      </fieldset>
      <Input
        name="message"
        label={t("closedMessage")}
        help={t("closedMessageHelp")}
        value={hours?.message}
        maxLength={4000}
      />
      <Check name="isDefault" label={t("isDefaultHours")} checked={hours?.isDefault ?? false} />
      <Check name="enabled" label={t("hoursEnabled")} help={t("hoursEnabledHelp")} checked={hours?.enabled ?? true} />
    </>
  );
}

function DayFields({ day, hours }: { day: Day; hours: DayHours }) {
  const [works, setWorks] = useState(hours.enabled);
  const name = t(day);
  return (
    <div class="day">
      <label class="check">
        <input
          type="checkbox"
          name={day}
          checked={works}
          onChange={(event) => setWorks(event.currentTarget.checked)}
          data-testid={`day-${day}`}
        />
        <span>{name}</span>
      </label>
      <Time label={t("dayFrom", { day: name })} name={`${day}-start`} minute={hours.startTime} hidden={!works} />
      <Time label={t("dayTo", { day: name })} name={`${day}-end`} minute={hours.endTime} hidden={!works} />
    </div>
  );
}

/** A day off keeps its times for the day when it is worked on again. */
function Time({ label, name, minute, hidden }: { label: string; name: string; minute: number; hidden: boolean }) {
  const [initial] = useState(() => timeOf(minute));
  return (
    <input
      class="input"
      type="time"
      name={name}
      aria-label={label}
      defaultValue={initial}
      required
      hidden={hidden}
      data-testid={`time-${name}`}
    />
  );
}
