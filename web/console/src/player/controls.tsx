import { Icon, type IconName } from "../../../shared/src/icons.tsx";
import { t } from "../text.ts";
import { type Playback, SPEEDS } from "./playback.ts";
import { TimeField } from "./time-field.tsx";
import { Volume } from "./volume.tsx";

/** How far the two buttons beside play go. */
export const SKIP_SECONDS = 10;

export interface SmallProps {
  icon: IconName;
  label: string;
  keys?: string;
  /** It shows and hides something. */
  expanded?: boolean;
  testid: string;
  onClick: () => void;
}

/** A button that is an icon alone. */
export function Small({ icon, label, keys, expanded, testid, onClick }: SmallProps) {
  return (
    <button
      type="button"
      class="button plain icon-only"
      aria-label={label}
      aria-expanded={expanded}
      aria-keyshortcuts={keys}
      title={label}
      onClick={onClick}
      data-testid={testid}
    >
      <Icon name={icon} />
    </button>
  );
}

export function Controls({ playback, onFullScreen }: { playback: Playback; onFullScreen: (() => void) | undefined }) {
  const { playing, loading, skip, toggle, speed, setSpeed } = playback;
  return (
    <div class="player-controls">
      <TimeField playback={playback} />
      <div class="player-main">
        <Skip icon="rewind" label={t("back10")} keys="J" onClick={() => skip(-SKIP_SECONDS)} testid="back-10" />
        <button
          type="button"
          class={`play-button ${loading ? "waits" : ""}`}
          aria-label={t(playing ? "pause" : "play")}
          aria-keyshortcuts="Space K"
          title={`${t(playing ? "pause" : "play")} (K)`}
          onClick={toggle}
          data-playing={playing}
          data-testid="toggle"
        >
          <Icon name={playing ? "pause" : "play"} />
        </button>
        <Skip icon="forward" label={t("forward10")} keys="L" onClick={() => skip(SKIP_SECONDS)} testid="forward-10" />
      </div>
      <div class="player-more">
        <Volume playback={playback} />
        <select
          class="input speed"
          aria-label={t("speed")}
          title={t("speed")}
          value={String(speed)}
          onChange={(event) => setSpeed(Number(event.currentTarget.value))}
          data-testid="speed"
        >
          {SPEEDS.map((one) => (
            <option key={one} value={String(one)}>
              {one}×
            </option>
          ))}
        </select>
        {onFullScreen !== undefined && (
          <Small icon="expand" label={t("fullScreen")} keys="F" testid="full-screen" onClick={onFullScreen} />
        )}
      </div>
    </div>
  );
}

function Skip({ icon, label, keys, onClick, testid }: Required<Omit<SmallProps, "expanded">>) {
  return (
    <button
      type="button"
      class="button plain skip-button"
      aria-label={label}
      aria-keyshortcuts={keys}
      title={`${label} (${keys})`}
      onClick={onClick}
      data-testid={testid}
    >
      <Icon name={icon} />
      <span aria-hidden="true">10</span>
    </button>
  );
}
