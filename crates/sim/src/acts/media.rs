//! What happens in the engine, the recorder and on the network.

use crate::engine::{Engine, Transport};
use crate::model::Path;
use crate::pages::CustomerPage;
use crate::world::World;
use callcenter_core::command::Command;
use model::{CallId, LegId, MediaTime};

impl World {
    pub(super) fn engine_connects(&mut self) {
        while let Some(leg) = self.a_leg_that_is(Transport::Joining) {
            self.engine.set_transport(leg, Transport::Up);
            let at = MediaTime(u64::try_from(self.time()).expect("after 1970") * 1000);
            self.command(Command::LegConnected { leg, at }, |model| model.leg_connected(leg));
            if self.random.chance(25) {
                return;
            }
        }
    }

    pub(super) fn engine_refuses(&mut self) {
        if let Some(leg) = self.a_leg_that_is(Transport::Joining) {
            self.refuse(leg);
        }
    }

    pub(super) fn refuse(&mut self, leg: LegId) {
        let reason = "the offer has no audio".to_owned();
        self.engine.drop_leg(leg);
        self.command(Command::LegRefused { leg, reason }, |model| model.leg_refused(leg));
    }

    pub(super) fn path_breaks(&mut self) {
        if let Some(leg) = self.a_leg_that_is(Transport::Up) {
            self.engine.set_transport(leg, Transport::Silent);
            self.command(Command::PathLost { leg }, |model| {
                model.path(leg, Path::Up, Path::Silent);
                true
            });
        }
    }

    pub(super) fn path_heals(&mut self) {
        if let Some(leg) = self.a_leg_that_is(Transport::Silent) {
            self.engine.set_transport(leg, Transport::Up);
            self.command(Command::PathBack { leg }, |model| {
                model.path(leg, Path::Silent, Path::Up);
                true
            });
        }
    }

    fn a_leg_that_is(&mut self, transport: Transport) -> Option<LegId> {
        let legs = self.engine.legs_that_are(transport);
        self.random.pick(&legs)
    }

    /// Pages whose leg the engine does not hold, or holds without packets, offer again.
    pub(super) fn lost_pages_rejoin(&mut self) {
        let mut lost: Vec<(CallId, LegId)> = Vec::new();
        for (id, call) in &self.model.calls {
            let of_it = |page: &CustomerPage| page.connected && page.leg == Some(call.customer.id);
            let customers = !call.customer.rings && self.customers.iter().any(of_it);
            let agents = call.agents().filter(|(agent, _, rings)| !rings && self.agents[agent].connected);
            let legs = customers.then_some(call.customer.id).into_iter().chain(agents.map(|(_, leg, _)| leg.id));
            lost.extend(legs.filter(|leg| self.engine.transport(*leg) != Some(Transport::Up)).map(|leg| (*id, leg)));
        }
        for (call, leg) in lost {
            self.note(format!("{leg} rejoins"));
            self.engine.add_leg(call, leg);
        }
    }

    pub(super) fn engine_restarts(&mut self) {
        self.count("engine restarts");
        self.count_calls_in(
            "engine restarts while it rings at a customer",
            "engine restarts while an outbound call connects",
        );
        self.engine = Engine::default();
        self.command(Command::EngineRestarted, |model| {
            model.engine_restarted();
            true
        });
    }

    /// A fact leaves the recorder's list once it is committed.
    pub(super) fn recorder_reports(&mut self) {
        let Some(fact) = self.recorder.facts.front().cloned() else { return };
        let committed = self.submit(fact.clone(), |_, _| true, |_| ()).is_some();
        if committed {
            self.recorder.facts.pop_front();
            if self.random.chance(20) {
                self.command(fact, |_| true);
            }
        }
    }

    pub(super) fn file_fails_or_screen_ends(&mut self) {
        let open: Vec<_> = self.recorder.open.keys().copied().collect();
        match self.random.pick(&open) {
            Some(segment) if self.random.chance(30) => self.recorder.fail(segment),
            Some(segment) => self.recorder.finish_screen(segment),
            None => {}
        }
    }

    pub(super) fn recorder_restarts(&mut self) {
        self.count("recorder restarts");
        self.recorder.restart();
    }
}
