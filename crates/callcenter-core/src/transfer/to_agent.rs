//! It rings at the target, and the target takes it.

use crate::call_center::{CallCenter, Turn};
use crate::codes::TRANSFERRED;
use crate::command::{CommandError, Reply, TransferRefusal};
use crate::event::Event;
use crate::recording::media_time;
use crate::row::{CallState, RunningTransfer};
use crate::settings::CONNECT_TIMEOUT;
use crate::timers::Reason;
use model::{AgentId, CallId, LegId, VoiceStatus};
use wire::browser::{CallKind, LegPhase, ServerMessage};

impl CallCenter {
    pub(crate) fn transfer_to_agent(
        &mut self,
        leg: LegId,
        to: AgentId,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let (call, from) = self.transferable(leg)?;
        self.known_agent(to)?;
        if from == to {
            return Err(CommandError::CannotTransfer(TransferRefusal::ToOneself));
        }
        self.check_target_agent(to, self.call_ref(call).row.queue)?;
        self.set_call_state(call, CallState::Transferring);
        self.set_voice(from, VoiceStatus::Transferring, turn);
        self.log_of_call(turn, call, Event::CallTransferStarted { agent: from, to_agent: to });
        let target = self.add_ringing_leg(call, to, turn);
        let running = RunningTransfer { from, to, leg: target, since: turn.now.wall };
        self.edit_call(call, |row| row.transfer = Some(running));
        let state = self.call_mut(call);
        state.target_leg = Some(target);
        state.sound_unsure = false;
        self.tell_of_ring(target, turn);
        let legs: Vec<LegId> = self.call_ref(call).talkers().collect();
        for leg in legs {
            if let Some(transfer) = self.transfer_as_told(leg) {
                self.tell_leg(leg, ServerMessage::Transferring { leg, transfer });
            }
        }
        self.say_media(call, turn);
        self.conversation_changed(self.call_ref(call).row.conversation);
        Ok(Reply::Done)
    }

    /// The target answers. Until their media is up the call may still come back.
    pub(crate) fn accept_transfer(&mut self, call: CallId, agent: AgentId, leg: LegId, turn: &mut Turn) -> Reply {
        self.timers.cancel(Reason::RingTimeout(leg));
        self.timers.arm(Reason::ConnectTimeout(leg), turn.now.mono + CONNECT_TIMEOUT);
        self.edit_call(call, |row| row.ring_until = None);
        self.set_leg_phase(leg, LegPhase::Connecting);
        self.set_voice(agent, VoiceStatus::InCall, turn);
        let present = self.agent_ref(agent).is_present();
        self.set_page_gone(leg, !present, turn);
        Reply::Accepted { call, leg }
    }

    /// Both who are to talk have their media, and the target is there: nobody lets go before.
    pub(crate) fn target_is_connected(&self, call: CallId) -> bool {
        let state = self.call_ref(call);
        let customer = self.leg_ref(state.customer_leg);
        let target = state.target_leg.map(|leg| self.leg_ref(leg));
        customer.is_held_by_engine()
            && target.is_some_and(|target| target.is_held_by_engine() && target.row.lost_since.is_none())
    }

    pub(crate) fn complete_transfer(&mut self, call: CallId, turn: &mut Turn) {
        let running = self.call_ref(call).row.transfer.expect("a call in this state is being transferred");
        let duration_ms = self.talked_ms(call, turn);
        self.end_hold(call, running.from, turn);
        let transferred = Event::CallTransferred { agent: running.from, to_agent: running.to, duration_ms };
        self.log_of_call(turn, call, transferred);
        self.hand_over_to_agent(call, running.from, running.to);
        self.stop_segments(call, turn);
        if let Some(leg) = self.call_ref(call).agent_leg {
            self.release_transferor(leg, TRANSFERRED, turn);
        }
        self.set_call_state(call, CallState::Established);
        self.edit_call(call, |row| {
            row.transfer = None;
            row.kind = CallKind::Transferred;
        });
        let state = self.call_mut(call);
        state.agent_leg = state.target_leg.take();
        let (customer, conversation) = (state.customer_leg, state.row.conversation);
        self.set_leg_phase(running.leg, LegPhase::Established);
        self.edit_conversation(conversation, turn, |row| row.agent = Some(running.to));
        self.settle_recording(call, media_time(turn.now.wall));
        for leg in [customer, running.leg] {
            self.tell_established(call, leg);
        }
        self.say_media(call, turn);
    }
}
