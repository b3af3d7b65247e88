//! Calls that agents place.

use super::{CONNECT, Leg, Model, REJECTED, State, Time};
use model::{AgentId, CallId, ConversationId, EndedBy, LegId, VoiceStatus};

impl Model {
    /// Whether the agent may have the customer's conversation in order to call.
    pub(crate) fn can_open(&self, agent: AgentId, identity: &str) -> bool {
        let holder = self.conversations.get(identity).and_then(|known| self.assignees.get(known));
        holder.is_none_or(|holder| *holder == agent)
    }

    pub(crate) fn opened(&mut self, agent: AgentId, identity: &str, conversation: ConversationId) {
        let known = self.conversations.insert(identity.to_owned(), conversation);
        assert!(known.is_none_or(|known| known == conversation), "{identity} has one open conversation");
        self.assignees.insert(conversation, agent);
    }

    /// The agent has the conversation and nothing to do, and its customer is free and has a page.
    pub(crate) fn can_place(&self, agent: AgentId, conversation: ConversationId, reachable: bool) -> bool {
        let caller = &self.agents[&agent];
        self.assignees.get(&conversation) == Some(&agent)
            && caller.voice == VoiceStatus::Idle
            && caller.enabled
            && !self.calls.values().any(|call| call.conversation == conversation)
            && reachable
    }

    /// What an agent's call is like that begins now: the agent's leg, and the customer's, which rings.
    pub(crate) fn parties_of_placed(&self, agent: LegId) -> (Leg, Leg) {
        // The core says in the same step which leg rings.
        let customer = Leg { rings: true, ..Leg::new(agent) };
        (Leg { connect_until: Some(self.mono + CONNECT), ..Leg::new(agent) }, customer)
    }

    /// It must ring at the customers of calls that were placed in this step, and at no other.
    pub(crate) fn customers_ring(&mut self, rings: &[(CallId, LegId)]) {
        for (id, leg) in rings {
            let call = self.call(*id);
            assert!(std::mem::take(&mut call.must_call), "{id} rings at its customer once");
            call.customer.id = *leg;
        }
        assert!(self.calls.values().all(|call| !call.must_call), "a call that was placed does not ring");
    }

    pub(crate) fn ring_outbound(&self) -> super::Deadline {
        self.deadline(Time::from(self.settings.ring_outbound_seconds) * 1000)
    }

    pub(crate) fn accept_as_customer(&mut self, leg: LegId) -> bool {
        let (now, mono) = (self.now, self.mono);
        let ringing = |call: &&mut super::Call| call.customer.id == leg && call.customer.rings;
        let Some(call) = self.calls.values_mut().find(ringing) else { return false };
        (call.customer.rings, call.customer.connect_until) = (false, Some(mono + CONNECT));
        (call.state, call.ring_until, call.answered) = (State::Connecting, None, Some(now));
        true
    }

    pub(crate) fn decline_as_customer(&mut self, leg: LegId) -> bool {
        let ringing = self.calls.iter().find(|(_, call)| call.customer.id == leg && call.customer.rings);
        let Some(id) = ringing.map(|(id, _)| *id) else { return false };
        self.end(id, EndedBy::Customer, REJECTED);
        true
    }
}
