import type { IncomingCall } from "@switchroom/sdk";
import { useEffect, useRef } from "preact/hooks";
import { secondsLeft } from "../../../shared/src/format.ts";
import { useNow } from "../../../shared/src/hooks.ts";
import { Icon } from "../../../shared/src/icons.tsx";
import type { Phone } from "../data/phone.ts";
import { t } from "../text.ts";

export function Ringing({ phone, incoming }: { phone: Phone; incoming: IncomingCall }) {
  const now = useNow(250);
  const box = useRef<HTMLDivElement>(null);
  const total = Math.max(1, incoming.info.rings_for_ms);
  const left = Math.max(0, incoming.ringsUntil - now);
  const seconds = secondsLeft(incoming.ringsUntil, now);
  const video = incoming.media === "video";
  const details = Object.entries(incoming.customData);

  // Whoever types keeps typing; otherwise the keyboard is at the pop-up at once.
  useEffect(() => {
    const at = document.activeElement;
    if (!at?.matches("input, textarea, select")) box.current?.focus();
  }, []);
  return (
    <div
      ref={box}
      class="ringing card"
      role="alertdialog"
      aria-labelledby="ringing-title"
      aria-describedby="ringing-facts"
      tabIndex={-1}
      data-testid="incoming-call"
      data-kind={incoming.kind}
      data-media={incoming.media}
    >
      <div class="ringing-head">
        <span class="ringing-icon" aria-hidden="true">
          <Icon name={video ? "camera" : "phone"} />
        </span>
        <div>
          <p class="small muted">{t("incomingCall")}</p>
          <h2 id="ringing-title" data-testid="incoming-name">
            {incoming.fromDisplayName || t("unknownCustomer")}
          </h2>
        </div>
      </div>
      <p id="ringing-facts" class="row">
        <span class="badge accent" data-testid="incoming-queue">
          {incoming.queue?.name ?? t("directLink")}
        </span>
        <span class="badge" data-testid="incoming-kind">
          {t(incoming.kind)}
        </span>
        <span class="badge">{t(video ? "videoCall" : "audioCall")}</span>
      </p>
      {details.length > 0 && (
        <dl class="facts small">
          {details.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <progress class="ring-time" max={total} value={left} aria-hidden="true" />
      <p class="small muted" data-testid="ring-countdown">
        {phone.answering ? t("answering") : t("ringsFor", { seconds })}
      </p>
      <Buttons phone={phone} video={video} />
    </div>
  );
}

function Buttons({ phone, video }: { phone: Phone; video: boolean }) {
  return (
    <div class="ringing-buttons">
      <button
        type="button"
        class="button danger"
        disabled={phone.answering}
        onClick={() => phone.decline()}
        data-testid="decline"
      >
        <Icon name="hangUp" /> {t("decline")}
      </button>
      {video && (
        <button
          type="button"
          class="button"
          disabled={phone.answering}
          onClick={() => phone.answer(true)}
          data-testid="answer-video"
        >
          <Icon name="camera" /> {t("answerVideo")}
        </button>
      )}
      <button
        type="button"
        class="button primary"
        disabled={phone.answering}
        onClick={() => phone.answer(false)}
        data-testid="answer"
      >
        <Icon name="phone" /> {t("answer")}
      </button>
    </div>
  );
}
