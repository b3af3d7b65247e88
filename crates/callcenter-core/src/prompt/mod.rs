//! Prompts that the account needs. The core says which, the shell makes them and says which it has; until then, and when
//! one cannot be made, what can be heard without it is played.

use crate::audio::PromptSource;
use crate::call_center::CallCenter;
use crate::check;
use crate::command::{CommandError, Reply};
use crate::effect::Effect;
use crate::limits::MAX_PROMPTS;
use crate::sound;
use model::{CallId, PromptId};
use std::collections::BTreeMap;
use std::time::Duration;

/// Prompts that are wanted, and what the shell said of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prompts {
    /// As it was said last; absent until it was.
    wanted: Option<BTreeMap<PromptId, PromptSource>>,
    /// How long each plays; none where it cannot be made for now.
    answers: BTreeMap<PromptId, Option<Duration>>,
}

impl Prompts {
    /// The prompt, if it can be played.
    pub(crate) fn playable(&self, prompt: Option<PromptId>) -> Option<PromptId> {
        prompt.filter(|prompt| self.length(*prompt).is_some())
    }

    pub(crate) fn is_wanted(&self, source: &PromptSource) -> bool {
        self.wants(source.id())
    }

    fn wants(&self, prompt: PromptId) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| wanted.contains_key(&prompt))
    }

    /// The shell has made it, or has tried to.
    pub(crate) fn is_answered(&self, prompt: PromptId) -> bool {
        self.answers.contains_key(&prompt)
    }

    /// How long it plays, if it can be played.
    pub(crate) fn length(&self, prompt: PromptId) -> Option<Duration> {
        self.answers.get(&prompt).copied().flatten()
    }
}

impl CallCenter {
    /// Says which prompts are wanted, as a whole, where that is news.
    pub(crate) fn want_prompts(&mut self) {
        let live = self.calls.values().filter_map(|call| call.strategy.as_deref());
        let strategies = self.strategies.all().map(|strategy| &**strategy).chain(live);
        let away = self.away_messages.values().filter_map(|row| row.message.source());
        let held = self.hold_configs.all().map(|row| &row.fields);
        let held = held.flat_map(|fields| sound::sources(fields.music, fields.announcement.as_ref()));
        let wanted: BTreeMap<PromptId, PromptSource> = strategies
            .flat_map(|strategy| strategy.sources())
            .chain(away)
            .chain(held)
            .chain(self.transfer_strategy.iter().flat_map(|strategy| strategy.sources()))
            .map(|source| (source.id(), source))
            .collect();
        if self.prompts.wanted.as_ref() == Some(&wanted) {
            return;
        }
        self.prompts.answers.retain(|prompt, _| wanted.contains_key(prompt));
        self.outbox.effect(Effect::KeepPrompts(wanted.values().cloned().collect()));
        self.prompts.wanted = Some(wanted);
    }

    /// A setting may name so many prompts where it named so many before.
    pub(crate) fn check_room_for_prompts(&self, before: usize, now: usize) -> Result<(), CommandError> {
        let set = self.strategies.prompts() + self.away_messages.len() + self.hold_configs.prompts();
        let set = set + self.prompts_of_transfers();
        check::room_for_one("MAX_PROMPTS", (set - before + now).saturating_sub(1), MAX_PROMPTS)
    }

    /// The shell has it, or cannot make it for now: who waits hears it from now on, or something else at last.
    pub(crate) fn prompt_answered(
        &mut self,
        prompt: PromptId,
        length: Option<Duration>,
    ) -> Result<Reply, CommandError> {
        let known = self.prompts.answers.get(&prompt).copied();
        let is_news = matches!((known, length), (None, _) | (Some(None), Some(_)));
        if is_news && self.prompts.wants(prompt) {
            self.change_sounds(|core| {
                core.prompts.answers.insert(prompt, length);
            });
            let is_concerned = |call: &CallId| self.sound_depends_on(*call, prompt);
            let calls: Vec<CallId> = self.calls.keys().copied().filter(is_concerned).collect();
            for call in calls {
                self.play_waiting_sound(call);
            }
        }
        Ok(Reply::Done)
    }
}
