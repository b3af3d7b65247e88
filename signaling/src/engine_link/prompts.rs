//! Prompts that the engine is to have, whatever it plays when.

use super::{EngineLink, EngineStuck};
use model::PromptId;
use prompts::Prompt;
use std::sync::LazyLock;
use wire::prompt::{MUSIC, RINGBACK, load};

/// What comes with signaling.
static OWN: LazyLock<[(PromptId, Prompt); 2]> =
    LazyLock::new(|| [(RINGBACK, prompts::ringback()), (MUSIC, prompts::music())]);

impl EngineLink {
    /// Hands over every prompt but those that the engine holds.
    pub(crate) async fn load_prompts(&self, held: &[PromptId]) -> Result<(), EngineStuck> {
        for (id, prompt) in OWN.iter().filter(|(id, _)| !held.contains(id)) {
            for part in load(*id, prompt.frames()) {
                self.command(part).await?;
            }
        }
        Ok(())
    }
}
