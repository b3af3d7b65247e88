//! The process dies at any moment and is started again.

use crate::engine::{Engine, Transport};
use crate::model::Path;
use crate::world::World;
use callcenter_core::CallCenter;
use callcenter_core::command::Command;
use model::{CallId, LegId, SegmentId};
use std::collections::BTreeSet;

impl World {
    /// Everything that was not committed is gone, and so is every page's connection. Half of the time engine and
    /// recorder die too, as they do when one process runs all roles.
    pub(crate) fn crash(&mut self) {
        let together = self.random.chance(50);
        self.count(if together { "crashes of all roles" } else { "crashes of signaling" });
        self.note(format!("CRASH together={together}"));
        self.count_calls_in("crashes while it rings at a customer", "crashes while an outbound call connects");
        if self.random.chance(15) {
            self.clock_jumps();
        }
        self.agents.values_mut().for_each(|page| page.connected = false);
        self.customers.iter_mut().for_each(|page| page.connected = false);
        if together {
            self.engine = Engine::default();
            self.recorder.restart();
        }
        self.core = CallCenter::with_planted(self.core.account(), self.store.snapshot(), 7, self.now, self.planted);
        self.model.clocks_show(self.now);
        self.model.restart();
        let changes: Vec<_> = std::iter::from_fn(|| self.core.poll_change()).collect();
        let events: Vec<_> = std::iter::from_fn(|| self.core.poll_event()).collect();
        self.store.commit(changes, events);
        let effects: Vec<_> = std::iter::from_fn(|| self.core.poll_effect()).collect();
        self.let_out(&effects);
        self.model.note_sounds();
        self.model.compare(&self.core, self.now);
        if together {
            self.command(Command::EngineRestarted, |model| {
                model.engine_restarted();
                true
            });
        } else {
            self.repair();
        }
    }

    /// While the process is down its machine's clock is set, forward or back.
    fn clock_jumps(&mut self) {
        self.count("clock jumps");
        let forward = i64::try_from(self.random.below(90_000)).expect("small");
        self.now.wall.0 += forward - 30_000;
    }

    /// Signaling asks engine and recorder what they hold, and repairs the difference.
    fn repair(&mut self) {
        let core = &self.core;
        self.engine.rooms.retain(|call, _| core.call(*call).is_some());
        for room in self.engine.rooms.values_mut() {
            room.legs.retain(|leg, _| core.leg(*leg).is_some());
        }
        let calls: Vec<CallId> = self.core.calls().map(|row| row.id).collect();
        let legs: Vec<LegId> = calls
            .into_iter()
            .flat_map(|call| self.core.legs_of(call).map(|leg| (leg.id, leg.connected_at)).collect::<Vec<_>>())
            .filter(|(leg, connected)| connected.is_some() && self.engine.transport(*leg) != Some(Transport::Up))
            .map(|(leg, _)| leg)
            .collect();
        for leg in legs {
            self.command(Command::PathLost { leg }, |model| {
                model.path(leg, Path::Up, Path::Silent);
                true
            });
        }
    }

    /// Segments that live legs have open.
    pub(crate) fn open_segments(&self) -> BTreeSet<SegmentId> {
        let calls = self.core.calls().map(|row| row.id);
        calls.flat_map(|call| self.core.legs_of(call).filter_map(|leg| leg.segment)).collect()
    }
}
