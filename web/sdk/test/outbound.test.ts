import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Call, CallStatus, createSwitchroomRtc, type IncomingCall, type SwitchroomRtc } from "../src/index.ts";
import { FakePeerConnection, FakeSocket, installFakes, liveLeg, settle, welcome } from "./fakes.ts";

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

async function connect(message = welcome()): Promise<FakeSocket> {
  rtc.connect().catch(() => undefined);
  await settle();
  const socket = FakeSocket.last;
  socket.onopen?.();
  socket.say(message);
  await settle();
  return socket;
}

const fromAgent = {
  type: "incoming_call" as const,
  leg: "leg-1",
  call: "call-1",
  conversation: "conversation-1",
  from: { participant: "AGENT" as const, identity: "agent-1", display_name: "Ada" },
  queue: null,
  kind: "REGULAR" as const,
  direction: "OUTBOUND" as const,
  media: "audio" as const,
  custom_data: { order: "4711" },
  rings_for_ms: 45_000,
};

async function rings(): Promise<{ incoming: IncomingCall; socket: FakeSocket }> {
  const seen: IncomingCall[] = [];
  rtc.on("incoming-webrtc-call", ({ incomingCall }) => seen.push(incomingCall));
  const socket = await connect();
  socket.say(fromAgent);
  const [incoming] = seen;
  if (incoming === undefined) throw new Error("Nothing rings");
  return { incoming, socket };
}

describe("a customer whom an agent calls", () => {
  it("is told who calls, and answers", async () => {
    const { incoming, socket } = await rings();
    expect(incoming.fromDisplayName).toBe("Ada");
    expect(incoming.direction).toBe("OUTBOUND");
    const accepting = incoming.accept();
    await settle();
    expect(socket.of("accept")).toMatchObject([{ leg: "leg-1" }]);
    socket.say({ type: "answer", request: socket.request("accept"), leg: "leg-1", sdp: "answer" });
    const call = await accepting;
    FakePeerConnection.last.ice("connected");
    socket.say({
      type: "established",
      leg: "leg-1",
      remote: fromAgent.from,
      established_at: Date.now(),
      recording: false,
    });
    expect(call.status).toBe(CallStatus.ESTABLISHED);
    expect(rtc.incomingCall).toBeUndefined();
  });

  it("declines", async () => {
    const { incoming, socket } = await rings();
    const declining = incoming.decline();
    socket.say({ type: "done", request: socket.request("decline") });
    await declining;
    expect(rtc.incomingCall).toBeUndefined();
  });

  it("sees it ring on after a reload", async () => {
    const seen: string[] = [];
    rtc.on("incoming-webrtc-call", ({ incomingCall }) => seen.push(incomingCall.fromDisplayName));
    const leg = liveLeg({ phase: "ringing", remote: null, established_at: null, incoming: fromAgent });
    await connect(welcome(leg));
    expect(seen).toEqual(["Ada"]);
    expect(rtc.activeCall).toBeUndefined();
  });
});

describe("an agent who calls", () => {
  it("hears that it rings, and that nobody answers", async () => {
    const socket = await connect(welcome(null, "AGENT"));
    const call: Call = rtc.callConversations({ customData: { conversationId: "conversation-1" } });
    await settle();
    expect(socket.of("start_call")).toMatchObject([{ custom_data: { conversationId: "conversation-1" } }]);
    socket.say({
      type: "call_started",
      request: socket.request("start_call"),
      call: "call-1",
      conversation: "conversation-1",
      leg: "leg-2",
      answer: "answer",
    });
    await settle();
    socket.say({ type: "ringing", leg: "leg-2" });
    expect(call.status).toBe(CallStatus.RINGING);
    socket.say({
      type: "hangup",
      leg: "leg-2",
      code: { id: 10200, name: "NO_ANSWER", description: "Nobody answered.", action: "" },
      ended_by: "PLATFORM",
      duration_ms: 0,
    });
    expect(call.endCode?.name).toBe("NO_ANSWER");
    expect(rtc.activeCall).toBeUndefined();
  });
});
