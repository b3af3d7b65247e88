import { asCallError, type Call, CallStatus } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { clock, when } from "../../../shared/src/format.ts";
import { useChanges, useNow } from "../../../shared/src/hooks.ts";
import { Icon, type IconName } from "../../../shared/src/icons.tsx";
import { problemText } from "../data/api.ts";
import type { Phone } from "../data/phone.ts";
import { recordingApi } from "../data/recording-api.ts";
import { type TextKey, t } from "../text.ts";
import { CallBanners } from "./banners.tsx";
import { type Actions, Controls, mayShare } from "./controls.tsx";
import { HoldTimer, OnHold } from "./hold.tsx";
import { InCallDevices } from "./in-call-devices.tsx";
import { Pictures } from "./pictures.tsx";
import { QualityPanel } from "./quality-panel.tsx";
import { Recorded } from "./recorded.tsx";
import { TransferDialog } from "./transfer-dialog.tsx";
import { TransferFailed, Transferring } from "./transferring.tsx";

type Size = "normal" | "expanded" | "minimised";

export function CallPanel({ phone, call }: { phone: Phone; call: Call }) {
  useChanges(call);
  const [size, setSize] = useState<Size>("normal");
  const [opened, setOpened] = useState<"devices" | "transfer" | undefined>();
  const panel = useRef<HTMLElement>(null);
  const { problem, actions } = useActions(call, () => setOpened("transfer"));
  const state = stateOf(call);
  const name = call.remote?.display_name || t("unknownCustomer");
  useFocus(panel, state);
  // Whoever else began the transfer: there is nothing left to choose.
  useEffect(() => {
    if (state === "TRANSFERRING") setOpened(undefined);
  }, [state]);
  return (
    <>
      <section
        ref={panel}
        class={`call-panel ${size}`}
        aria-label={t("call", { name })}
        tabIndex={-1}
        onKeyDown={(event) => shortcut(event, call, actions)}
        data-testid="call-panel"
        data-status={state}
      >
        <Head call={call} name={name} onPause={actions.pauseRecording} size={size} onSize={setSize} panel={panel} />
        <p class="visually-hidden" role="status">
          {(state === "ON_HOLD" || state === "TRANSFERRING") && t(state)}
        </p>
        <CallBanners call={call} problem={problem} />
        <TransferFailed call={call} customer={name} />
        {call.transferring === undefined ? (
          <>
            {size !== "minimised" && <Stage call={call} name={name} actions={actions} />}
            {size !== "minimised" && <QualityPanel call={call} />}
            <Controls call={call} actions={actions} onDevices={() => setOpened("devices")} />
            {size !== "minimised" && <p class="small call-hint">{t("shortcuts")}</p>}
          </>
        ) : (
          <Transferring call={call} running={call.transferring} customer={name} />
        )}
        {opened === "devices" && <InCallDevices phone={phone} call={call} onClose={() => setOpened(undefined)} />}
      </section>
      {opened === "transfer" && state !== "TRANSFERRING" && (
        <TransferDialog call={call} onClose={() => setOpened(undefined)} />
      )}
    </>
  );
}

type State = "CONNECTING" | "ESTABLISHED" | "ON_HOLD" | "TRANSFERRING";

function stateOf(call: Call): State {
  if (call.status !== CallStatus.ESTABLISHED) return "CONNECTING";
  if (call.transferring !== undefined) return "TRANSFERRING";
  return call.heldSince === undefined ? "ESTABLISHED" : "ON_HOLD";
}

/** The keyboard is at the panel when it opens, and again when what had the focus has gone with the state of the call. */
function useFocus(panel: { current: HTMLElement | null }, state: State): void {
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (document.activeElement === document.body) panel.current?.focus({ preventScroll: true });
  }, [state]);
}

