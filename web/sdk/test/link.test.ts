import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSwitchroomRtc, type SwitchroomRtc, type TokenSource } from "../src/index.ts";
import { FakeSocket, installFakes, page, settle, welcome } from "./fakes.ts";

const refused = { id: 10302, name: "UNAUTHENTICATED", description: "The token is not valid.", action: "" };
let rtc: SwitchroomRtc;
let events: string[];

beforeEach(() => {
  vi.useFakeTimers();
  installFakes();
});

afterEach(() => {
  rtc.disconnect();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function start(token: TokenSource): Promise<void> {
  rtc = createSwitchroomRtc(token, { signalingUrl: "ws://test/ws" });
  events = [];
  rtc.on("connected", () => events.push("connected"));
  rtc.on("reconnecting", () => events.push("reconnecting"));
  rtc.on("reconnected", () => events.push("reconnected"));
  rtc.on("disconnected", ({ reason }) => events.push(`disconnected: ${reason}`));
  rtc.connect().catch(() => undefined);
  await settle();
}

async function welcomed(): Promise<FakeSocket> {
  const socket = FakeSocket.last;
  socket.onopen?.();
  socket.say(welcome());
  await settle();
  return socket;
}

describe("the signaling link", () => {
  it("says hello first, with the token", async () => {
    await start("secret");
    FakeSocket.last.onopen?.();
    expect(FakeSocket.last.sent).toEqual([
      { type: "hello", protocol: 1, min_protocol: 1, build: expect.any(String), token: "secret" },
    ]);
  });

  it("pings every five seconds and opens anew after fifteen silent ones", async () => {
    await start("secret");
    const socket = await welcomed();
    await settle(5_000);
    expect(socket.of("ping")).toHaveLength(1);
    socket.say({ type: "pong", sequence: 1 });
    await settle(14_000);
    expect(events).toEqual(["connected"]);
    await settle(2_000);
    expect(events).toEqual(["connected", "reconnecting"]);
    await settle(1_500);
    expect(FakeSocket.all).toHaveLength(2);
    await welcomed();
    expect(events).toEqual(["connected", "reconnecting", "reconnected"]);
  });

  it("asks for a fresh token once when the old one is refused", async () => {
    const source = vi.fn(async () => `token ${source.mock.calls.length}`);
    await start(source);
    FakeSocket.last.say({ type: "error", request: null, error: refused });
    FakeSocket.last.break();
    await settle(1_500);
    FakeSocket.last.onopen?.();
    expect(FakeSocket.last.of("hello")[0]).toMatchObject({ token: "token 2" });
    FakeSocket.last.say({ type: "error", request: null, error: refused });
    expect(events).toEqual(["disconnected: token refused"]);
  });

  it("opens anew soon after the network changed, when the old connection is dead", async () => {
    await start("secret");
    const socket = await welcomed();
    page.dispatchEvent(new Event("online"));
    expect(socket.of("ping")).toHaveLength(1);
    await settle(5_500);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("does not come back when another page took over", async () => {
    await start("secret");
    const socket = await welcomed();
    socket.say({ type: "superseded" });
    socket.break();
    await settle(60_000);
    expect(events).toEqual(["connected", "disconnected: superseded"]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("waits at most fifteen seconds or so between tries when there is no call", async () => {
    await start("secret");
    for (let i = 0; i < 8; i++) {
      FakeSocket.last.break();
      await settle(20_000);
    }
    expect(FakeSocket.all.length).toBeGreaterThan(8);
  });
});
