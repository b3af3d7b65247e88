//! Which files of a call's recording are open, finished or failed. The recorder's facts may come twice.

mod compose;
mod config;
mod delete;
mod handed_over;
mod pause;
mod segments;

pub use config::{AgentRecordingRow, RecordingConfig};
pub(crate) use segments::Segments;

use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::effect::Effect;
use crate::event::Event;
use crate::limits::RECORDER_ANSWER;
use crate::row::{RowChange, SegmentOrigin, SegmentRow, SegmentState, SourceState};
use crate::timers::Reason;
use model::{AgentId, CallId, LegId, MediaTime, SegmentId, WallTime};
use wire::recorder::{Command, SegmentFile, SegmentStart};

impl CallCenter {
    /// Open a file for each leg that has none.
    pub(crate) fn start_missing_segments(&mut self, call: CallId, turn: &mut Turn) {
        let legs: Vec<LegId> =
            self.call_ref(call).talkers().filter(|leg| self.leg_ref(*leg).row.segment.is_none()).collect();
        for leg in legs {
            self.start_segment(call, leg, turn);
        }
    }

    fn start_segment(&mut self, call: CallId, leg: LegId, turn: &mut Turn) {
        let segment = SegmentId(turn.ids.next_id());
        let Some(start) = self.segment_start(call, leg, segment) else { return };
        let agent = self.call_ref(call).agent_leg.and_then(|leg| self.leg_ref(leg).row.agent);
        let origin = self.segment_origin(call, leg, start.started_at);
        let row = segment_row(&start, agent, origin, turn.now.wall);
        if self.call_ref(call).row.auto_compose {
            self.add_source(&start, &row, SegmentId(turn.ids.next_id()));
        }
        self.save_segment(row);
        self.edit_leg(leg, |row| row.segment = Some(segment));
        self.tell_recorder_of(start);
    }

    /// After a restart nobody knows whether the recorder was told: a repeat is harmless.
    pub(crate) fn repeat_starts(&mut self, call: CallId) {
        let legs: Vec<LegId> = self.call_ref(call).legs().collect();
        for leg in legs {
            let open = self.leg_ref(leg).row.segment;
            if let Some(start) = open.and_then(|segment| self.segment_start(call, leg, segment)) {
                self.tell_recorder_of(start);
            }
        }
    }

    fn tell_recorder_of(&mut self, start: SegmentStart) {
        let (segment, paused) = (start.segment, self.call_ref(start.call).row.recording_paused);
        self.outbox.effect(Effect::Recorder(Command::Start(Box::new(start))));
        if paused {
            self.outbox.effect(Effect::Recorder(Command::SetPaused { segment, paused }));
        }
    }

    /// What is being recorded is said again. A segment that the recorder has closed meanwhile is told as finished, and
    /// the call goes on in another.
    pub(crate) fn recorder_back(&mut self) -> Result<Reply, CommandError> {
        let calls: Vec<CallId> = self.calls.keys().copied().collect();
        calls.into_iter().for_each(|call| self.repeat_starts(call));
        self.repeat_deletions();
        self.repeat_orders();
        Ok(Reply::Done)
    }

    /// Files of legs that are over, of which the recorder may not have been told.
    pub(crate) fn stop_left_segments(&mut self, turn: &Turn) {
        let in_use = |row: &SegmentRow| self.legs.get(&row.leg).is_some_and(|leg| leg.row.segment == Some(row.id));
        let is_left =
            |row: &&SegmentRow| row.state == SegmentState::Recording && row.composed.is_none() && !in_use(row);
        let left: Vec<SegmentId> = self.segments.rows().filter(is_left).map(|row| row.id).collect();
        left.into_iter().for_each(|segment| self.stop_segment(segment, turn));
    }

    fn segment_start(&self, call: CallId, leg: LegId, segment: SegmentId) -> Option<SegmentStart> {
        let state = self.call_ref(call);
        let epoch = state.row.recording_epoch?;
        let leg = &self.leg_ref(leg).row;
        Some(SegmentStart {
            segment,
            account: self.account,
            conversation: state.row.conversation,
            call,
            leg: leg.id,
            participant: leg.participant,
            identity: leg.identity.clone(),
            display_name: leg.display_name.clone(),
            agent_name: self.leg_ref(state.agent_leg.or(state.target_leg)?).row.display_name.clone(),
            customer_name: self.leg_ref(state.customer_leg).row.display_name.clone(),
            direction: state.row.direction,
            media: state.row.recording?,
            started_at: wall_time(epoch),
            epoch,
        })
    }

    /// No more frames come; the rows wait for the recorder's facts.
    pub(crate) fn stop_segments(&mut self, call: CallId, turn: &Turn) {
        let legs: Vec<LegId> = self.call_ref(call).legs().collect();
        for leg in legs {
            if let Some(segment) = self.leg_ref(leg).row.segment {
                self.edit_leg(leg, |row| row.segment = None);
                self.stop_segment(segment, turn);
            }
        }
    }

    pub(crate) fn stop_segment(&mut self, segment: SegmentId, turn: &Turn) {
        self.outbox.effect(Effect::Recorder(Command::Stop { segment }));
        self.timers.arm(Reason::RecorderSilence(segment), turn.now.mono + RECORDER_ANSWER);
    }

