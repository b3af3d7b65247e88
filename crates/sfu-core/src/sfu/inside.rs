//! What tests may know of a leg, so that they can send what only its page could.

use super::Sfu;
use crate::{participant::Transport, testing::Sealer};
use model::LegId;

impl Sfu {
    /// The next work for this leg panics, as a bug would.
    pub fn panic_at_next_work(&mut self, leg: LegId) {
        if let Some(participant) = self.legs.get(&leg).copied().and_then(|key| self.participant(key)) {
            participant.panics_next = participant.transport.is_some();
        }
    }

    /// A new binding request that is authentic for the leg; `None` while it has no transport.
    pub fn binding_request_of(&mut self, leg: LegId, nominates: bool) -> Option<Vec<u8>> {
        self.transport_of(leg).map(|transport| transport.binding_request(nominates))
    }

    /// A binding request with these attributes behind its user name, and the right integrity.
    pub fn binding_request_with(&mut self, leg: LegId, attributes: &[u8]) -> Option<Vec<u8>> {
        self.transport_of(leg).map(|transport| transport.binding_request_with(attributes))
    }

    /// Protects packets as the leg's page does; `None` before its handshake is through.
    pub fn sealer_of(&mut self, leg: LegId) -> Option<Sealer> {
        self.transport_of(leg)?.sealer()
    }

    /// Entries of all tables and queues: none when nothing is held.
    pub fn entries(&self) -> usize {
        let tables =
            self.legs.len() + self.rooms.len() + self.stats_due.len() + self.timers.len() + self.demux.entries();
        let queues = self.dirty.len() + self.transmits.len() + self.events.len() + self.taps.len() + self.missing.len();
        tables + queues + self.participants.iter().flatten().count()
    }

    fn transport_of(&mut self, leg: LegId) -> Option<&mut Transport> {
        let key = self.legs.get(&leg).copied()?;
        self.participant(key)?.transport.as_mut()
    }
}
