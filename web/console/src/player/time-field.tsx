import { useState } from "preact/hooks";
import { clock } from "../../../shared/src/format.ts";
import { t } from "../text.ts";
import { type Playback, usePlace } from "./playback.ts";
import { parseTime } from "./time.ts";

/** Where it is, and a field for where to begin: 1:30 and Enter. */
export function TimeField({ playback }: { playback: Playback }) {
  const { media, duration, seek, play } = playback;
  const place = usePlace(media, false);
  const [typed, setTyped] = useState<string>();
  const [problem, setProblem] = useState("");
  const leave = () => {
    setTyped(undefined);
    setProblem("");
  };
  const submit = () => {
    const seconds = parseTime(typed ?? "");
    if (typed === undefined) return;
    if (seconds === undefined) return setProblem(t("noTime"));
    if (duration > 0 && seconds > duration) return setProblem(t("beyondEnd", { length: clock(duration * 1000) }));
    leave();
    seek(seconds);
    play();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter") return submit();
    event.stopPropagation();
    leave();
    (event.currentTarget as HTMLElement).closest<HTMLElement>(".player")?.focus();
  };
  return (
    <span class="player-time">
      <input
        class="input time-field numbers"
        autocomplete="off"
        aria-label={t("startAt")}
        aria-invalid={problem !== ""}
        aria-describedby={problem === "" ? undefined : "time-problem"}
        title={t("startAtHelp")}
        value={typed ?? clock(place * 1000)}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={leave}
        onKeyDown={onKeyDown}
        data-testid="start-at"
      />
      <span class="numbers muted">/ {clock(duration * 1000)}</span>
      <span id="time-problem" class="time-problem small" role="alert" data-testid="time-problem">
        {problem}
      </span>
    </span>
  );
}
