//! Recordings are deleted for good: from the moment of the command nobody reaches them, and the recorder is asked until it
//! says that the files are gone. The rows stay, with who had it done and when.

use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::effect::Effect;
use crate::event::Event;
use crate::row::{Deletion, SegmentRow, SegmentState};
use model::SegmentId;
use std::collections::BTreeSet;
use wire::recorder::Command;

impl CallCenter {
    /// `rows` are those of one segment as the store has them.
    pub(crate) fn delete_segment(
        &mut self,
        rows: Vec<SegmentRow>,
        by: String,
        turn: &Turn,
    ) -> Result<Reply, CommandError> {
        // What is known here is newer than what was read there.
        let newest = |row: SegmentRow| self.segments.get(row.id, row.screen).cloned().unwrap_or(row);
        let rows: Vec<SegmentRow> = rows.into_iter().map(newest).collect();
        if rows.iter().any(|row| row.state == SegmentState::Recording) {
            let why = "this recording is still being made: it can be deleted when the call is over";
            return Err(CommandError::Conflict(why.to_owned()));
        }
        let is_there = |row: &SegmentRow| matches!(row.state, SegmentState::Finished | SegmentState::Failed);
        let rows: Vec<SegmentRow> = rows.into_iter().filter(is_there).collect();
        let Some(SegmentRow { id, conversation, call, leg, .. }) = rows.first().cloned() else {
            return Ok(Reply::Done);
        };
        let deleted = Deletion { at: turn.now.wall, by: by.clone() };
        for row in rows {
            self.save_segment(SegmentRow { state: SegmentState::Deleting, deleted: Some(deleted.clone()), ..row });
        }
        self.log(turn, Some(conversation), Some(call), Event::RecordingDeleted { leg, by });
        self.conversation_changed(conversation);
        self.outbox.effect(Effect::Recorder(Command::Delete { segment: id }));
        Ok(Reply::Done)
    }

    /// The recorder has removed the files.
    pub(crate) fn segment_deleted(&mut self, segment: SegmentId) -> Result<Reply, CommandError> {
        let is_due = |row: &&SegmentRow| row.id == segment && row.state == SegmentState::Deleting;
        let rows: Vec<SegmentRow> = self.segments.rows().filter(is_due).cloned().collect();
        for row in rows {
            self.save_segment(SegmentRow { state: SegmentState::Deleted, path: None, ..row });
        }
        Ok(Reply::Done)
    }

    /// Nobody knows whether the recorder was told: a repeat is harmless.
    pub(crate) fn repeat_deletions(&mut self) {
        let due = self.segments.rows().filter(|row| row.state == SegmentState::Deleting).map(|row| row.id);
        let due: BTreeSet<SegmentId> = due.collect();
        for segment in due {
            self.outbox.effect(Effect::Recorder(Command::Delete { segment }));
        }
    }
}
