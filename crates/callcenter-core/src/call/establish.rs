//! What a call's parties hear: the customer what waiting sounds like, and then both each other, unless something keeps them
//! apart.

use crate::call_center::{CallCenter, Turn};
use crate::row::CallState;
use model::{CallId, LegId, MediaTime, TrackKind};
use wire::browser::{LegPhase, ServerMessage};
use wire::engine::{Command, Patch, Playlist};
use wire::prompt::RINGBACK;

impl CallCenter {
    /// A leg's media came up: perhaps the last that was missing.
    pub(crate) fn media_came_up(&mut self, call: CallId, at: MediaTime, turn: &mut Turn) {
        let state = self.call_ref(call);
        // A path that is silent just now comes back, or its window ends the call.
        let all_there = state.talkers().all(|leg| self.leg_ref(leg).is_held_by_engine());
        match state.row.state {
            CallState::Connecting if all_there => self.establish(call, at, turn),
            CallState::Transferring if self.target_is_connected(call) => self.complete_transfer(call, turn),
            _ => self.say_media(call, turn),
        }
    }

    /// Patches, and in an established call recording and taps, as whole states.
    pub(crate) fn say_media(&mut self, call: CallId, turn: &mut Turn) {
        match self.call_ref(call).row.state {
            CallState::Established => self.join_media(call, turn),
            CallState::Held | CallState::Transferring => self.part_media(call, turn),
            CallState::Ringing | CallState::Connecting if self.is_being_placed(call) => self.play_ringback(call),
            CallState::Waiting | CallState::Ringing | CallState::Connecting => self.say_waiting_sound(call, turn),
            CallState::Ended => {}
        }
    }

    pub(crate) fn play_to_customer(&mut self, call: CallId, playlist: Playlist) -> bool {
        self.play_to(self.call_ref(call).customer_leg, playlist)
    }

    /// The leg hears this and its call nothing else. False when the engine does not have the leg.
    pub(crate) fn play_to(&mut self, leg: LegId, playlist: Playlist) -> bool {
        let state = self.leg_ref(leg);
        let is_there = state.is_held_by_engine();
        if is_there {
            let call = state.row.call;
            let patches = vec![Patch { source: playlist.into(), sink: leg, track: TrackKind::Audio }];
            self.command_engine(Command::SetPatches { room: call, patches });
        }
        is_there
    }

    /// The agent who calls hears that it rings.
    fn play_ringback(&mut self, call: CallId) {
        if let Some(agent_leg) = self.call_ref(call).agent_leg {
            self.play_to(agent_leg, Playlist::looped(RINGBACK));
        }
    }

    fn establish(&mut self, call: CallId, at: MediaTime, turn: &mut Turn) {
        self.set_call_state(call, CallState::Established);
        self.forget_wait(call);
        self.edit_call(call, |row| row.front_of_queue = false);
        self.settle_recording(call, at);
        if let Some(link) = self.call_ref(call).row.link {
            self.spend_link(link, turn);
        }
        let legs: Vec<_> = self.call_ref(call).legs().collect();
        for leg in &legs {
            self.set_leg_phase(*leg, LegPhase::Established);
        }
        for leg in legs {
            self.tell_established(call, leg);
        }
        self.join_media(call, turn);
        let conversation = self.call_ref(call).row.conversation;
        self.conversation_changed(conversation);
    }

    pub(crate) fn tell_established(&mut self, call: CallId, leg: model::LegId) {
        let state = self.call_ref(call);
        let Some(other) = state.other_leg(leg) else { return };
        let established = ServerMessage::Established {
            leg,
            remote: self.party(other),
            established_at: state.row.answered_at.unwrap_or_default(),
            recording: state.row.recording.is_some(),
            recording_paused: state.row.recording_paused,
        };
        let other = &self.leg_ref(other).row;
        let (media, connected) = (other.media, other.lost_since.is_none());
        self.tell_leg(leg, established);
        self.tell_leg(leg, ServerMessage::RemoteMedia { leg, media });
        if !connected {
            self.tell_leg(leg, ServerMessage::RemoteConnection { leg, connected });
        }
    }

    /// Patches, recording and taps of an established call as whole states, once the engine holds all of its legs.
    fn join_media(&mut self, call: CallId, turn: &mut Turn) {
        let legs: Vec<_> = self.call_ref(call).talkers().collect();
        if !legs.iter().all(|leg| self.leg_ref(*leg).is_held_by_engine()) {
            return;
        }
        let mut patches = Vec::new();
        for source in &legs {
            for sink in legs.iter().filter(|sink| *sink != source) {
                patches.extend(TrackKind::ALL.map(|track| Patch { source: (*source).into(), sink: *sink, track }));
            }
        }
        self.command_engine(Command::SetPatches { room: call, patches });
        self.say_recording(call, turn);
    }

    /// Nobody hears anybody, and the customer hears what is set for that. Who is recorded goes on being recorded.
    fn part_media(&mut self, call: CallId, turn: &mut Turn) {
        self.play_apart(call);
        self.say_recording(call, turn);
    }

    pub(crate) fn say_recording(&mut self, call: CallId, turn: &mut Turn) {
        let state = self.call_ref(call);
        let legs: Vec<_> = state.talkers().collect();
        if state.row.recording.is_some() && legs.iter().all(|leg| self.leg_ref(*leg).is_held_by_engine()) {
            // Until all are back after a restart, nobody knows whether the recorder was told of the open files.
            if state.media_unsure {
                self.repeat_starts(call);
            }
            self.start_missing_segments(call, turn);
            let legs = if self.call_ref(call).row.recording_paused { Vec::new() } else { legs };
            self.command_engine(Command::SetTaps { room: call, legs });
        }
    }
}
