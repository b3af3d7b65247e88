//! The target did not take the call: back to the transferor, or to the front of the queue when that one is gone.

use super::to_queue::Place;
use crate::call_center::{CallCenter, Turn};
use crate::codes::NETWORK_ERROR;
use crate::event::Event;
use crate::planted::PlantedBug;
use crate::row::{CallState, RunningTransfer};
use model::{CallId, LegId, TransferFailure, VoiceStatus};
use wire::browser::ServerMessage;

impl CallCenter {
    /// The target's leg is over already.
    pub(crate) fn transfer_failed(&mut self, call: CallId, reason: TransferFailure, turn: &mut Turn) {
        let running = self.call_ref(call).row.transfer.expect("a call in this state is being transferred");
        self.edit_call(call, |row| row.transfer = None);
        let failed = Event::CallTransferFailed { agent: running.from, to_agent: running.to, reason };
        self.log_of_call(turn, call, failed);
        match self.call_ref(call).agent_leg {
            Some(leg) if self.leg_ref(leg).row.lost_since.is_none() => {
                self.return_to_transferor(call, leg, running, reason, turn);
            }
            gone => self.go_to_front(call, gone, running, turn),
        }
    }

    fn return_to_transferor(
        &mut self,
        call: CallId,
        leg: LegId,
        running: RunningTransfer,
        reason: TransferFailure,
        turn: &mut Turn,
    ) {
        let state = self.call_ref(call);
        let (customer, held_since) = (state.customer_leg, state.row.held_since);
        let (next, voice) = match held_since {
            Some(_) => (CallState::Held, VoiceStatus::OnHold),
            None => (CallState::Established, VoiceStatus::InCall),
        };
        self.set_call_state(call, next);
        self.set_voice(running.from, voice, turn);
        let to = self.as_party(running.to);
        self.tell_leg(leg, ServerMessage::TransferFailed { leg, to, reason });
        for leg in [leg, customer] {
            self.tell_established(call, leg);
            if let Some(since) = held_since {
                self.tell_leg(leg, ServerMessage::Held { leg, since });
            }
        }
        self.say_media(call, turn);
        self.conversation_changed(self.call_ref(call).row.conversation);
    }

    fn go_to_front(&mut self, call: CallId, transferor: Option<LegId>, running: RunningTransfer, turn: &mut Turn) {
        self.end_hold(call, running.from, turn);
        let queue = self.call_ref(call).row.queue;
        self.log_transfer_to_queue(call, running.from, queue, turn);
        self.hand_over_to_queue(call, running.from, queue);
        if let Some(leg) = transferor {
            self.release_transferor(leg, NETWORK_ERROR, turn);
        }
        let place = if self.planted.is(PlantedBug::Transfer) { Place::End } else { Place::Front };
        self.put_in_line(call, running.to, queue, place, turn);
    }

    /// The transferor stayed away too long. The target may still take the call.
    pub(crate) fn transferor_is_gone(&mut self, call: CallId, leg: LegId, turn: &mut Turn) {
        self.release_transferor(leg, NETWORK_ERROR, turn);
        self.say_media(call, turn);
    }
}
