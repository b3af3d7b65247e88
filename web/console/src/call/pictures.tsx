import type { Call } from "@switchroom/sdk";
import { useState } from "preact/hooks";
import { Icon } from "../../../shared/src/icons.tsx";
import { RemoteVideo, StreamVideo, streamOf } from "../../../shared/src/video.tsx";
import { t } from "../text.ts";

export function Pictures({ call, name }: { call: Call; name: string }) {
  const { camera, screen_share: screen, muted } = call.remoteMedia;
  const own = call.localTrack("camera");
  return (
    <div class={screen ? "pictures with-screen" : "pictures"}>
      <RemoteVideo call={call} camera={t("remoteCamera", { name })} screen={t("remoteScreen", { name })} />
      {!camera && !screen && (
        <div class="nobody">
          <span class="avatar" aria-hidden="true">
            {name.charAt(0).toUpperCase()}
          </span>
          <span class="small">{t("noPicture", { name })}</span>
        </div>
      )}
      {own !== null && <StreamVideo class="own" stream={streamOf(own)} label={t("ownCamera")} testid="own-preview" />}
      {muted && (
        <span class="remote-muted" data-testid="remote-muted">
          <Icon name="micOff" /> {t("customerMuted")}
        </span>
      )}
      <Volume call={call} />
    </div>
  );
}

function Volume({ call }: { call: Call }) {
  const [volume, setVolume] = useState(call.volume);
  const change = (value: number) => {
    call.volume = value;
    setVolume(value);
  };
  return (
    <label class="volume">
      <Icon name="volume" />
      <span class="visually-hidden">{t("volume")}</span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={volume}
        onInput={(event) => change(event.currentTarget.valueAsNumber)}
        data-testid="volume"
      />
    </label>
  );
}
