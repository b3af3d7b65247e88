import { type CallEvents, type CallOptions, CallStatus } from "./call-types.ts";
import { Emitter } from "./emitter.ts";
import { asCallError, callError, SwitchroomError } from "./errors.ts";
import { type Interruption, Interruptions, type RunningTransfer } from "./interruption.ts";
import type { Link } from "./link.ts";
import type { CameraOrientation } from "./media.ts";
import { Peer, type PeerOptions } from "./peer.ts";
import { type NetworkQuality, QualitySampler } from "./quality.ts";
import { Repair } from "./repair.ts";
import { Sources } from "./sources.ts";
import { Speaker } from "./speaker.ts";
import type {
  CallError,
  ClientRequest,
  EndedBy,
  IceServer,
  IncomingCallInfo,
  LegMessage,
  LegSnapshot,
  MediaState,
  OfferReason,
  ParticipantType,
  RecordingState,
  Remote,
  TransferTarget,
} from "./wire.ts";

export interface CallSetup {
  link: Link;
  windowMs: number;
  options: CallOptions;
  peerOptions: PeerOptions;
  /** TURN servers with the newest credentials. */
  iceServers: () => IceServer[];
  outputDeviceId: string | undefined;
  /** Which side this page is. */
  party: ParticipantType;
  /** The call that is answered; absent where this page starts one. */
  incoming?: IncomingCallInfo | undefined;
  /** The live leg that a reloaded page takes up again. */
  resumed?: LegSnapshot | undefined;
  /** The client forgets the call. */
  onFinished: (call: Call) => void;
}

const SECOND_MS = 1_000;
const OFF: MediaState = { muted: false, camera: false, screen_share: false };

/** A call from its start, accept or resumption to its end. */
export class Call extends Emitter<CallEvents> {
  readonly options: CallOptions;
  readonly customData: Record<string, string>;
  /** The conversation that the call belongs to, once known. */
  conversationId: string | undefined;
  /** The other party, once known. */
  remote: Remote | undefined;
  /** What the other party has turned on. */
  remoteMedia: MediaState = OFF;
  remoteConnected = true;
  /** The call is being recorded. */
  recording = false;
  /** It is, but nothing is kept at present. */
  recordingPaused = false;
  /** Parties who talk and of whom the recording holds nothing; told to agents. */
  readonly missingInRecording = new Set<ParticipantType>();
  soundBlocked = false;
  /** The place in the queue; 0 until told. */
  position = 0;
  /** The longest wait has passed, and a last message plays. */
  waitOver = false;
  /** The page's clock, in milliseconds since 1970. */
  readonly startTime = Date.now();
  establishTime: number | undefined;
  endTime: number | undefined;
  /** While the connection is broken: when the call ends if it does not come back. */
  reconnectDeadline: number | undefined;
  /** Why the call ended, once it has. */
  endCode: CallError | undefined;

  readonly #setup: CallSetup;
  readonly #sources: Sources;
  readonly #speaker: Speaker;
  readonly #repair: Repair;
  readonly #sampler = new QualitySampler();
  readonly #interruptions = new Interruptions();
  #interruption: Interruption | undefined;
  #leg: string | undefined;
  #status: CallStatus = CallStatus.INITIALIZED;
  #peer: Peer | undefined;
  #negotiation: Promise<unknown> = Promise.resolve();
  #opened = false;
  #starting = false;
  #sampling: ReturnType<typeof setInterval> | undefined;
  #cameraOrientation: CameraOrientation;