/** What the controls do, and what went wrong last. */
function useActions(call: Call, transfer: () => void): { problem: string; actions: Actions } {
  const [problem, setProblem] = useState("");
  const asking = useRef(false);
  const pausing = useRef(false);
  useEffect(
    () => call.on("error", ({ errorCode }) => setProblem(t("deviceFailed", { problem: errorCode.description }))),
    [call],
  );
  const attempt = async (work: Promise<void>, failed: TextKey = "deviceFailed") => {
    setProblem("");
    await work.catch((error: unknown) => setProblem(t(failed, { problem: asCallError(error).description })));
  };
  const hold = async () => {
    // A second click means the first one.
    if (asking.current) return;
    asking.current = true;
    const held = call.heldSince !== undefined;
    await attempt(held ? call.resume() : call.hold(), held ? "resumeFailed" : "holdFailed");
    asking.current = false;
  };
  const pauseRecording = async () => {
    const { conversationId, recordingPaused } = call;
    if (conversationId === undefined || pausing.current) return;
    pausing.current = true;
    const failed = recordingPaused ? "goOnRecordingFailed" : "pauseRecordingFailed";
    setProblem("");
    await recordingApi
      .setPaused(conversationId, !recordingPaused)
      .catch((error: unknown) => setProblem(t(failed, { problem: problemText(error) })));
    pausing.current = false;
  };
  const actions: Actions = {
    mute: () => call.mute(!call.muted),
    camera: () => void attempt(call.cameraVideo(!call.hasCameraVideo)),
    share: () => void attempt(call.screenShare(!call.hasScreenShare)),
    hold: () => void hold(),
    pauseRecording: () => void pauseRecording(),
    transfer,
  };
  return { problem, actions };
}

/** Ctrl+V and Ctrl+S keep their meaning everywhere but here, and in fields here too. */
function shortcut(event: KeyboardEvent, call: Call, actions: Actions): void {
  if (event.altKey || event.shiftKey || event.repeat || call.transferring !== undefined) return;
  if (event.target instanceof Element && event.target.matches("input:not([type=range]), textarea, select")) return;
  const key = event.key.toLowerCase();
  // With Ctrl the page is loaded again.
  if (key === "r" && (event.ctrlKey || event.metaKey)) return;
  const act = { m: actions.mute, v: actions.camera, s: actions.share, r: actions.pauseRecording }[key];
  if (act === undefined || (key === "r" && !call.recording)) return;
  event.preventDefault();
  if (act !== actions.share || mayShare(call)) act();
}

interface HeadProps extends SizeProps {
  call: Call;
  name: string;
  onPause: () => void;
}

function Head({ call, name, onPause, ...sizes }: HeadProps) {
  return (
    <header class="call-head">
      <div class="call-who">
        <strong data-testid="call-name">{name}</strong>
        <span class="small call-sub">
          {call.recording && <Recorded paused={call.recordingPaused} onPause={onPause} />}
          <Timer call={call} />
          {call.heldSince !== undefined && <HoldTimer since={call.heldSince} />}
        </span>
      </div>
      <SizeButtons {...sizes} />
    </header>
  );
}

function Stage({ call, name, actions }: { call: Call; name: string; actions: Actions }) {
  if (call.heldSince === undefined) return <Pictures call={call} name={name} />;
  return <OnHold customer={name} reconnecting={call.reconnecting} onResume={actions.hold} />;
}

function Timer({ call }: { call: Call }) {
  useNow(1000);
  if (call.status !== CallStatus.ESTABLISHED) return <span>{t("callSetUp")}</span>;
  return (
    <>
      <span role="timer" data-testid="timer">
        {clock(call.duration)}
      </span>
      <span class="call-started">{t("callStarted", { time: when(call.establishTime) })}</span>
    </>
  );
}

interface SizeProps {
  size: Size;
  onSize: (size: Size) => void;
  panel: { current: HTMLElement | null };
}

function SizeButtons({ size, onSize, panel }: SizeProps) {
  const fullScreen = () => {
    if (document.fullscreenElement === null) panel.current?.requestFullscreen?.().catch(() => undefined);
    else void document.exitFullscreen();
  };
  const button = (icon: IconName, label: string, onClick: () => void, testid: string) => (
    <button type="button" class="bare" aria-label={label} title={label} onClick={onClick} data-testid={testid}>
      <Icon name={icon} />
    </button>
  );
  return (
    <div class="size-buttons">
      {size !== "minimised" && button("minimise", t("minimise"), () => onSize("minimised"), "minimise")}
      {size === "normal" && button("restore", t("expand"), () => onSize("expanded"), "expand")}
      {size !== "normal" && button("restore", t("expand"), () => onSize("normal"), "restore")}
      {size !== "minimised" && button("expand", t("fullScreen"), fullScreen, "full-screen")}
    </div>
  );
}
