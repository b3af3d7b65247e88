import {
  type AgentState,
  type AgentStatus,
  type Call,
  type CallOptions,
  CallStatus,
  createSwitchroomRtc,
  Emitter,
  type IncomingCall,
  type RingEnd,
  SwitchroomError,
  type SwitchroomRtc,
} from "@switchroom/sdk";
import { applyDevices } from "../../../shared/src/live-devices.ts";
import { type DeviceSettings, loadDevices } from "../../../shared/src/settings.ts";
import { setToneDevice } from "../../../shared/src/tones.ts";
import { t } from "../text.ts";
import { ApiError, api, type NamedStatus, problemText, type Session } from "./api.ts";
import { drawAttention } from "./attention.ts";
import { type Draft, isWritten, keepDraft, loadDraft } from "./draft.ts";
import {
  type Callee,
  type Failure,
  failureOf,
  keepOutgoing,
  type Outgoing,
  outgoingAgain,
  refusal,
} from "./outgoing.ts";
import { workerTicker } from "./ticker.ts";

export type LinkState = "connecting" | "connected" | "reconnecting" | "superseded";

export interface RunningWrapUp {
  conversation: string;
  /** This page's clock, milliseconds since 1970. */
  until: number;
  canExtend: boolean;
}

export interface Notice {
  kind: "info" | "warn" | "bad";
  text: string;
}

interface PhoneEvents {
  changed: undefined;
  "conversation-changed": { conversationId: string };
  /** A call was answered and is connected: show its conversation. */
  answered: { conversationId: string };
}

/** The agent's side of calling: link, status, ringing, the call and its wrap-up. Pages render what it holds. */
export class Phone extends Emitter<PhoneEvents> {
  link: LinkState = "connecting";
  agent: AgentState | undefined;
  incoming: IncomingCall | undefined;
  answering = false;
  call: Call | undefined;
  outgoing: Outgoing | undefined;
  wrapUp: RunningWrapUp | undefined;
  draft: Draft | undefined;
  notice: Notice | undefined;

  readonly #agentId: string;
  readonly #ownName: string;
  readonly #rtc: SwitchroomRtc;
  #calm: (() => void) | undefined;
  #refusal: Notice | undefined;

