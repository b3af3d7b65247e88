import { Icon } from "../../../shared/src/icons.tsx";
import { t } from "../text.ts";

interface RecordedProps {
  paused: boolean;
  /** Pauses the recording, or lets it go on. */
  onPause: () => void;
}

/** That the call is recorded, and the way to keep nothing for a while. */
export function Recorded({ paused, onPause }: RecordedProps) {
  return (
    <span class={`recording ${paused ? "paused" : ""}`} data-testid="recording" data-paused={paused}>
      <span class={`dot ${paused ? "" : "bad"}`} aria-hidden="true" />
      <span class="visually-hidden" role="status">
        {t(paused ? "recordingPausedLong" : "recordedLong")}
      </span>
      <span aria-hidden="true">{t(paused ? "recordingPaused" : "recorded")}</span>
      <button
        type="button"
        class="bare pause-recording"
        aria-label={t(paused ? "goOnRecording" : "pauseRecording")}
        title={`${t(paused ? "goOnRecording" : "pauseRecording")} (R)`}
        onClick={onPause}
        data-testid="pause-recording"
      >
        <Icon name={paused ? "play" : "pause"} />
      </button>
    </span>
  );
}
