//! A call's media group.

mod codecs;

pub(crate) use codecs::common;

use crate::limits::PATCHES_PER_ROOM;
use model::LegId;
use std::{collections::BTreeSet, time::Instant};
use wire::engine::Patch;

/// Legs, and what is wished of them. Patches and taps may name legs that are not there yet.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) legs: BTreeSet<LegId>,
    pub(crate) patches: Vec<Patch>,
    pub(crate) tapped: BTreeSet<LegId>,
    /// Since when no leg has been in it.
    pub(crate) empty_since: Option<Instant>,
    /// When its statistics are due.
    pub(crate) next_stats: Instant,
    /// Its connected legs, by the last statistics.
    pub(crate) connected_legs: u64,
    /// Its one-way legs, by the last statistics.
    pub(crate) one_way_legs: u64,
    /// Its legs from which video is held back, by the last statistics.
    pub(crate) legs_without_video: u64,
}

impl Room {
    /// An empty room.
    pub(crate) fn new(now: Instant, next_stats: Instant) -> Self {
        Self {
            legs: BTreeSet::new(),
            patches: Vec::new(),
            tapped: BTreeSet::new(),
            empty_since: Some(now),
            next_stats,
            connected_legs: 0,
            one_way_legs: 0,
            legs_without_video: 0,
        }
    }

    /// The patches from now on. A sink plays one source; the first named wins.
    pub(crate) fn set_patches(&mut self, patches: Vec<Patch>) {
        let mut taken = BTreeSet::new();
        self.patches = patches
            .into_iter()
            .filter(|patch| patch.source != patch.sink.into() && taken.insert((patch.sink, patch.track)))
            .take(PATCHES_PER_ROOM)
            .collect();
    }

    /// Only prompts play from now on.
    pub(crate) fn part_legs(&mut self) {
        self.patches.retain(|patch| patch.source.leg().is_none());
    }
}
