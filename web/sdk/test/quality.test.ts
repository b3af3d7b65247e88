import { describe, expect, it } from "vitest";
import { networkQuality, sdkMos } from "../src/index.ts";
import { QualitySampler } from "../src/quality.ts";

describe("the library's own quality formula", () => {
  // Worked out with another program from the published formula.
  it.each([
    [0, 0, 0, "opus", 4.4],
    [100, 10, 0, "opus", 4.34],
    [300, 20, 0.02, "opus", 3.36],
    [100, 10, 0.1, "opus", 3.35],
    [100, 10, 0.1, "pcmu", 2.06],
    [2000, 0, 0, "opus", 1],
  ])("rates rtt %d ms, jitter %d ms, loss %d, %s with %d", (rtt, jitter, loss, codec, mos) => {
    expect(sdkMos(rtt, jitter, loss, codec)).toBe(mos);
  });

  it("puts the bands where the published page has them", () => {
    expect([4.35, 4.34, 4.03, 3.6, 3.1].map(networkQuality)).toEqual([5, 4, 3, 2, 1]);
  });

  it("tells a change only after five samples, and once", () => {
    const sampler = new QualitySampler();
    const seen: number[] = [];
    for (let second = 1; second <= 12; second++) {
      const report = new Map<string, unknown>([
        [
          "in",
          { type: "inbound-rtp", kind: "audio", jitter: 0, packetsReceived: 40 * second, packetsLost: 10 * second },
        ],
      ]);
      const change = sampler.take(report as unknown as RTCStatsReport);
      if (change !== undefined) seen.push(second, change.band);
    }
    expect(seen).toEqual([5, 1]);
  });
});
