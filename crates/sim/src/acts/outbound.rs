//! Agents call customers, whose pages ring.

use super::people::fresh_call;
use crate::model::{Model, State};
use crate::pages::View;
use crate::world::World;
use callcenter_core::command::{Command, NewOutboundCall, OutboundCommand, Reply};
use model::{AgentId, CallMedia, ConversationId, LegId, VoiceStatus};
use std::collections::BTreeMap;

impl World {
    /// Whose page is there, and who has nothing to do, mostly; anybody sometimes, for the core to refuse.
    fn a_caller(&mut self) -> Option<AgentId> {
        let pages = self.agents.iter().filter(|(_, page)| page.connected);
        let mut agents: Vec<AgentId> = pages.map(|(agent, _)| *agent).collect();
        if self.random.chance(85) {
            agents.retain(|agent| self.model.agents[agent].voice == VoiceStatus::Idle);
        }
        self.random.pick(&agents)
    }

    /// First the conversation, then the call in it.
    pub(super) fn agent_calls(&mut self) {
        let mut customers: Vec<usize> = (0..self.customers.len()).collect();
        if self.random.chance(85) {
            customers.retain(|index| self.customers[*index].connected && self.customers[*index].leg.is_none());
        }
        let (Some(agent), Some(index)) = (self.a_caller(), self.random.pick(&customers)) else { return };
        let identity = self.customers[index].identity.clone();
        let mut opened = None;
        let learn = |model: &mut Model, reply: Option<&Reply>| {
            if let Some(Reply::Conversation(row)) = reply {
                model.opened(agent, &identity, row.id);
                opened = Some(row.id);
                return true;
            }
            model.can_open(agent, &identity)
        };
        let command = OutboundCommand::Open { agent, identity: identity.clone() };
        if self.submit(Command::Outbound(command), learn, |_| ()) == Some(false) {
            self.count("outbound calls refused: another agent has the customer");
        }
        if let Some(conversation) = opened.filter(|_| self.random.chance(90)) {
            self.place(agent, conversation);
        }
    }

    /// In a conversation that somebody has, mostly the agent.
    pub(super) fn agent_calls_again(&mut self) {
        let Some(agent) = self.a_caller() else { return };
        let own = self.random.chance(80);
        let had = self.model.assignees.iter().filter(|(_, holder)| !own || **holder == agent);
        let conversations: Vec<ConversationId> = had.map(|(conversation, _)| *conversation).collect();
        if let Some(conversation) = self.random.pick(&conversations) {
            self.place(agent, conversation);
        }
    }

    fn place(&mut self, agent: AgentId, conversation: ConversationId) {
        let identity = self.model.conversations.iter().find(|(_, own)| **own == conversation).map(|(own, _)| own);
        let reachable = self.customers.iter().any(|page| page.connected && Some(&page.identity) == identity);
        let busy = self.model.agents[&agent].voice != VoiceStatus::Idle;
        let (media, custom_data) = (CallMedia::Audio, BTreeMap::new());
        let call = NewOutboundCall { agent, conversation, reachable, media, custom_data };
        let priority = self.priorities.get(&conversation).copied().unwrap_or(2);
        let customers_leg = identity.and_then(|identity| self.core.leg_of_identity(identity));
        let mut placed = None;
        let learn = |model: &mut Model, reply: Option<&Reply>| {
            let can = model.can_place(agent, conversation, reachable);
            if let Some(Reply::CallStarted { call, leg }) = reply {
                placed = Some((call.id, *leg));
                let (own, customer) = model.parties_of_placed(*leg);
                let mut new = fresh_call(model, conversation, call.queue, customer);
                let served = &model.agents[&agent].queues;
                assert!(served.contains(&call.queue) || served.is_empty() && call.queue == model.default_queue);
                (new.state, new.agent, new.familiar) = (State::Calling, Some((agent, own)), None);
                (new.ring_until, new.priority) = (Some(model.ring_outbound()), priority);
                new.must_call = true;
                model.calls.insert(call.id, new);
                model.agent(agent).voice = VoiceStatus::InCall;
            }
            can
        };
        let answer = self.submit(Command::Outbound(OutboundCommand::Place(call)), learn, |world| {
            let leg = world.core.leg_of_agent(agent);
            let page = world.agents.get_mut(&agent).expect("a known agent");
            if page.connected && page.ringing.is_none() && page.talking.is_none() {
                (page.talking, page.remote_connected) = (leg, true);
            }
        });
        match answer {
            Some(false) if busy => self.count("outbound calls refused: the agent is busy"),
            Some(false) if customers_leg.is_some() => self.count("outbound calls refused: the customer is in a call"),
            Some(false) if !reachable => self.count("outbound calls refused: the customer has no page"),
            _ => {}
        }
        if let Some((call, leg)) = placed.filter(|_| self.agents[&agent].connected) {
            self.engine.add_leg(call, leg);
        }
    }

