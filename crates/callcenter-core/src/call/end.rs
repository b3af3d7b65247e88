//! A call ends for all at once.

use crate::call_center::{CallCenter, Turn};
use crate::codes::{CANCELLED, Code, NORMAL_HANGUP};
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::row::CallState;
use crate::timers::Reason;
use model::{CallId, EndedBy, LegId, VoiceStatus};
use wire::browser::{LegPhase, RingEnd, ServerMessage};
use wire::engine::Command;

impl CallCenter {
    pub(crate) fn hang_up(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let row = &self.live_leg(leg)?.row;
        let call = row.call;
        match row.agent {
            Some(agent) if row.phase == LegPhase::Ringing => return self.decline(agent, leg, turn),
            Some(_) if self.call_ref(call).target_leg == Some(leg) => {
                self.agent_could_not_connect(leg, NORMAL_HANGUP, turn);
            }
            Some(_) => {
                let code = if self.call_ref(call).row.answered_at.is_some() { NORMAL_HANGUP } else { CANCELLED };
                self.end_call(call, EndedBy::Agent, code, turn);
            }
            None if row.phase == LegPhase::Ringing => return self.decline_as_customer(leg, turn),
            None => {
                let answered = self.call_ref(call).row.answered_at.is_some();
                let code = if answered { NORMAL_HANGUP } else { CANCELLED };
                self.end_call(call, EndedBy::Customer, code, turn);
            }
        }
        Ok(Reply::Done)
    }

    pub(crate) fn end_call(&mut self, call: CallId, ended_by: EndedBy, code: Code, turn: &mut Turn) {
        let row = &self.call_ref(call).row;
        let (state, conversation, was_answered) = (row.state, row.conversation, row.answered_at.is_some());
        let duration_ms = self.talked_ms(call, turn);
        if let Some(agent) = self.agent_of(call) {
            self.end_hold(call, agent, turn);
        }
        self.log_of_call(turn, call, Event::CallEnded { ended_by, duration_ms, code: code.id });
        let ringing = |leg: &LegId| self.legs.get(leg).is_some_and(|leg| leg.row.phase == LegPhase::Ringing);
        let ringing = self.call_ref(call).legs().find(ringing);
        if let Some(leg) = ringing {
            self.stop_ringing(leg, RingEnd::Cancelled, turn);
        }
        self.stop_media(call, state, turn);
        // A customer at whom it rang is gone already.
        let legs: Vec<LegId> = self.call_ref(call).legs().filter(|leg| self.legs.contains_key(leg)).collect();
        for leg in legs {
            self.tell_leg(leg, ServerMessage::Hangup { leg, code: code.to_error(), ended_by, duration_ms });
            let agent = self.leg_ref(leg).row.agent;
            self.finish_leg(leg, turn);
            match agent {
                Some(agent) if was_answered => self.begin_wrap_up(agent, call, turn),
                Some(agent) => {
                    self.set_voice(agent, VoiceStatus::Idle, turn);
                    self.restart_idle_time(agent, turn);
                }
                None => {}
            }
        }
        self.set_call_state(call, CallState::Ended);
        self.edit_call(call, |row| {
            row.transfer = None;
            row.ended_at = Some(turn.now.wall);
            row.ended_by = Some(ended_by);
            row.end_code = Some(code.id);
        });
        self.waiting.leave(call);
        for reason in [Reason::RingAgain(call), Reason::MaximumWait(call), Reason::WaitEnd(call)] {
            self.timers.cancel(reason);
        }
        self.close_sources(call);
        self.calls.remove(&call);
        self.conversation_changed(conversation);
    }

    fn stop_media(&mut self, call: CallId, state: CallState, turn: &Turn) {
        if state.is_talk() && self.call_ref(call).row.recording.is_some() {
            self.command_engine(Command::SetTaps { room: call, legs: Vec::new() });
            self.stop_segments(call, turn);
        }
        self.command_engine(Command::CloseRoom { room: call });
    }
}
