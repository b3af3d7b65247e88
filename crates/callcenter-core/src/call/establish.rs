//! What a call's parties hear: the customer what waiting sounds like, and then both each other.

use crate::call_center::{CallCenter, Turn};
use crate::leg::Path;
use crate::row::CallState;
use model::{CallId, MediaTime, TrackKind};
use wire::browser::{LegPhase, ServerMessage};
use wire::engine::{Command, Patch};

impl CallCenter {
    /// A leg's media came up: perhaps the last that was missing.
    pub(crate) fn media_came_up(&mut self, call: CallId, at: MediaTime, turn: &mut Turn) {
        let state = self.call_ref(call);
        let all_up = state.legs().all(|leg| self.leg_ref(leg).path == Path::Up);
        match state.row.state {
            CallState::Connecting if all_up => self.establish(call, at, turn),
            CallState::Established | CallState::Waiting | CallState::Ringing | CallState::Connecting => {
                self.say_media(call, turn);
            }
            CallState::Ended => {}
        }
    }

    /// Patches, and in an established call recording and taps, as whole states.
    pub(crate) fn say_media(&mut self, call: CallId, turn: &mut Turn) {
        match self.call_ref(call).row.state {
            CallState::Established => self.join_media(call, turn),
            CallState::Waiting | CallState::Ringing | CallState::Connecting => self.say_waiting_sound(call, turn),
            CallState::Ended => {}
        }
    }

    fn establish(&mut self, call: CallId, at: MediaTime, turn: &mut Turn) {
        self.set_call_state(call, CallState::Established);
        self.forget_wait(call);
        if self.call_ref(call).row.recording.is_some() {
            self.edit_call(call, |row| row.recording_epoch = Some(at));
        }
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

    fn tell_established(&mut self, call: CallId, leg: model::LegId) {
        let state = self.call_ref(call);
        let Some(other) = state.other_leg(leg) else { return };
        let established = ServerMessage::Established {
            leg,
            remote: self.party(other),
            established_at: state.row.answered_at.unwrap_or_default(),
            recording: state.row.recording.is_some(),
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
    pub(crate) fn join_media(&mut self, call: CallId, turn: &mut Turn) {
        let state = self.call_ref(call);
        let legs: Vec<_> = state.legs().collect();
        let recording = state.row.recording.is_some();
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
        if recording {
            self.start_missing_segments(call, turn);
            self.command_engine(Command::SetTaps { room: call, legs });
        }
    }
}
