//! What goes wrong in the middle of a transfer, or of a call that an agent places: moments that chance alone rarely hits.

use crate::engine::Transport;
use crate::model::State;
use crate::world::World;
use callcenter_core::command::Command;
use model::{AgentId, CallId, LegId};
use std::time::Duration;

impl World {
    pub(super) fn rare_moment_goes_wrong(&mut self) {
        let is_rare = |id: &CallId| {
            let call = &self.model.calls[id];
            call.state == State::Transferring || call.is_being_placed()
        };
        let rare: Vec<CallId> = self.model.calls.keys().copied().filter(is_rare).collect();
        if let Some(id) = self.random.pick(&rare) {
            self.goes_wrong(id);
        }
    }

    /// A call that was placed has just been answered.
    pub(super) fn connecting_goes_wrong(&mut self, id: CallId) {
        match self.random.below(3) {
            0 => self.crash(),
            1 => self.engine_restarts(),
            _ => self.goes_wrong(id),
        }
    }

    /// It has just begun to ring at the target.
    pub(super) fn transfer_goes_wrong(&mut self, id: CallId) {
        let call = &self.model.calls[&id];
        let [own, target] = [&call.agent, &call.target].map(|agent| agent.as_ref().map(|(id, leg)| (*id, leg.id)));
        match self.random.below(6) {
            0 | 1 => {
                // Long enough for a page that is gone to be missed.
                self.console_goes(target);
                self.pass(Duration::from_secs(16));
            }
            2 => {
                self.console_goes(own);
                self.console_hangs_up(target);
            }
            3 => {
                target.into_iter().for_each(|(agent, leg)| self.answer(agent, leg));
                self.engine_refuses_one_of(&[target.map(|(_, leg)| leg)]);
            }
            4 => self.console_hangs_up(target),
            _ => self.console_hangs_up(own),
        }
    }

    fn goes_wrong(&mut self, id: CallId) {
        let Some(call) = self.model.calls.get(&id) else { return };
        let [own, target] = [&call.agent, &call.target].map(|agent| agent.as_ref().map(|(id, leg)| (*id, leg.id)));
        let customer = call.customer.id;
        match self.random.below(13) {
            0 => self.crash(),
            1 => self.engine_restarts(),
            2 | 3 => self.console_goes(target.or(own)),
            4 | 5 => self.console_goes(own),
            6..=8 => self.customers_page_goes_or_is_taken_over(customer),
            9 | 10 => {
                self.engine_refuses_one_of(&[target.map(|(_, leg)| leg), own.map(|(_, leg)| leg), Some(customer)])
            }
            11 => self.page_hangs_up(customer),
            _ => self.console_hangs_up(own),
        }
    }

    fn console_goes(&mut self, agent: Option<(AgentId, LegId)>) {
        if let Some((agent, _)) = agent.filter(|(agent, _)| self.agents[agent].connected) {
            self.set_console(agent, false);
        }
    }

    fn customers_page_goes_or_is_taken_over(&mut self, leg: LegId) {
        let open = self.customers.iter().position(|page| page.connected && page.leg == Some(leg));
        match open {
            Some(index) if self.random.chance(50) => self.open_another_page(index),
            Some(index) => self.set_customers_page(index, false),
            None => {}
        }
    }

    fn engine_refuses_one_of(&mut self, legs: &[Option<LegId>]) {
        let joining = |leg: &&LegId| self.engine.transport(**leg) == Some(Transport::Joining);
        let joining = legs.iter().flatten().find(joining);
        if let Some(leg) = joining {
            self.refuse(*leg);
        }
    }

    fn page_hangs_up(&mut self, leg: LegId) {
        if self.customers.iter().any(|page| page.connected && page.leg == Some(leg)) {
            self.command(Command::Hangup { leg }, |model| model.hang_up(leg));
        }
    }

    fn console_hangs_up(&mut self, agent: Option<(AgentId, LegId)>) {
        if let Some((_, leg)) = agent.filter(|(agent, _)| self.agents[agent].connected) {
            self.command(Command::Hangup { leg }, |model| model.hang_up(leg));
        }
    }
}
