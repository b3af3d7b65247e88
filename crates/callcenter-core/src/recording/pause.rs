//! Nothing of a call is kept for a while, on purpose or because something is broken.
//!
//! On purpose: a card number is read out. The call's files go on, with a stated gap in each.

use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::effect::Effect;
use crate::event::Event;
use model::{CallId, LegId, SegmentId};
use wire::browser::ServerMessage;
use wire::{engine, recorder};

impl CallCenter {
    /// `leg` is that of the agent who has the call. A pause lasts through holds and transfers until it is ended.
    pub(crate) fn set_recording_paused(
        &mut self,
        leg: LegId,
        paused: bool,
        by: String,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let (call, _) = self.talk_of_agent(leg)?;
        let row = &self.call_ref(call).row;
        if row.recording.is_none() {
            let why = "this call is not being recorded: there is nothing to pause".to_owned();
            return Err(CommandError::Conflict(why));
        }
        if row.recording_paused == paused {
            return Ok(Reply::Done);
        }
        self.edit_call(call, |row| row.recording_paused = paused);
        self.log_of_call(
            turn,
            call,
            if paused { Event::RecordingPaused { by } } else { Event::RecordingResumed { by } },
        );
        if paused {
            self.command_engine(engine::Command::SetTaps { room: call, legs: Vec::new() });
            self.say_paused(call, paused);
        } else {
            // The recorder first: it keeps nothing of what comes in a pause.
            self.say_paused(call, paused);
            self.say_recording(call, turn);
        }
        let legs: Vec<LegId> = self.call_ref(call).talkers().collect();
        legs.into_iter().for_each(|leg| self.tell_leg(leg, ServerMessage::RecordingPaused { leg, paused }));
        self.conversation_changed(self.call_ref(call).row.conversation);
        Ok(Reply::Done)
    }

    /// Whoever is not heard in the recording would only be missed when it is played.
    pub(crate) fn recording_is_silent(&mut self, leg: LegId, silent: bool, turn: &Turn) -> Result<Reply, CommandError> {
        let row = &self.live_leg(leg)?.row;
        let (call, participant) = (row.call, row.participant);
        let event = if silent { Event::RecordingSilent { leg } } else { Event::RecordingHeard { leg } };
        self.log_of_call(turn, call, event);
        if let Some(leg) = self.call_ref(call).agent_leg {
            self.tell_leg(leg, ServerMessage::RecordingSilent { leg, participant, silent });
        }
        self.conversation_changed(self.call_ref(call).row.conversation);
        Ok(Reply::Done)
    }

    fn say_paused(&mut self, call: CallId, paused: bool) {
        let legs = self.call_ref(call).legs();
        let open: Vec<SegmentId> = legs.filter_map(|leg| self.legs.get(&leg)?.row.segment).collect();
        for segment in open {
            self.outbox.effect(Effect::Recorder(recorder::Command::SetPaused { segment, paused }));
        }
    }
}
