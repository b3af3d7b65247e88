//! Prompts that the engine is to have before patches name them.

use super::{EngineLink, EngineStuck};
use crate::limits;
use model::PromptId;
use std::collections::{BTreeMap, BTreeSet};
use wire::engine::{Command, Refusal, Source};
use wire::prompt::{RINGBACK, load};

/// Prompts that the engine holds, as far as is known here.
#[derive(Default)]
pub(super) struct Held {
    prompts: BTreeMap<PromptId, Place>,
    named: u64,
}

struct Place {
    /// Counts up with every naming.
    last_named: u64,
    bytes: usize,
}

impl Held {
    /// Whether it is held; it counts as named now.
    fn name(&mut self, prompt: PromptId) -> bool {
        self.named += 1;
        let place = self.prompts.get_mut(&prompt);
        place.map(|place| place.last_named = self.named).is_some()
    }

    fn put(&mut self, prompt: PromptId, bytes: usize) {
        self.named += 1;
        self.prompts.insert(prompt, Place { last_named: self.named, bytes });
    }

    /// What must go before so many bytes more fit: what was not named for longest, but none of `needed`.
    fn too_much(&self, bytes: usize, needed: &BTreeSet<PromptId>) -> Option<PromptId> {
        let held: usize = self.prompts.values().map(|place| place.bytes).sum();
        let fits = self.prompts.len() < limits::ENGINE_PROMPTS && held + bytes <= limits::ENGINE_PROMPTS_BYTES;
        let spare = self.prompts.iter().filter(|(prompt, _)| **prompt != RINGBACK && !needed.contains(prompt));
        spare.filter(|_| !fits).min_by_key(|(_, place)| place.last_named).map(|(prompt, _)| *prompt)
    }
}

impl EngineLink {
    /// The engine holds these. It gets ringback, which callers may hear at once.
    pub(crate) async fn load_prompts(&self, held: &[PromptId]) -> Result<(), EngineStuck> {
        let mut known = self.held.lock().await;
        *known = Held::default();
        for prompt in held {
            known.put(*prompt, self.supply.get(*prompt).map_or(0, |prompt| prompt.bytes()));
        }
        self.hand_over(RINGBACK, &BTreeSet::new(), &mut known).await
    }

    /// Sends patches once the engine has what they play. Nothing that they name is unloaded in between.
    pub(super) async fn patch(&self, command: Command, named: BTreeSet<PromptId>) -> Result<(), EngineStuck> {
        let mut known = self.held.lock().await;
        for prompt in &named {
            self.hand_over(*prompt, &named, &mut known).await?;
        }
        self.send(command).await
    }

    async fn hand_over(
        &self,
        prompt: PromptId,
        needed: &BTreeSet<PromptId>,
        known: &mut Held,
    ) -> Result<(), EngineStuck> {
        if known.name(prompt) {
            return Ok(());
        }
        let Some(frames) = self.supply.get(prompt) else {
            tracing::warn!(%prompt, "a prompt is to be played that is not at hand");
            return Ok(());
        };
        while let Some(other) = known.too_much(frames.bytes(), needed) {
            self.send(Command::UnloadPrompt { prompt: other }).await?;
            known.prompts.remove(&other);
        }
        for part in load(prompt, frames.frames()) {
            self.send(part).await?;
        }
        known.put(prompt, frames.bytes());
        Ok(())
    }

    /// The engine does not have a prompt that it was thought to hold: it gets it when it is named next.
    pub(super) async fn note_refusal(&self, reason: &Refusal) {
        if let Refusal::UnknownPrompt { prompt }
        | Refusal::TooManyPrompts { prompt, .. }
        | Refusal::PromptTooLong { prompt, .. }
        | Refusal::InvalidPrompt { prompt, .. } = reason
        {
            self.held.lock().await.prompts.remove(prompt);
        }
    }
}

/// Prompts that the command's patches play.
pub(super) fn named(command: &Command) -> BTreeSet<PromptId> {
    let Command::SetPatches { patches, .. } = command else { return BTreeSet::new() };
    let playlists = patches.iter().filter_map(|patch| match &patch.source {
        Source::Prompts(playlist) => Some(*playlist),
        Source::Leg(_) => None,
    });
    playlists.flat_map(|playlist| playlist.prompts().collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_named_for_longest_goes_first_and_ringback_stays() {
        let mut held = Held::default();
        held.put(RINGBACK, 1);
        let prompts: Vec<PromptId> = (100..).map(PromptId::of).take(limits::ENGINE_PROMPTS - 1).collect();
        prompts.iter().for_each(|prompt| held.put(*prompt, 1));
        assert!(held.name(prompts[0]) && !held.name(PromptId::of(7)));
        assert_eq!(held.too_much(1, &BTreeSet::new()), Some(prompts[1]));
        assert_eq!(held.too_much(1, &BTreeSet::from([prompts[1]])), Some(prompts[2]), "it is needed now");
        held.prompts.remove(&prompts[1]);
        assert_eq!(held.too_much(1, &BTreeSet::new()), None, "there is room");
        assert_eq!(held.too_much(limits::ENGINE_PROMPTS_BYTES, &BTreeSet::new()), Some(prompts[2]));
    }
}
