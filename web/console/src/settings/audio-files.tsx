import { useState } from "preact/hooks";
import { clock, size } from "../../../shared/src/format.ts";
import { problemText } from "../data/api.ts";
import type { Loaded } from "../data/load.ts";
import { type AudioFile, waitingApi } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Empty, Show } from "../views/common.tsx";
import { Ask } from "./ask.tsx";
import { Action, Line } from "./parts.tsx";

const MAX_BYTES = 4 << 20;
const ENDINGS = ".wav,.mp3,.m4a,.m4r,.mp2,.ircam,.voc,.vox";

/** What was uploaded to be played to callers. */
export function AudioFiles({ files }: { files: Loaded<AudioFile[]> }) {
  const [asked, setAsked] = useState<AudioFile>();
  return (
    <section class="card part" aria-labelledby="files-title" data-testid="audio-files">
      <h2 id="files-title">{t("audioFiles")}</h2>
      <Upload onUploaded={files.reload} />
      <Show of={files}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t("noFiles")} />
          ) : (
            <ul class="setting-list">
              {all.map((file) => (
                <FileLine key={file.id} file={file} onDelete={() => setAsked(file)} />
              ))}
            </ul>
          )
        }
      </Show>
      {asked !== undefined && (
        <Ask
          title={t("deleteFile", { name: asked.name })}
          action={t("delete")}
          danger
          onSubmit={() => waitingApi.deleteFile(asked.id).then(files.reload)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}

/** A file is uploaded when it is chosen, or dropped on the field. */
function Upload({ onUploaded }: { onUploaded: () => void }) {
  const [said, setSaid] = useState<{ problem: boolean; text: string }>();
  const [busy, setBusy] = useState(false);
  const upload = async (field: HTMLInputElement) => {
    const file = field.files?.[0];
    if (file === undefined) return;
    setBusy(true);
    setSaid({ problem: false, text: t("uploading", { name: file.name }) });
    try {
      if (file.size > MAX_BYTES) throw new Error(t("tooLarge"));
      await waitingApi.upload(file);
      setSaid({ problem: false, text: t("uploaded", { name: file.name }) });
      onUploaded();
    } catch (error) {
      setSaid({ problem: true, text: t("uploadFailed", { name: file.name, problem: problemText(error) }) });
    }
    // The same file may be chosen again.
    field.value = "";
    setBusy(false);
  };
  return (
    <div class="stack">
      <label class="field">
        <span>{t("uploadLabel")}</span>
        <input
          class="input upload"
          type="file"
          accept={ENDINGS}
          disabled={busy}
          onChange={(event) => void upload(event.currentTarget)}
          data-testid="upload"
        />
        <span class="small muted hint">{t("uploadHelp")}</span>
      </label>
      <div role="status">{said !== undefined && <p class={said.problem ? "notice bad" : "notice"}>{said.text}</p>}</div>
    </div>
  );
}

function FileLine({ file, onDelete }: { file: AudioFile; onDelete: () => void }) {
  const [open, setOpen] = useState(false);
  const { id, name, sizeBytes, durationMs } = file;
  return (
    <Line
      id={id}
      name={name}
      actions={
        <>
          <Action
            label={t(open ? "closePlayer" : "play")}
            of={name}
            icon={open ? "close" : "play"}
            testid="play"
            onClick={() => setOpen(!open)}
          />
          <Action label={t("delete")} of={name} icon="trash" testid="delete" onClick={onDelete} />
        </>
      }
    >
      <span class="small muted">
        {clock(durationMs)} · {size(sizeBytes)}
      </span>
      {open && <audio controls autoPlay src={waitingApi.contentOf(id)} aria-label={t("player", { name })} />}
    </Line>
  );
}
