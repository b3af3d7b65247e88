//! Calls take their place in a line, and customers are told where they stand.

use super::lines::WaitsFor;
use crate::call::Call;
use crate::call_center::CallCenter;
use model::CallId;
use wire::browser::ServerMessage;

/// Who the call waits for.
fn waits_for(call: &Call) -> WaitsFor {
    call.row.only_agent.map_or(WaitsFor::Queue(call.row.queue), WaitsFor::Agent)
}

impl CallCenter {
    /// The call stands in line, where its row and its conversation's priority say.
    pub(crate) fn join_line(&mut self, call: CallId) {
        let state = self.call_ref(call);
        let row = &state.row;
        let rank = (!row.front_of_queue, self.conversation_ref(row.conversation).priority);
        let ready = self.leg_ref(state.customer_leg).row.lost_since.is_none();
        let (line, place) = (waits_for(state), (rank, row.waiting_since, call));
        self.waiting.join(call, line, place, ready);
    }

    /// Queue or priority changed: a call that waits takes its new place.
    pub(crate) fn change_line(&mut self, call: CallId) {
        if self.waiting.holds(call) {
            self.join_line(call);
        }
    }

    /// Tell each waiting customer a position that differs from the one told before.
    pub(crate) fn tell_positions(&mut self) {
        for (call, position) in self.waiting.take_changed() {
            let state = self.call_mut(call);
            if state.told_position.replace(position) != Some(position) {
                let leg = state.customer_leg;
                self.tell_leg(leg, ServerMessage::Waiting { leg, position });
                self.announce_position(call, position);
            }
        }
    }
}
