use callcenter_core::audio::{PromptSource, Speech};
use model::{AccountId, AudioFileId};
use prompts::{Prompt, Speaker, SpeechError};
use std::sync::Arc;
use store::Store;

/// A language's own voice, as the API names it.
pub(crate) const OWN_VOICE: &str = "default";

/// Makes prompts of files and text. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Maker {
    store: Store,
    speaker: Arc<Speaker>,
}

impl Maker {
    pub(crate) fn new(store: Store, speaker: Arc<Speaker>) -> Self {
        Self { store, speaker }
    }

    /// The prompt, or in words for an operator why there is none.
    pub(super) async fn make(&self, account: AccountId, source: &PromptSource) -> Result<Prompt, String> {
        match source {
            PromptSource::File(file) => self.file(account, *file).await,
            PromptSource::Speech(speech) => self.speech(speech).await.map_err(|error| error.to_string()),
        }
    }

    async fn file(&self, account: AccountId, file: AudioFileId) -> Result<Prompt, String> {
        let kept = self.store.audio_file_prompt(account, file).await.map_err(|error| error.to_string())?;
        let kept = kept.ok_or_else(|| format!("the audio file {file} is not there; choose another"))?;
        Prompt::from_bytes(&kept).ok_or_else(|| format!("the audio file {file} is damaged; upload it again"))
    }

    /// Says it, or takes what was said before.
    pub(crate) async fn speech(&self, speech: &Speech) -> Result<Prompt, SpeechError> {
        let speech = prompts::Speech {
            text: speech.text.clone(),
            language: speech.language.clone(),
            voice: Some(speech.voice.clone()).filter(|voice| voice != OWN_VOICE),
            rate: speech.rate_permille as f32 / 1000.0,
        };
        self.blocking(move |speaker| speaker.say(&speech)).await
    }

    /// Asks the speech program, on a thread that may wait.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Speaker) -> Result<T, SpeechError> + Send + 'static,
    ) -> Result<T, SpeechError> {
        let speaker = Arc::clone(&self.speaker);
        let asked = tokio::task::spawn_blocking(move || ask(&speaker)).await;
        asked.unwrap_or_else(|error| Err(SpeechError::Failed { reason: error.to_string() }))
    }
}
