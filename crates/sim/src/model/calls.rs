//! Calls from arrival to end.

use super::{
    CANCELLED, CONNECT, Call, Ending, Leg, MEDIA_ERROR, Model, NETWORK_ERROR, NORMAL_HANGUP, Path, REJECTED, State,
    Time,
};
use model::{AgentId, CallId, EndedBy, LegId, VoiceStatus};

/// A call that the core let ring.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ring {
    pub(crate) call: CallId,
    pub(crate) agent: AgentId,
    pub(crate) leg: LegId,
}

impl Model {
    pub(crate) fn call(&mut self, call: CallId) -> &mut Call {
        self.calls.get_mut(&call).expect("the model knows all live calls")
    }

    pub(crate) fn ringing_at(&self, agent: AgentId) -> Option<CallId> {
        let rings = |call: &Call| call.agents().any(|(own, _, rings)| own == agent && rings);
        self.calls.iter().find(|(_, call)| rings(call)).map(|(id, _)| *id)
    }

    pub(super) fn rings(&mut self, ring: Ring) {
        let until = self.now + Time::from(self.settings.ring_seconds) * 1000;
        let call = self.call(ring.call);
        call.state = State::Ringing;
        call.agent = Some((ring.agent, Leg::new(ring.leg)));
        call.ring_until = Some(until);
        self.agent(ring.agent).voice = VoiceStatus::Ringing;
    }

    /// Whoever rings, or could not connect, does not have the call.
    pub(super) fn not_taken(&mut self, call: CallId) {
        match self.calls[&call].state {
            State::Transferring => self.transfer_fails(call),
            _ => self.pass_over(call),
        }
    }

    pub(super) fn pass_over(&mut self, id: CallId) {
        let now = self.now;
        let call = self.call(id);
        let (agent, _) = call.agent.take().expect("somebody to pass over");
        call.state = State::Waiting;
        call.ring_until = None;
        // Whoever was handed over was answered before, and does not wait behind anybody.
        call.answered = call.answered.filter(|_| call.transferred);
        call.front |= call.transferred;
        call.passed.retain(|other| *other != agent);
        call.passed.push(agent);
        call.last_passed = Some(now);
        let agent = self.agent(agent);
        agent.voice = VoiceStatus::Idle;
        agent.idle_since = now;
        if self.wait_is_over(&self.calls[&id]) {
            self.wait_over(id);
        }
    }

    pub(super) fn rings_end(&mut self) {
        let now = self.now;
        let over = |call: &Call| call.ring_until.is_some_and(|until| until <= now);
        let calls: Vec<CallId> = self.calls.iter().filter(|(_, call)| over(call)).map(|(id, _)| *id).collect();
        calls.into_iter().for_each(|call| self.not_taken(call));
    }

    pub(super) fn connecting_ends(&mut self) {
        let now = self.now;
        let due = |leg: &Leg| leg.connect_until.is_some_and(|until| until <= now);
        for id in self.calls.keys().copied().collect::<Vec<_>>() {
            let call = self.call(id);
            if due(&call.customer) {
                call.customer.connect_until = None;
                if !call.customer.lost() && call.customer.path == Path::Pending {
                    self.end(id, EndedBy::Customer, NETWORK_ERROR);
                    continue;
                }
            }
            let call = self.call(id);
            let mut failed = false;
            for (_, leg) in call.agents_legs_mut().filter(|(_, leg)| due(leg)) {
                leg.connect_until = None;
                failed |= !leg.lost() && leg.path == Path::Pending;
            }
            if failed {
                self.not_taken(id);
            }
        }
    }

    pub(super) fn windows_close(&mut self) {
        let now = self.now;
        let due = |leg: &Leg| leg.lost_until.is_some_and(|until| until <= now);
        for id in self.calls.keys().copied().collect::<Vec<_>>() {
            let call = self.call(id);
            let (agents, targets) = (call.agent.as_ref(), call.target.as_ref());
            let (agents, targets) = (agents.is_some_and(|(_, leg)| due(leg)), targets.is_some_and(|(_, leg)| due(leg)));
            if due(&call.customer) {
                self.end(id, EndedBy::Customer, NETWORK_ERROR);
                continue;
            }
            match call.state {
                State::Connecting if agents => self.pass_over(id),
                State::Transferring if agents => self.transferor_goes(id),
                _ if agents => self.end(id, EndedBy::Agent, NETWORK_ERROR),
                _ => {}
            }
            if targets {
                self.transfer_fails(id);
            }
        }
    }

    pub(super) fn end(&mut self, id: CallId, by: EndedBy, code: u32) {
        let call = self.calls.remove(&id).expect("only a live call ends");
        let duration = call.answered.map_or(0, |answered| self.now - answered);
        // A clock that was set back takes none of it away.
        let duration_ms = u64::try_from(duration).unwrap_or(0);
        self.endings.push(Ending { call: id, by, code, duration_ms });
        for (agent, _, rings) in call.agents() {
            self.agent(agent).voice = VoiceStatus::Idle;
            if !rings {
                self.wraps_up(agent);
            }
        }
    }

