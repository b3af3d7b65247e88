//! One file per call, merged from those of its legs.
//!
//! Its row is there from the first leg's file on, and lists what will be merged. Once the call is over and the recorder has
//! said of each file what became of it, the recorder is asked to merge them, and asked again until it says that it has.

use crate::call_center::CallCenter;
use crate::command::{CommandError, Reply};
use crate::effect::Effect;
use crate::row::{ComposedFile, ComposedSource, SegmentOrigin, SegmentRow, SegmentState, SourceState};
use model::{CallId, SegmentId};
use wire::recorder::{Command, ComposeOrder, ComposeSource, SegmentFile, SegmentStart};

impl CallCenter {
    /// A leg's file is begun: it will be merged with the call's others. `row` is its row, and `fresh` the merged file's id if
    /// it is the first.
    pub(crate) fn add_source(&mut self, start: &SegmentStart, row: &SegmentRow, fresh: SegmentId) {
        let source = ComposedSource {
            segment: start.segment,
            participant: start.participant,
            offset_ms: 0,
            state: SourceState::Open,
        };
        let known = self.segments.composed_of(start.call).cloned();
        let mut composed = known.unwrap_or_else(|| SegmentRow {
            id: fresh,
            // Of all parties and of the whole call.
            origin: SegmentOrigin {
                participant: None,
                identity: None,
                transferred_from: None,
                transferred_from_queue: None,
                ..row.origin.clone()
            },
            composed: Some(Box::new(ComposedFile {
                agent_name: start.agent_name.clone(),
                customer_name: start.customer_name.clone(),
                direction: start.direction,
                epoch: start.started_at,
                is_over: false,
                sources: Vec::new(),
            })),
            ..row.clone()
        });
        if let Some(composed) = &mut composed.composed {
            composed.sources.push(source);
        }
        self.save_segment(composed);
    }

    /// No more files of the call are begun.
    pub(crate) fn close_sources(&mut self, call: CallId) {
        self.change_composed(call, |composed| composed.is_over = true);
    }

    /// The recorder has said what became of a file; it may say so again, and otherwise.
    pub(crate) fn settle_source(&mut self, call: CallId, segment: SegmentId, state: &SourceState) {
        self.change_composed(call, |composed| {
            composed
                .sources
                .iter_mut()
                .filter(|source| source.segment == segment)
                .for_each(|source| source.state = state.clone());
        });
    }

    /// Changes what is known of a call's merged file before it is ordered.
    fn change_composed(&mut self, call: CallId, change: impl FnOnce(&mut ComposedFile)) {
        let Some(mut row) = self.segments.composed_of(call).cloned() else { return };
        let Some(composed) = row.composed.as_mut().filter(|composed| !composed.is_ready()) else { return };
        change(composed);
        let is_ready = composed.is_ready();
        if is_ready && composed.kept().next().is_none() {
            let reason = Some("none of the call's recordings could be kept".to_owned());
            row = SegmentRow { state: SegmentState::Failed, reason, ..row };
        }
        self.save_segment(row.clone());
        if is_ready {
            self.conversation_changed(row.conversation);
            self.order_composed(&row);
        }
    }

    fn order_composed(&mut self, row: &SegmentRow) {
        let Some(composed) = row.composed.as_ref().filter(|composed| composed.is_ready()) else { return };
        if row.state != SegmentState::Recording {
            return;
        }
        let source = |(source, path): (&ComposedSource, &String)| ComposeSource {
            segment: source.segment,
            path: path.clone(),
            participant: source.participant,
            offset_ms: source.offset_ms,
        };
        let order = ComposeOrder {
            segment: row.id,
            account: self.account,
            conversation: row.conversation,
            call: row.call,
            agent_name: composed.agent_name.clone(),
            customer_name: composed.customer_name.clone(),
            direction: composed.direction,
            media: row.media,
            started_at: composed.epoch,
            sources: composed.kept().map(source).collect(),
        };
        self.outbox.effect(Effect::Recorder(Command::Compose(Box::new(order))));
    }

    /// Nobody knows whether the recorder was told: a repeat is harmless.
    pub(crate) fn repeat_orders(&mut self) {
        let due: Vec<SegmentRow> = self.segments.composed().cloned().collect();
        due.iter().for_each(|row| self.order_composed(row));
    }

    /// The recorder is of an earlier release: the legs' files are all there will be.
    pub(crate) fn cannot_compose(&mut self) -> Result<Reply, CommandError> {
        let is_ordered = |row: &&SegmentRow| row.composed.as_ref().is_some_and(|composed| composed.is_ready());
        let ordered: Vec<SegmentRow> = self.segments.composed().filter(is_ordered).cloned().collect();
        for row in ordered {
            let reason = "the recorder is of an earlier release, which merges no files".to_owned();
            self.composed_failed(row, reason);
        }
        Ok(Reply::Done)
    }

    pub(super) fn composed_failed(&mut self, row: SegmentRow, reason: String) {
        let conversation = row.conversation;
        self.save_segment(SegmentRow { state: SegmentState::Failed, reason: Some(reason), ..row });
        self.conversation_changed(conversation);
    }
}

/// What a finished file is for the call's merged one.
pub(super) fn kept(file: &SegmentFile) -> SourceState {
    SourceState::Kept { path: file.path.clone() }
}