    /// The recorder never was told of it, or has lost it. Should the file come after all, it counts.
    pub(crate) fn recorder_silent(&mut self, segment: SegmentId, turn: &Turn) {
        self.fail_segment(segment, "the recorder did not report the end of this file".to_owned(), turn);
    }

    pub(crate) fn segment_finished(&mut self, file: SegmentFile, turn: &mut Turn) -> Result<Reply, CommandError> {
        let (segment, screen, recovered) = (file.segment, file.screen, file.recovered);
        let Some(known) = self.row_for_file(&file) else { return Ok(Reply::Done) };
        let (conversation, call, leg) = (known.conversation, known.call, known.leg);
        let duration_ms = file.duration_ms;
        let (is_composed, kept) = (known.composed.is_some(), compose::kept(&file));
        self.save_segment(SegmentRow {
            state: SegmentState::Finished,
            media: file.media,
            reason: None,
            path: Some(file.path),
            file_name: Some(file.file_name),
            mime: Some(file.mime),
            bytes: Some(file.bytes),
            duration_ms: Some(duration_ms),
            gaps_ms: Some(file.gaps_ms),
            sha256: Some(file.sha256),
            ..known
        });
        self.conversation_changed(conversation);
        if is_composed {
            return Ok(Reply::Done);
        }
        self.log(turn, Some(conversation), Some(call), Event::RecordingFinished { leg, duration_ms });
        if !screen {
            self.settle_source(call, segment, &kept);
        }
        // A shared screen's file may be complete long before the voice's.
        if !screen && self.leave_segment(leg, segment) && recovered {
            self.go_on_after_recorder_restart(call, turn);
        }
        Ok(Reply::Done)
    }

    /// The row that the file completes; a screen's file gets its own. Nothing for what is unknown or done already.
    fn row_for_file(&self, file: &SegmentFile) -> Option<SegmentRow> {
        match self.segments.get(file.segment, file.screen) {
            Some(row) => {
                Some(row).filter(|row| matches!(row.state, SegmentState::Recording | SegmentState::Failed)).cloned()
            }
            None => {
                let voice = self.segments.get(file.segment, false)?;
                Some(SegmentRow { screen: file.screen, ..voice.clone() })
            }
        }
    }

    pub(crate) fn segment_failed(
        &mut self,
        segment: SegmentId,
        reason: String,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.fail_segment(segment, reason, turn);
        Ok(Reply::Done)
    }

    fn fail_segment(&mut self, segment: SegmentId, reason: String, turn: &Turn) {
        let open = |row: &&SegmentRow| row.state == SegmentState::Recording;
        let Some(row) = self.segments.get(segment, false).filter(open).cloned() else { return };
        if row.composed.is_some() {
            return self.composed_failed(row, reason);
        }
        let (conversation, call, leg) = (row.conversation, row.call, row.leg);
        self.save_segment(SegmentRow { state: SegmentState::Failed, reason: Some(reason.clone()), ..row });
        self.log(turn, Some(conversation), Some(call), Event::RecordingFailed { leg, reason });
        self.conversation_changed(conversation);
        self.settle_source(call, segment, &SourceState::Missing);
        self.leave_segment(leg, segment);
    }

    /// The leg's open segment is over although the leg lives.
    fn leave_segment(&mut self, leg: LegId, segment: SegmentId) -> bool {
        self.timers.cancel(Reason::RecorderSilence(segment));
        let was_open = self.legs.get(&leg).is_some_and(|leg| leg.row.segment == Some(segment));
        if was_open {
            self.edit_leg(leg, |row| row.segment = None);
        }
        was_open
    }

    /// The recorder finished what it held when it died; the call is still there to be recorded.
    fn go_on_after_recorder_restart(&mut self, call: CallId, turn: &mut Turn) {
        if self.calls.get(&call).is_some_and(|call| call.row.state.is_talk()) {
            self.say_media(call, turn);
        }
    }

    fn save_segment(&mut self, row: SegmentRow) {
        self.outbox.save(RowChange::Segment(row.clone()));
        self.segments.put(row);
    }
}

/// The engine's clock is anchored to UTC.
pub(crate) fn media_time(at: WallTime) -> MediaTime {
    MediaTime(u64::try_from(at.0).unwrap_or_default() * 1000)
}

fn wall_time(at: MediaTime) -> WallTime {
    WallTime(i64::try_from(at.0 / 1000).expect("64 bits of microseconds are 63 bits of milliseconds"))
}

fn segment_row(start: &SegmentStart, agent: Option<AgentId>, origin: SegmentOrigin, now: WallTime) -> SegmentRow {
    SegmentRow {
        id: start.segment,
        screen: false,
        conversation: start.conversation,
        call: start.call,
        leg: start.leg,
        participant: start.participant,
        agent,
        display_name: start.display_name.clone(),
        state: SegmentState::Recording,
        media: start.media,
        path: None,
        file_name: None,
        mime: None,
        bytes: None,
        duration_ms: None,
        gaps_ms: None,
        sha256: None,
        reason: None,
        started_at: now,
        deleted: None,
        origin,
        composed: None,
    }
}
