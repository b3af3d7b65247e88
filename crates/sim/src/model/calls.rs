//! Calls from arrival to end.

use super::{CANCELLED, CONNECT, Call, Ending, Leg, Model, NORMAL_HANGUP, Path, REJECTED, State, Time};
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
        let until = self.deadline(Time::from(self.settings.ring_seconds) * 1000);
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
        let (now, mono) = (self.now, self.mono);
        let call = self.call(id);
        let (agent, _) = call.agent.take().expect("somebody to pass over");
        call.state = State::Waiting;
        call.ring_until = None;
        // Whoever was handed over was answered before, and does not wait behind anybody.
        call.answered = call.answered.filter(|_| call.transferred);
        call.front |= call.transferred;
        call.passed.retain(|other| *other != agent);
        call.passed.push(agent);
        call.last_passed = Some(mono);
        let agent = self.agent(agent);
        agent.voice = VoiceStatus::Idle;
        agent.idle_since = now;
        if self.wait_is_over(&self.calls[&id]) {
            self.wait_over(id);
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
            if !rings && call.answered.is_some() {
                self.wraps_up(agent);
            } else if !rings {
                self.agent(agent).idle_since = self.now;
            }
        }
    }

    pub(super) fn wraps_up(&mut self, agent: AgentId) {
        let seconds = self.agents[&agent].wrap_seconds.unwrap_or(self.settings.wrap_up_seconds);
        let until = self.deadline(Time::from(seconds) * 1000);
        let (now, enabled) = (self.now, self.settings.wrap_up_enabled);
        let agent = self.agent(agent);
        agent.voice = VoiceStatus::Idle;
        if enabled && seconds > 0 {
            agent.voice = VoiceStatus::Wrapping;
            agent.wrap_until = Some(until);
        } else {
            agent.idle_since = now;
        }
    }

    pub(crate) fn accept(&mut self, agent: AgentId, leg: LegId) -> bool {
        let (now, mono, present) = (self.now, self.mono, self.agents[&agent].present());
        let Some(id) = self.ringing_at(agent) else { return false };
        let call = self.call(id);
        let handed_over = call.state == State::Transferring;
        let (_, own) = if handed_over { call.target.as_mut() } else { call.agent.as_mut() }.expect("it rings");
        if own.id != leg {
            return false;
        }
        own.page_gone = !present;
        own.connect_until = Some(mono + CONNECT);
        own.refresh(mono);
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
        if call.customer.rings && call.customer.id == leg {
            self.decline_as_customer(leg);
        } else if call.customer.id == leg {
            self.end(id, EndedBy::Customer, if answered { NORMAL_HANGUP } else { CANCELLED });
        } else if let Some(agent) = ringing {
            self.decline(agent, leg);
        } else if is_target {
            self.transfer_fails(id);
        } else {
            self.end(id, EndedBy::Agent, if answered { NORMAL_HANGUP } else { CANCELLED });
        }
        true
    }

    pub(crate) fn leg_connected(&mut self, leg: LegId) -> bool {
        let now = self.mono;
        let Some(id) = self.call_of_leg(leg) else { return false };
        let state = self.calls[&id].state;
        if self.leg(leg).is_some_and(|own| own.rings)
            || self.calls[&id].agents().any(|(_, own, rings)| own.id == leg && rings)
        {
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
            self.spent.extend(link.filter(|link| self.one_time.contains(link)));
            let call = self.call(id);
            (call.state, call.front) = (State::Established, false);
            call.was_greeted();
        }
        self.transfers_complete();
        true
    }
}