    pub(super) fn wraps_up(&mut self, agent: AgentId) {
        let (now, settings) = (self.now, self.settings.clone());
        let agent = self.agent(agent);
        agent.voice = VoiceStatus::Idle;
        let seconds = agent.wrap_seconds.unwrap_or(settings.wrap_up_seconds);
        if settings.wrap_up_enabled && seconds > 0 {
            agent.voice = VoiceStatus::Wrapping;
            agent.wrap_until = Some(now + Time::from(seconds) * 1000);
        } else {
            agent.idle_since = now;
        }
    }

    pub(crate) fn accept(&mut self, agent: AgentId, leg: LegId) -> bool {
        let (now, present) = (self.now, self.agents[&agent].present());
        let Some(id) = self.ringing_at(agent) else { return false };
        let call = self.call(id);
        let handed_over = call.state == State::Transferring;
        let (_, own) = if handed_over { call.target.as_mut() } else { call.agent.as_mut() }.expect("it rings");
        if own.id != leg {
            return false;
        }
        own.page_gone = !present;
        own.connect_until = Some(now + CONNECT);
        own.refresh(now);
        call.ring_until = None;
        if !handed_over {
            call.state = State::Connecting;
            call.answered.get_or_insert(now);
            let conversation = call.conversation;
            self.assignees.insert(conversation, agent);
        }
        self.agent(agent).voice = VoiceStatus::InCall;
        true
    }

    pub(crate) fn decline(&mut self, agent: AgentId, leg: LegId) -> bool {
        let Some(id) = self.ringing_at(agent) else { return false };
        if !self.calls[&id].agents().any(|(own, own_leg, rings)| own == agent && own_leg.id == leg && rings) {
            return false;
        }
        let handed_over = self.calls[&id].state == State::Transferring;
        self.not_taken(id);
        // A call whose wait was over has ended already.
        if !handed_over && self.calls.get(&id).is_some_and(|call| call.only.is_some()) {
            self.end(id, EndedBy::Agent, REJECTED);
        }
        true
    }

    pub(crate) fn hang_up(&mut self, leg: LegId) -> bool {
        let Some(id) = self.call_of_leg(leg) else { return false };
        let call = &self.calls[&id];
        let answered = call.answered.is_some();
        let ringing = call.agents().find(|(_, own, rings)| own.id == leg && *rings).map(|(agent, _, _)| agent);
        let is_target = call.target.as_ref().is_some_and(|(_, own)| own.id == leg);
        if call.customer.id == leg {
            self.end(id, EndedBy::Customer, if answered { NORMAL_HANGUP } else { CANCELLED });
        } else if let Some(agent) = ringing {
            self.decline(agent, leg);
        } else if is_target {
            self.transfer_fails(id);
        } else {
            self.end(id, EndedBy::Agent, NORMAL_HANGUP);
        }
        true
    }

    pub(crate) fn leg_connected(&mut self, leg: LegId) -> bool {
        let now = self.now;
        let Some(id) = self.call_of_leg(leg) else { return false };
        let state = self.calls[&id].state;
        if self.calls[&id].agents().any(|(_, own, rings)| own.id == leg && rings) {
            return false;
        }
        let own = self.leg(leg).expect("found above");
        own.connect_until = None;
        own.ever_up = true;
        own.path = Path::Up;
        own.refresh(now);
        let call = &self.calls[&id];
        if call.away && call.leaving.is_none() && call.customer.is_held() {
            self.wait_over(id);
            return true;
        }
        let both = call.customer.is_held() && call.agent.as_ref().is_some_and(|(_, leg)| leg.is_held());
        if state == State::Connecting && both {
            let link = call.link;
            if self.one_time.contains(&link) {
                self.spent.insert(link);
            }
            let call = self.call(id);
            (call.state, call.front) = (State::Established, false);
            call.was_greeted();
        }
        self.transfers_complete();
        true
    }

    pub(crate) fn leg_refused(&mut self, leg: LegId) -> bool {
        let Some(id) = self.call_of_leg(leg) else { return false };
        let call = &self.calls[&id];
        let customers = call.customer.id == leg;
        let answered_target = |(_, own): &(AgentId, Leg)| own.id == leg && call.ring_until.is_none();
        let connecting = call.state == State::Connecting || call.target.as_ref().is_some_and(answered_target);
        let pending = self.leg(leg).is_some_and(|leg| leg.path == Path::Pending);
        match (pending, customers, connecting) {
            (true, true, _) => self.end(id, EndedBy::Platform, MEDIA_ERROR),
            (true, false, true) => self.not_taken(id),
            _ => {}
        }
        true
    }
}
