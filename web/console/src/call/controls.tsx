import { type Call, CallStatus, canShareScreen } from "@switchroom/sdk";
import { Icon, type IconName } from "../../../shared/src/icons.tsx";
import { t } from "../text.ts";

export interface Actions {
  mute: () => void;
  camera: () => void;
  share: () => void;
  /** Holds or resumes. */
  hold: () => void;
  /** Pauses the recording, or lets it go on. */
  pauseRecording: () => void;
  /** Asks to whom. */
  transfer: () => void;
}

/** A screen is shared with whoever sees it; sharing can always be stopped. */
export function mayShare(call: Call): boolean {
  return call.hasScreenShare || call.heldSince === undefined;
}

interface ControlsProps {
  call: Call;
  actions: Actions;
  onDevices: () => void;
}

export function Controls({ call, actions, onDevices }: ControlsProps) {
  const { muted, hasCameraVideo: camera, hasScreenShare: share } = call;
  const held = call.heldSince !== undefined;
  const unready = call.status !== CallStatus.ESTABLISHED || call.reconnecting;
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
          disabled={!mayShare(call)}
          testid="share"
          onClick={actions.share}
        />
      )}
      <Round
        icon={held ? "play" : "pause"}
        label={t(held ? "resume" : "hold")}
        on={!held}
        lit={held}
        disabled={unready}
        testid="hold"
        onClick={actions.hold}
      />
      <Round
        icon="transfer"
        label={t("transfer")}
        on
        popup
        disabled={unready}
        testid="transfer"
        onClick={actions.transfer}
      />
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
  /** It opens a dialog. */
  popup?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function Round({ icon, label, testid, keys, on, lit, kind, popup, disabled, onClick }: RoundProps) {
  const title = keys === undefined ? label : `${label} (${keys})`;
  const off = testid === "mute" || testid === "camera" ? !on : lit === true;
  return (
    <button
      type="button"
      class={`round ${kind ?? ""} ${off ? "off" : ""}`}
      aria-label={label}
      aria-keyshortcuts={keys && `Control+${keys} ${keys}`}
      aria-haspopup={popup ? "dialog" : undefined}
      title={title}
      disabled={disabled}
      data-testid={testid}
      data-on={on}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