  constructor(session: Session & { agentId: string }) {
    super();
    this.#agentId = session.agentId;
    this.#ownName = session.displayName;
    const source = async () => {
      try {
        return await api.token(session.agentId);
      } catch (error) {
        throw signedOutAsRefusal(error);
      }
    };
    this.#rtc = createSwitchroomRtc(source, {
      build: "switchroom-console/0.1.0",
      ticker: workerTicker,
      ...testOptions(),
      resumeOptions: callOptions,
    });
    this.useDevices(loadDevices());
    this.#listen();
  }

  start(): void {
    this.link = "connecting";
    this.emit("changed", undefined);
    this.#rtc.connect().catch(() => undefined);
  }

  stop(): void {
    this.#calm?.();
    this.#rtc.disconnect();
  }

  /** One of the four groups, or the account's own status within it. */
  async setStatus(status: AgentStatus, own?: NamedStatus): Promise<void> {
    try {
      await api.setStatus(this.#agentId, own === undefined ? { status } : { statusId: own.id });
      const custom_status = own === undefined ? null : { id: own.id, name: own.name };
      if (this.agent !== undefined) this.agent = { ...this.agent, status, custom_status };
      this.notice = undefined;
    } catch (error) {
      this.notice = { kind: "bad", text: t("statusFailed", { problem: problemText(error) }) };
    }
    this.emit("changed", undefined);
  }

  async answer(video: boolean): Promise<void> {
    const incoming = this.incoming;
    if (incoming === undefined || this.answering) return;
    this.answering = true;
    this.notice = undefined;
    this.#calm?.();
    this.emit("changed", undefined);
    try {
      const call = await incoming.accept({ ...callOptions(), video });
      this.#took(call);
    } catch (error) {
      this.#say("bad", t("answerFailed", { problem: problemText(error) }));
    } finally {
      this.answering = false;
      this.emit("changed", undefined);
    }
  }

  decline(): void {
    this.#calm?.();
    this.incoming?.decline().catch((error: unknown) => this.#say("bad", problemText(error)));
  }

  /** Calls whoever has this identity. What becomes of it, `outgoing` says. */
  async callCustomer({ identity, name, video }: Callee): Promise<void> {
    const outgoing: Outgoing = { identity, name, video, since: Date.now() };
    this.outgoing = outgoing;
    this.notice = undefined;
    this.emit("changed", undefined);
    try {
      const conversationId = await api.openOutbound(this.#agentId, identity, this.#ownName);
      // Cancelled meanwhile.
      if (this.outgoing !== outgoing) return;
      outgoing.conversation = conversationId;
      const customData = { conversationId, calleeClientType: "WebRTC" };
      outgoing.call = this.#rtc.callConversations({ ...callOptions(), video, customData });
      this.#took(outgoing.call);
    } catch (error) {
      if (this.outgoing === outgoing) this.#notReached(outgoing, refusal(problemText(error)));
    }
  }

  /** Gives up the call that rings at a customer, or closes why it came to nothing. */
  cancelCall(): void {
    const call = this.outgoing?.call;
    this.outgoing = undefined;
    keepOutgoing(undefined);
    call?.hangup();
    this.emit("changed", undefined);
  }

  /** Says why something cannot be now, until what this agent does changes. */
  refuse(why: string): void {
    this.#say("info", why);
    this.#refusal = this.notice;
  }

  /** Takes chosen devices for rings and calls from now on. */
  useDevices(settings: DeviceSettings, before?: DeviceSettings): void {
    void setToneDevice(settings.audioOutput);
    if (settings.audioOutput !== undefined) this.#rtc.setAudioOutputDevice(settings.audioOutput).catch(() => undefined);
    const call = this.call;
    if (call === undefined || before === undefined) return;
    applyDevices(call, before, settings).catch((error: unknown) =>
      this.#say("warn", t("deviceFailed", { problem: problemText(error) })),
    );
  }

  write(change: Partial<Draft>): void {
    if (this.draft === undefined) return;
    this.draft = { ...this.draft, ...change };
    keepDraft(this.draft);
    this.emit("changed", undefined);
  }

  async extendWrapUp(): Promise<void> {
    await api.addWrapUp(this.#agentId, 10);
  }

  /** Saves what was written, then ends the wrap-up; a failure keeps both. */
  async finishWrapUp(): Promise<void> {
    const draft = this.draft;
    if (draft !== undefined) {
      await saveDraft(draft);
      keepDraft(undefined);
      this.draft = loadDraft(draft.conversation);
    }
    await api.clearWrapUp(this.#agentId);
    this.draft = undefined;
    this.wrapUp = undefined;
    this.emit("changed", undefined);
  }

  dismiss(): void {
    this.notice = undefined;
    this.emit("changed", undefined);
  }

  #listen(): void {
    this.#rtc.on("connected", () => this.#setLink("connected"));
    this.#rtc.on("reconnected", () => this.#setLink("connected"));
    this.#rtc.on("reconnecting", () => this.#setLink("reconnecting"));
    this.#rtc.on("disconnected", ({ reason }) => this.#setLink(reason === "superseded" ? "superseded" : "connecting"));
    this.#rtc.on("agent-state", (state) => this.#agentIs(state));
    this.#rtc.on("incoming-webrtc-call", ({ incomingCall }) => this.#rings(incomingCall));
    this.#rtc.on("call-resumed", ({ call }) => this.#took(call));
    this.#rtc.on("conversation-changed", (event) => this.emit("conversation-changed", event));
  }

  #setLink(link: LinkState): void {
    this.link = link;
    this.emit("changed", undefined);
  }

  #rings(incoming: IncomingCall): void {
    this.incoming = incoming;
    this.notice = undefined;
    if (this.outgoing?.failure !== undefined) this.outgoing = undefined;
    this.#calm?.();
    this.#calm = drawAttention(incoming, () => undefined);
    incoming.on("gone", ({ reason }) => this.#gone(incoming, reason));
    this.emit("changed", undefined);
  }

  #gone(incoming: IncomingCall, reason: RingEnd): void {
    if (this.incoming !== incoming) return;
    this.incoming = undefined;
    this.#calm?.();
    if (reason === "no_answer") this.#say("warn", t("missed"));
    if (reason === "cancelled" && !this.answering) this.#say("info", t("customerGone"));
    this.emit("changed", undefined);
  }

  #took(call: Call): void {
    this.call = call;
    if (this.outgoing?.call !== call) this.outgoing = outgoingAgain(call);
    keepOutgoing(this.outgoing);
    call.on("hangup", ({ errorCode }) => {
      if (this.call === call) this.call = undefined;
      const { outgoing } = this;
      if (outgoing?.call === call) this.#notReached(outgoing, failureOf(errorCode, outgoing.name));
      else if (errorCode.name !== "NORMAL_HANGUP") {
        this.#say("warn", t("callEnded", { reason: `${errorCode.description} ${errorCode.action}` }));
      }
      this.emit("changed", undefined);
    });
    this.#showOnceEstablished(call);
    this.emit("changed", undefined);
  }

  /** Until then a transferred call's conversation is with the agent of before. A call may be established again later. */
  #showOnceEstablished(call: Call): void {
    const show = () => {
      stop();
      if (this.outgoing?.call === call) this.outgoing = undefined;
      keepOutgoing(undefined);
      if (call.conversationId !== undefined) this.emit("answered", { conversationId: call.conversationId });
      this.emit("changed", undefined);
    };
    const stop = call.on("established", show);
    if (call.status === CallStatus.ESTABLISHED) show();
  }

  #notReached(outgoing: Outgoing, failure: Failure): void {
    keepOutgoing(undefined);
    this.outgoing = { ...outgoing, call: undefined, failure };
    this.emit("changed", undefined);
  }

  #agentIs(state: AgentState): void {
    if (this.notice === this.#refusal) this.notice = undefined;
    this.agent = state;
    const running = state.wrap_up;
    if (running === null || running === undefined) {
      this.wrapUp = undefined;
      void this.#wrapUpOver();
    } else {
      if (this.draft?.conversation !== running.conversation) this.draft = loadDraft(running.conversation);
      this.wrapUp = {
        conversation: running.conversation,
        until: Date.now() + running.remaining_ms,
        canExtend: running.can_extend,
      };
    }
    this.emit("changed", undefined);
  }

  /** The time ran out: what was written must not be lost. */
  async #wrapUpOver(): Promise<void> {
    const draft = this.draft;
    if (draft === undefined) return;
    this.draft = undefined;
    if (!isWritten(draft)) return keepDraft(undefined);
    try {
      await saveDraft(draft);
      keepDraft(undefined);
      this.#say("info", t("draftSaved"));
    } catch {
      this.#say("bad", t("draftLost"));
    }
  }

  #say(kind: Notice["kind"], text: string): void {
    this.notice = { kind, text };
    this.emit("changed", undefined);
  }
}

