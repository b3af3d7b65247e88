import { ApiError } from "../data/api.ts";
import { useLoaded } from "../data/load.ts";
import { type TransferStrategy, waitingApi } from "../data/waiting-api.ts";
import { t } from "../text.ts";
import { Show } from "../views/common.tsx";
import type { Values } from "./ask.tsx";
import { AudioFiles } from "./audio-files.tsx";
import { AnnouncementChoice, announcementOf, DEFAULT_INTERVAL, MusicChoice, musicOrDefaultOf } from "./music.tsx";
import { PageForm } from "./page-form.tsx";

const NOT_FOUND = 404;

/** Nothing is set: customers hear ringing. */
const UNSET: TransferStrategy = {};

async function strategyNow(): Promise<TransferStrategy> {
  try {
    return await waitingApi.transferStrategy();
  } catch (error) {
    if (error instanceof ApiError && error.status === NOT_FOUND) return UNSET;
    throw error;
  }
}

function save(shown: TransferStrategy, form: Values): Promise<TransferStrategy> {
  return waitingApi.setTransferStrategy(shown, {
    musicOnHold: musicOrDefaultOf(form),
    announcementMessage: announcementOf(form, shown.announcementMessage),
  });
}

/** What customers hear while it rings at the agent to whom their call is handed over. */
export function Transfers() {
  const files = useLoaded("audio-files", waitingApi.files);
  const strategy = useLoaded("transfer-strategy", strategyNow);
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
          {(initial) => (
            <PageForm
              initial={initial}
              load={strategyNow}
              save={save}
              testid="transfers-form"
              saveTestid="save-transfers"
            >
              {(shown) => (
                <>
                  <MusicChoice
                    music={shown === UNSET ? { enabled: false } : shown.musicOnHold}
                    files={files.data ?? []}
                    none={t("musicNone")}
                  />
                  <AnnouncementChoice
                    announcement={shown.announcementMessage}
                    files={files.data ?? []}
                    interval={DEFAULT_INTERVAL}
                  />
                  <p class="small muted">{t("transfersHelp")}</p>
                </>
              )}
            </PageForm>
          )}
        </Show>
      </section>
      <AudioFiles files={files} />
    </>
  );
}
