//! Files know from whom a call came to their part of it, and to whom it went on.

use crate::call_center::CallCenter;
use crate::row::{HandedOver, SegmentOrigin, SegmentRow};
use model::{AgentId, CallId, LegId, QueueId, WallTime};

impl CallCenter {
    pub(crate) fn segment_origin(&self, call: CallId, leg: LegId, began_at: WallTime) -> SegmentOrigin {
        let (call, leg) = (&self.call_ref(call).row, &self.leg_ref(leg).row);
        SegmentOrigin {
            began_at,
            direction: call.direction,
            participant: Some(leg.agent.map_or_else(|| call.customer.to_string(), |agent| agent.to_string())),
            identity: Some(leg.identity.clone()),
            transferred_from: call.handed_over.map(|before| before.from),
            transferred_to: None,
            transferred_from_queue: call.handed_over.map(|before| before.queue),
            transferred_to_queue: None,
        }
    }

    /// The call goes on with another agent: files that are begun from now on know from whom it came.
    pub(crate) fn hand_over_to_agent(&mut self, call: CallId, from: AgentId, to: AgentId) {
        self.hand_over(call, from, |origin| origin.transferred_to = Some(to));
    }

    /// The call goes on in this queue, before it is the call's own.
    pub(crate) fn hand_over_to_queue(&mut self, call: CallId, from: AgentId, to: QueueId) {
        self.hand_over(call, from, |origin| origin.transferred_to_queue = Some(to));
    }

    fn hand_over(&mut self, call: CallId, from: AgentId, mark: impl Fn(&mut SegmentOrigin)) {
        // What was handed over before went to somebody else.
        let is_of_this_part = |row: &&SegmentRow| {
            row.call == call
                && row.composed.is_none()
                && row.origin.transferred_to.is_none()
                && row.origin.transferred_to_queue.is_none()
        };
        let rows: Vec<SegmentRow> = self.segments.rows().filter(is_of_this_part).cloned().collect();
        for mut row in rows {
            mark(&mut row.origin);
            self.save_segment(row);
        }
        let queue = self.call_ref(call).row.queue;
        self.edit_call(call, |row| row.handed_over = Some(HandedOver { from, queue }));
    }
}
