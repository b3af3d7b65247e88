//! The call waits in line again.

use super::check_target_queue;
use crate::call_center::{CallCenter, Turn};
use crate::codes::TRANSFERRED;
use crate::command::{CommandError, Reply, TransferRefusal};
use crate::event::Event;
use crate::row::CallState;
use model::{AgentId, CallId, LegId, QueueId};
use wire::browser::{CallKind, LegPhase};
use wire::engine::Command;

/// Where in line a call comes to stand that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// As one that arrives now.
    End,
    /// Before all others.
    Front,
}

impl CallCenter {
    pub(crate) fn transfer_to_queue(
        &mut self,
        leg: LegId,
        to: Option<QueueId>,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        let (call, from) = self.transferable(leg)?;
        let to = to.unwrap_or(self.default_queue);
        let queue = self.live_queue(to)?;
        check_target_queue(queue)?;
        if !queue.assign_outside_hours && !self.is_within_hours(queue) {
            return Err(CommandError::CannotTransfer(TransferRefusal::OutsideWorkingHours));
        }
        self.end_hold(call, from, turn);
        self.log_transfer_to_queue(call, from, to, turn);
        self.hand_over_to_queue(call, from, to);
        self.release_transferor(leg, TRANSFERRED, turn);
        self.put_in_line(call, from, to, Place::End, turn);
        Ok(Reply::Done)
    }

    /// The customer waits, and nobody has the call. `passed_over` comes after the queue's others.
    pub(super) fn put_in_line(
        &mut self,
        call: CallId,
        passed_over: AgentId,
        queue: QueueId,
        place: Place,
        turn: &mut Turn,
    ) {
        if self.call_ref(call).row.recording.is_some() {
            self.stop_segments(call, turn);
            self.command_engine(Command::SetTaps { room: call, legs: Vec::new() });
        }
        self.set_call_state(call, CallState::Waiting);
        self.edit_call(call, |row| {
            row.kind = CallKind::Transferred;
            row.queue = queue;
            row.only_agent = None;
            row.passed_over = vec![passed_over];
            row.waiting_since = turn.now.wall;
            row.front_of_queue = place == Place::Front;
        });
        let state = self.call_mut(call);
        state.told_position = None;
        state.last_passed = Some(turn.now.mono);
        let (customer, conversation) = (state.customer_leg, state.row.conversation);
        self.set_leg_phase(customer, LegPhase::Waiting);
        self.edit_conversation(conversation, turn, |row| {
            row.queue = Some(queue);
            row.agent = None;
        });
        self.begin_waiting(call, turn);
        self.join_line(call);
        self.say_media(call, turn);
    }

    pub(super) fn log_transfer_to_queue(&mut self, call: CallId, agent: AgentId, to_queue: QueueId, turn: &Turn) {
        let duration_ms = self.talked_ms(call, turn);
        self.log_of_call(turn, call, Event::CallTransferredToQueue { agent, to_queue, duration_ms });
    }
}
