import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { AudioFile, Message } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Input, Select, type Values } from "./ask.tsx";

const OWN_VOICE = { name: "default", gender: "MALE" };
const MAX_TEXT = 1400;

type Kind = "off" | "text" | "file";

export function kindOf(message: Message | undefined): Kind {
  if (message?.enabled !== true) return "off";
  const spoken = message.audioSourceType === "TTS" || (message.audioSourceType === undefined && message.ttsAudioSource);
  return spoken ? "text" : "file";
}

/** What was filled in for a message; one that is off keeps what it had. */
export function messageOf(form: Values, name: string, before: Message | undefined): Message | undefined {
  switch (form.text(`${name}-kind`)) {
    case "text": {
      const speech = before?.ttsAudioSource;
      const ttsAudioSource = {
        text: form.text(`${name}-text`),
        language: form.text(`${name}-language`),
        voice: speech?.voice ?? OWN_VOICE,
        speechRate: speech?.speechRate ?? 1,
      };
      return { ...before, enabled: true, audioSourceType: "TTS", ttsAudioSource };
    }
    case "file":
      return {
        ...before,
        enabled: true,
        audioSourceType: "FILE",
        fileAudioSource: { fileDescriptor: form.text(`${name}-file`) },
      };
    default:
      return before === undefined ? undefined : { ...before, enabled: false };
  }
}

interface SoundProps {
  name: string;
  label: string;
  help?: string;
  message: Message | undefined;
  files: AudioFile[];
  /** Shown when the message is on. */
  children?: ComponentChildren;
}

/** Whether a message is heard, and what it is: a text that is spoken or a file. */
export function Sound({ name, label, help, message, files, children }: SoundProps) {
  const [kind, setKind] = useState<string>(() => kindOf(message));
  const speech = message?.ttsAudioSource;
  const [language] = useState(() => speech?.language ?? (document.documentElement.lang || "en"));
  return (
    <fieldset class="sound">
      <legend class="visually-hidden">{label}</legend>
      <label class="field">
        <span>{label}</span>
        <select
          class="input"
          name={`${name}-kind`}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          data-testid={`field-${name}-kind`}
        >
          <option value="off">{t("soundOff")}</option>
          <option value="text">{t("soundText")}</option>
          <option value="file">{t("soundFile")}</option>
        </select>
      </label>
      {kind === "text" && (
        <>
          <label class="field">
            <span>{t("spokenText")}</span>
            <textarea
              class="input"
              name={`${name}-text`}
              rows={2}
              maxLength={MAX_TEXT}
              required
              defaultValue={speech?.text}
              data-testid={`field-${name}-text`}
            />
            {help !== undefined && <span class="small muted hint">{help}</span>}
          </label>
          <Input
            name={`${name}-language`}
            label={t("language")}
            help={t("languageHelp")}
            value={language}
            required
            maxLength={36}
          />
        </>
      )}
      {kind === "file" && <FileChoice name={name} files={files} chosen={message?.fileAudioSource?.fileDescriptor} />}
      {kind !== "off" && children}
    </fieldset>
  );
}

export function FileChoice({ name, files, chosen }: { name: string; files: AudioFile[]; chosen: string | undefined }) {
  if (files.length === 0) return <p class="notice warn">{t("uploadFirst")}</p>;
  const choices = files.map((file) => ({ value: file.id, text: file.name }));
  return <Select name={`${name}-file`} label={t("audioFile")} value={chosen} choices={choices} />;
}