    /// A customer's page where it rings, and its leg.
    fn ringing_page(&mut self) -> Option<(usize, LegId)> {
        let rings = |(index, page): (usize, &crate::pages::CustomerPage)| {
            let leg = page.leg.filter(|_| page.connected && page.view == View::CalledByAgent)?;
            Some((index, leg))
        };
        let ringing: Vec<(usize, LegId)> = self.customers.iter().enumerate().filter_map(rings).collect();
        self.random.pick(&ringing)
    }

    pub(super) fn customer_answers(&mut self) {
        let Some((index, leg)) = self.ringing_page() else { return };
        let call = self.core.leg(leg).map(|row| row.call);
        let command = Command::Outbound(OutboundCommand::Accept { leg });
        let follow = |model: &mut Model, _: Option<&Reply>| model.accept_as_customer(leg);
        let answered = self.submit(command, follow, |world| world.customers[index].view = View::Ringing);
        if let (Some(true), Some(call)) = (answered, call) {
            self.engine.add_leg(call, leg);
            if self.random.chance(25) {
                self.connecting_goes_wrong(call);
            }
        }
    }

    pub(super) fn customer_declines(&mut self) {
        let Some((_, leg)) = self.ringing_page() else { return };
        let command = Command::Outbound(OutboundCommand::Decline { leg });
        self.command(command, |model| model.decline_as_customer(leg));
    }

    pub(super) fn agent_gives_up(&mut self) {
        let calling = self.model.calls.values().filter(|call| call.is_being_placed());
        let legs: Vec<LegId> = calling.filter_map(|call| call.agent.as_ref()).map(|(_, leg)| leg.id).collect();
        let Some(leg) = self.random.pick(&legs) else { return };
        if self.agents.values().any(|page| page.connected && page.talking == Some(leg)) {
            self.command(Command::Hangup { leg }, |model| model.hang_up(leg));
        }
    }

    /// As if it rang there; the core must know where it does.
    pub(super) fn customer_answers_wrongly(&mut self) {
        let legs: Vec<LegId> = self.store.legs.keys().rev().take(6).copied().collect();
        let Some(leg) = self.random.pick(&legs) else { return };
        if self.model.leg(leg).is_some_and(|leg| leg.rings) {
            return;
        }
        let decline = self.random.chance(50);
        let command = if decline { OutboundCommand::Decline { leg } } else { OutboundCommand::Accept { leg } };
        self.command(Command::Outbound(command), |_| false);
    }

    /// The identity opens another page: that one has the seat from then on, and the first one rings no more.
    pub(super) fn another_page_takes_over(&mut self) {
        let open: Vec<usize> = (0..self.customers.len()).filter(|index| self.customers[*index].connected).collect();
        if let Some(index) = self.random.pick(&open) {
            self.open_another_page(index);
        }
    }

    pub(super) fn open_another_page(&mut self, index: usize) {
        if self.customers[index].view == View::CalledByAgent {
            self.count("pages taken over while it rings at a customer");
        }
        self.set_customers_page(index, true);
    }
}
