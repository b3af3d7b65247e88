//! Agents and legs.

use super::{Agent, CONNECT, LEASE, Leg, Model, Path, Time, WINDOW};
use model::{AgentId, CallId, LegId, VoiceStatus};

impl Agent {
    pub(crate) fn present(&self) -> bool {
        self.connected && self.lease_until.is_some()
    }
}

impl Leg {
    pub(crate) fn new(id: LegId) -> Self {
        Self {
            id,
            path: Path::Pending,
            ever_up: false,
            page_gone: false,
            rings: false,
            lost_until: None,
            connect_until: None,
        }
    }

    pub(crate) fn lost(&self) -> bool {
        !self.rings && (self.page_gone || matches!(self.path, Path::Silent | Path::Gone))
    }

    /// The engine has its transport.
    pub(super) fn is_held(&self) -> bool {
        matches!(self.path, Path::Up | Path::Silent)
    }

    /// Whoever is not back in time after a restart of the core is gone.
    pub(super) fn restart(&mut self, now: Time) {
        self.page_gone = true;
        self.connect_until = None;
        self.path = if self.ever_up { Path::Up } else { Path::Pending };
        self.lost_until = self.lost().then_some(now + WINDOW);
    }

    /// The window opens when the leg is lost and closes when it is back.
    pub(crate) fn refresh(&mut self, now: Time) {
        match (self.lost_until, self.lost()) {
            (None, true) => self.lost_until = Some(now + WINDOW),
            (Some(_), false) => {
                self.lost_until = None;
                if self.path == Path::Pending {
                    self.connect_until = Some(now + CONNECT);
                }
            }
            _ => {}
        }
    }
}

impl Model {
    pub(crate) fn agent(&mut self, agent: AgentId) -> &mut Agent {
        self.agents.get_mut(&agent).expect("the model knows all agents")
    }

    pub(crate) fn sign_of_life(&mut self, agent: AgentId) {
        let (now, mono) = (self.now, self.mono);
        let state = self.agent(agent);
        if state.lease_until.replace(mono + LEASE).is_none() {
            state.idle_since = now;
        }
        self.presence_counts(agent);
    }

    pub(crate) fn connected(&mut self, agent: AgentId, connected: bool) {
        self.agent(agent).connected = connected;
        if connected {
            self.sign_of_life(agent);
        }
        self.presence_counts(agent);
    }

    fn presence_counts(&mut self, agent: AgentId) {
        let (present, now) = (self.agents[&agent].present(), self.mono);
        for call in self.calls.values_mut() {
            for (_, leg) in call.agents_legs_mut().filter(|(own, _)| *own == agent) {
                leg.page_gone = !present;
                leg.refresh(now);
            }
        }
        self.transfers_complete();
    }

    pub(super) fn lease_lapses(&mut self, agent: AgentId) {
        self.agent(agent).lease_until = None;
        if let Some(call) = self.ringing_at(agent) {
            self.not_taken(call);
        }
        self.presence_counts(agent);
    }

    pub(crate) fn clear_wrap_up(&mut self, agent: AgentId) -> bool {
        let now = self.now;
        let agent = self.agent(agent);
        let wrapping = agent.wrap_until.take().is_some();
        if wrapping {
            agent.voice = VoiceStatus::Idle;
            agent.idle_since = now;
        }
        wrapping
    }

    pub(crate) fn extend_wrap_up(&mut self, agent: AgentId, seconds: u32) -> bool {
        let (mono, can_extend) = (self.mono, self.settings.can_extend);
        let Some(until) = self.agents[&agent].wrap_until else { return false };
        let remaining = until.due - mono + Time::from(seconds) * 1000;
        let extends = can_extend && remaining <= 3_600_000;
        if extends {
            self.agent(agent).wrap_until = Some(self.deadline(remaining));
        }
        extends
    }

    pub(crate) fn call_of_leg(&self, leg: LegId) -> Option<CallId> {
        let has = |call: &super::Call| call.customer.id == leg || call.agents().any(|(_, own, _)| own.id == leg);
        self.calls.iter().find(|(_, call)| has(call)).map(|(id, _)| *id)
    }

    pub(crate) fn leg(&mut self, leg: LegId) -> Option<&mut Leg> {
        self.calls.values_mut().find_map(|call| {
            let agents = call.agent.iter_mut().chain(&mut call.target).map(|(_, own)| own);
            std::iter::once(&mut call.customer).chain(agents).find(|own| own.id == leg)
        })
    }

    pub(crate) fn page(&mut self, leg: LegId, gone: bool) {
        let now = self.mono;
        if let Some(leg) = self.leg(leg) {
            leg.page_gone = gone;
            leg.refresh(now);
        }
        self.transfers_complete();
    }

    pub(crate) fn path(&mut self, leg: LegId, from: Path, to: Path) {
        let now = self.mono;
        if let Some(leg) = self.leg(leg).filter(|leg| leg.path == from) {
            leg.path = to;
            leg.refresh(now);
        }
        self.transfers_complete();
    }

    pub(crate) fn engine_restarted(&mut self) {
        let now = self.mono;
        for call in self.calls.values_mut() {
            if call.customer.is_held() {
                call.was_greeted();
            }
            if !call.customer.rings {
                call.customer.path = Path::Gone;
                call.customer.refresh(now);
            }
            for (_, leg) in call.agents_legs_mut() {
                leg.path = Path::Gone;
                leg.refresh(now);
            }
        }
    }
}
