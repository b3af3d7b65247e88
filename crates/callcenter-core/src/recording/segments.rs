//! What the core remembers of recording files.

use crate::limits::FINISHED_SEGMENTS_KEPT;
use crate::row::{SegmentRow, SegmentState};
use model::{CallId, SegmentId};
use std::collections::{BTreeMap, VecDeque};

/// Segments by id and `screen`: those of which something is still to come, and the last that are done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Segments {
    rows: BTreeMap<(SegmentId, bool), SegmentRow>,
    done: VecDeque<(SegmentId, bool)>,
    /// The merged files that are yet to be made.
    composed: BTreeMap<CallId, SegmentId>,
}

impl Segments {
    pub(crate) fn put(&mut self, row: SegmentRow) {
        let key = (row.id, row.screen);
        let is_done = row.state.is_settled();
        if row.composed.is_some() {
            if row.state == SegmentState::Recording {
                self.composed.insert(row.call, row.id);
            } else {
                self.composed.remove(&row.call);
            }
        }
        let was_done = self.rows.insert(key, row).is_some_and(|row| row.state.is_settled());
        match (was_done, is_done) {
            (false, true) => self.done.push_back(key),
            (true, false) => self.done.retain(|done| *done != key),
            _ => {}
        }
        if self.done.len() > FINISHED_SEGMENTS_KEPT {
            self.done.pop_front().map(|oldest| self.rows.remove(&oldest));
        }
    }

    pub(crate) fn get(&self, id: SegmentId, screen: bool) -> Option<&SegmentRow> {
        self.rows.get(&(id, screen))
    }

    /// The call's merged file that is yet to be made.
    pub(crate) fn composed_of(&self, call: CallId) -> Option<&SegmentRow> {
        self.composed.get(&call).and_then(|id| self.get(*id, false))
    }

    /// All merged files that are yet to be made.
    pub(crate) fn composed(&self) -> impl Iterator<Item = &SegmentRow> {
        self.composed.values().filter_map(|id| self.get(*id, false))
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &SegmentRow> {
        self.rows.values()
    }
}
