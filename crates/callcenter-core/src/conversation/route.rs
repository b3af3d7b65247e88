//! Where routing puts a conversation.

use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::row::{CallState, Priority};
use model::{CallId, ConversationId, Now, QueueId};

/// What routing decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The queue.
    pub queue: QueueId,
    /// The priority.
    pub priority: Priority,
}

impl CallCenter {
    /// Where routing would put an open conversation now. The rules ask its live call; without one, or when no rule
    /// holds, it comes to the default queue and keeps its priority.
    pub fn route_of(&self, conversation: ConversationId, now: Now) -> Option<Route> {
        let row = self.conversations.get(conversation)?;
        let found = self.live_call_of(conversation).map(|call| self.route(&self.call_ref(call).row, now));
        let queue = found.map_or(self.default_queue, |found| found.queue);
        let priority = found.and_then(|found| found.priority).unwrap_or(row.priority);
        Some(Route { queue, priority })
    }

    pub(crate) fn route_conversation(
        &mut self,
        conversation: ConversationId,
        turn: &Turn,
    ) -> Result<Reply, CommandError> {
        self.conversations.known(conversation)?;
        let call = self.live_call_of(conversation);
        let is_with_agent = |call: CallId| {
            let state = self.call_ref(call).row.state;
            state.is_talk() || state == CallState::Connecting || self.is_being_placed(call)
        };
        if call.is_some_and(is_with_agent) {
            return Err(CommandError::Conflict("the conversation's call is with an agent: transfer it".to_owned()));
        }
        let route = self.route_of(conversation, turn.now).expect("known conversations are open");
        self.edit_conversation(conversation, turn, |row| {
            row.agent = None;
            row.queue = Some(route.queue);
            row.priority = route.priority;
        });
        if let Some(call) = call {
            self.reroute(call, Some(route.queue), Some(route.priority));
        }
        Ok(Reply::Conversation(Box::new(self.conversation_ref(conversation).clone())))
    }
}
