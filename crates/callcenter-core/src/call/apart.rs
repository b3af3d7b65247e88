//! What a customer hears whom a hold or a transfer keeps apart from the agent.

use crate::call::Call;
use crate::call_center::CallCenter;
use crate::row::CallState;
use model::CallId;
use std::collections::BTreeMap;
use wire::engine::{Command, Playlist};
use wire::prompt::{MUSIC, RINGBACK};

impl CallCenter {
    /// Says what the customer hears, or at least that nobody hears anybody.
    pub(crate) fn play_apart(&mut self, call: CallId) {
        let Some(playlist) = self.apart_playlist(call) else { return self.part_legs(call) };
        self.call_mut(call).sound_unsure = false;
        if !self.play_to_customer(call, playlist) {
            self.part_legs(call);
        }
    }

    /// After a crash the engine may not know yet that a call is on hold or being handed over.
    pub(crate) fn part_all_who_are_apart(&mut self) {
        let is_apart = |call: &&Call| matches!(call.row.state, CallState::Held | CallState::Transferring);
        let apart: Vec<CallId> = self.calls.values().filter(is_apart).map(|call| call.row.id).collect();
        apart.into_iter().for_each(|call| self.part_legs(call));
    }

    fn part_legs(&mut self, call: CallId) {
        self.command_engine(Command::PartLegs { room: call });
    }

    /// Who is apart hears at once what follows from the change.
    pub(crate) fn change_sounds(&mut self, change: impl FnOnce(&mut Self)) {
        let before = self.apart_playlists();
        change(self);
        for (call, playlist) in self.apart_playlists() {
            if before.get(&call) != Some(&playlist) {
                self.play_apart(call);
            }
        }
    }

    fn apart_playlists(&self) -> BTreeMap<CallId, Playlist> {
        self.calls.keys().filter_map(|call| Some((*call, self.apart_playlist(*call)?))).collect()
    }

    /// The same as long as nothing changes, so that saying it again interrupts nothing. After a restart what plays goes on
    /// until it is clear which prompts there are.
    fn apart_playlist(&self, call: CallId) -> Option<Playlist> {
        let state = self.call_ref(call);
        let (sound, otherwise) = match state.row.state {
            CallState::Held => (self.hold_sound(call), MUSIC),
            CallState::Transferring => (self.transfer_sound(), RINGBACK),
            _ => return None,
        };
        let mut prompts = sound.into_iter().flat_map(|sound| sound.prompts_at(0));
        let is_known = !state.sound_unsure || prompts.all(|prompt| self.prompts.is_answered(prompt));
        // On hold silence may be what is wanted; while it rings somewhere it would say that nothing happens.
        let is_heard = |playlist: &Playlist| state.row.state == CallState::Held || playlist.prompts().next().is_some();
        let playlist = sound.map(|sound| sound.playlist(&self.prompts, 0)).filter(is_heard);
        is_known.then(|| playlist.unwrap_or(Playlist::looped(otherwise)))
    }
}
