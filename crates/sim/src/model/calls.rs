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
        let rings =
            |call: &Call| call.state == State::Ringing && call.agent.as_ref().is_some_and(|(own, _)| *own == agent);
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

    /// Whoever rings, or could not connect, is passed over.
    pub(super) fn pass_over(&mut self, call: CallId) {
        let now = self.now;
        let call = self.call(call);
        let (agent, _) = call.agent.take().expect("somebody to pass over");
        call.state = State::Waiting;
        call.ring_until = None;
        call.answered = None;
        call.passed.retain(|other| *other != agent);
        call.passed.push(agent);
        call.last_passed = Some(now);
        let agent = self.agent(agent);
        agent.voice = VoiceStatus::Idle;
        agent.idle_since = now;
    }

    pub(super) fn rings_end(&mut self) {
        let now = self.now;
        let over = |call: &Call| call.ring_until.is_some_and(|until| until <= now);
        let calls: Vec<CallId> = self.calls.iter().filter(|(_, call)| over(call)).map(|(id, _)| *id).collect();
        calls.into_iter().for_each(|call| self.pass_over(call));
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
            if let Some((_, leg)) = call.agent.as_mut().filter(|(_, leg)| due(leg)) {
                leg.connect_until = None;
                if !leg.lost() && leg.path == Path::Pending {
                    self.pass_over(id);
                }
            }
        }
    }

    pub(super) fn windows_close(&mut self) {
        let now = self.now;
        let due = |leg: &Leg| leg.lost_until.is_some_and(|until| until <= now);
        for id in self.calls.keys().copied().collect::<Vec<_>>() {
            let call = self.call(id);
            if due(&call.customer) {
                self.end(id, EndedBy::Customer, NETWORK_ERROR);
            } else if call.agent.as_ref().is_some_and(|(_, leg)| due(leg)) {
                match call.state {
                    State::Connecting => self.pass_over(id),
                    _ => self.end(id, EndedBy::Agent, NETWORK_ERROR),
                }
            }
        }
    }

    pub(super) fn end(&mut self, id: CallId, by: EndedBy, code: u32) {
        let call = self.calls.remove(&id).expect("only a live call ends");
        let duration = call.answered.map_or(0, |answered| self.now - answered);
        let duration_ms = u64::try_from(duration).expect("time runs forward");
        self.endings.push(Ending { call: id, by, code, duration_ms });
        let Some((agent, _)) = call.agent else { return };
        let (now, settings) = (self.now, self.settings.clone());
        let agent = self.agent(agent);
        agent.voice = VoiceStatus::Idle;
        if call.state == State::Ringing {
            return;
        }
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
        let (_, own) = call.agent.as_mut().expect("it rings");
        if own.id != leg {
            return false;
        }
        own.page_gone = !present;
        own.connect_until = Some(now + CONNECT);
        own.refresh(now);
        call.state = State::Connecting;
        call.ring_until = None;
        call.answered = Some(now);
        let conversation = call.conversation;
        self.assignees.insert(conversation, agent);
        self.agent(agent).voice = VoiceStatus::InCall;
        true
    }

    pub(crate) fn decline(&mut self, agent: AgentId, leg: LegId) -> bool {
        let Some(id) = self.ringing_at(agent).filter(|id| self.call_of_leg(leg) == Some(*id)) else { return false };
        if self.calls[&id].customer.id == leg {
            return false;
        }
        self.pass_over(id);
        if self.calls[&id].only.is_some() {
            self.end(id, EndedBy::Agent, REJECTED);
        }
        true
    }

    pub(crate) fn hang_up(&mut self, leg: LegId) -> bool {
        let Some(id) = self.call_of_leg(leg) else { return false };
        let call = &self.calls[&id];
        let answered = call.answered.is_some();
        if call.customer.id == leg {
            self.end(id, EndedBy::Customer, if answered { NORMAL_HANGUP } else { CANCELLED });
        } else if call.state == State::Ringing {
            let (agent, _) = call.agent.clone().expect("it rings");
            self.decline(agent, leg);
        } else {
            self.end(id, EndedBy::Agent, NORMAL_HANGUP);
        }
        true
    }

    pub(crate) fn leg_connected(&mut self, leg: LegId) -> bool {
        let now = self.now;
        let Some(id) = self.call_of_leg(leg) else { return false };
        let state = self.calls[&id].state;
        if state == State::Ringing && self.calls[&id].customer.id != leg {
            return false;
        }
        let own = self.leg(leg).expect("found above");
        own.connect_until = None;
        own.ever_up = true;
        own.path = Path::Up;
        own.refresh(now);
        let call = &self.calls[&id];
        let both = call.customer.path == Path::Up && call.agent.as_ref().is_some_and(|(_, leg)| leg.path == Path::Up);
        if state == State::Connecting && both {
            let link = call.link;
            if self.one_time.contains(&link) {
                self.spent.insert(link);
            }
            self.call(id).state = State::Established;
        }
        true
    }

    pub(crate) fn leg_refused(&mut self, leg: LegId) -> bool {
        let Some(id) = self.call_of_leg(leg) else { return false };
        let call = &self.calls[&id];
        let customers = call.customer.id == leg;
        let connecting = call.state == State::Connecting;
        let pending = self.leg(leg).is_some_and(|leg| leg.path == Path::Pending);
        match (pending, customers, connecting) {
            (true, true, _) => self.end(id, EndedBy::Platform, MEDIA_ERROR),
            (true, false, true) => self.pass_over(id),
            _ => {}
        }
        true
    }
}
