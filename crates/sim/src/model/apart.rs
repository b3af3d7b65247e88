//! What customers hear whom a hold or a transfer keeps apart from the agent.

use super::{Call, Model, State};
use callcenter_core::audio::{Music, PromptSource};
use callcenter_core::row::{HoldConfigFields, PeriodicMessage, TransferStrategyFields};
use model::{PromptId, QueueId};
use wire::engine::{Announcement, Playlist};
use wire::prompt::{MUSIC, RINGBACK};

const INTERVAL: u32 = 10_000;

/// Music, and what interrupts it.
#[derive(Debug, Clone)]
pub(crate) struct Sound {
    silent: bool,
    /// Music that comes with the program is none.
    music: Option<PromptId>,
    /// With its interval in milliseconds.
    announcement: Option<(PromptId, u32)>,
}

impl Sound {
    fn of(music: Option<Music>, periodic: Option<&PeriodicMessage>) -> Self {
        let file = music.filter(|music| music.enabled).and_then(|music| music.file);
        let interval = |periodic: &PeriodicMessage| {
            let interval = periodic.repeat_interval.map(|span| span.duration().as_millis());
            interval.map_or(INTERVAL, |interval| u32::try_from(interval).expect("short"))
        };
        Self {
            silent: music.is_some_and(|music| !music.enabled),
            music: file.map(|file| PromptSource::File(file).id()),
            announcement: periodic.and_then(|own| Some((own.message.source()?.id(), interval(own)))),
        }
    }

    pub(crate) fn of_transfers(fields: &TransferStrategyFields) -> Self {
        Self::of(fields.music, fields.announcement.as_ref())
    }

    pub(super) fn prompts(&self) -> impl Iterator<Item = PromptId> {
        self.music.into_iter().chain(self.announcement.map(|(prompt, _)| prompt))
    }
}

/// A hold configuration.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    pub(crate) sound: Sound,
    /// Without one it is for all queues without one that counts.
    pub(crate) queue: Option<QueueId>,
    enabled: bool,
}

impl Hold {
    pub(crate) fn of(fields: &HoldConfigFields) -> Self {
        let sound = Sound::of(fields.music, fields.announcement.as_ref());
        Self { sound, queue: fields.queues.first().copied(), enabled: fields.enabled }
    }
}

impl Model {
    fn hold_sound(&self, queue: QueueId) -> Option<&Sound> {
        let counts = |queue: Option<QueueId>| {
            self.holds.values().find(|hold| hold.queue == queue && hold.enabled).map(|hold| &hold.sound)
        };
        counts(Some(queue)).or_else(|| counts(None))
    }

    /// What is set for this call, if it is on hold or being transferred.
    fn sound_apart(&self, call: &Call) -> Option<&Sound> {
        match call.state {
            State::Held => self.hold_sound(call.queue),
            State::Transferring => self.transfer_sound.as_ref(),
            _ => None,
        }
    }

    pub(super) fn all_answered_apart(&self, call: &Call) -> bool {
        let mut prompts = self.sound_apart(call).into_iter().flat_map(Sound::prompts);
        prompts.all(|prompt| self.answers.contains_key(&prompt))
    }

    /// Of a call on hold or in a transfer. A transfer is never silent.
    pub(super) fn playlist_apart(&self, call: &Call) -> Playlist {
        let otherwise = if call.state == State::Held { MUSIC } else { RINGBACK };
        let is_made = |prompt: &PromptId| matches!(self.answers.get(prompt), Some(Some(_)));
        let playlist = self.sound_apart(call).map(|sound| Playlist {
            greeting: None,
            music: (!sound.silent).then(|| sound.music.filter(is_made).unwrap_or(MUSIC)),
            announcement: sound
                .announcement
                .filter(|(prompt, _)| is_made(prompt))
                .map(|(prompt, interval_ms)| Announcement { prompt, interval_ms }),
        });
        let is_heard = |own: &Playlist| call.state == State::Held || own.music.is_some() || own.announcement.is_some();
        playlist.filter(is_heard).unwrap_or(Playlist::looped(otherwise))
    }
}
