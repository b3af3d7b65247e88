import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Call, CallStatus, createSwitchroomRtc, type SwitchroomRtc } from "../src/index.ts";
import type { LegSnapshot } from "../src/wire.ts";
import { FakePeerConnection, FakeSocket, installFakes, liveLeg, settle, welcome } from "./fakes.ts";

const CLEO = { participant: "CUSTOMER" as const, identity: "customer", display_name: "Cleo" };
const ADA = { participant: "AGENT" as const, identity: "agent-1", display_name: "Ada" };
const BOB = { participant: "AGENT" as const, identity: "agent-2", display_name: "Bob" };
const leg = "leg-1";

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

async function welcomed(snapshot: LegSnapshot, party: "CUSTOMER" | "AGENT"): Promise<FakeSocket> {
  await settle();
  const socket = FakeSocket.last;
  socket.onopen?.();
  socket.say(welcome(snapshot, party));
  await settle();
  return socket;
}

/** A page that takes up a live call, and the names of the events that follow. */
async function inCall(party: "CUSTOMER" | "AGENT", over: Partial<LegSnapshot> = {}) {
  const heard: string[] = [];
  const names = ["established", "held", "resumed", "transferring", "transfer-failed", "hangup"] as const;
  rtc.on("call-resumed", ({ call }) => {
    for (const name of names) call.on(name, () => heard.push(name));
  });
  rtc.connect().catch(() => undefined);
  const socket = await welcomed(liveLeg({ remote: party === "AGENT" ? CLEO : ADA, ...over }), party);
  socket.say({ type: "answer", request: socket.request("offer"), leg, sdp: "answer" });
  await settle();
  FakePeerConnection.last.ice("connected");
  const call = rtc.activeCall as Call;
  expect(call.status).toBe(CallStatus.ESTABLISHED);
  return { socket, call, heard };
}

const established = (remote: typeof BOB | typeof ADA) =>
  ({ type: "established", leg, remote, established_at: Date.now(), recording: true }) as const;

describe("hold", () => {
  it("is asked of the server, and holds once the server says so", async () => {
    const { socket, call, heard } = await inCall("AGENT");
    const asked = call.hold();
    expect(call.heldSince).toBeUndefined();
    const now = Date.now();
    socket.say({ type: "held", leg, since: now - 60_000 });
    socket.say({ type: "done", request: socket.request("hold") });
    await asked;
    expect(call.heldSince, "by this page's clock").toBe(now);
    const resumed = call.resume();
    socket.say({ type: "resumed", leg });
    socket.say({ type: "done", request: socket.request("resume") });
    await resumed;
    expect(call.heldSince).toBeUndefined();
    expect(heard).toEqual(["established", "held", "resumed"]);
  });

  it("rejects with the server's reason", async () => {
    const { socket, call } = await inCall("AGENT");
    const asked = call.hold();
    const error = { id: 10306, name: "INVALID_REQUEST", description: "The call is on hold already.", action: "" };
    socket.say({ type: "error", request: socket.request("hold"), error });
    await expect(asked).rejects.toThrow("The call is on hold already.");
    call.hangup();
    await expect(call.hold()).rejects.toThrow("no such call");
  });

  it("is there after a reload, with its time", async () => {
    const since = Date.now() - 42_000;
    const { call, heard } = await inCall("CUSTOMER", { held_since: since });
    expect(call.heldSince).toBe(since);
    expect(heard).toEqual(["established", "held"]);
  });

  it("goes on over a break of the link, and its time does not jump", async () => {
    const { socket, call, heard } = await inCall("AGENT");
    const since = Date.now() - 60_000;
    socket.say({ type: "held", leg, since });
    const before = call.heldSince;
    socket.break();
    await settle(100);
    await welcomed(liveLeg({ remote: CLEO, held_since: since }), "AGENT");
    expect(call.heldSince).toBe(before);
    expect(heard).toEqual(["established", "held"]);
  });

  it("is over when it ended while the link was down", async () => {
    const { socket, call, heard } = await inCall("CUSTOMER", { held_since: Date.now() });
    socket.break();
    await settle(100);
    await welcomed(liveLeg({ remote: ADA, held_since: null }), "CUSTOMER");
    expect(call.heldSince).toBeUndefined();
    expect(heard).toEqual(["established", "held", "resumed"]);
  });
});

