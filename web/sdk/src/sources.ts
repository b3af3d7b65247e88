import { Emitter } from "./emitter.ts";
import { asCallError } from "./errors.ts";
import { type AudioSettings, openCamera, openMicrophone, openScreen, type VideoSettings } from "./media.ts";
import type { Peer, SourceKind } from "./peer.ts";
import type { CallError, MediaState } from "./wire.ts";

export interface SourcesEvents {
  "camera-added": MediaStream;
  "camera-removed": undefined;
  "screen-added": MediaStream;
  "screen-removed": undefined;
  /** Something was turned on or off; the other side is to be told. */
  changed: undefined;
  /** The microphone stopped and could not be opened again. */
  lost: CallError;
}

/** One's own microphone, camera and screen in a call. They outlive a PeerConnection. */
export class Sources extends Emitter<SourcesEvents> {
  audio: AudioSettings;
  video: VideoSettings;
  #muted: boolean;
  #tracks: Record<SourceKind, MediaStreamTrack | null> = { audio: null, camera: null, screen: null };
  #peer: Peer | undefined;
  #closed = false;
  /** Opening a device takes time: what is asked meanwhile waits its turn. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(audio: AudioSettings, video: VideoSettings, muted: boolean) {
    super();
    this.audio = audio;
    this.video = video;
    this.#muted = muted;
  }

  get state(): MediaState {
    return { muted: this.#muted, camera: this.#tracks.camera !== null, screen_share: this.#tracks.screen !== null };
  }

  track(kind: SourceKind): MediaStreamTrack | null {
    return this.#tracks[kind];
  }

  /** Opens the microphone, and the camera when asked for; takes over tracks that are open already. */
  open(camera: boolean, given: { audio?: MediaStreamTrack | undefined; camera?: MediaStreamTrack | undefined } = {}) {
    return this.#inTurn(async () => {
      await this.#put("audio", given.audio?.readyState === "live" ? given.audio : await openMicrophone(this.audio));
      if (camera) {
        await this.#put("camera", given.camera?.readyState === "live" ? given.camera : await openCamera(this.video));
      }
    });
  }

  /** Sends through this PeerConnection from now on. */
  attach(peer: Peer): Promise<void> {
    return this.#inTurn(async () => {
      this.#peer = peer;
      for (const kind of ["audio", "camera", "screen"] as const) await peer.send(kind, this.#tracks[kind]);
    });
  }

  mute(on: boolean): void {
    if (this.#muted === on) return;
    this.#muted = on;
    const track = this.#tracks.audio;
    if (track !== null) track.enabled = !on;
    this.emit("changed", undefined);
  }

  camera(on: boolean): Promise<void> {
    return this.#inTurn(async () => {
      if (on === (this.#tracks.camera !== null)) return;
      await this.#put("camera", on ? await openCamera(this.video) : null);
      this.emit("changed", undefined);
    });
  }

  screen(on: boolean, surface?: "browser" | "monitor" | "window"): Promise<void> {
    return this.#inTurn(async () => {
      if (on === (this.#tracks.screen !== null)) return;
      await this.#put("screen", on ? await openScreen(surface) : null);
      this.emit("changed", undefined);
    });
  }

  useMicrophone(settings: AudioSettings): Promise<void> {
    return this.#inTurn(async () => {
      const next = await openMicrophone(settings);
      this.audio = settings;
      await this.#put("audio", next);
    });
  }

  /** Changes the camera; it is opened only when it is on. */
  useCamera(settings: VideoSettings): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.video;
      this.video = settings;
      if (this.#tracks.camera === null) return;
      // Phones cannot open the second camera while the first one runs.
      this.#tracks.camera.stop();
      try {
        await this.#put("camera", await openCamera(settings));
      } catch (error) {
        this.video = before;
        await this.#put("camera", await openCamera(before).catch(() => null));
        throw error;
      }
    });
  }

  close(): void {
    this.#closed = true;
    for (const kind of ["audio", "camera", "screen"] as const) {
      this.#stop(kind);
      this.#tracks[kind] = null;
    }
  }

  async #put(kind: SourceKind, track: MediaStreamTrack | null): Promise<void> {
    if (this.#closed) {
      track?.stop();
      return;
    }
    this.#stop(kind);
    this.#tracks[kind] = track;
    if (track !== null) {
      if (kind === "audio") track.enabled = !this.#muted;
      track.onended = () => this.#ended(kind, track);
    }
    await this.#peer?.send(kind, track);
    if (kind === "audio") return;
    if (track === null) this.emit(`${kind}-removed`, undefined);
    else this.emit(`${kind}-added`, new MediaStream([track]));
  }

  #stop(kind: SourceKind): void {
    const track = this.#tracks[kind];
    if (track === null) return;
    track.onended = null;
    track.stop();
  }

  /** The browser ended a track: unplugged, interrupted by a phone call, or *Stop sharing* pressed. */
  #ended(kind: SourceKind, track: MediaStreamTrack): void {
    if (this.#tracks[kind] !== track) return;
    if (kind === "audio") {
      this.useMicrophone({ ...this.audio, deviceId: undefined }).catch((error) =>
        this.emit("lost", asCallError(error)),
      );
      return;
    }
    const off = kind === "camera" ? this.camera(false) : this.screen(false);
    off.catch((error) => this.emit("lost", asCallError(error)));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
