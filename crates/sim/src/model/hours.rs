//! Working hours, and which queue a call comes to.

use super::{Call, Model, State, Time};
use model::{ConversationId, QueueId};

const DAY: Time = 86_400_000;
/// The hours are looked at that often at least: the clock may have been set.
const LOOK: Time = 600_000;

impl Model {
    pub(crate) fn is_within_hours(&self) -> bool {
        !self.has_hours || self.open
    }

    /// Until something begins or ends nothing changes. The week's days do at midnight.
    pub(crate) fn look_at_hours(&mut self) {
        if !self.has_hours {
            return;
        }
        let now = self.now;
        self.open = !self.off.iter().any(|(start, end)| (*start..*end).contains(&now));
        let midnight = (now.div_euclid(DAY) + 1) * DAY;
        let edges = self.off.iter().flat_map(|(start, end)| [*start, *end]).filter(|edge| *edge > now);
        let next = edges.min().map_or(midnight, |edge| edge.min(midnight));
        self.look_at = Some(self.mono + (next - now).min(LOOK));
    }

    pub(crate) fn assigns(&self, queue: QueueId) -> bool {
        let queue = &self.queues[&queue];
        queue.auto && (queue.outside || self.is_within_hours())
    }

    /// A call that comes now gets the away message and no place in this queue's line.
    pub(crate) fn turns_away(&self, queue: QueueId) -> bool {
        self.away.is_some() && !self.queues[&queue].outside && !self.is_within_hours()
    }

    /// Nobody has the conversation, and its call waits where it belongs. Not while an agent talks, calls or is about to.
    pub(crate) fn route_anew(&mut self, conversation: ConversationId, (queue, rank): (QueueId, Option<u8>)) -> bool {
        let of_it = |call: &&mut Call| call.conversation == conversation;
        if let Some(call) = self.calls.values_mut().find(of_it) {
            if call.state.is_talk() || matches!(call.state, State::Calling | State::Connecting) {
                return false;
            }
            call.priority = rank.unwrap_or(call.priority);
            if call.queue != queue {
                call.queue = queue;
                call.passed.clear();
            }
        }
        self.assignees.remove(&conversation);
        self.hand_to(conversation, None);
        true
    }

    /// Queue of this customer's call, and priority where a rule gives one.
    pub(crate) fn route(&self, customer: &str) -> (QueueId, Option<u8>) {
        let holds = |rule: &&super::Rule| {
            rule.enabled && rule.customers.contains(customer) && (!rule.within_hours || self.is_within_hours())
        };
        self.rules.iter().find(holds).map_or((self.default_queue, None), |rule| (rule.queue, Some(rule.priority)))
    }
}
