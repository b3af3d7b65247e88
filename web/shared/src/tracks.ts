import { asCallError, type CallError } from "@switchroom/sdk";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface OpenTrack {
  track: MediaStreamTrack | null;
  error: CallError | undefined;
  /** Hands the track over: it is no longer stopped here. */
  release: () => MediaStreamTrack | undefined;
}

/** Keeps a microphone or camera open while `wanted`; opens it anew when `key` changes. */
export function useTrack(wanted: boolean, key: string, open: () => Promise<MediaStreamTrack>): OpenTrack {
  const [track, setTrack] = useState<MediaStreamTrack | null>(null);
  const [error, setError] = useState<CallError | undefined>();
  const held = useRef<MediaStreamTrack | undefined>(undefined);
  const opener = useRef(open);
  opener.current = open;

  useEffect(() => {
    setError(undefined);
    if (!wanted) return;
    let current = true;
    opener.current().then(
      (opened) => {
        if (!current) return opened.stop();
        held.current = opened;
        opened.addEventListener("ended", () => setTrack(null));
        setTrack(opened);
      },
      (reason: unknown) => {
        if (current) setError(asCallError(reason));
      },
    );
    return () => {
      current = false;
      held.current?.stop();
      held.current = undefined;
      setTrack(null);
    };
  }, [wanted, key]);

  const release = useCallback(() => {
    const given = held.current;
    held.current = undefined;
    return given;
  }, []);
  return { track, error, release };
}

/** The devices of this computer, renewed when one is plugged in or permission is given. */
export function useDeviceList(renewKey: unknown): MediaDeviceInfo[] {
  const [list, setList] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    const media = navigator.mediaDevices;
    if (media === undefined) return;
    let current = true;
    const read = () => {
      media.enumerateDevices().then(
        (devices) => current && setList(devices),
        () => undefined,
      );
    };
    read();
    media.addEventListener("devicechange", read);
    return () => {
      current = false;
      media.removeEventListener("devicechange", read);
    };
  }, [renewKey]);
  return list;
}
