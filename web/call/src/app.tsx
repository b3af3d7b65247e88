import { asCallError, type Call, type CallError, type EndedBy, type SwitchroomRtc } from "@switchroom/sdk";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { canCall, inApp, keepScreenOn } from "./browser.ts";
import { askGuest, dropTicket, type Guest, storedTicket } from "./guest.ts";
import { openDevices, resume, startCall } from "./phone.ts";
import { type Choice, Ready } from "./ready.tsx";
import { Ended, Loading, Message } from "./screens.tsx";
import { Talk } from "./talk.tsx";
import { t } from "./text.ts";
import { applyBrand } from "./theme.ts";

type Screen =
  | { name: "loading" | "unknown" | "busy" | "failed" }
  | { name: "ready"; problem?: CallError }
  | { name: "starting" }
  | { name: "call"; call: Call; note?: string | undefined }
  | { name: "ended"; code: CallError; endedBy: EndedBy | null; durationMs: number };

export function App({ link }: { link: string }) {
  const [guest, setGuest] = useState<Guest | undefined>();
  const [screen, setScreen] = useState<Screen>({ name: "loading" });
  const rtc = useRef<SwitchroomRtc | undefined>(undefined);

  const show = useCallback((client: SwitchroomRtc, call: Call, note?: string) => {
    rtc.current = client;
    call.on("hangup", ({ errorCode, endedBy, durationMs }) => {
      dropTicket();
      // The server is told before the link closes.
      setTimeout(() => client.disconnect(), 500);
      const refused = errorCode.name.startsWith("DEVICE_");
      setScreen(
        refused ? { name: "ready", problem: errorCode } : { name: "ended", code: errorCode, endedBy, durationMs },
      );
    });
    setScreen({ name: "call", call, note });
  }, []);

  const load = useCallback(async () => {
    setScreen({ name: "loading" });
    const ticket = storedTicket(link);
    const reply = await askGuest(link);
    if (reply.kind === "guest") {
      setGuest(reply.guest);
      applyBrand(reply.guest.theme);
      document.title = t("pageTitle", { title: reply.guest.title ?? t("title") });
    }
    const live = ticket === undefined ? undefined : await resume(ticket);
    if (live !== undefined) show(live.rtc, live.call);
    else setScreen(reply.kind === "guest" ? { name: "ready" } : { name: reply.kind });
  }, [link, show]);

  useEffect(() => void load(), [load]);

  const start = useCallback(
    async (choice: Choice) => {
      if (guest === undefined) return;
      setScreen({ name: "starting" });
      try {
        const opened = await openDevices(guest, choice.video, choice.given);
        const { muted } = choice;
        const started = await startCall({ link, guest, opened, muted, onRefused: setGuest });
        show(started.rtc, started.call, opened.cameraError && t("noCameraStart"));
      } catch (error) {
        setScreen({ name: "ready", problem: asCallError(error) });
      }
    },
    [guest, link, show],
  );

  const talking = screen.name === "call";
  useEffect(() => (talking ? keepScreenOn() : undefined), [talking]);

  switch (screen.name) {
    case "loading":
      return <Loading />;
    case "unknown":
      return <Message testid="unknown-link" title={t("notFound")} text={t("notFoundHelp")} />;
    case "busy":
      return <Message testid="too-many" title={t("tooMany")} text={t("tooManyHelp")} retry={load} />;
    case "failed":
      return <Message testid="load-failed" title={t("loadFailed")} text={t("loadFailedHelp")} retry={load} />;
    case "call":
      return <Talk call={screen.call} guest={guest} note={screen.note} />;
    case "ended":
      return <Ended {...screen} guest={guest} again={load} />;
    default:
      return <BeforeCall guest={guest} screen={screen} start={start} retry={load} />;
  }
}

interface BeforeCallProps {
  guest: Guest | undefined;
  screen: Screen;
  start: (choice: Choice) => void;
  retry: () => void;
}

function BeforeCall({ guest, screen, start, retry }: BeforeCallProps) {
  if (guest === undefined) return <Message testid="load-failed" title={t("loadFailed")} text="" retry={retry} />;
  const messages = guest.theme?.messages;
  if (guest.state === "INACTIVE") {
    return (
      <Message
        guest={guest}
        testid="inactive-link"
        title={messages?.inactiveText ?? t("inactive")}
        text={from(guest)}
      />
    );
  }
  if (guest.state === "EXPIRED") {
    return (
      <Message
        guest={guest}
        testid="expired-link"
        title={messages?.expirationText ?? t("expired")}
        text={t("expiredHelp")}
      />
    );
  }
  if (!canCall()) {
    const help = inApp() ? t("inAppHelp") : t("unsupportedHelp");
    return <Message guest={guest} testid="unsupported" title={t("unsupported")} text={help} />;
  }
  const problem = screen.name === "ready" ? screen.problem : undefined;
  return <Ready guest={guest} problem={problem} starting={screen.name === "starting"} onStart={start} />;
}

function from(guest: Guest): string {
  const time = (at: string) =>
    new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" }).format(new Date(at));
  if (guest.validFrom === undefined) return "";
  if (guest.validUntil === undefined) return t("inactiveFrom", { from: time(guest.validFrom) });
  return t("inactiveUntil", { from: time(guest.validFrom), until: time(guest.validUntil) });
}
