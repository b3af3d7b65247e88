import { useState } from "preact/hooks";
import { ApiError, problemText } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { type TransferStrategy, waitingApi } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Show } from "../views/common.tsx";
import { Values } from "./ask.tsx";
import { AudioFiles } from "./audio-files.tsx";
import { AnnouncementChoice, announcementOf, DEFAULT_INTERVAL, MusicChoice, musicOrDefaultOf } from "./music.tsx";

const NOT_FOUND = 404;

/** Where nothing is set, customers hear ringing. */
const RINGING: TransferStrategy = { musicOnHold: { enabled: false } };

async function strategyNow(): Promise<TransferStrategy> {
  try {
    return await waitingApi.transferStrategy();
  } catch (error) {
    if (error instanceof ApiError && error.status === NOT_FOUND) return RINGING;
    throw error;
  }
}

/** What customers hear while it rings at the agent to whom their call is handed over. */
export function Transfers() {
  const files = useLoaded("audio-files", waitingApi.files);
  const strategy = useLoaded("transfer-strategy", strategyNow);
  const [said, setSaid] = useState<Said>();
  return (
    <>
      <section class="card part" aria-labelledby="section-title" data-testid="section">
        <div class="section-head">
          <div>
            <h2 id="section-title">{t("transfersTitle")}</h2>
            <p class="muted">{t("transfersIntro")}</p>
          </div>
        </div>
        <Show of={strategy}>
          {(before) => (
            <Show of={files}>
              {(all) => (
                // What somebody else has set meanwhile is shown instead of what was chosen.
                <Form
                  key={JSON.stringify([before.musicOnHold, before.announcementMessage])}
                  before={before}
                  files={all}
                  said={said}
                  onSaid={setSaid}
                  onDone={strategy.reload}
                />
              )}
            </Show>
          )}
        </Show>
      </section>
      <AudioFiles files={files} />
    </>
  );
}

interface Said {
  problem: boolean;
  text: string;
}

interface FormProps {
  before: TransferStrategy;
  files: Parameters<typeof MusicChoice>[0]["files"];
  said: Said | undefined;
  onSaid: (said: Said | undefined) => void;
  onDone: () => void;
}

function Form({ before, files, said, onSaid, onDone }: FormProps) {
  const [busy, setBusy] = useState(false);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const form = new Values(new FormData(event.currentTarget as HTMLFormElement));
    setBusy(true);
    onSaid(undefined);
    try {
      await waitingApi.setTransferStrategy(before, {
        musicOnHold: musicOrDefaultOf(form),
        announcementMessage: announcementOf(form, before.announcementMessage),
      });
      onSaid({ problem: false, text: t("saved") });
    } catch (error) {
      onSaid({ problem: true, text: t("notSaved", { problem: problemText(error) }) });
    }
    onDone();
    setBusy(false);
  };
  return (
    <form class="stack narrow-form" onSubmit={save} data-testid="transfers-form">
      <MusicChoice music={before.musicOnHold} files={files} none={t("musicNone")} />
      <AnnouncementChoice announcement={before.announcementMessage} files={files} interval={DEFAULT_INTERVAL} />
      <p class="small muted">{t("transfersHelp")}</p>
      <div role="status">{said !== undefined && <p class={said.problem ? "notice bad" : "notice"}>{said.text}</p>}</div>
      <div class="row">
        <button
          type="submit"
          class="button primary"
          aria-disabled={busy ? "true" : undefined}
          data-testid="save-transfers"
        >
          {t(busy ? "saving" : "save")}
        </button>
      </div>
    </form>
  );
}
