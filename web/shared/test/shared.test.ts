import { describe, expect, it } from "vitest";
import { clock, secondsLeft, size } from "../src/format.ts";
import { translator } from "../src/i18n.ts";
import { bars, figures, legMos } from "../src/quality.tsx";

describe("figures for people", () => {
  it("shows lengths as a clock does", () => {
    expect(clock(0)).toBe("0:00");
    expect(clock(75_900)).toBe("1:15");
    expect(clock(3_675_000)).toBe("1:01:15");
  });

  it("counts down to zero and not below", () => {
    expect(secondsLeft(10_001, 0)).toBe(11);
    expect(secondsLeft(0, 5_000)).toBe(0);
  });

  it("shows sizes", () => {
    expect(size(12_345)).toBe("12 kB");
    expect(size(7_340_032)).toBe("7.3 MB");
  });
});

describe("quality", () => {
  const quality = {
    uplink: { mos: 3.4, loss: 0.062, jitter_seconds: 0.038 },
    downlink: { mos: 4.4, loss: 0.001, jitter_seconds: 0.004 },
    rtt_seconds: 0.21,
    heard_mos: 3.3,
    weak: true,
    video_held_back: false,
  };

  it("shows the worse direction", () => {
    expect(legMos(quality)).toBe(3.4);
    expect(figures(quality)).toEqual({ mos: "3.40", loss: "6.2 %", jitter: "38 ms", rtt: "210 ms" });
  });

  it("has nothing to show before a packet was sent", () => {
    const nothing = { mos: null, loss: 0, jitter_seconds: 0 };
    const silent = { ...quality, uplink: nothing, downlink: nothing, rtt_seconds: null };
    expect(legMos(silent)).toBeUndefined();
    expect(figures(silent).rtt).toBe("–");
  });

  it("lights a bar less below 4, where people are warned", () => {
    expect([4.35, 4.1, 3.99, 3.4].map(bars)).toEqual([4, 3, 2, 1]);
  });
});

describe("texts", () => {
  it("fills values in and leaves unknown ones alone", () => {
    const t = translator({ hello: "Hello {name}, {other}" });
    expect(t("hello", { name: "{other}" })).toBe("Hello {other}, {other}");
  });
});
