//! Legs: one signaled connection to one endpoint each.

mod connection;
mod media;

use crate::call_center::{CallCenter, Turn};
use crate::command::CommandError;
use crate::row::{LegRow, RowChange};
use crate::timers::Reason;
use crate::transitions;
use model::LegId;
use wire::browser::{LegPhase, Remote};

/// A leg's transport in the media engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// Not up yet for the first time.
    Pending,
    /// Packets come.
    Up,
    /// Packets stopped; the engine still holds it.
    Silent,
    /// The engine was started anew: the leg must rejoin.
    Gone,
}

/// A live leg, with what does not outlive a restart.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) row: LegRow,
    pub(crate) path: Path,
    pub(crate) page_gone: bool,
}

impl Leg {
    /// The engine has been asked for it and has not brought it up yet.
    pub(crate) fn is_being_set_up(&self) -> bool {
        self.path == Path::Pending && self.row.phase != LegPhase::Ringing
    }

    pub(crate) fn is_held_by_engine(&self) -> bool {
        matches!(self.path, Path::Up | Path::Silent)
    }

    fn is_lost(&self) -> bool {
        // A ringing leg has no path yet, and its page's absence is the agent's lease's matter.
        self.row.phase != LegPhase::Ringing && (self.page_gone || matches!(self.path, Path::Silent | Path::Gone))
    }
}

impl CallCenter {
    pub(crate) fn add_leg(&mut self, row: LegRow) {
        self.outbox.save(RowChange::Leg(row.clone()));
        if let Some(agent) = row.agent.and_then(|agent| self.agents.get_mut(&agent)) {
            assert!(agent.leg.is_none(), "an agent has one call at a time");
            agent.leg = Some(row.id);
        }
        self.legs.insert(row.id, Leg { row, path: Path::Pending, page_gone: false });
    }

    pub(crate) fn finish_leg(&mut self, leg: LegId, turn: &Turn) {
        self.set_leg_phase(leg, LegPhase::Finished);
        self.edit_leg(leg, |row| {
            row.ended_at = Some(turn.now.wall);
            row.lost_since = None;
            row.segment = None;
        });
        for reason in [Reason::RingTimeout(leg), Reason::ConnectTimeout(leg), Reason::ReconnectWindow(leg)] {
            self.timers.cancel(reason);
        }
        let row = self.legs.remove(&leg).expect("a live leg").row;
        match row.agent.and_then(|agent| self.agents.get_mut(&agent)) {
            Some(agent) => {
                agent.leg = None;
                self.call_mut(row.call).forget_agents_leg(leg);
            }
            None => {
                self.leg_by_identity.remove(&row.identity);
            }
        }
    }

    pub(crate) fn set_leg_phase(&mut self, leg: LegId, phase: LegPhase) {
        transitions::assert_allowed(transitions::LEG, self.leg_ref(leg).row.phase, phase);
        self.edit_leg(leg, |row| row.phase = phase);
    }

    pub(crate) fn edit_leg(&mut self, leg: LegId, edit: impl FnOnce(&mut LegRow)) {
        let row = &mut self.leg_mut(leg).row;
        edit(row);
        let row = row.clone();
        self.outbox.save(RowChange::Leg(row));
    }

    pub(crate) fn live_leg(&self, leg: LegId) -> Result<&Leg, CommandError> {
        self.legs.get(&leg).ok_or(CommandError::UnknownLeg(leg))
    }

    pub(crate) fn leg_ref(&self, leg: LegId) -> &Leg {
        self.legs.get(&leg).expect("a live call's legs are live")
    }

    pub(crate) fn leg_mut(&mut self, leg: LegId) -> &mut Leg {
        self.legs.get_mut(&leg).expect("a live call's legs are live")
    }

    /// As the other party sees it.
    pub(crate) fn party(&self, leg: LegId) -> Remote {
        let row = &self.leg_ref(leg).row;
        Remote { participant: row.participant, identity: row.identity.clone(), display_name: row.display_name.clone() }
    }
}
