import type { IncomingCall } from "@switchroom/sdk";
import { ring } from "../../../shared/src/tones.ts";
import { t } from "../text.ts";

const BLINK_MS = 1_000;

/** Rings, blinks in the title and shows a notification until the returned function is called. */
export function drawAttention(incoming: IncomingCall, onClick: () => void): () => void {
  const stopRinging = ring();
  const stopBlinking = blink(t("titleRinging", { name: incoming.fromDisplayName }));
  const notification = notify(incoming, onClick);
  return () => {
    stopRinging();
    stopBlinking();
    notification?.close();
  };
}

function blink(text: string): () => void {
  const title = document.title;
  let on = true;
  document.title = text;
  const timer = setInterval(() => {
    on = !on;
    document.title = on ? text : title;
  }, BLINK_MS);
  return () => {
    clearInterval(timer);
    document.title = title;
  };
}

function notify(incoming: IncomingCall, onClick: () => void): Notification | undefined {
  if (notificationState() !== "granted") return undefined;
  try {
    const body = [incoming.queue?.name ?? t("directLink"), t(incoming.kind)].join(" · ");
    const notification = new Notification(t("incomingFrom", { name: incoming.fromDisplayName }), {
      body,
      requireInteraction: true,
      tag: incoming.info.leg,
    });
    notification.onclick = () => {
      window.focus();
      onClick();
      notification.close();
    };
    return notification;
  } catch {
    // Android's Chrome has notifications only for service workers; the page rings all the same.
    return undefined;
  }
}

export function notificationState(): NotificationPermission | "unsupported" {
  return typeof Notification === "function" ? Notification.permission : "unsupported";
}

/** Asks; call it from a click. */
export async function askForNotifications(): Promise<void> {
  await Notification.requestPermission().catch(() => "denied");
}
