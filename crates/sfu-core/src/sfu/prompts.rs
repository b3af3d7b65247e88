use super::Sfu;
use crate::{
    limits::PROMPT_FRAME_TICKS,
    participant::{Key, MediaPacket, Signals},
    prompt::Player,
};
use model::{Codec, TrackKind};
use wire::engine::{Patch, Playlist, Refusal, Source};

impl Sfu {
    /// That what these patches play can be played.
    pub(super) fn check_playlists(&self, patches: &[Patch]) -> Result<(), Refusal> {
        patches.iter().try_for_each(|patch| match (patch.source, patch.track) {
            (Source::Leg(_), _) => Ok(()),
            (Source::Prompts(playlist), TrackKind::Audio) => self.prompts.check_all(&playlist),
            (Source::Prompts(_), track) => Err(Refusal::PromptsAreSound { track }),
        })
    }

    /// Plays a playlist into a leg's sound from now on, or none. One that differs from the one before in its announcement
    /// alone goes on.
    pub(super) fn set_playlist(&mut self, key: Key, playlist: Option<&Playlist>) {
        let now = self.now;
        let before = self.participant(key).and_then(|participant| participant.player.take());
        let slot_before = before.as_ref().map(|(_, slot)| *slot);
        let going_on = before.zip(playlist).and_then(|((mut player, slot), playlist)| {
            player.go_on_with(playlist, &self.prompts).then_some((player, slot))
        });
        let player = going_on.or_else(|| {
            if let Some(slot) = slot_before {
                self.rounds.leave(key, slot);
            }
            let player = Box::new(Player::new(playlist?, &self.prompts));
            Some((player, self.rounds.join(key, now)))
        });
        if let Some(participant) = self.participant(key) {
            participant.player = player;
        }
    }

    /// Plays what is due.
    pub(super) fn play_prompts(&mut self) {
        while let Some(mut due) = self.rounds.take_due(self.now) {
            due.keys.retain(|&key| self.play(key, due.round));
            self.rounds.stay(due.slot, due.keys);
        }
    }

    /// One round of a player; false when there is no more to come. It stands still while nobody could hear it.
    fn play(&mut self, key: Key, round: u64) -> bool {
        let now = self.now;
        let Some(participant) = self.participant(key) else { return false };
        if !participant.is_connected() {
            participant.sink(TrackKind::Audio).interrupt();
            return true;
        }
        let Some((mut player, slot)) = participant.player.take() else { return false };
        if let Some(frame) = player.next() {
            // Sinks look at what changes only; the receiver gets their own SSRC. Levels are of who speaks, and a prompt's
            // would be a guess: without one receivers measure what they play.
            let packet = MediaPacket {
                track: TrackKind::Audio,
                codec: Codec::Opus,
                ssrc: 0,
                sequence: frame.sequence,
                timestamp: (round as u32).wrapping_mul(PROMPT_FRAME_TICKS),
                marker: frame.marker,
                repaired: false,
                signals: Signals::default(),
                captured: None,
                payload: frame.payload,
            };
            self.forward_to(key, &packet, now);
        }
        let is_over = player.is_over();
        if let Some(participant) = self.participant(key).filter(|_| !is_over) {
            participant.player = Some((player, slot));
        }
        !is_over
    }
}
