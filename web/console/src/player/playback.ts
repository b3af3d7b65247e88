import { useEffect, useRef, useState } from "preact/hooks";
import type { Recording } from "../data/api.ts";
import { t } from "../text.ts";
import { keyOf, sameMoment } from "./parts.ts";
import { type Problem, whyNot } from "./problem.ts";
import { within } from "./time.ts";

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** What changes what the player shows. The place itself is followed by those who show it. */
const EVENTS = [
  ...["loadstart", "loadedmetadata", "durationchange", "canplay", "emptied", "waiting", "playing", "play", "pause"],
  ...["ended", "seeking", "seeked", "volumechange", "ratechange"],
];

/** How a person listens; it holds for the next recording too, as long as the page is open. */
const kept = { volume: 1, muted: false, speed: 1 };

const HAVE_NOTHING = 0;
const HAVE_FUTURE_DATA = 3;

type Media = HTMLVideoElement;

interface Controls {
  play: () => void;
  pause: () => void;
  setVolume: (volume: number) => void;
  toggleMute: () => void;
  setSpeed: (speed: number) => void;
}

export interface Playback extends Controls {
  /** The element, once it is there. */
  media: Media | null;
  attach: (media: Media | null) => void;
  /** In seconds; 0 while nothing tells it. */
  duration: number;
  playing: boolean;
  /** It waits for bytes. */
  loading: boolean;
  problem: Problem | undefined;
  volume: number;
  muted: boolean;
  speed: number;
  toggle: () => void;
  /** To that second. */
  seek: (seconds: number) => void;
  /** By so many seconds. */
  skip: (seconds: number) => void;
  retry: () => void;
}

/** Plays a recording from second `at` on; another one that takes its place goes on at the same moment. */
export function usePlayback(recording: Recording, at: number): Playback {
  const [media, attach] = useState<Media | null>(null);
  const [, setCount] = useState(0);
  useEffect(() => {
    if (media !== null) return follow(media, () => setCount((count) => count + 1));
  }, [media]);
  const { problem, place, retry } = useSource(media, recording, at);
  const told = media?.duration ?? Number.NaN;
  const duration = Number.isFinite(told) ? told : (recording.durationMs ?? 0) / 1000;
  const controls = controlsOf(media);
  const seek = (seconds: number) => place(within(seconds, duration));
  const paused = media?.paused ?? true;
  const ready = media?.readyState ?? HAVE_NOTHING;
  return {
    ...controls,
    media,
    attach,
    duration,
    playing: !paused && problem === undefined,
    loading: problem === undefined && (ready === HAVE_NOTHING || (!paused && ready < HAVE_FUTURE_DATA)),
    problem,
    volume: media?.volume ?? kept.volume,
    muted: media?.muted ?? kept.muted,
    speed: media?.playbackRate ?? kept.speed,
    toggle: problem !== undefined ? retry : paused ? controls.play : controls.pause,
    seek,
    skip: (seconds) => seek((media?.currentTime ?? 0) + seconds),
    retry,
  };
}

function follow(media: Media, onEvent: () => void): () => void {
  media.volume = kept.volume;
  media.muted = kept.muted;
  for (const name of EVENTS) media.addEventListener(name, onEvent);
  return () => {
    for (const name of EVENTS) media.removeEventListener(name, onEvent);
    // Otherwise it goes on unseen, and keeps its connection.
    media.pause();
    media.removeAttribute("src");
    media.load();
  };
}

function useSource(media: Media | null, recording: Recording, at: number) {
  const [problem, setProblem] = useState<Problem>();
  const source = useRef({ recording, at, play: true });
  const url = recording.url ?? "";
  const load = () => {
    if (media === null) return;
    setProblem(url === "" ? { text: t("fileGone"), again: false } : undefined);
    if (url === "") return media.pause();
    media.src = url;
    setSpeed(media, kept.speed);
    if (source.current.play) start(media);
  };
  useEffect(() => {
    if (media === null) return;
    const before = source.current;
    if (keyOf(before.recording) !== keyOf(recording)) {
      const moment = media.readyState === HAVE_NOTHING ? before.at : media.currentTime;
      source.current = { recording, at: sameMoment(before.recording, recording, moment), play: !media.paused };
    }
    load();
    let current = true;
    const ready = () => {
      if (source.current.at > 0) media.currentTime = source.current.at;
    };
    const failed = () => whyNot(url).then((why) => current && setProblem(why));
    media.addEventListener("loadedmetadata", ready);
    media.addEventListener("error", failed);
    return () => {
      current = false;
      media.removeEventListener("loadedmetadata", ready);
      media.removeEventListener("error", failed);
    };
  }, [media, url]);
  const place = (seconds: number) => {
    source.current.at = seconds;
    if (media !== null && media.readyState > HAVE_NOTHING) media.currentTime = seconds;
  };
  const retry = () => {
    source.current = { ...source.current, at: media?.currentTime || source.current.at, play: true };
    load();
  };
  return { problem, place, retry };
}

function controlsOf(media: Media | null): Controls {
  return {
    play: () => media !== null && start(media),
    pause: () => media?.pause(),
    setVolume: (volume) => {
      if (media === null) return;
      kept.volume = Math.min(1, Math.max(0, volume));
      kept.muted = false;
      media.volume = kept.volume;
      media.muted = false;
    },
    toggleMute: () => {
      if (media === null) return;
      kept.muted = !media.muted;
      media.muted = kept.muted;
    },
    setSpeed: (speed) => {
      kept.speed = speed;
      if (media !== null) setSpeed(media, speed);
    },
  };
}

/** Loading a file sets the speed to the default one. */
function setSpeed(media: Media, speed: number): void {
  media.defaultPlaybackRate = speed;
  media.playbackRate = speed;
}

/** A browser that wants a click first leaves it paused, and the button says so. */
function start(media: Media): void {
  media.play().catch(() => undefined);
}

/** Where it is, in seconds: with each frame while it plays, unless the person wants less to move. */
export function usePlace(media: Media | null, smooth: boolean): number {
  const [place, setPlace] = useState(media?.currentTime ?? 0);
  useEffect(() => {
    if (media === null) return;
    const read = () => setPlace(media.currentTime);
    const names = ["timeupdate", "seeking", "seeked", "loadedmetadata", "emptied"];
    for (const name of names) media.addEventListener(name, read);
    let frame = 0;
    const each = () => {
      if (!media.paused) read();
      frame = requestAnimationFrame(each);
    };
    if (smooth && !matchMedia("(prefers-reduced-motion: reduce)").matches) each();
    read();
    return () => {
      for (const name of names) media.removeEventListener(name, read);
      cancelAnimationFrame(frame);
    };
  }, [media, smooth]);
  return place;
}
