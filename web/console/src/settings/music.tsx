import { useState } from "preact/hooks";
import type { Announcement, AudioFile, Music, Span } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Input, type Values } from "./ask.tsx";
import { FileChoice, messageOf, Sound } from "./sound.tsx";

const MAX_INTERVAL_SECONDS = 3_600;

export function musicOf(form: Values): Music {
  switch (form.text("music-kind")) {
    case "silence":
      return { enabled: false };
    case "file":
      return { enabled: true, fileAudioSource: { fileDescriptor: form.text("music-file") } };
    default:
      return { enabled: true };
  }
}

/** For what says outright whether it is the music that comes with the program. */
export function musicOrDefaultOf(form: Values): Music {
  const music = musicOf(form);
  return { ...music, useDefault: music.fileAudioSource === undefined };
}

export function announcementOf(form: Values, before: Announcement | undefined): Announcement | undefined {
  const message = messageOf(form, "announcement", before);
  const seconds = Number(form.text("interval"));
  return message && seconds > 0 ? { ...message, repeatInterval: { unit: "SECONDS", value: seconds } } : message;
}

const SECONDS_OF = { SECONDS: 1, MINUTES: 60, HOURS: 3_600 } as const;

export function secondsOf(span: Span | undefined): number | undefined {
  return span && span.value * SECONDS_OF[span.unit];
}

type Kind = "preset" | "file" | "silence";

export function kindOfMusic(music: Music | undefined): Kind {
  if (music?.enabled === false) return "silence";
  return music?.fileAudioSource === undefined ? "preset" : "file";
}

interface MusicProps {
  music: Music | undefined;
  files: AudioFile[];
  /** What there is without music. */
  none?: string;
}

export function MusicChoice({ music, files, none = t("musicSilence") }: MusicProps) {
  const [kind, setKind] = useState<string>(() => kindOfMusic(music));
  return (
    <fieldset class="sound">
      <legend class="visually-hidden">{t("music")}</legend>
      <label class="field">
        <span>{t("music")}</span>
        <select
          class="input"
          name="music-kind"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          data-testid="field-music-kind"
        >
          <option value="preset">{t("musicPreset")}</option>
          <option value="file">{t("soundFile")}</option>
          <option value="silence">{none}</option>
        </select>
      </label>
      {kind === "file" && <FileChoice name="music" files={files} chosen={music?.fileAudioSource?.fileDescriptor} />}
    </fieldset>
  );
}

interface AnnouncementProps {
  announcement: Announcement | undefined;
  files: AudioFile[];
  help?: string;
  /** Seconds, where none are set. */
  interval: number;
}

/** A message that interrupts the music again and again. */
export function AnnouncementChoice({ announcement, files, help, interval }: AnnouncementProps) {
  return (
    <Sound
      name="announcement"
      label={t("announcementMessage")}
      {...(help === undefined ? {} : { help })}
      message={announcement}
      files={files}
    >
      <Input
        name="interval"
        label={t("interval")}
        type="number"
        min={1}
        max={MAX_INTERVAL_SECONDS}
        value={secondsOf(announcement?.repeatInterval) ?? interval}
      />
    </Sound>
  );
}

/** What plays, in words, for a line of a list. */
export function soundInWords(
  music: Music | undefined,
  announcement: Announcement | undefined,
  files: AudioFile[],
): string {
  const named = files.find(({ id }) => id === music?.fileAudioSource?.fileDescriptor)?.name ?? t("soundFile");
  const plays = { preset: t("musicPreset"), file: named, silence: t("musicSilence") }[kindOfMusic(music)];
  if (announcement?.enabled !== true) return plays;
  return `${plays} · ${t("withAnnouncement", { seconds: secondsOf(announcement.repeatInterval) ?? DEFAULT_INTERVAL })}`;
}

/** Seconds between announcements, where the API is told none. */
export const DEFAULT_INTERVAL = 10;
