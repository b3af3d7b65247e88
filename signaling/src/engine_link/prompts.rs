//! Prompts that the engine is to have, whatever it plays when.

use super::{EngineLink, EngineStuck};
use model::PromptId;
use prompts::Prompt;
use std::sync::LazyLock;
use wire::prompt::{RINGBACK, load};

static RINGBACK_PROMPT: LazyLock<Prompt> = LazyLock::new(prompts::ringback);

impl EngineLink {
    /// Hands over every prompt but those that the engine holds.
    pub(crate) async fn load_prompts(&self, held: &[PromptId]) -> Result<(), EngineStuck> {
        if held.contains(&RINGBACK) {
            return Ok(());
        }
        for part in load(RINGBACK, RINGBACK_PROMPT.frames()) {
            self.command(part).await?;
        }
        Ok(())
    }
}
