//! What is due, in the order in which it became so, however late it is looked at.

use super::{Call, Leg, MEDIA_ERROR, Model, NETWORK_ERROR, NO_ANSWER, Path, State, Time};
use model::{AgentId, CallId, EndedBy, LegId, Now};

/// The end of something that outlives a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline {
    /// As it is kept: UTC, by the clock as it was when this began.
    pub(crate) wall: Time,
    /// Since the life began.
    pub(crate) due: Time,
}

/// In the order of the core's reasons to wake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Ring(LegId),
    Connect(LegId),
    Window(LegId),
    Lease(AgentId),
    Hours,
    WrapUp(AgentId),
    Wait(CallId),
    Leaving(CallId),
}

impl Call {
    fn legs(&self) -> impl Iterator<Item = &Leg> {
        std::iter::once(&self.customer).chain(self.agent.iter().chain(&self.target).map(|(_, leg)| leg))
    }

    fn ringing_leg(&self) -> Option<LegId> {
        let agents = self.agents().find(|(_, _, rings)| *rings).map(|(_, leg, _)| leg.id);
        Some(self.customer.id).filter(|_| self.customer.rings).or(agents)
    }

    /// An agent has called, and both do not talk yet.
    pub(crate) fn is_being_placed(&self) -> bool {
        let connects = self.state == State::Connecting && self.link.is_none() && !self.transferred;
        self.state == State::Calling || connects
    }
}

impl Model {
    /// What the clocks show.
    pub(crate) fn clocks_show(&mut self, now: Now) {
        self.now = now.wall.0;
        self.mono = Time::try_from((now.mono - self.began).as_millis()).expect("shorter than ages");
    }

    /// So many milliseconds from now.
    pub(super) fn deadline(&self, length: Time) -> Deadline {
        Deadline { wall: self.now + length, due: self.mono + length }
    }

    /// Everything whose time has come.
    pub(crate) fn time_is(&mut self, now: Now) {
        self.clocks_show(now);
        while let Some((_, due)) = self.first_due() {
            match due {
                Due::Ring(leg) => self.ring_ends(leg),
                Due::Connect(leg) => self.connecting_ends(leg),
                Due::Window(leg) => self.window_closes(leg),
                Due::Lease(agent) => self.lease_lapses(agent),
                Due::Hours => self.look_at_hours(),
                Due::WrapUp(agent) => {
                    self.clear_wrap_up(agent);
                }
                Due::Wait(call) => self.wait_over(call),
                Due::Leaving(call) => self.end(call, EndedBy::Platform, NO_ANSWER),
            }
        }
    }

    fn first_due(&self) -> Option<(Time, Due)> {
        let mut first: Option<(Time, Due)> = None;
        let mut look = |at: Option<Time>, due: Due| {
            let Some(at) = at.filter(|at| *at <= self.mono) else { return };
            first = Some(first.map_or((at, due), |before| before.min((at, due))));
        };
        let due = |deadline: Deadline| deadline.due;
        for (id, call) in &self.calls {
            if let Some(until) = call.ring_until {
                let leg = call.ringing_leg().expect("something rings while there is an end of ringing");
                look(Some(until.due), Due::Ring(leg));
            }
            for leg in call.legs() {
                look(leg.connect_until, Due::Connect(leg.id));
                look(leg.lost_until, Due::Window(leg.id));
            }
            match call.leaving {
                Some(until) => look(Some(until.due), Due::Leaving(*id)),
                None if call.state == State::Waiting => look(call.wait_until.map(due), Due::Wait(*id)),
                None => {}
            }
        }
        for (id, agent) in &self.agents {
            look(agent.lease_until, Due::Lease(*id));
            look(agent.wrap_until.map(due), Due::WrapUp(*id));
        }
        look(self.look_at, Due::Hours);
        first
    }

    fn known_call_of(&self, leg: LegId) -> CallId {
        self.call_of_leg(leg).expect("only live legs have deadlines")
    }

    fn ring_ends(&mut self, leg: LegId) {
        let id = self.known_call_of(leg);
        match self.calls[&id].state {
            State::Calling => self.end(id, EndedBy::Platform, NO_ANSWER),
            _ => self.not_taken(id),
        }
    }

    fn connecting_ends(&mut self, leg: LegId) {
        let own = self.leg(leg).expect("only live legs have deadlines");
        own.connect_until = None;
        if !own.lost() && own.path == Path::Pending {
            self.could_not_connect(leg, EndedBy::Customer, NETWORK_ERROR);
        }
    }

    pub(crate) fn leg_refused(&mut self, leg: LegId) -> bool {
        let Some(id) = self.call_of_leg(leg) else { return false };
        let rings = self.calls[&id].ringing_leg() == Some(leg);
        if !rings && self.leg(leg).is_some_and(|leg| leg.path == Path::Pending) {
            self.could_not_connect(leg, EndedBy::Platform, MEDIA_ERROR);
        }
        true
    }

    /// `by` where it is the customer's leg.
    fn could_not_connect(&mut self, leg: LegId, by: EndedBy, code: u32) {
        let id = self.known_call_of(leg);
        match &self.calls[&id] {
            call if call.customer.id == leg => self.end(id, by, code),
            call if call.is_being_placed() => self.end(id, EndedBy::Agent, code),
            _ => self.not_taken(id),
        }
    }

    fn window_closes(&mut self, leg: LegId) {
        let id = self.known_call_of(leg);
        let call = &self.calls[&id];
        let is_target = call.target.as_ref().is_some_and(|(_, target)| target.id == leg);
        match call.state {
            _ if call.customer.id == leg => self.end(id, EndedBy::Customer, NETWORK_ERROR),
            _ if call.is_being_placed() => self.end(id, EndedBy::Agent, NETWORK_ERROR),
            _ if is_target => self.transfer_fails(id),
            State::Connecting => self.pass_over(id),
            State::Transferring => self.transferor_goes(id),
            _ => self.end(id, EndedBy::Agent, NETWORK_ERROR),
        }
    }
}
