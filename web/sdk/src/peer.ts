import type { Codec, IceServer } from "./wire.ts";

export interface PeerOptions {
  iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  /** Goes first in offers; the server decides. */
  preferredVideoCodec?: "vp8" | "h264" | undefined;
}

export type PathState = "connecting" | "connected" | "lost";
export type SourceKind = "audio" | "camera" | "screen";

const CAMERA_MAX_BITRATE = 2_000_000;
const SCREEN_MAX_BITRATE = 2_500_000;

/**
 * The PeerConnection of one leg: three sendrecv transceivers in the order audio, camera, screen. What is turned on
 * and off later changes only their tracks.
 */
export class Peer {
  /** The other party's voice and camera. */
  readonly remote: MediaStream;
  /** The other party's screen. */
  readonly remoteScreen: MediaStream;
  readonly #connection: RTCPeerConnection;
  readonly #transceivers: Record<SourceKind, RTCRtpTransceiver>;

  readonly #configuration: RTCConfiguration;

  constructor(options: PeerOptions, iceServers: IceServer[], onPath: (state: PathState) => void) {
    this.#configuration = {
      bundlePolicy: "max-bundle",
      rtcpMuxPolicy: "require",
      ...(options.iceTransportPolicy ? { iceTransportPolicy: options.iceTransportPolicy } : {}),
    };
    const pc = new RTCPeerConnection({ ...this.#configuration, iceServers });
    this.#connection = pc;
    const video = (maxBitrate: number) =>
      pc.addTransceiver("video", { direction: "sendrecv", sendEncodings: [{ maxBitrate }] });
    this.#transceivers = {
      audio: pc.addTransceiver("audio", { direction: "sendrecv" }),
      camera: video(CAMERA_MAX_BITRATE),
      screen: video(SCREEN_MAX_BITRATE),
    };
    this.remote = new MediaStream([this.#received("audio"), this.#received("camera")]);
    this.remoteScreen = new MediaStream([this.#received("screen")]);
    if (options.preferredVideoCodec !== undefined) this.prefer([options.preferredVideoCodec]);
    pc.oniceconnectionstatechange = () => onPath(pathState(pc.iceConnectionState));
  }

  /** From the next ICE restart on; credentials of earlier ones may have expired. */
  useServers(iceServers: IceServer[]): void {
    this.#connection.setConfiguration?.({ ...this.#configuration, iceServers });
  }

  /** A new local offer. The server answers ICE checks from anywhere, so candidates need not be gathered first. */
  async offer(iceRestart: boolean): Promise<string> {
    const offer = await this.#connection.createOffer({ iceRestart });
    await this.#connection.setLocalDescription(offer);
    return this.#connection.localDescription?.sdp ?? offer.sdp ?? "";
  }

  async answer(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: "answer", sdp });
  }

  /** Puts these video codecs first in the next offer. */
  prefer(codecs: readonly Codec[]): void {
    const available = RTCRtpReceiver.getCapabilities?.("video")?.codecs;
    if (available === undefined || codecs.length === 0) return;
    const rank = (codec: RTCRtpCodec) => {
      const at = codecs.findIndex((name) => codec.mimeType.toLowerCase() === `video/${name}`);
      return at < 0 ? codecs.length : at;
    };
    const sorted = [...available].sort((a, b) => rank(a) - rank(b));
    this.#transceivers.camera.setCodecPreferences?.(sorted);
    this.#transceivers.screen.setCodecPreferences?.(sorted);
  }

  async send(kind: SourceKind, track: MediaStreamTrack | null): Promise<void> {
    await this.#transceivers[kind].sender.replaceTrack(track);
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#connection.oniceconnectionstatechange = null;
    this.#connection.close();
  }

  #received(kind: SourceKind): MediaStreamTrack {
    return this.#transceivers[kind].receiver.track;
  }
}

function pathState(state: RTCIceConnectionState): PathState {
  switch (state) {
    case "connected":
    case "completed":
      return "connected";
    case "disconnected":
    case "failed":
    case "closed":
      return "lost";
    default:
      return "connecting";
  }
}
