import { useEffect, useState } from "preact/hooks";
import { chosenIn, type RecordingFilter } from "../data/recording-filter.ts";
import { parseTime } from "../player/time.ts";
import { begun, t } from "../text.ts";

interface Props {
  filter: RecordingFilter;
  /** Only these are changed. */
  onChange: (part: Partial<RecordingFilter>) => void;
  onClear: () => void;
}

/** What the list is to show. */
export function RecordingFilters({ filter, onChange, onClear }: Props) {
  const any = ["", t("any")] as const;
  const open = useWide();
  const chosen = chosenIn(filter);
  return (
    <details class="card filter-box" open={open}>
      <summary data-testid="show-filters">
        {t("filters")}
        {chosen > 0 && <span class="badge accent">{chosen}</span>}
      </summary>
      <form
        class="recording-filters"
        aria-label={t("filterRecordings")}
        onSubmit={(event) => event.preventDefault()}
        data-testid="recording-filters"
      >
        <Text name="name" label={t("nameExact")} help={t("nameExactHelp")} {...{ filter, onChange }} />
        <Text name="from" label={t("fromDay")} type="date" {...{ filter, onChange }} />
        <Text name="to" label={t("toDay")} type="date" {...{ filter, onChange }} />
        <Choice
          name="party"
          label={t("party")}
          choices={[any, ["CUSTOMER", t("customers")], ["AGENT", t("agentsOnly")]]}
          {...{ filter, onChange }}
        />
        <Choice
          name="direction"
          label={t("direction")}
          choices={[any, ["INBOUND", begun(t("INBOUND"))], ["OUTBOUND", begun(t("OUTBOUND"))]]}
          {...{ filter, onChange }}
        />
        <Choice
          name="media"
          label={t("media")}
          choices={[any, ["AUDIO", begun(t("AUDIO"))], ["AUDIO_AND_VIDEO", begun(t("AUDIO_AND_VIDEO"))]]}
          {...{ filter, onChange }}
        />
        <Text name="longer" label={t("longer")} help={t("lengthHelp")} placeholder="0:30" {...{ filter, onChange }} />
        <Text
          name="shorter"
          label={t("shorter")}
          help={t("lengthHelp")}
          placeholder="10:00"
          {...{ filter, onChange }}
        />
        <Choice
          name="deleted"
          label={t("files")}
          choices={[
            ["", t("allFiles")],
            ["only", t("deletedOnly")],
          ]}
          {...{ filter, onChange }}
        />
        {chosen > 0 && (
          <button type="button" class="button" onClick={onClear} data-testid="clear-filters">
            {t("clearFilters")}
          </button>
        )}
      </form>
    </details>
  );
}

/** On a narrow page the fields would hide the list: one opens them there. */
function useWide(): boolean {
  const [query] = useState(() => matchMedia("(min-width: 56rem)"));
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const changed = () => setWide(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, [query]);
  return wide;
}

interface FieldProps extends Pick<Props, "filter" | "onChange"> {
  label: string;
}

interface TextProps extends FieldProps {
  name: "name" | "from" | "to" | "longer" | "shorter";
  help?: string;
  type?: "text" | "date";
  placeholder?: string;
}

/** It counts when the person leaves it or presses Enter. */
function Text({ name, label, help, type = "text", placeholder, filter, onChange }: TextProps) {
  const isTime = name === "longer" || name === "shorter";
  const take = (field: HTMLInputElement) => {
    const value = field.value.trim();
    const wrong = isTime && value !== "" && parseTime(value) === undefined;
    field.setCustomValidity(wrong ? t("noTime") : "");
    if (field.reportValidity()) onChange({ [name]: value });
  };
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        type={type}
        autocomplete="off"
        title={help}
        placeholder={placeholder}
        value={filter[name]}
        onChange={(event) => take(event.currentTarget)}
        data-testid={`filter-${name}`}
      />
    </label>
  );
}

interface ChoiceProps extends FieldProps {
  name: "party" | "direction" | "media" | "deleted";
  /** Values and their words. */
  choices: (readonly [string, string])[];
}

function Choice({ name, label, choices, filter, onChange }: ChoiceProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        class="input"
        value={filter[name]}
        onChange={(event) => onChange({ [name]: event.currentTarget.value })}
        data-testid={`filter-${name}`}
      >
        {choices.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
