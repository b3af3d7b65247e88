import type { Call, LegQuality } from "@switchroom/sdk";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../../shared/src/icons.tsx";
import { useReconnecting } from "../../../shared/src/reconnecting.ts";
import { t } from "../text.ts";

export interface CallQuality {
  own: LegQuality | undefined;
  remote: LegQuality | undefined;
}

export function useCallQuality(call: Call): CallQuality {
  const [quality, setQuality] = useState<CallQuality>({ own: undefined, remote: undefined });
  useEffect(() => call.on("quality", ({ own, remote }) => setQuality({ own, remote: remote ?? undefined })), [call]);
  return quality;
}

/** What is wrong with the call right now. A screen reader hears it when it comes, not with every tick. */
export function CallBanners({ call, problem }: { call: Call; problem: string }) {
  const { own, remote } = useCallQuality(call);
  const left = useReconnecting(call);
  return (
    <div class="banners">
      <div aria-live="assertive">
        {left !== undefined && (
          <p class="notice bad" data-testid="reconnecting">
            <Icon name="warning" />
            <span class="visually-hidden">{t("reconnectingSpoken")}</span>
            <span aria-hidden="true">{t("reconnecting", { seconds: left })}</span>
          </p>
        )}
      </div>
      <div aria-live="polite">
        {left === undefined && own?.weak === true && <Weak text={t("ownWeak")} testid="own-weak" />}
        {call.remoteConnected && remote?.weak === true && <Weak text={t("customerWeak")} testid="remote-weak" />}
        {left === undefined && own?.video_held_back === true && (
          <Weak text={t("ownVideoHeldBack")} testid="own-video-held-back" />
        )}
        {call.remoteConnected && remote?.video_held_back === true && (
          <Weak text={t("customerVideoHeldBack")} testid="remote-video-held-back" />
        )}
        {!call.remoteConnected && call.transferring === undefined && (
          <Weak text={t("customerDropped")} testid="remote-gone" />
        )}
        {call.missingInRecording.has("CUSTOMER") && (
          <Weak text={t("customerNotRecorded")} testid="customer-not-recorded" />
        )}
        {call.missingInRecording.has("AGENT") && <Weak text={t("youNotRecorded")} testid="you-not-recorded" />}
        {problem !== "" && <Weak text={problem} testid="call-problem" />}
      </div>
      {call.soundBlocked && (
        <p class="notice" role="alert">
          <span class="grow">{t("soundBlocked")}</span>
          <button
            type="button"
            class="button primary"
            onClick={() => call.enableSound().catch(() => undefined)}
            data-testid="sound-on"
          >
            <Icon name="volume" /> {t("turnOnSound")}
          </button>
        </p>
      )}
    </div>
  );
}

function Weak({ text, testid }: { text: string; testid: string }) {
  return (
    <p class="notice warn" data-testid={testid}>
      <Icon name="warning" />
      <span>{text}</span>
    </p>
  );
}
