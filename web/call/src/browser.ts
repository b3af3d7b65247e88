import type { CallError } from "@switchroom/sdk";
import { t } from "./text.ts";

const agent = () => navigator.userAgent;

/** Browsers inside other apps often have no microphone. */
export function inApp(userAgent = agent()): boolean {
  return /FBAN|FBAV|Instagram|Line\/|MicroMessenger|Twitter|; wv\)/.test(userAgent);
}

export function canCall(): boolean {
  return typeof RTCPeerConnection === "function" && navigator.mediaDevices?.getUserMedia !== undefined;
}

/** What to do about a microphone or camera that does not open, in the words of this browser. */
export function deviceHelp(error: CallError, userAgent = agent()): string {
  if (error.name === "DEVICE_NOT_FOUND") return t("helpNotFound");
  if (error.name === "DEVICE_UNAVAILABLE") return t("helpBusy");
  if (error.name !== "DEVICE_FORBIDDEN") return error.action;
  if (/iPhone|iPad/.test(userAgent)) return t("helpSafariIos");
  if (/Firefox\//.test(userAgent)) return t("helpFirefox");
  if (/Android/.test(userAgent)) return t("helpAndroid");
  if (/Chrome\//.test(userAgent)) return t("helpChrome");
  return t("helpSafari");
}

/** Keeps the screen on until the returned function is called; phones would cut the call's picture otherwise. */
export function keepScreenOn(): () => void {
  let lock: WakeLockSentinel | undefined;
  let wanted = true;
  const take = () => {
    if (!wanted || document.visibilityState !== "visible") return;
    navigator.wakeLock?.request("screen").then(
      (taken) => {
        if (wanted) lock = taken;
        else void taken.release();
      },
      () => undefined,
    );
  };
  document.addEventListener("visibilitychange", take);
  take();
  return () => {
    wanted = false;
    document.removeEventListener("visibilitychange", take);
    void lock?.release().catch(() => undefined);
  };
}