describe("a transfer to an agent", () => {
  it("tells the customer that it runs and who has the call then", async () => {
    const { socket, call, heard } = await inCall("CUSTOMER");
    socket.say({ type: "remote_media", leg, media: { muted: false, camera: true, screen_share: false } });
    socket.say({ type: "remote_connection", leg, connected: false });
    socket.say({ type: "transferring", leg, transfer: { to: null, since: Date.now() } });
    expect(call.transferring).toMatchObject({ to: undefined, since: Date.now() });
    socket.say(established(BOB));
    expect(call.transferring).toBeUndefined();
    expect(call.remote?.display_name).toBe("Bob");
    expect(call.remoteConnected, "what broke was the connection of the one before").toBe(true);
    expect(heard).toEqual(["established", "transferring", "established"]);
  });

  it("ends the transferor's call when the other agent has it", async () => {
    const { socket, call, heard } = await inCall("AGENT");
    const asked = call.transfer({ agent: "agent-2" });
    expect(socket.of("transfer").at(-1)).toMatchObject({ leg, to: { agent: "agent-2" } });
    socket.say({ type: "transferring", leg, transfer: { to: BOB, since: Date.now() } });
    socket.say({ type: "done", request: socket.request("transfer") });
    await asked;
    expect(call.transferring?.to?.display_name).toBe("Bob");
    const code = { id: 10000, name: "NORMAL_HANGUP", description: "The call was transferred.", action: "" };
    socket.say({ type: "hangup", leg, code, ended_by: "AGENT", duration_ms: 5_000 });
    expect(call.status).toBe(CallStatus.FINISHED);
    expect(call.transferring).toBeUndefined();
    expect(heard).toEqual(["established", "transferring", "hangup"]);
  });

  it("gives the call back with the reason, on hold as it was", async () => {
    const { socket, call, heard } = await inCall("AGENT");
    const reasons: string[] = [];
    call.on("transfer-failed", ({ to, reason }) => reasons.push(`${to.display_name} ${reason}`));
    const since = Date.now() - 60_000;
    socket.say({ type: "held", leg, since });
    const held = call.heldSince;
    socket.say({ type: "transferring", leg, transfer: { to: BOB, since: Date.now() } });
    expect(call.heldSince, "one thing at a time").toBeUndefined();
    await settle(500);
    socket.say({ type: "transfer_failed", leg, to: BOB, reason: "NO_ANSWER" });
    socket.say({ ...established(ADA), remote: CLEO });
    socket.say({ type: "held", leg, since });
    expect(reasons).toEqual(["Bob NO_ANSWER"]);
    expect(call.transferring).toBeUndefined();
    expect(call.heldSince, "the hold is still the same one").toBe(held);
    expect(heard).toEqual(["established", "held", "transferring", "transfer-failed", "established", "held"]);
  });

  it("is there after a reload of either page", async () => {
    const since = Date.now() - 7_000;
    const { call, heard } = await inCall("AGENT", { transfer: { to: BOB, since } });
    expect(call.transferring).toMatchObject({ to: { display_name: "Bob" }, since });
    expect(heard).toEqual(["established", "transferring"]);
  });

  it("is shown to a customer who reloads while neither agent is there", async () => {
    const { call } = await inCall("CUSTOMER", { remote: null, transfer: { to: null, since: Date.now() } });
    expect(call.transferring).toBeDefined();
  });

  it("that ended while the link was down is told of", async () => {
    const { socket, call, heard } = await inCall("CUSTOMER", { transfer: { to: null, since: Date.now() } });
    socket.break();
    await settle(100);
    await welcomed(liveLeg({ remote: BOB, transfer: null }), "CUSTOMER");
    expect(call.remote?.display_name).toBe("Bob");
    expect(heard).toEqual(["established", "transferring", "established"]);
  });
});

describe("a transfer to a queue", () => {
  it("lets the customer wait again, alone, until another agent answers", async () => {
    const { socket, call, heard } = await inCall("CUSTOMER", { recording: true, held_since: Date.now() });
    const gone: string[] = [];
    call.on("remote-camera-video-removed", () => gone.push("camera"));
    socket.say({ type: "remote_media", leg, media: { muted: false, camera: true, screen_share: false } });
    socket.say({ type: "waiting", leg, position: 2 });
    expect(call.status).toBe(CallStatus.CALLING);
    expect([call.position, call.heldSince, call.remote, call.recording]).toEqual([2, undefined, undefined, false]);
    expect(gone).toEqual(["camera"]);
    socket.say({ type: "ringing", leg });
    expect(call.status).toBe(CallStatus.RINGING);
    socket.say(established(BOB));
    expect(call.status).toBe(CallStatus.ESTABLISHED);
    expect(call.recording).toBe(true);
    expect(heard).toEqual(["established", "held", "established"]);
  });

  it("names the default queue by null, and says why a queue cannot take the call", async () => {
    const { socket, call } = await inCall("AGENT");
    const asked = call.transfer({ queue: null });
    expect(socket.of("transfer").at(-1)).toMatchObject({ to: { queue: null } });
    const description = "The call cannot be transferred: this queue does not assign calls automatically.";
    const error = { id: 10201, name: "DESTINATION_UNAVAILABLE", description, action: "" };
    socket.say({ type: "error", request: socket.request("transfer"), error });
    await expect(asked).rejects.toThrow("does not assign calls automatically");
    expect(call.status).toBe(CallStatus.ESTABLISHED);
  });

  it("that was missed while the link was down shows that the customer waits", async () => {
    const { socket, call } = await inCall("CUSTOMER");
    socket.break();
    await settle(100);
    await welcomed(liveLeg({ phase: "waiting", remote: null }), "CUSTOMER");
    expect(call.status).toBe(CallStatus.CALLING);
    expect(call.remote).toBeUndefined();
  });
});
