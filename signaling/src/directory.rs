//! Where live legs are: the engine and the recorder name legs and segments alone.

use crate::hub::Seat;
use callcenter_core::row::LegRow;
use dashmap::DashMap;
use model::{AccountId, CallId, LegId, MediaTime, ParticipantType, SegmentId};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// Live legs and open segments of all accounts. Account tasks write it once a change is committed; what the engine
/// holds is written by the link to the engine, so that a call center that is built again can be told.
#[derive(Clone, Default)]
pub(crate) struct Directory {
    legs: Arc<DashMap<LegId, LegEntry>>,
    segments: Arc<DashMap<SegmentId, AccountId>>,
    /// What the engine held of legs before their rows were read.
    held: Arc<DashMap<LegId, EngineSide>>,
    complete: Arc<AtomicBool>,
}

/// A live leg.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LegEntry {
    pub(crate) account: AccountId,
    pub(crate) call: CallId,
    pub(crate) seat: Seat,
    pub(crate) media: EngineSide,
}

/// What the engine has of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum EngineSide {
    /// Nothing.
    #[default]
    Absent,
    /// It answered the leg's offer.
    Negotiated,
    /// ICE and DTLS are up since then.
    Connected(MediaTime),
    /// They were, and no packets come.
    Lost(MediaTime),
}

impl Directory {
    pub(crate) fn leg(&self, leg: LegId) -> Option<LegEntry> {
        self.legs.get(&leg).map(|entry| entry.clone())
    }

    /// Whether the engine holds the leg's transport, so that an ICE restart is enough to come back.
    pub(crate) fn media_alive(&self, leg: LegId) -> bool {
        self.legs.get(&leg).is_some_and(|entry| entry.media != EngineSide::Absent)
    }

    /// Notes what the engine has of a leg; returns whose leg it is.
    pub(crate) fn set_media(&self, leg: LegId, change: impl FnOnce(EngineSide) -> EngineSide) -> Option<LegEntry> {
        let mut entry = self.legs.get_mut(&leg)?;
        entry.media = change(entry.media);
        Some(entry.clone())
    }

    /// A committed row of a leg that lives.
    pub(crate) fn put_leg(&self, account: AccountId, row: &LegRow) {
        // In one step: the engine's side may change at the same moment.
        let fresh = || {
            let media = self.held.remove(&row.id).map(|(_, media)| media).unwrap_or_default();
            LegEntry { account, call: row.call, seat: seat_of(row), media }
        };
        self.legs.entry(row.id).or_insert_with(fresh);
    }

    /// The engine holds a leg whose row is about to be read.
    pub(crate) fn expect_leg(&self, leg: LegId, media: EngineSide) {
        self.held.insert(leg, media);
    }

    /// The rows of all accounts were read: what the directory does not know exists no more.
    pub(crate) fn set_complete(&self) {
        self.held.clear();
        self.complete.store(true, Relaxed);
    }

    /// Whether a leg or segment that is not known here is nobody's.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete.load(Relaxed)
    }

    /// All live legs.
    pub(crate) fn legs(&self) -> Vec<(LegId, LegEntry)> {
        self.legs.iter().map(|entry| (*entry.key(), entry.value().clone())).collect()
    }

    /// The leg is over.
    pub(crate) fn remove_leg(&self, leg: LegId) {
        self.legs.remove(&leg);
    }

    /// The account's legs, all of them: others that were known are over.
    pub(crate) fn replace_legs(&self, account: AccountId, live: &[LegRow]) {
        self.legs.retain(|leg, entry| entry.account != account || live.iter().any(|row| row.id == *leg));
        live.iter().for_each(|row| self.put_leg(account, row));
    }

    pub(crate) fn put_segment(&self, account: AccountId, segment: SegmentId) {
        self.segments.insert(segment, account);
    }

    pub(crate) fn segment(&self, segment: SegmentId) -> Option<AccountId> {
        self.segments.get(&segment).map(|account| *account)
    }

    /// All open segments.
    pub(crate) fn segments(&self) -> Vec<SegmentId> {
        self.segments.iter().map(|entry| *entry.key()).collect()
    }

    pub(crate) fn remove_segment(&self, segment: SegmentId) {
        self.segments.remove(&segment);
    }
}

fn seat_of(row: &LegRow) -> Seat {
    match (row.participant, row.agent) {
        (ParticipantType::Agent, Some(agent)) => Seat::Agent(agent),
        _ => Seat::Customer(row.identity.clone()),
    }
}
