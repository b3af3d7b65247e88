//! Prompts that call centers want: made once, kept while somebody wants them, and handed to the engine before a patch
//! names them.

mod make;
mod wanted;

pub(crate) use make::{Maker, OWN_VOICE};

use crate::account::Accounts;
use crate::limits;
use callcenter_core::{audio::PromptSource, command::Command};
use model::{AccountId, PromptId};
use prompts::Prompt;
use std::{
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::sync::Notify;
use wanted::{Next, Wanted};
use wire::prompt::{MUSIC, RINGBACK};

static RINGBACK_PROMPT: LazyLock<Prompt> = LazyLock::new(prompts::ringback);
static MUSIC_PROMPT: LazyLock<Prompt> = LazyLock::new(prompts::music);

/// Prompts at hand. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Supply {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    wanted: Mutex<Wanted>,
    changed: Notify,
}

impl Supply {
    fn lock(&self) -> MutexGuard<'_, Wanted> {
        // Each change leaves it whole.
        self.shared.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Exactly these the account wants from now on. Its call center is told of each that is there, even if it was before.
    pub(crate) fn keep(&self, account: AccountId, sources: Vec<PromptSource>) {
        self.lock().keep(account, sources, Instant::now());
        self.shared.changed.notify_one();
    }

    /// The prompt, if it is at hand.
    pub(crate) fn get(&self, prompt: PromptId) -> Option<Prompt> {
        match prompt {
            RINGBACK => Some(RINGBACK_PROMPT.clone()),
            MUSIC => Some(MUSIC_PROMPT.clone()),
            made => self.lock().get(made),
        }
    }

    /// Makes what is missing, one after the other, for as long as the process runs.
    pub(crate) async fn run(self, accounts: Accounts, maker: Maker) {
        // Made before the first caller needs it, on a thread that may take its time.
        tokio::task::spawn_blocking(|| LazyLock::force(&MUSIC_PROMPT));
        loop {
            let next = self.lock().next(Instant::now());
            match next {
                Next::Provide(account, source) => self.provide(account, source, &accounts, &maker).await,
                Next::At(due) => {
                    tokio::select! {
                        () = self.shared.changed.notified() => {}
                        () = tokio::time::sleep_until(due.into()) => {}
                    }
                }
                Next::Nothing => self.shared.changed.notified().await,
            }
        }
    }

    async fn provide(&self, account: AccountId, source: PromptSource, accounts: &Accounts, maker: &Maker) {
        let prompt = source.id();
        let at_hand = self.get(prompt);
        let made = match at_hand {
            Some(made) => Ok(made),
            None => self.make(account, &source, maker).await,
        };
        let command = match made {
            Ok(made) => Command::PromptMade { prompt, length: made.duration() },
            Err(reason) => {
                if self.lock().again(account, source, Instant::now() + limits::PROMPT_RETRY) {
                    tracing::warn!(%account, %prompt, reason, "a prompt cannot be made: callers hear other sound");
                }
                Command::PromptFailed { prompt }
            }
        };
        let Some(handle) = accounts.get(account) else { return };
        if let Err(error) = handle.handle(command).await {
            // A call center that is built again says anew what it wants.
            tracing::debug!(%account, %error, "what became of a prompt was not heard of");
        }
    }

    async fn make(&self, account: AccountId, source: &PromptSource, maker: &Maker) -> Result<Prompt, String> {
        let prompt = maker.make(account, source).await?;
        match self.lock().put(source.id(), prompt.clone()) {
            Ok(()) => Ok(prompt),
            Err(limit) => Err(format!("there is no room for it ({limit}); switch off messages that nobody needs")),
        }
    }
}
