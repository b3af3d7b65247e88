import type { Call } from "@switchroom/sdk";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  stream: MediaStream | undefined;
  label: string;
  testid: string;
  class?: string;
}

/** Shows a stream without sound: the client library plays the voice. */
export function StreamVideo({ stream, label, testid, class: name }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream ?? null;
    // Muted video may always play; a stream that is replaced meanwhile aborts the call, and the new one plays.
    if (stream !== undefined) element.play().catch(() => undefined);
  }, [stream]);
  return <video ref={video} class={name} aria-label={label} data-testid={testid} muted autoPlay playsInline />;
}

/** A stream of one track that stays the same object while the track does. */
export function streamOf(track: MediaStreamTrack | null): MediaStream | undefined {
  if (track === null) return undefined;
  const known = streams.get(track);
  if (known !== undefined) return known;
  const stream = new MediaStream([track]);
  streams.set(track, stream);
  return stream;
}

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/** The other party's screen and camera, each while it is on. */
export function RemoteVideo({ call, camera, screen }: { call: Call; camera: string; screen: string }) {
  return (
    <>
      {call.remoteMedia.screen_share && (
        <StreamVideo class="screen" stream={call.remoteScreenStream} label={screen} testid="remote-screen" />
      )}
      {call.remoteMedia.camera && (
        <StreamVideo class="camera" stream={call.remoteStream} label={camera} testid="remote-camera" />
      )}
    </>
  );
}
