import type { RunningTransfer } from "./interruption.ts";
import type { CameraOrientation } from "./media.ts";
import type { MediaStats, NetworkQuality } from "./quality.ts";
import type { CallError, EndedBy, LegQuality, Remote, TransferFailure } from "./wire.ts";

export const CallStatus = {
  INITIALIZED: 0,
  CALLING: 1,
  RINGING: 2,
  CONNECTING: 3,
  ESTABLISHED: 4,
  FINISHED: 5,
} as const;
export type CallStatus = (typeof CallStatus)[keyof typeof CallStatus];

export interface CallOptions {
  /** Whether the microphone starts on. Default true. */
  audio?: boolean;
  audioOptions?: { deviceId?: string; processing?: boolean };
  /** Whether the camera starts on; a call with it is a video call. Default false. */
  video?: boolean;
  videoOptions?: { deviceId?: string; cameraOrientation?: CameraOrientation };
  /** Strings for the agent and for routing; at most 920 characters as JSON. */
  customData?: Record<string, string>;
  /** Tracks that are open already, for example from a preview. The call takes them over. */
  tracks?: { audio?: MediaStreamTrack | undefined; camera?: MediaStreamTrack | undefined };
}

export interface CallEvents {
  /** The place in the queue changed; 1 is next. A call that runs waits again when its agent hands it over to a queue. */
  waiting: { position: number };
  /** The longest wait has passed: a last message plays, and then the call ends. */
  "waiting-ends": { endsInMs: number };
  /** An agent's page rings. */
  ringing: undefined;
  /**
   * Both parties are connected; `stream` carries the other's voice and camera. It comes again when a transfer is over:
   * `remote` is who has the call then.
   */
  established: { stream: MediaStream };
  /** `since` is this page's clock, milliseconds since 1970. */
  held: { since: number };
  resumed: undefined;
  /** It rings at another agent, and meanwhile nobody hears anybody. */
  transferring: RunningTransfer;
  /** The other agent did not take the call: it is this agent's again, on hold if it was. */
  "transfer-failed": { to: Remote; reason: TransferFailure };
  hangup: { errorCode: CallError; endedBy: EndedBy | null; durationMs: number };
  error: { errorCode: CallError };
  "camera-video-added": { stream: MediaStream };
  "camera-video-removed": undefined;
  "screen-share-added": { stream: MediaStream };
  "screen-share-removed": undefined;
  "remote-muted": undefined;
  "remote-unmuted": undefined;
  "remote-camera-video-added": { stream: MediaStream };
  "remote-camera-video-removed": undefined;
  "remote-screen-share-added": { stream: MediaStream };
  "remote-screen-share-removed": undefined;
  "remote-disconnected": undefined;
  "remote-reconnected": undefined;
  "remote-network-quality-changed": { networkQuality: NetworkQuality };
  /** The band of the library's own formula changed. */
  "network-quality-changed": { networkQuality: NetworkQuality; currentMediaStats: MediaStats };
  /** As the server measures it, once a second; `remote` is for agents only. */
  quality: { own: LegQuality; remote: LegQuality | null };
  /** The connection broke; it may come back for so many milliseconds. */
  reconnecting: { remainingMs: number };
  reconnected: undefined;
  /** The browser refuses to play sound until the person touches the page: call `enableSound()` from a click. */
  "sound-blocked": undefined;
  "sound-enabled": undefined;
  /** Something that a page shows has changed. Comes after every event except `quality`. */
  changed: undefined;
}

export type { Remote };
