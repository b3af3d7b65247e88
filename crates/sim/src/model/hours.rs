//! Working hours, and which queue a call comes to.

use super::Model;
use model::QueueId;

impl Model {
    pub(crate) fn is_within_hours(&self) -> bool {
        !self.off.iter().any(|(start, end)| (*start..*end).contains(&self.now))
    }

    pub(crate) fn assigns(&self, queue: QueueId) -> bool {
        let queue = &self.queues[&queue];
        queue.auto && (queue.outside || self.is_within_hours())
    }

    /// Queue of this customer's call, and priority where a rule gives one.
    pub(crate) fn route(&self, customer: &str) -> (QueueId, Option<u8>) {
        let holds = |rule: &&super::Rule| {
            rule.enabled && rule.customers.contains(customer) && (!rule.within_hours || self.is_within_hours())
        };
        self.rules.iter().find(holds).map_or((self.default_queue, None), |rule| (rule.queue, Some(rule.priority)))
    }
}
