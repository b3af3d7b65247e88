//! Legs are lost and come back (QLY-01..03): by their page, by their path to the engine, or by both.

use crate::call_center::{CallCenter, Turn};
use crate::codes::NETWORK_ERROR;
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::leg::Path;
use crate::row::CallState;
use crate::settings::{CONNECT_TIMEOUT, RECONNECT_WINDOW};
use crate::timers::Reason;
use model::{CallId, EndedBy, LegId, MediaTime};
use wire::browser::{LegPhase, ServerMessage};

impl CallCenter {
    pub(crate) fn leg_connected(&mut self, leg: LegId, at: MediaTime, turn: &mut Turn) -> Result<Reply, CommandError> {
        let row = &self.live_leg(leg)?.row;
        let (call, first_time) = (row.call, row.connected_at.is_none());
        if row.phase == LegPhase::Ringing {
            return Err(CommandError::UnknownLeg(leg));
        }
        self.timers.cancel(Reason::ConnectTimeout(leg));
        if first_time {
            self.edit_leg(leg, |row| row.connected_at = Some(turn.now.wall));
        }
        self.set_path(leg, Path::Up, turn);
        self.media_came_up(call, at, turn);
        Ok(Reply::Done)
    }

    pub(crate) fn path_lost(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        if self.live_leg(leg)?.path == Path::Up {
            self.set_path(leg, Path::Silent, turn);
        }
        Ok(Reply::Done)
    }

    pub(crate) fn path_back(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        if self.live_leg(leg)?.path == Path::Silent {
            self.set_path(leg, Path::Up, turn);
        }
        Ok(Reply::Done)
    }

    pub(crate) fn page_lost(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        self.customers_leg(leg)?;
        self.set_page_gone(leg, true, turn);
        Ok(Reply::Done)
    }

    pub(crate) fn page_back(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        self.customers_leg(leg)?;
        self.set_page_gone(leg, false, turn);
        let call = self.leg_ref(leg).row.call;
        self.call_mut(call).told_position = None;
        let waits = self.leg_ref(leg).row.phase == LegPhase::Waiting;
        if waits && self.call_ref(call).row.state == CallState::Ringing {
            self.tell_leg(leg, ServerMessage::Ringing { leg });
        }
        self.tell_of_last_message(call, turn.now);
        self.waiting.tell_again(call);
        Ok(Reply::Done)
    }

    fn customers_leg(&self, leg: LegId) -> Result<(), CommandError> {
        match self.live_leg(leg)?.row.agent {
            None => Ok(()),
            Some(_) => Err(CommandError::UnknownLeg(leg)),
        }
    }

    pub(crate) fn engine_restarted(&mut self, turn: &mut Turn) -> Result<Reply, CommandError> {
        let calls: Vec<_> = self.calls.keys().copied().collect();
        for call in calls {
            // What was written before is whole by itself; it goes on in new files on the same timeline.
            self.stop_segments(call, turn);
            self.call_mut(call).media_unsure = false;
            // A new engine would begin with the greeting again.
            if self.leg_ref(self.call_ref(call).customer_leg).is_held_by_engine() {
                self.greeting_is_over(call);
            }
        }
        let legs: Vec<LegId> =
            self.legs.values().filter(|leg| leg.row.phase != LegPhase::Ringing).map(|leg| leg.row.id).collect();
        for leg in legs {
            self.set_path(leg, Path::Gone, turn);
        }
        Ok(Reply::Done)
    }

    fn set_path(&mut self, leg: LegId, path: Path, turn: &mut Turn) {
        self.leg_mut(leg).path = path;
        self.refresh_lost(leg, turn);
    }

    pub(crate) fn set_page_gone(&mut self, leg: LegId, gone: bool, turn: &mut Turn) {
        self.leg_mut(leg).page_gone = gone;
        self.refresh_lost(leg, turn);
    }

    pub(crate) fn refresh_lost(&mut self, leg: LegId, turn: &mut Turn) {
        let state = self.leg_ref(leg);
        let (lost, was_lost, call) = (state.is_lost(), state.row.lost_since.is_some(), state.row.call);
        if state.row.agent.is_none() {
            self.waiting.set_ready(call, !lost);
        }
        match (was_lost, lost) {
            (false, true) => {
                self.edit_leg(leg, |row| row.lost_since = Some(turn.now.wall));
                self.timers.arm(Reason::ReconnectWindow(leg), turn.now.mono + RECONNECT_WINDOW);
                self.log_of_call(turn, call, Event::LegLost { leg });
                self.tell_other_side(leg, false);
            }
            (true, false) => {
                self.edit_leg(leg, |row| row.lost_since = None);
                self.timers.cancel(Reason::ReconnectWindow(leg));
                self.log_of_call(turn, call, Event::LegBack { leg });
                self.tell_other_side(leg, true);
                self.tell_if_other_is_lost(leg);
                self.repeat_media_after_restart(call, turn);
                if self.leg_ref(leg).is_being_set_up() {
                    self.timers.arm(Reason::ConnectTimeout(leg), turn.now.mono + CONNECT_TIMEOUT);
                }
                if self.call_ref(call).row.state == CallState::Transferring && self.target_is_connected(call) {
                    self.complete_transfer(call, turn);
                }
            }
            _ => {}
        }
    }

    /// When all are back after a restart of this core alone, what the engine and the recorder hold is said again. Who waits, is
    /// on hold or being transferred hears so without anybody else.
    fn repeat_media_after_restart(&mut self, call: CallId, turn: &mut Turn) {
        let state = self.call_ref(call);
        let is_back = |leg: LegId| self.leg_ref(leg).row.lost_since.is_none();
        let all_back = state.talkers().all(is_back);
        let enough = all_back || state.row.state != CallState::Established && is_back(state.customer_leg);
        if state.media_unsure && enough {
            self.call_mut(call).media_unsure = !all_back;
            self.repeat_starts(call);
            self.say_media(call, turn);
        }
    }

    fn tell_other_side(&mut self, leg: LegId, connected: bool) {
        if let Some(other) = self.talking_to(leg) {
            self.tell_leg(other, ServerMessage::RemoteConnection { leg: other, connected });
        }
    }

    /// A page that was away does not know what became of the other party meanwhile.
    fn tell_if_other_is_lost(&mut self, leg: LegId) {
        if self.talking_to(leg).is_some_and(|other| self.leg_ref(other).row.lost_since.is_some()) {
            self.tell_leg(leg, ServerMessage::RemoteConnection { leg, connected: false });
        }
    }

    /// The other leg of an established call, on hold or not.
    pub(crate) fn talking_to(&self, leg: LegId) -> Option<LegId> {
        let call = self.call_ref(self.leg_ref(leg).row.call);
        matches!(call.row.state, CallState::Established | CallState::Held).then(|| call.other_leg(leg)).flatten()
    }

    pub(crate) fn reconnect_window_passed(&mut self, leg: LegId, turn: &mut Turn) {
        let row = &self.leg_ref(leg).row;
        let call = row.call;
        match (row.agent, row.phase) {
            (Some(_), _) if self.is_being_placed(call) => self.end_call(call, EndedBy::Agent, NETWORK_ERROR, turn),
            (Some(_), LegPhase::Connecting) => self.agent_could_not_connect(leg, NETWORK_ERROR, turn),
            (Some(_), _) if self.call_ref(call).row.transfer.is_some() => self.transferor_is_gone(call, leg, turn),
            (Some(_), _) => self.end_call(call, EndedBy::Agent, NETWORK_ERROR, turn),
            (None, _) => self.end_call(call, EndedBy::Customer, NETWORK_ERROR, turn),
        }
    }
}
