/** The bands of the `network-quality-changed` event. */
export const NetworkQuality = { BAD: 1, POOR: 2, FAIR: 3, GOOD: 4, EXCELLENT: 5 } as const;
export type NetworkQuality = (typeof NetworkQuality)[keyof typeof NetworkQuality];

export interface MediaStats {
  mos: number;
  currentAudioStats: {
    codec: string;
    /** Milliseconds. */
    roundTripTime: number;
    /** Milliseconds. */
    jitter: number;
    packetsReceived: number;
    packetsLost: number;
    packetsSent: number;
    bytesReceived: number;
    bytesSent: number;
  };
}

/**
 * The event's own formula, not G.107: effective latency RTT + 2·jitter + 10 ms; R = 93.2 − latency/40 below 160 ms,
 * else 93.2 − (latency − 120)/10; less 2.5 per percent of loss (twice that for codecs other than Opus).
 */
export function sdkMos(rttMs: number, jitterMs: number, lossShare: number, codec: string): number {
  const latency = rttMs + 2 * jitterMs + 10;
  const delayed = latency < 160 ? 93.2 - latency / 40 : 93.2 - (latency - 120) / 10;
  const weight = codec.toLowerCase() === "opus" ? 1 : 2;
  const r = delayed - 2.5 * (100 * lossShare) * weight;
  const mos = r < 0 ? 1 : 1 + 0.035 * r + 0.000007 * r * (r - 60) * (100 - r);
  return Math.round(mos * 100) / 100;
}

export function networkQuality(mos: number): NetworkQuality {
  if (mos > 4.34) return NetworkQuality.EXCELLENT;
  if (mos > 4.03) return NetworkQuality.GOOD;
  if (mos > 3.6) return NetworkQuality.FAIR;
  if (mos > 3.1) return NetworkQuality.POOR;
  return NetworkQuality.BAD;
}

const AVERAGED_SAMPLES = 5;

/** Takes one sample a second and averages five; tells when the band changes. It starts at EXCELLENT. */
export class QualitySampler {
  #recent: number[] = [];
  #band: NetworkQuality = NetworkQuality.EXCELLENT;
  #received = 0;
  #lost = 0;

  /** The new band, or undefined when it is as before. */
  take(report: RTCStatsReport): { band: NetworkQuality; stats: MediaStats } | undefined {
    const audio = readAudio(report);
    if (audio === undefined) return undefined;
    const received = audio.packetsReceived - this.#received;
    const lost = audio.packetsLost - this.#lost;
    this.#received = audio.packetsReceived;
    this.#lost = audio.packetsLost;
    const expected = received + lost;
    const loss = expected > 0 ? Math.min(1, Math.max(0, lost / expected)) : 0;
    this.#recent.push(sdkMos(audio.roundTripTime, audio.jitter, loss, audio.codec));
    if (this.#recent.length > AVERAGED_SAMPLES) this.#recent.shift();
    if (this.#recent.length < AVERAGED_SAMPLES) return undefined;
    const mos = this.#recent.reduce((sum, one) => sum + one, 0) / this.#recent.length;
    const band = networkQuality(mos);
    if (band === this.#band) return undefined;
    this.#band = band;
    return { band, stats: { mos: Math.round(mos * 100) / 100, currentAudioStats: audio } };
  }

  /** A new PeerConnection counts from zero. */
  restart(): void {
    this.#received = 0;
    this.#lost = 0;
  }
}

function readAudio(report: RTCStatsReport): MediaStats["currentAudioStats"] | undefined {
  const audio = {
    codec: "opus",
    roundTripTime: 0,
    jitter: 0,
    packetsReceived: 0,
    packetsLost: 0,
    packetsSent: 0,
    bytesReceived: 0,
    bytesSent: 0,
  };
  let found = false;
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  report.forEach((stat: Record<string, unknown>) => {
    if (stat.type === "inbound-rtp" && stat.kind === "audio") {
      found = true;
      audio.jitter = number(stat.jitter) * 1000;
      audio.packetsReceived = number(stat.packetsReceived);
      audio.packetsLost = number(stat.packetsLost);
      audio.bytesReceived = number(stat.bytesReceived);
    } else if (stat.type === "outbound-rtp" && stat.kind === "audio") {
      audio.packetsSent = number(stat.packetsSent);
      audio.bytesSent = number(stat.bytesSent);
    } else if (stat.type === "candidate-pair" && stat.nominated === true && stat.state === "succeeded") {
      audio.roundTripTime = number(stat.currentRoundTripTime) * 1000;
    }
  });
  return found ? audio : undefined;
}
