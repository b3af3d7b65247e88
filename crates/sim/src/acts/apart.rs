//! Hold configurations and the transfer strategy change while calls are on hold and being transferred.

use crate::model::{Hold, Model, Sound, State};
use crate::world::World;
use callcenter_core::audio::{Music, Span, SpanUnit};
use callcenter_core::command::{Command, Reply};
use callcenter_core::row::{HoldConfigFields, PeriodicMessage, TransferStrategyFields};
use model::AudioFileId;

impl World {
    /// Of one queue, or of all that have none.
    pub(super) fn hold_config_changes(&mut self) {
        let queue = if self.random.chance(50) { self.random.pick(&self.queues) } else { None };
        let known = self.model.holds.iter().find(|(_, hold)| hold.queue == queue).map(|(id, _)| *id);
        self.count_sounds_of_calls_apart();
        if let Some(config) = known.filter(|_| self.random.chance(25)) {
            self.command(Command::DeleteHoldConfig(config), |model| {
                model.holds.remove(&config);
                model.want_prompts();
                true
            });
            return;
        }
        let (music, announcement) = self.music_and_announcement("Please hold on");
        let fields = HoldConfigFields {
            name: "hold".to_owned(),
            music,
            announcement,
            queues: queue.into_iter().collect(),
            enabled: self.random.chance(80),
            is_default: queue.is_none(),
        };
        let command = Command::PutHoldConfig { config: known, fields: Box::new(fields.clone()) };
        let learn = |model: &mut Model, reply: Option<&Reply>| {
            let Some(Reply::HoldConfig(row)) = reply else { return false };
            model.holds.insert(row.id, Hold::of(&fields));
            model.want_prompts();
            true
        };
        self.submit(command, learn, |_| ());
    }

    pub(super) fn transfer_strategy_changes(&mut self) {
        self.count_sounds_of_calls_apart();
        let (music, announcement) = self.music_and_announcement("We connect you");
        let fields = TransferStrategyFields { music, announcement };
        let sound = Sound::of_transfers(&fields);
        self.command(Command::SetTransferStrategy(Box::new(fields)), |model| {
            model.transfer_sound = Some(sound);
            model.want_prompts();
            true
        });
    }

    fn count_sounds_of_calls_apart(&mut self) {
        if self.model.calls.values().any(|call| matches!(call.state, State::Held | State::Transferring)) {
            self.count("sounds changed while somebody is apart");
        }
    }

    fn music_and_announcement(&mut self, text: &str) -> (Option<Music>, Option<PeriodicMessage>) {
        let file = self.random.chance(50).then_some(AudioFileId::of(8));
        let music = Music { enabled: self.random.chance(70), file };
        let message = self.a_message(text);
        let repeat_interval = self.random.chance(50).then_some(Span { unit: SpanUnit::Seconds, value: 12 });
        let announcement = message.map(|message| PeriodicMessage { message, repeat_interval });
        (self.random.chance(80).then_some(music), announcement)
    }
}