  constructor(setup: CallSetup) {
    super();
    const { options, incoming, resumed } = setup;
    this.#setup = setup;
    this.options = options;
    this.customData = options.customData ?? incoming?.custom_data ?? {};
    this.#leg = incoming?.leg ?? resumed?.leg;
    this.conversationId = incoming?.conversation ?? resumed?.conversation;
    this.remote = incoming?.from ?? resumed?.remote ?? undefined;
    this.#cameraOrientation = options.videoOptions?.cameraOrientation ?? "FRONT";
    this.#sources = new Sources(
      { deviceId: options.audioOptions?.deviceId, processing: options.audioOptions?.processing },
      { deviceId: options.videoOptions?.deviceId, orientation: options.videoOptions?.cameraOrientation },
      resumed?.own_media.muted ?? options.audio === false,
    );
    this.#speaker = new Speaker(setup.outputDeviceId, () => this.#setSoundBlocked(true));
    this.#repair = new Repair(
      {
        linkReady: () => setup.link.ready,
        negotiate: (reason) => this.#negotiate(reason),
        lost: (remainingMs) => {
          this.reconnectDeadline = Date.now() + remainingMs;
          this.#tell("reconnecting", { remainingMs });
        },
        back: () => {
          this.reconnectDeadline = undefined;
          this.#tell("reconnected", undefined);
        },
        givenUp: (error) => this.#finish(error, null, this.duration),
      },
      setup.windowMs,
    );
    this.#listenToSources();
    globalThis.addEventListener?.("online", this.#online);
  }

  /** The leg's id: the public API's `callId`. */
  get id(): string | undefined {
    return this.#leg;
  }

  get status(): CallStatus {
    return this.#status;
  }

  /** Milliseconds since the call was answered. */
  get duration(): number {
    if (this.establishTime === undefined) return 0;
    return Math.max(0, (this.endTime ?? Date.now()) - this.establishTime);
  }

  get reconnecting(): boolean {
    return this.#repair.broken;
  }

  /** Since when the call is on hold, by this page's clock (milliseconds since 1970); undefined while it is not. */
  get heldSince(): number | undefined {
    return this.#interruption?.kind === "hold" ? this.#interruption.since : undefined;
  }

  /** The transfer to another agent that is under way. */
  get transferring(): RunningTransfer | undefined {
    return this.#interruption?.kind === "transfer" ? this.#interruption : undefined;
  }

  get muted(): boolean {
    return this.#sources.state.muted;
  }

  get hasCameraVideo(): boolean {
    return this.#sources.state.camera;
  }

  get hasScreenShare(): boolean {
    return this.#sources.state.screen_share;
  }

  /** The other party's voice and camera. */
  get remoteStream(): MediaStream | undefined {
    return this.#peer?.remote;
  }

  get remoteScreenStream(): MediaStream | undefined {
    return this.#peer?.remoteScreen;
  }

  /** One's own microphone, camera or screen, for meters and previews. */
  localTrack(kind: "audio" | "camera" | "screen"): MediaStreamTrack | null {
    return this.#sources.track(kind);
  }

  mute(on: boolean): void {
    this.#sources.mute(on);
  }

  /** Turns the camera on or off; rejects with a `SwitchroomError` when it cannot be opened. */
  cameraVideo(on: boolean): Promise<void> {
    return this.#sources.camera(on);
  }

  /** Asks for a screen, window or tab and shares it, or stops that. */
  screenShare(on: boolean): Promise<void> {
    return this.#sources.screen(on);
  }

  startScreenShare(options: { allowedDisplayOptions?: ("browser" | "monitor" | "window")[] } = {}): Promise<void> {
    return this.#sources.screen(true, options.allowedDisplayOptions?.[0]);
  }

  stopScreenShare(): Promise<void> {
    return this.#sources.screen(false);
  }

  get cameraOrientation(): CameraOrientation {
    return this.#cameraOrientation;
  }

  async setCameraOrientation(orientation: CameraOrientation): Promise<void> {
    await this.#sources.useCamera({ orientation });
    this.#cameraOrientation = orientation;
    this.emit("changed", undefined);
  }

  setAudioInputDevice(deviceId: string): Promise<void> {
    return this.#sources.useMicrophone({ ...this.#sources.audio, deviceId });
  }

  setVideoInputDevice(deviceId: string): Promise<void> {
    return this.#sources.useCamera({ deviceId });
  }

  setAudioOutputDevice(deviceId: string): Promise<void> {
    return this.#speaker.useDevice(deviceId);
  }

  setAudioProcessing(on: boolean): Promise<void> {
    return this.#sources.useMicrophone({ ...this.#sources.audio, processing: on });
  }

  /** 0 to 1. */
  get volume(): number {
    return this.#speaker.volume;
  }

  set volume(volume: number) {
    this.#speaker.volume = volume;
  }

  /** Plays sound that the browser had blocked; call it from a click. */
  async enableSound(): Promise<void> {
    await this.#speaker.resume();
    this.#setSoundBlocked(false);
  }

  /** The customer hears music, and neither hears the other, until `resume`. For agents; rejects when it cannot be now. */
  hold(): Promise<void> {
    return this.#ask((leg) => ({ type: "hold", leg }));
  }

  resume(): Promise<void> {
    return this.#ask((leg) => ({ type: "resume", leg }));
  }

  /**
   * Hands the call over. To an agent: `transferring` until that one has it (`hangup`) or not (`transfer-failed`). To a
   * queue: `hangup` at once. For agents; rejects with the reason when the target cannot take it.
   */
  transfer(to: TransferTarget): Promise<void> {
    return this.#ask((leg) => ({ type: "transfer", leg, to }));
  }

  /** Ends the call for all parties. */
  hangup(): void {
    const leg = this.#leg;
    if (this.#status === CallStatus.FINISHED) return;
    if (leg !== undefined && this.#setup.link.ready) {
      this.#setup.link.request({ type: "hangup", leg }).catch(() => undefined);
    }
    this.#finish(callError("NORMAL_HANGUP", "The call ended."), this.#setup.party, this.duration);
  }

  /** Opens the devices and starts, accepts or resumes the call. Used by the client. */
  async begin(): Promise<void> {
    const { resumed, options } = this.#setup;
    if (resumed !== undefined) this.#take(resumed);
    try {
      await this.#sources.open(resumed?.own_media.camera ?? options.video ?? false, options.tracks);
    } catch (error) {
      // A call that runs goes on without the device: another one can be chosen.
      if (resumed !== undefined) {
        this.#tell("error", { errorCode: asCallError(error) });
      } else {
        this.#fail(asCallError(error));
        throw error;
      }
    }
    if (this.#over) return;
    this.#opened = true;
    if (resumed === undefined) {
      await this.#start();
    } else {
      this.#repair.linkUp(this.#setup.windowMs, true);
    }
  }

  /** The link broke. Used by the client. */
  linkDown(): void {
    if (this.#opened) this.#repair.linkDown();
  }

  /** The link is back and the server says what it knows of this identity's leg. Used by the client. */
  linkUp(leg: LegSnapshot | null, windowMs: number): void {
    if (this.#over || !this.#opened) return;
    const lost = leg === null || (this.#leg !== undefined && leg.leg !== this.#leg);
    if (lost && this.#leg !== undefined) {
      this.#finish(callError("NETWORK_ERROR", "The call ended while the connection was away."), null, this.duration);
      return;
    }
    const unanswered = this.#setup.incoming !== undefined && leg?.phase === "ringing";
    if (leg === null || unanswered) {
      // The request that started or accepted the call never arrived.
      this.#repair.linkUp(windowMs, false);
      void this.#start();
      return;
    }
    this.#leg = leg.leg;
    this.#take(leg);
    this.#sendMedia();
    this.#repair.linkUp(windowMs, !leg.media_alive || this.#peer === undefined);
  }

  /** A message about this leg. Used by the client. */
  receive(message: LegMessage): void {
    if (this.#over) return;
    switch (message.type) {
      case "waiting":
        this.position = message.position;
        this.#setStatus(CallStatus.CALLING);
        return this.#tell("waiting", { position: message.position });
      case "waiting_ends":
        this.position = 0;
        this.waitOver = true;
        this.#setStatus(CallStatus.CALLING);
        return this.#tell("waiting-ends", { endsInMs: message.ends_in_ms });
      case "ringing":
        this.#setStatus(CallStatus.RINGING);
        return this.#tell("ringing", undefined);
      case "established":
        // The server says next where it is not so.
        if (!this.remoteConnected) this.#setRemoteConnected(true);
        // This page's clock may differ from the server's.
        return this.#established(message.remote, Date.now(), message);
      case "recording_silent":
        if (message.silent) this.missingInRecording.add(message.participant);
        else this.missingInRecording.delete(message.participant);
        return this.emit("changed", undefined);
      case "recording_paused":
        this.recordingPaused = message.paused;
        return this.emit("changed", undefined);
      case "held":
        return this.#interrupt(this.#interruptions.held(message.since));
      case "resumed":
        return this.#interrupt(undefined);
      case "transferring":
        return this.#interrupt(this.#interruptions.transferring(message.transfer));
      case "transfer_failed":
        return this.#tell("transfer-failed", { to: message.to, reason: message.reason });
      case "renegotiate":
        this.#peer?.prefer(message.video_codecs);
        this.#negotiate("renegotiate").catch(() => this.#repair.rejoin());
        return;
      case "remote_media":
        return this.#setRemoteMedia(message.media);
      case "remote_connection":
        return this.#setRemoteConnected(message.connected);
      case "remote_network_quality":
        return this.#tell("remote-network-quality-changed", {
          networkQuality: message.network_quality as NetworkQuality,
        });
      case "media_path":
        return this.#repair.server(message.connected, message.rejoin);
      case "quality":
        return this.emit("quality", { own: message.own, remote: message.remote });
      case "hangup":
        return this.#finish(message.code, message.ended_by, message.duration_ms);
    }
  }

  /** Another page of the same agent took the call over. Used by the client. */
  takenOver(): void {
    this.#finish(callError("ANSWERED_ELSEWHERE", "The call goes on in another window."), null, this.duration);
  }

  get #over(): boolean {
    return this.#status === CallStatus.FINISHED;
  }

  async #start(): Promise<void> {
    if (this.#starting) return;
    this.#starting = true;
    this.#setStatus(this.#setup.incoming === undefined ? CallStatus.CALLING : CallStatus.CONNECTING);
    try {
      const peer = await this.#newPeer();
      const offer = await peer.offer(false);
      const reply = await this.#setup.link.request(this.#opening(offer));
      if (this.#over) return;
      if (reply.type === "call_started") {
        this.#leg = reply.leg;
        this.conversationId = reply.conversation;
        await peer.answer(reply.answer);
      } else if (reply.type === "answer") {
        await peer.answer(reply.sdp);
      }
      this.#sendMedia();
      this.#listenIn();
    } catch (error) {
      // Without a link the request is sent again when it is back: see linkUp.
      if (this.#setup.link.ready) this.#fail(asCallError(error));
      else this.#repair.linkDown();
    } finally {
      this.#starting = false;
    }
  }

  #opening(offer: string): ClientRequest {
    const leg = this.#setup.incoming?.leg;
    if (leg !== undefined) return { type: "accept", leg, offer };
    const media = this.options.video === true ? "video" : "audio";
    return { type: "start_call", media, offer, custom_data: this.customData };
  }

  async #newPeer(): Promise<Peer> {
    this.#peer?.close();
    const peer = new Peer(this.#setup.peerOptions, this.#setup.iceServers(), (state) => {
      if (this.#peer === peer) this.#repair.ice(state);
    });
    this.#peer = peer;
    this.#sampler.restart();
    await this.#sources.attach(peer);
    return peer;
  }

  /** One offer and answer at a time. */
  #negotiate(reason: OfferReason): Promise<void> {
    const turn = this.#negotiation.then(async () => {
      const leg = this.#leg;
      if (this.#over || leg === undefined) return;
      const fresh = reason === "rejoin" || this.#peer === undefined;
      const peer = fresh ? await this.#newPeer() : (this.#peer as Peer);
      if (!fresh && reason === "ice_restart") peer.useServers(this.#setup.iceServers());
      const sdp = await peer.offer(reason === "ice_restart");
      const reply = await this.#setup.link.request({ type: "offer", leg, reason: fresh ? "rejoin" : reason, sdp });
      if (reply.type !== "answer") throw new SwitchroomError(callError("MEDIA_ERROR", "The server sent no answer."));
      if (this.#over || this.#peer !== peer) return;
      await peer.answer(reply.sdp);
      this.#sendMedia();
      if (fresh) this.#listenIn();
    });
    this.#negotiation = turn.catch(() => undefined);
    return turn;
  }

  /** Plays what comes in, and shows the streams of a new PeerConnection. */
  #listenIn(): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    void this.#speaker.play(new MediaStream(peer.remote.getAudioTracks()));
    if (this.remoteMedia.camera) this.emit("remote-camera-video-added", { stream: peer.remote });
    if (this.remoteMedia.screen_share) this.emit("remote-screen-share-added", { stream: peer.remoteScreen });
    this.emit("changed", undefined);
  }

  #take(leg: LegSnapshot): void {
    this.conversationId = leg.conversation;
    this.#setRecording(leg);
    if (leg.phase === "established") {
      const interruption = this.#interruptions.ofSnapshot(leg);
      // While it rings at another agent, the one of before may be gone.
      this.#established(leg.remote ?? undefined, leg.established_at ?? Date.now(), leg, interruption);
      this.#setRemoteMedia(leg.remote_media);
      if (this.remoteConnected !== leg.remote_connected) this.#setRemoteConnected(leg.remote_connected);
    } else {
      const status = { ringing: CallStatus.RINGING, connecting: CallStatus.CONNECTING, waiting: CallStatus.CALLING };
      this.#setStatus(leg.phase in status ? status[leg.phase as keyof typeof status] : this.#status);
    }
    this.emit("changed", undefined);
  }

  #setRemoteConnected(connected: boolean): void {
    this.remoteConnected = connected;
    this.#tell(connected ? "remote-reconnected" : "remote-disconnected", undefined);
  }

  #established(remote: Remote | undefined, at: number, recording: RecordingState, interruption?: Interruption): void {
    const transferIsOver = this.transferring !== undefined && interruption?.kind !== "transfer";
    const first = this.#status !== CallStatus.ESTABLISHED;
    const anew = first || transferIsOver || this.remote?.identity !== remote?.identity;
    this.remote = remote;
    this.position = 0;
    this.#setRecording(recording);
    this.establishTime ??= Math.min(at, Date.now());
    this.#setStatus(CallStatus.ESTABLISHED);
    this.#sampling ??= setInterval(() => void this.#sample(), SECOND_MS);
    // Whoever hears of the start asks right away whether the call is on hold.
    const before = this.#interruption;
    this.#interruption = interruption;
    if (anew) this.#tell("established", { stream: this.#peer?.remote ?? new MediaStream() });
    this.#tellOfInterruption(before);
  }

  #setRecording({ recording, recording_paused }: RecordingState): void {
    this.recording = recording;
    this.recordingPaused = recording && recording_paused === true;
  }

  #interrupt(interruption: Interruption | undefined): void {
    const before = this.#interruption;
    this.#interruption = interruption;
    this.#tellOfInterruption(before);
  }

  #tellOfInterruption(before: Interruption | undefined): void {
    const now = this.#interruption;
    if (now?.kind === "hold" && before?.kind !== "hold") this.emit("held", { since: now.since });
    if (now?.kind === "transfer" && before?.kind !== "transfer") this.emit("transferring", now);
    if (now === undefined && before?.kind === "hold") this.emit("resumed", undefined);
    this.emit("changed", undefined);
  }

  /** The call waits for another agent: nobody is at the other end. */
  #leaveTalk(): void {
    this.#interruption = undefined;
    this.remote = undefined;
    this.remoteConnected = true;
    this.#setRecording({ recording: false });
    this.#setRemoteMedia(OFF);
  }

  #setRemoteMedia(media: MediaState): void {
    const before = this.remoteMedia;
    this.remoteMedia = media;
    const peer = this.#peer;
    if (media.muted !== before.muted) this.emit(media.muted ? "remote-muted" : "remote-unmuted", undefined);
    if (media.camera !== before.camera) {
      if (!media.camera) this.emit("remote-camera-video-removed", undefined);
      else if (peer !== undefined) this.emit("remote-camera-video-added", { stream: peer.remote });
    }
    if (media.screen_share !== before.screen_share) {
      if (!media.screen_share) this.emit("remote-screen-share-removed", undefined);
      else if (peer !== undefined) this.emit("remote-screen-share-added", { stream: peer.remoteScreen });
    }
    this.emit("changed", undefined);
  }

  #listenToSources(): void {
    this.#sources.on("camera-added", (stream) => this.#tell("camera-video-added", { stream }));
    this.#sources.on("camera-removed", () => this.#tell("camera-video-removed", undefined));
    this.#sources.on("screen-added", (stream) => this.#tell("screen-share-added", { stream }));
    this.#sources.on("screen-removed", () => this.#tell("screen-share-removed", undefined));
    this.#sources.on("lost", (errorCode) => this.#tell("error", { errorCode }));
    this.#sources.on("changed", () => {
      this.#sendMedia();
      this.emit("changed", undefined);
    });
  }

  async #ask(request: (leg: string) => ClientRequest): Promise<void> {
    const leg = this.#leg;
    if (leg === undefined || this.#over) {
      throw new SwitchroomError(callError("INVALID_REQUEST", "There is no such call any more."));
    }
    await this.#setup.link.request(request(leg));
  }

  #sendMedia(): void {
    if (this.#leg !== undefined)
      this.#setup.link.send({ type: "set_media", leg: this.#leg, media: this.#sources.state });
  }

  async #sample(): Promise<void> {
    const peer = this.#peer;
    const leg = this.#leg;
    if (peer === undefined || leg === undefined || this.#repair.broken) return;
    const report = await peer.stats().catch(() => undefined);
    const change = report === undefined || peer !== this.#peer ? undefined : this.#sampler.take(report);
    if (change === undefined) return;
    this.#setup.link.send({ type: "network_quality_changed", leg, network_quality: change.band });
    this.#tell("network-quality-changed", { networkQuality: change.band, currentMediaStats: change.stats });
  }

  #online = (): void => this.#repair.networkChanged();

  #setSoundBlocked(blocked: boolean): void {
    if (this.soundBlocked === blocked || this.#over) return;
    this.soundBlocked = blocked;
    this.#tell(blocked ? "sound-blocked" : "sound-enabled", undefined);
  }

  #setStatus(status: CallStatus): void {
    if (this.#over) return;
    const left = this.#status === CallStatus.ESTABLISHED && status < CallStatus.ESTABLISHED;
    this.#status = status;
    if (left) this.#leaveTalk();
  }

  #fail(error: CallError): void {
    if (!this.#over) this.emit("error", { errorCode: error });
    this.#finish(error, null, this.duration);
  }

  #finish(errorCode: CallError, endedBy: EndedBy | null, durationMs: number): void {
    if (this.#over) return;
    this.#status = CallStatus.FINISHED;
    this.endTime = Date.now();
    this.endCode = errorCode;
    this.#interruption = undefined;
    clearInterval(this.#sampling);
    globalThis.removeEventListener?.("online", this.#online);
    this.#repair.close();
    this.#sources.close();
    this.#speaker.close();
    this.#peer?.close();
    this.#setup.onFinished(this);
    this.#tell("hangup", { errorCode, endedBy, durationMs });
  }

  #tell<Name extends keyof CallEvents>(name: Name, event: CallEvents[Name]): void {
    this.emit(name, event);
    this.emit("changed", undefined);
  }
}
