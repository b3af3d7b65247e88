import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Call, CallStatus, createSwitchroomRtc, type SwitchroomRtc } from "../src/index.ts";
import {
  devices,
  FakePeerConnection,
  FakeSocket,
  installFakes,
  liveLeg,
  page,
  playback,
  settle,
  welcome,
} from "./fakes.ts";

let rtc: SwitchroomRtc;

beforeEach(() => {
  vi.useFakeTimers();
  installFakes();
  rtc = createSwitchroomRtc("token", { signalingUrl: "ws://test/signaling/1/ws" });
});

afterEach(() => {
  rtc.disconnect();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function open(message = welcome()): Promise<FakeSocket> {
  await settle();
  const socket = FakeSocket.last;
  socket.onopen?.();
  socket.say(message);
  await settle();
  return socket;
}

async function connect(message = welcome()): Promise<FakeSocket> {
  rtc.connect().catch(() => undefined);
  return open(message);
}

async function customerCall(options = {}): Promise<{ call: Call; socket: FakeSocket }> {
  const socket = await connect();
  const call = rtc.callConversations(options);
  await settle();
  socket.say({
    type: "call_started",
    request: socket.request("start_call"),
    call: "call-1",
    conversation: "conversation-1",
    leg: "leg-1",
    answer: "answer",
  });
  await settle();
  return { call, socket };
}

async function establishedCall(options = {}): Promise<{ call: Call; socket: FakeSocket }> {
  const { call, socket } = await customerCall(options);
  FakePeerConnection.last.ice("connected");
  socket.say({
    type: "established",
    leg: "leg-1",
    remote: { participant: "AGENT", identity: "agent-1", display_name: "Ada" },
    established_at: Date.now(),
    recording: true,
  });
  await settle();
  return { call, socket };
}

const incoming = {
  type: "incoming_call" as const,
  leg: "leg-1",
  call: "call-1",
  conversation: "conversation-1",
  from: { participant: "CUSTOMER" as const, identity: "customer", display_name: "Cleo" },
  queue: { id: null, name: "Default Queue" },
  kind: "REGULAR" as const,
  direction: "INBOUND" as const,
  media: "audio" as const,
  custom_data: {},
  rings_for_ms: 30_000,
};

describe("a customer's call", () => {
  it("goes from calling over ringing to established", async () => {
    const { call, socket } = await customerCall();
    const positions: number[] = [];
    call.on("waiting", ({ position }) => positions.push(position));
    expect(call.status).toBe(CallStatus.CALLING);
    socket.say({ type: "waiting", leg: "leg-1", position: 2 });
    expect(positions).toEqual([2]);
    socket.say({ type: "ringing", leg: "leg-1" });
    expect(call.status).toBe(CallStatus.RINGING);
    socket.say({
      type: "established",
      leg: "leg-1",
      remote: { participant: "AGENT", identity: "agent-1", display_name: "Ada" },
      established_at: 0,
      recording: false,
    });
    expect(call.status).toBe(CallStatus.ESTABLISHED);
    expect(call.remote?.display_name).toBe("Ada");
  });

  it("offers audio, camera and screen in this order", async () => {
    await customerCall({ video: true });
    expect(FakePeerConnection.last.senders.map(({ kind }) => kind)).toEqual(["audio", "video", "video"]);
  });

  it("toggles mute, camera and screen without a new offer and tells the server", async () => {
    const { call, socket } = await establishedCall();
    call.mute(true);
    await call.cameraVideo(true);
    await call.screenShare(true);
    expect(FakePeerConnection.last.offers).toBe(1);
    expect(devices.opened[0]?.enabled).toBe(false);
    expect(socket.of("set_media").at(-1)?.media).toEqual({ muted: true, camera: true, screen_share: true });
    await call.cameraVideo(false);
    expect(devices.opened[1]?.readyState).toBe("ended");
    expect(FakePeerConnection.last.senders[1]?.track).toBeNull();
  });

  it("stops sharing when the browser's own button is pressed", async () => {
    const { call, socket } = await establishedCall();
    await call.screenShare(true);
    devices.opened.at(-1)?.onended?.();
    await settle();
    expect(call.hasScreenShare).toBe(false);
    expect(socket.of("set_media").at(-1)?.media).toMatchObject({ screen_share: false });
  });

  it("fails with the code of a denied microphone", async () => {
    await connect();
    devices.refuse = "NotAllowedError";
    const call = rtc.callConversations();
    const codes: string[] = [];
    call.on("error", ({ errorCode }) => codes.push(errorCode.name));
    await settle();
    expect(codes).toEqual(["DEVICE_FORBIDDEN"]);
    expect(call.status).toBe(CallStatus.FINISHED);
    expect(rtc.activeCall).toBeUndefined();
  });

  it("says when sound is blocked, until it is enabled", async () => {
    playback.blocked = true;
    const { call } = await establishedCall();
    expect(call.soundBlocked).toBe(true);
    playback.blocked = false;
    await call.enableSound();
    expect(call.soundBlocked).toBe(false);
  });

  it("refuses a second call at the same time", async () => {
    await establishedCall();
    expect(() => rtc.callConversations()).toThrow(/There is a call already/);
  });

  it("refuses custom data that the server would not take", async () => {
    await connect();
    expect(() => rtc.callConversations({ customData: { text: "x".repeat(920) } })).toThrow(/920/);
  });
});

describe("TURN servers", () => {
  const server = (credential: string) => ({ urls: ["turn:192.0.2.1:3478"], username: "1:me", credential });

  async function callWithServers(): Promise<FakeSocket> {
    const socket = await connect({ ...welcome(), ice_servers: [server("first")] });
    rtc.callConversations();
    await settle();
    const request = socket.request("start_call");
    const ids = { call: "call-1", conversation: "conversation-1", leg: "leg-1" };
    socket.say({ type: "call_started", request, ...ids, answer: "answer" });
    await settle();
    return socket;
  }

  it("gives a PeerConnection those of the welcome", async () => {
    await callWithServers();
    expect(FakePeerConnection.last.configuration).toMatchObject({ iceServers: [server("first")] });
  });

  it("gives an ICE restart and a rejoin the newest credentials", async () => {
    const socket = await callWithServers();
    socket.say({ type: "ice_servers", ice_servers: [server("second")] });
    expect(FakePeerConnection.last.configuration).toMatchObject({ iceServers: [server("first")] });
    FakePeerConnection.last.ice("disconnected");
    await settle();
    const { configuration } = FakePeerConnection.last;
    expect(configuration).toMatchObject({ bundlePolicy: "max-bundle", iceServers: [server("second")] });
    socket.say({ type: "answer", request: socket.request("offer"), leg: "leg-1", sdp: "answer 2" });
    await settle();
    FakePeerConnection.last.ice("connected");
    socket.say({ type: "ice_servers", ice_servers: [server("third")] });
    socket.say({ type: "media_path", leg: "leg-1", connected: false, rejoin: true });
    await settle();
    expect(FakePeerConnection.all).toHaveLength(2);
    expect(FakePeerConnection.last.configuration).toMatchObject({ iceServers: [server("third")] });
  });

  it("does without where the server names none", async () => {
    await customerCall();
    expect(FakePeerConnection.last.configuration).toMatchObject({ iceServers: [] });
  });
});

describe("coming back", () => {
  it("restarts ICE on the same PeerConnection when the path is lost", async () => {
    const { call, socket } = await establishedCall();
    const heard: string[] = [];
    call.on("reconnecting", () => heard.push("reconnecting"));
    call.on("reconnected", () => heard.push("reconnected"));
    FakePeerConnection.last.ice("disconnected");
    await settle();
    expect(socket.of("offer").at(-1)).toMatchObject({ reason: "ice_restart", sdp: "offer 2 restart" });
    socket.say({ type: "answer", request: socket.request("offer"), leg: "leg-1", sdp: "answer 2" });
    await settle();
    FakePeerConnection.last.ice("connected");
    expect(FakePeerConnection.all).toHaveLength(1);
    expect(heard).toEqual(["reconnecting", "reconnected"]);
    expect(call.reconnecting).toBe(false);
  });

  it("restarts ICE without alarm when the device changes networks", async () => {
    const { call, socket } = await establishedCall();
    page.dispatchEvent(new Event("online"));
    await settle();
    expect(socket.of("offer").at(-1)).toMatchObject({ reason: "ice_restart" });
    expect(call.reconnecting).toBe(false);
  });

  it("is whole again when ICE connects, even if the server has not said so yet", async () => {
    const { call, socket } = await establishedCall();
    socket.say({ type: "media_path", leg: "leg-1", connected: false, rejoin: false });
    await settle();
    socket.say({ type: "answer", request: socket.request("offer"), leg: "leg-1", sdp: "answer 2" });
    await settle();
    expect(call.reconnecting).toBe(true);
    FakePeerConnection.last.ice("connected");
    expect(call.reconnecting).toBe(false);
  });

  it("rejoins with a new PeerConnection when the engine lost the leg", async () => {
    const { socket } = await establishedCall();
    socket.say({ type: "media_path", leg: "leg-1", connected: false, rejoin: true });
    await settle();
    expect(FakePeerConnection.all).toHaveLength(2);
    expect(socket.of("offer").at(-1)).toMatchObject({ reason: "rejoin" });
  });

  it("rejoins when an ICE restart is refused", async () => {
    const { socket } = await establishedCall();
    FakePeerConnection.last.ice("failed");
    await settle();
    const error = { id: 10306, name: "INVALID_REQUEST", description: "unknown leg", action: "" };
    socket.say({ type: "error", request: socket.request("offer"), error });
    await settle(600);
    expect(socket.of("offer").at(-1)).toMatchObject({ reason: "rejoin" });
  });

  it("keeps the PeerConnection when only the link broke", async () => {
    const { call, socket } = await establishedCall();
    socket.break();
    expect(call.reconnecting).toBe(true);
    call.mute(true);
    await settle(100);
    const again = await open(welcome(liveLeg()));
    expect(again).not.toBe(socket);
    expect(again.of("set_media").at(-1)?.media).toMatchObject({ muted: true });
    expect(again.of("offer")).toEqual([]);
    expect(call.reconnecting).toBe(false);
  });

  it("rejoins after the server was restarted", async () => {
    const { call, socket } = await establishedCall();
    socket.break();
    await settle(100);
    const again = await open(welcome(liveLeg({ media_alive: false })));
    expect(again.of("offer").at(-1)).toMatchObject({ reason: "rejoin", leg: "leg-1" });
    again.say({ type: "answer", request: again.request("offer"), leg: "leg-1", sdp: "answer" });
    await settle();
    FakePeerConnection.last.ice("connected");
    expect(call.reconnecting).toBe(false);
    expect(call.status).toBe(CallStatus.ESTABLISHED);
  });

  it("ends with NETWORK_ERROR when the window is over", async () => {
    const { call, socket } = await establishedCall();
    const codes: string[] = [];
    call.on("hangup", ({ errorCode }) => codes.push(errorCode.name));
    socket.break();
    await settle(29_000);
    expect(codes).toEqual([]);
    await settle(2_000);
    expect(codes).toEqual(["NETWORK_ERROR"]);
  });

  it("takes a live call up again after a reload, muted as it was", async () => {
    const resumed: Call[] = [];
    rtc.on("call-resumed", ({ call }) => resumed.push(call));
    const own_media = { muted: true, camera: false, screen_share: false };
    const socket = await connect(welcome(liveLeg({ own_media })));
    expect(resumed).toHaveLength(1);
    expect(resumed[0]?.muted).toBe(true);
    expect(resumed[0]?.status).toBe(CallStatus.ESTABLISHED);
    expect(socket.of("offer").at(-1)).toMatchObject({ reason: "rejoin", leg: "leg-1" });
  });

  it("knows after a reload that the other party is away", async () => {
    const resumed: Call[] = [];
    rtc.on("call-resumed", ({ call }) => resumed.push(call));
    await connect(welcome(liveLeg({ remote_connected: false })));
    expect(resumed[0]?.remoteConnected).toBe(false);
  });

  it("goes on without the microphone when it does not open after a reload", async () => {
    devices.refuse = "NotReadableError";
    const codes: string[] = [];
    rtc.on("call-resumed", ({ call }) => call.on("error", ({ errorCode }) => codes.push(errorCode.name)));
    const socket = await connect(welcome(liveLeg()));
    expect(codes).toEqual(["DEVICE_UNAVAILABLE"]);
    expect(rtc.activeCall?.status).toBe(CallStatus.ESTABLISHED);
    expect(socket.of("offer").at(-1)).toMatchObject({ reason: "rejoin" });
  });

  it("sends start_call again when the link broke before it was answered", async () => {
    const first = await connect();
    const call = rtc.callConversations();
    await settle();
    first.break();
    await settle(100);
    const second = await open();
    expect(second.of("start_call")).toHaveLength(1);
    expect(call.status).toBe(CallStatus.CALLING);
  });

  it("tells the server later about a hang-up while the link was down", async () => {
    const { call, socket } = await establishedCall();
    socket.break();
    call.hangup();
    await settle(1_500);
    const again = await open(welcome(liveLeg()));
    expect(again.of("hangup").at(-1)).toMatchObject({ leg: "leg-1" });
    expect(rtc.activeCall).toBeUndefined();
  });
});

describe("an agent", () => {
  it("accepts a ringing call", async () => {
    const socket = await connect(welcome(null, "AGENT"));
    let answered: Promise<Call> | undefined;
    rtc.on("incoming-webrtc-call", ({ incomingCall }) => {
      answered = incomingCall.accept();
    });
    socket.say(incoming);
    await settle();
    socket.say({ type: "answer", request: socket.request("accept"), leg: "leg-1", sdp: "answer" });
    const call = await answered;
    expect(call?.status).toBe(CallStatus.CONNECTING);
    expect(rtc.incomingCall).toBeUndefined();
  });

  it("declines when the microphone is forbidden, so that it rings at another agent", async () => {
    const socket = await connect(welcome(null, "AGENT"));
    devices.refuse = "NotAllowedError";
    let refused: unknown;
    rtc.on("incoming-webrtc-call", ({ incomingCall }) => {
      incomingCall.accept().catch((error: unknown) => {
        refused = error;
      });
    });
    socket.say(incoming);
    await settle();
    socket.say({ type: "done", request: socket.request("decline") });
    await settle();
    expect(String(refused)).toMatch("Permission to use camera and/or microphone denied");
    expect(rtc.incomingCall).toBeUndefined();
  });

  it("is told why answering failed", async () => {
    const socket = await connect(welcome(null, "AGENT"));
    let failed: unknown;
    rtc.on("incoming-webrtc-call", ({ incomingCall }) => {
      incomingCall.accept().catch((error: unknown) => {
        failed = error;
      });
    });
    socket.say(incoming);
    await settle();
    const error = { id: 10202, name: "CANCELLED", description: "The customer hung up.", action: "" };
    socket.say({ type: "error", request: socket.request("accept"), error });
    await settle();
    expect(String(failed)).toMatch("The customer hung up.");
    expect(rtc.activeCall).toBeUndefined();
    expect(rtc.incomingCall).toBeUndefined();
  });

  it("hears that a call stopped ringing", async () => {
    const socket = await connect(welcome(null, "AGENT"));
    const reasons: string[] = [];
    rtc.on("incoming-webrtc-call", ({ incomingCall }) => {
      incomingCall.on("gone", ({ reason }) => reasons.push(reason));
    });
    socket.say(incoming);
    socket.say({ type: "incoming_call_gone", leg: "leg-1", reason: "cancelled" });
    expect(reasons).toEqual(["cancelled"]);
  });
});