async function saveDraft(draft: Draft): Promise<void> {
  if (draft.note.trim() !== "") await api.addNote(draft.conversation, draft.note.trim());
  const change = {
    ...(draft.summary.trim() === "" ? {} : { summary: draft.summary.trim() }),
    ...(draft.status === "" ? {} : { status: draft.status }),
  };
  if (Object.keys(change).length > 0) await api.changeConversation(draft.conversation, change);
}

export function callOptions(): CallOptions {
  const settings = loadDevices();
  return {
    audioOptions: {
      processing: settings.processing,
      ...(settings.audioInput ? { deviceId: settings.audioInput } : {}),
    },
    videoOptions: settings.videoInput ? { deviceId: settings.videoInput } : {},
  };
}

/** `?relay=only` and `?codec=h264` narrow down what calls use. */
function testOptions() {
  const query = new URLSearchParams(location.search);
  const codec = query.get("codec");
  return {
    ...(query.get("relay") === "only" ? { iceTransportPolicy: "relay" as const } : {}),
    ...(codec === "vp8" || codec === "h264" ? { preferredVideoCodec: codec as "vp8" | "h264" } : {}),
  };
}

/** The link stops trying when the sign-in is over; other failures are tried again. */
function signedOutAsRefusal(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.status !== 401) return error;
  return new SwitchroomError({ id: 10302, name: "UNAUTHENTICATED", description: error.message, action: "" });
}
