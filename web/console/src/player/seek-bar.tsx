import { useEffect, useState } from "preact/hooks";
import { clock } from "../../../shared/src/format.ts";
import type { Recording } from "../data/api.ts";
import { recordingApi } from "../data/recording-api.ts";
import { t } from "../text.ts";
import { keyOf } from "./parts.ts";
import type { Peaks } from "./peaks.ts";
import { type Playback, usePlace } from "./playback.ts";
import { spokenTime } from "./time.ts";
import { Waveform } from "./waveform.tsx";

interface Props {
  playback: Playback;
  recording: Recording;
}

/** The place in the recording over what is heard when. */
export function SeekBar({ playback, recording }: Props) {
  const { media, duration, playing, loading, seek } = playback;
  const place = usePlace(media, playing);
  const peaks = usePeaks(recording);
  const shown = Math.min(place, duration);
  const words = { place: spokenTime(shown), length: spokenTime(duration) };
  return (
    <div class="seek-bar">
      <Waveform peaks={peaks} played={duration > 0 ? shown / duration : 0} />
      <input
        type="range"
        min={0}
        max={duration > 0 ? duration : 1}
        step="any"
        value={shown}
        aria-label={t("place")}
        aria-valuetext={t("placeOf", words)}
        aria-busy={loading}
        title={`${clock(shown * 1000)} / ${clock(duration * 1000)}`}
        onInput={(event) => seek(Number(event.currentTarget.value))}
        data-testid="seek"
      />
    </div>
  );
}

/** Nothing until they are there, and nothing where there are none. */
function usePeaks(recording: Recording): Peaks | undefined {
  const key = keyOf(recording);
  const [found, setFound] = useState<{ key: string; peaks: Peaks | undefined }>();
  useEffect(() => {
    let current = true;
    if (!recording.screen) {
      recordingApi.peaks(recording.segmentId).then((peaks) => current && setFound({ key, peaks }));
    }
    return () => {
      current = false;
    };
  }, [key]);
  return found?.key === key ? found.peaks : undefined;
}
