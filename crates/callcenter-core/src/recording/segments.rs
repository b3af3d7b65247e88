//! What the core remembers of recording files.

use crate::limits::FINISHED_SEGMENTS_KEPT;
use crate::row::SegmentRow;
use model::SegmentId;
use std::collections::{BTreeMap, VecDeque};

/// Segments by id and `screen`: those of which something is still to come, and the last that are done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Segments {
    rows: BTreeMap<(SegmentId, bool), SegmentRow>,
    done: VecDeque<(SegmentId, bool)>,
}

impl Segments {
    pub(crate) fn put(&mut self, row: SegmentRow) {
        let key = (row.id, row.screen);
        let is_done = row.state.is_settled();
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

    pub(crate) fn rows(&self) -> impl Iterator<Item = &SegmentRow> {
        self.rows.values()
    }
}
