/**
 * What runs inside the pages under test, before their own scripts: it watches what the page really plays and shows.
 * Each function here is sent to the page as text, so it may use nothing from outside itself.
 */

/**
 * @typedef {{ toneHz: number, camera: number[][], screen: number[][] }} Fake  what the replaced devices give
 * @typedef {{ devices: Fake | null, screen: Fake | null }} ProbeOptions  null keeps the browser's own
 */

/** @param {ProbeOptions} options */
export function installProbe(options) {
  const page = /** @type {any} */ (globalThis);
  if (page.probe) return;
  const connections = new Set();
  const remoteTracks = new Set();
  const elements = new Set();
  const ownTones = new WeakSet();

  const Connection = page.RTCPeerConnection;
  page.RTCPeerConnection = class extends Connection {
    constructor(...parameters) {
      super(...parameters);
      connections.add(this);
      this.addEventListener("track", (event) => remoteTracks.add(event.track.id));
    }
  };
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...source,
    set(stream) {
      elements.add(this);
      source.set.call(this, stream);
    },
  });

  const probe = { sounds: 0, connections, gestures: 0 };
  page.probe = probe;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...parameters) {
    if (!ownTones.has(this)) probe.sounds += 1;
    return start.apply(this, parameters);
  };
  const bufferStart = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...parameters) {
    probe.sounds += 1;
    return bufferStart.apply(this, parameters);
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!this.srcObject) probe.sounds += 1;
    return play.call(this);
  };

  const remoteTrack = (element, kind) =>
    element.srcObject?.getTracks().find((t) => t.kind === kind && remoteTracks.has(t.id) && t.readyState === "live");
  const playing = (element) => !element.paused && !element.muted && element.volume > 0;

  /** The remote audio track that a person at this page hears now. */
  const audibleTrack = () => {
    for (const element of elements) {
      const track = remoteTrack(element, "audio");
      if (track && playing(element)) return track;
    }
    return null;
  };

  let ear = null;
  const earFor = (track) => {
    if (ear?.track === track) return ear;
    ear?.source.disconnect();
    const context = ear?.context ?? new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    analyser.smoothingTimeConstant = 0;
    const heard = context.createMediaStreamSource(new MediaStream([track]));
    heard.connect(analyser);
    const [bins, samples] = [new Float32Array(analyser.frequencyBinCount), new Float32Array(analyser.fftSize)];
    ear = { track, context, analyser, source: heard, bins, samples };
    return ear;
  };

  /** Level of each tone now in dBFS; null while nothing audible plays. */
  probe.levels = (tones) => {
    const track = audibleTrack();
    if (!track) return null;
    const { context, analyser, bins } = earFor(track);
    if (context.state !== "running") context.resume();
    analyser.getFloatFrequencyData(bins);
    const width = context.sampleRate / analyser.fftSize;
    return tones.map((hz) => {
      const at = Math.round(hz / width);
      return Math.max(-200, bins[at - 1], bins[at], bins[at + 1]);
    });
  };

  /** Level of all that is heard in the last 85 ms, in dBFS; -200 while nothing audible plays. */
  const loudness = () => {
    const track = audibleTrack();
    if (!track) return -200;
    const { analyser, samples } = earFor(track);
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    return Math.max(-200, 10 * Math.log10(power));
  };

  /** Highest and lowest level of each tone, and of all that is heard, over a while. */
  probe.listen = async (tones, ms) => {
    const ends = performance.now() + ms;
    const seen = tones.map((hz) => ({ hz, high: -200, low: 0 }));
    const all = { high: -200, low: 0 };
    let samples = 0;
    while (performance.now() < ends) {
      const levels = probe.levels(tones);
      if (levels) samples += 1;
      seen.forEach((tone, i) => {
        const level = levels?.[i] ?? -200;
        tone.high = Math.max(tone.high, level);
        tone.low = Math.min(tone.low, level);
      });
      const level = loudness();
      all.high = Math.max(all.high, level);
      all.low = Math.min(all.low, level);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return { samples, tones: seen, all };
  };

  /** When (epoch milliseconds) the tone is heard next; null when not in time. */
  probe.heardAt = async (hz, timeoutMs, threshold) => {
    const ends = performance.now() + timeoutMs;
    while (performance.now() < ends) {
      if ((probe.levels([hz])?.[0] ?? -200) > threshold) return Date.now();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return null;
  };

  const canvas = document.createElement("canvas");
  canvas.width = 8;
  canvas.height = 8;
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && (element.checkVisibility?.() ?? true);
  };

  /** Mean colour of the middle of every picture of the other party that is shown now. */
  probe.pictures = () => {
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const found = [];
    for (const element of elements) {
      if (element.tagName !== "VIDEO" || element.paused || !remoteTrack(element, "video") || !element.videoWidth)
        continue;
      if (!shown(element)) continue;
      const { videoWidth: width, videoHeight: height } = element;
      pen.drawImage(element, width / 4, height / 4, width / 2, height / 2, 0, 0, 8, 8);
      const { data } = pen.getImageData(0, 0, 8, 8);
      const mean = [0, 1, 2].map((c) => data.filter((_, i) => i % 4 === c).reduce((sum, v) => sum + v, 0) / 64);
      found.push({ r: mean[0], g: mean[1], b: mean[2], width, height });
    }
    return found;
  };

  /** Elements of the other party's sound that want to play and may not. */
  probe.blocked = () => [...elements].filter((e) => remoteTrack(e, "audio") && e.paused).length;

  /** Numbers of the live connection, by type. */
  probe.stats = async () => {
    const all = [];
    for (const connection of connections) {
      if (connection.connectionState === "closed") continue;
      for (const report of (await connection.getStats()).values()) all.push({ ...report });
    }
    return all;
  };

  const fakeAudio = (hz) => {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency: hz });
    const pulse = new OscillatorNode(context, { type: "square", frequency: 2 });
    const depth = new GainNode(context, { gain: 0.2 });
    const volume = new GainNode(context, { gain: 0.2 });
    const out = new MediaStreamAudioDestinationNode(context);
    pulse.connect(depth).connect(volume.gain);
    tone.connect(volume).connect(out);
    for (const node of [tone, pulse]) {
      ownTones.add(node);
      node.start();
    }
    context.resume();
    addEventListener("pointerdown", () => context.resume(), { capture: true });
    return out.stream.getAudioTracks()[0];
  };
  const fakeVideo = (shades) => {
    const picture = document.createElement("canvas");
    picture.width = 320;
    picture.height = 240;
    const pen = picture.getContext("2d");
    const paint = () => {
      const shade = shades[Math.floor(performance.now() / 500) % shades.length];
      pen.fillStyle = `rgb(${shade.join(",")})`;
      pen.fillRect(0, 0, picture.width, picture.height);
    };
    paint();
    const track = picture.captureStream(15).getVideoTracks()[0];
    const timer = setInterval(() => (track.readyState === "ended" ? clearInterval(timer) : paint()), 66);
    return track;
  };
  // A page that is not served securely, such as the empty one at a tab's start, has no devices.
  if (!navigator.mediaDevices) return;
  if (options.devices) {
    const { toneHz, camera } = options.devices;
    navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
      const tracks = [];
      if (audio) tracks.push(fakeAudio(toneHz));
      if (video) tracks.push(fakeVideo(camera));
      return new MediaStream(tracks);
    };
  }
  if (options.screen) {
    const { screen } = options.screen;
    navigator.mediaDevices.getDisplayMedia = async () => new MediaStream([fakeVideo(screen)]);
  }
}
