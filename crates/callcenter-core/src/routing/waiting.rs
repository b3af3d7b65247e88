//! The order of waiting: priority first, then who waits longest. Before all others stand those whom a transfer brought to
//! nobody.

use crate::call_center::CallCenter;
use crate::row::Priority;
use model::{AgentId, CallId, QueueId, WallTime};
use std::collections::{BTreeMap, BTreeSet};
use wire::browser::ServerMessage;

/// The rank first: false, for the front, sorts before true.
type Place = ((bool, Priority), WallTime, CallId);

/// Calls that wait and do not ring, in the order in which they are assigned.
#[derive(Debug, Clone, Default)]
pub(crate) struct WaitingLine {
    order: BTreeSet<Place>,
    place_of: BTreeMap<CallId, Place>,
    /// Positions may have changed since customers were told.
    pub(crate) changed: bool,
}

impl WaitingLine {
    fn join(&mut self, call: CallId, rank: (bool, Priority), since: WallTime) {
        self.leave(call);
        self.order.insert((rank, since, call));
        self.place_of.insert(call, (rank, since, call));
        self.changed = true;
    }

    pub(crate) fn leave(&mut self, call: CallId) {
        if let Some(place) = self.place_of.remove(&call) {
            self.order.remove(&place);
            self.changed = true;
        }
    }

    pub(crate) fn reorder(&mut self, call: CallId, priority: Priority) {
        if let Some(((behind, _), since, _)) = self.place_of.get(&call).copied() {
            self.join(call, (behind, priority), since);
        }
    }

    pub(crate) fn calls(&self) -> impl Iterator<Item = CallId> {
        self.order.iter().map(|(_, _, call)| *call)
    }
}

/// Who a call waits for: positions are counted among calls that wait for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum WaitsFor {
    Queue(QueueId),
    Agent(AgentId),
}

impl CallCenter {
    /// The call stands in line, where its row says.
    pub(crate) fn join_line(&mut self, call: CallId) {
        let row = &self.call_ref(call).row;
        let (behind, since) = (!row.front_of_queue, row.waiting_since);
        let priority = self.conversation_ref(row.conversation).priority;
        self.waiting.join(call, (behind, priority), since);
        self.assignment_due = true;
    }

    /// Tell each waiting customer a position that differs from the one told before.
    pub(crate) fn tell_positions(&mut self) {
        if !std::mem::take(&mut self.waiting.changed) {
            return;
        }
        let mut counted: BTreeMap<WaitsFor, u32> = BTreeMap::new();
        let mut news = Vec::new();
        for call in self.waiting.calls() {
            let call = self.call_ref(call);
            let waits_for = call.row.only_agent.map_or(WaitsFor::Queue(call.row.queue), WaitsFor::Agent);
            let position = counted.entry(waits_for).or_default();
            *position += 1;
            if call.told_position != Some(*position) {
                news.push((call.row.id, call.customer_leg, *position));
            }
        }
        for (call, leg, position) in news {
            if let Some(call) = self.calls.get_mut(&call) {
                call.told_position = Some(position);
            }
            self.tell_leg(leg, ServerMessage::Waiting { leg, position });
            self.announce_position(call, position);
        }
    }
}
