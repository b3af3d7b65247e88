//! How calls are to wait, and the prompts for it.

use super::routing::HOURS;
use crate::model::Plan;
use crate::world::World;
use callcenter_core::audio::{Message, Music, Span, SpanUnit, SpokenText, VoiceName};
use callcenter_core::command::{Command, Reply};
use callcenter_core::row::{AwayMessageRow, PeriodicMessage, WaitingCondition, WaitingStrategyFields};
use model::{AudioFileId, QueueId};
use std::time::Duration;

impl World {
    pub(super) fn strategy_changes(&mut self) {
        let queue = self.random.pick(&self.queues).expect("there are queues");
        let known = self.model.plans.get(&queue).map(|plan| plan.id);
        if let Some(strategy) = known.filter(|_| self.random.chance(25)) {
            self.command(Command::DeleteWaitingStrategy(strategy), |model| {
                model.plans.remove(&queue);
                model.want_prompts();
                true
            });
            return;
        }
        let fields = self.a_strategy(queue);
        let command = Command::PutWaitingStrategy { strategy: known, fields: Box::new(fields.clone()) };
        self.submit(
            command,
            |model, reply| {
                let Some(Reply::WaitingStrategy(row)) = reply else { return false };
                model.plans.insert(queue, Plan::of(row.id, &fields));
                model.want_prompts();
                true
            },
            |_| (),
        );
    }

    /// What callers hear in times off.
    pub(super) fn away_message_changes(&mut self) {
        if self.random.chance(20) {
            self.command(Command::DeleteAwayMessage(HOURS), |model| model.set_away_message(None));
            return;
        }
        let Some(message) = self.a_message("We are closed") else { return };
        let prompt = message.source().map(|source| source.id());
        let row = AwayMessageRow { id: HOURS, message };
        self.command(Command::PutAwayMessage(Box::new(row)), |model| model.set_away_message(Some(prompt)));
    }

    fn a_strategy(&mut self, queue: QueueId) -> WaitingStrategyFields {
        let seconds = |value: u64| Span { unit: SpanUnit::Seconds, value: u32::try_from(value).expect("small") };
        let greeting = self.a_message("Welcome");
        let last_message = self.a_message("Goodbye");
        let text = if self.random.chance(50) { "You are {{QUEUE_POSITION_DEFAULT}}" } else { "Please hold" };
        let announcement = self.a_message(text);
        let file = self.random.chance(50).then_some(AudioFileId::of(7));
        let music = Music { enabled: self.random.chance(80), file };
        WaitingStrategyFields {
            name: None,
            maximum_wait: seconds(2 + self.random.below(60)),
            greeting,
            music: self.random.chance(80).then_some(music),
            announcement: announcement.map(|message| PeriodicMessage { message, repeat_interval: Some(seconds(15)) }),
            last_message,
            condition: WaitingCondition::Queue(vec![queue]),
        }
    }

    /// Perhaps one, which may be off.
    pub(super) fn a_message(&mut self, text: &str) -> Option<Message> {
        let voice = VoiceName { name: "f2".to_owned(), gender: "FEMALE".to_owned() };
        let speech = SpokenText {
            text: text.to_owned(),
            language: "en".to_owned(),
            language_selected_manually: None,
            voice,
            rate_permille: 1000,
        };
        let enabled = self.random.chance(85);
        let message = Message { enabled, source_type: None, speech: Some(speech), file: None };
        self.random.chance(70).then_some(message)
    }

    /// The shell has one, or all of those that are wanted; or it cannot make one.
    pub(super) fn prompts_are_made(&mut self) {
        let all = self.random.chance(50);
        let fails = !all && self.random.chance(25);
        let index = self.random.below(self.prompts.len().max(1) as u64) as usize;
        let sources: Vec<_> =
            if all { self.prompts.clone() } else { self.prompts.get(index).cloned().into_iter().collect() };
        for source in sources {
            let prompt = source.id();
            let milliseconds = 1_000 + u64::from(prompt.0.as_bytes()[0]) * 16;
            let length = (!fails).then(|| Duration::from_millis(milliseconds));
            let command = match length {
                Some(length) => Command::PromptMade { prompt, length },
                None => Command::PromptFailed { prompt },
            };
            self.command(command, |model| {
                model.prompt_answered(prompt, length.map(|_| i64::try_from(milliseconds).expect("short")));
                true
            });
        }
    }
}
