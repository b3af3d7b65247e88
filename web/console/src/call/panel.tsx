import { asCallError, type Call, CallStatus, canShareScreen } from "@switchroom/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { clock, when } from "../../../shared/src/format.ts";
import { useChanges, useNow } from "../../../shared/src/hooks.ts";
import { Icon, type IconName } from "../../../shared/src/icons.tsx";
import type { Phone } from "../data/phone.ts";
import { t } from "../text.ts";
import { CallBanners } from "./banners.tsx";
import { InCallDevices } from "./in-call-devices.tsx";
import { Pictures } from "./pictures.tsx";
import { QualityPanel } from "./quality-panel.tsx";

type Size = "normal" | "expanded" | "minimised";

interface Actions {
  mute: () => void;
  camera: () => void;
  share: () => void;
}

export function CallPanel({ phone, call }: { phone: Phone; call: Call }) {
  useChanges(call);
  const [size, setSize] = useState<Size>("normal");
  const [devices, setDevices] = useState(false);
  const [problem, setProblem] = useState("");
  const panel = useRef<HTMLElement>(null);
  const name = call.remote?.display_name || t("unknownCustomer");

  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  useEffect(
    () => call.on("error", ({ errorCode }) => setProblem(t("deviceFailed", { problem: errorCode.description }))),
    [call],
  );
  const attempt = (work: Promise<void>) => {
    setProblem("");
    work.catch((error: unknown) => setProblem(t("deviceFailed", { problem: asCallError(error).description })));
  };
  const actions: Actions = {
    mute: () => call.mute(!call.muted),
    camera: () => attempt(call.cameraVideo(!call.hasCameraVideo)),
    share: () => attempt(call.screenShare(!call.hasScreenShare)),
  };
  return (
    <section
      ref={panel}
      class={`call-panel ${size}`}
      aria-label={t("call", { name })}
      tabIndex={-1}
      onKeyDown={(event) => shortcut(event, actions)}
      data-testid="call-panel"
      data-status={call.status === CallStatus.ESTABLISHED ? "ESTABLISHED" : "CONNECTING"}
    >
      <header class="call-head">
        <div class="call-who">
          <strong data-testid="call-name">{name}</strong>
          <span class="small call-sub">
            {call.recording && (
              <span class="recording" data-testid="recording">
                <span class="dot bad" aria-hidden="true" />
                <span class="visually-hidden">{t("recordedLong")}</span>
                <span aria-hidden="true">{t("recorded")}</span>
              </span>
            )}
            <Timer call={call} />
          </span>
        </div>
        <SizeButtons size={size} onSize={setSize} panel={panel} />
      </header>
      <CallBanners call={call} problem={problem} />
      {size !== "minimised" && <Pictures call={call} name={name} />}
      {size !== "minimised" && <QualityPanel call={call} />}
      <Controls call={call} actions={actions} onDevices={() => setDevices(!devices)} />
      {size !== "minimised" && <p class="small call-hint">{t("shortcuts")}</p>}
      {devices && <InCallDevices phone={phone} call={call} onClose={() => setDevices(false)} />}
    </section>
  );
}

/** Ctrl+V and Ctrl+S keep their meaning everywhere but here, and in fields here too. */
function shortcut(event: KeyboardEvent, actions: Actions): void {
  if (event.altKey || event.shiftKey || event.repeat) return;
  if (event.target instanceof Element && event.target.matches("input:not([type=range]), textarea, select")) return;
  const act = { m: actions.mute, v: actions.camera, s: actions.share }[event.key.toLowerCase()];
  if (act === undefined) return;
  event.preventDefault();
  act();
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

interface ControlsProps {
  call: Call;
  actions: Actions;
  onDevices: () => void;
}

function Controls({ call, actions, onDevices }: ControlsProps) {
  const { muted, hasCameraVideo: camera, hasScreenShare: share } = call;
  return (
    <div class="round-controls call-controls" role="toolbar" aria-label={t("controls")}>
      <Round
        icon={muted ? "micOff" : "mic"}
        label={t(muted ? "unmute" : "mute")}
        keys="M"
        on={!muted}
        testid="mute"
        onClick={actions.mute}
      />
      <Round
        icon={camera ? "camera" : "cameraOff"}
        label={t(camera ? "cameraOff" : "cameraOn")}
        keys="V"
        on={camera}
        testid="camera"
        onClick={actions.camera}
      />
      {canShareScreen() && (
        <Round
          icon="screen"
          label={t(share ? "stopShare" : "share")}
          keys="S"
          on={share}
          lit={share}
          testid="share"
          onClick={actions.share}
        />
      )}
      <Round icon="settings" label={t("settings")} testid="settings" onClick={onDevices} on />
      <Round icon="hangUp" label={t("hangUp")} testid="hang-up" kind="hang-up" onClick={() => call.hangup()} on />
    </div>
  );
}

interface RoundProps {
  icon: IconName;
  label: string;
  testid: string;
  keys?: string;
  /** The source is on. */
  on: boolean;
  lit?: boolean;
  kind?: "hang-up";
  onClick: () => void;
}

function Round({ icon, label, testid, keys, on, lit, kind, onClick }: RoundProps) {
  const title = keys === undefined ? label : `${label} (${keys})`;
  const off = testid === "mute" || testid === "camera" ? !on : lit === true;
  return (
    <button
      type="button"
      class={`round ${kind ?? ""} ${off ? "off" : ""}`}
      aria-label={label}
      aria-keyshortcuts={keys && `Control+${keys} ${keys}`}
      title={title}
      data-testid={testid}
      data-on={on}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
