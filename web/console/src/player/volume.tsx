import { Icon } from "../../../shared/src/icons.tsx";
import { t } from "../text.ts";
import type { Playback } from "./playback.ts";

export const percent = (volume: number) => Math.round(volume * 100);

/** The speaker; pointing at it, or the focus, shows how loud it is and lets one change it. */
export function Volume({ playback }: { playback: Playback }) {
  const { volume, muted, setVolume, toggleMute } = playback;
  const silent = muted || volume === 0;
  return (
    <span class="player-volume" data-testid="volume">
      <button
        type="button"
        class="button plain icon-only"
        aria-label={t("muteSound")}
        aria-pressed={muted}
        aria-keyshortcuts="M"
        title={`${t(muted ? "soundOn" : "muteSound")} (M)`}
        onClick={toggleMute}
        data-testid="mute-sound"
      >
        <Icon name={silent ? "volumeOff" : "volume"} />
      </button>
      <span class="volume-box">
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={muted ? 0 : volume}
          aria-label={t("volume")}
          aria-valuetext={`${percent(muted ? 0 : volume)} %`}
          title={`${t("volume")}: ${percent(muted ? 0 : volume)} %`}
          onInput={(event) => setVolume(Number(event.currentTarget.value))}
          data-volume
          data-testid="volume-bar"
        />
      </span>
    </span>
  );
}
