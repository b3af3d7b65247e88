//! A media engine that only keeps count.

use model::{CallId, LegId};
use std::collections::{BTreeMap, BTreeSet};
use wire::engine::{Command, Patch};

/// A leg's transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Joining,
    Up,
    Silent,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Room {
    pub(crate) legs: BTreeMap<LegId, Transport>,
    pub(crate) patches: BTreeSet<Patch>,
    pub(crate) taps: BTreeSet<LegId>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Engine {
    pub(crate) rooms: BTreeMap<CallId, Room>,
}

impl Engine {
    /// A page's offer: the leg joins, or rejoins with its patches and taps.
    pub(crate) fn add_leg(&mut self, room: CallId, leg: LegId) {
        self.rooms.entry(room).or_default().legs.insert(leg, Transport::Joining);
    }

    pub(crate) fn carry_out(&mut self, command: &Command) {
        match command {
            Command::SetPatches { room, patches } => {
                self.rooms.entry(*room).or_default().patches = patches.iter().copied().collect();
            }
            Command::PartLegs { room } => {
                if let Some(room) = self.rooms.get_mut(room) {
                    room.patches.retain(|patch| patch.source.leg().is_none());
                }
            }
            Command::SetTaps { room, legs } => {
                if let Some(room) = self.rooms.get_mut(room) {
                    room.taps = legs.iter().copied().collect();
                }
            }
            Command::RemoveLeg { leg } => self.drop_leg(*leg),
            Command::CloseRoom { room } => drop(self.rooms.remove(room)),
            other => panic!("the core leaves {other:?} to the shell"),
        }
    }

    pub(crate) fn drop_leg(&mut self, leg: LegId) {
        for room in self.rooms.values_mut() {
            room.legs.remove(&leg);
        }
    }

    pub(crate) fn transport(&self, leg: LegId) -> Option<Transport> {
        self.rooms.values().find_map(|room| room.legs.get(&leg).copied())
    }

    pub(crate) fn set_transport(&mut self, leg: LegId, transport: Transport) {
        let known = self.rooms.values_mut().find_map(|room| room.legs.get_mut(&leg));
        *known.expect("the engine holds the leg") = transport;
    }

    pub(crate) fn legs_that_are(&self, transport: Transport) -> Vec<LegId> {
        let legs = self.rooms.values().flat_map(|room| &room.legs);
        legs.filter(|(_, own)| **own == transport).map(|(leg, _)| *leg).collect()
    }
}
