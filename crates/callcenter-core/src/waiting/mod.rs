//! How a call waits: greeting, then music with announcements, until an agent answers or the longest wait is over.
//!
//! `begin_waiting` chooses the strategy and starts the longest wait → ring, decline, ring again: the sound goes on →
//! answered: the wait is forgotten; or the maximum passes → at once, or when the agent that rings does not answer, the
//! last message → the call ends. A call that comes back from ringing keeps its strategy, its place and its time; one that a
//! transfer brings to a queue begins to wait anew.

mod away;
pub(crate) mod row;
mod strategies;

pub use strategies::ALL_WEB_CALLS;
pub(crate) use strategies::{Strategies, Strategy};

use crate::call_center::{CallCenter, Turn};
use crate::codes::NO_ANSWER;
use crate::event::Event;
use crate::queries::milliseconds;
use crate::row::CallState;
use crate::settings::LAST_MESSAGE_TAIL;
use crate::timers::Reason;
use model::{CallId, EndedBy, Now, PromptId, WallTime};
use row::Wait;
use wire::browser::ServerMessage;
use wire::engine::Playlist;
use wire::prompt::RINGBACK;

impl CallCenter {
    /// The call begins to wait in its queue, anew: on arrival, and when a transfer brings it there. A greeting that it has heard by the same strategy is not heard again.
    pub(crate) fn begin_waiting(&mut self, call: CallId, turn: &Turn) {
        let strategy = self.strategy_for(self.call_ref(call));
        let id = strategy.as_ref().map(|strategy| strategy.row.id);
        let longest = strategy.as_ref().map(|strategy| strategy.row.fields.maximum_wait.duration());
        self.timers.cancel(Reason::WaitEnd(call));
        match longest {
            Some(longest) => self.timers.arm(Reason::MaximumWait(call), turn.now.mono + longest),
            None => self.timers.cancel(Reason::MaximumWait(call)),
        }
        let state = self.call_mut(call);
        state.strategy = strategy;
        state.announced_position = 0;
        state.sound_unsure = false;
        self.edit_call(call, |row| {
            row.wait = Wait {
                strategy: id,
                until: longest.map(|longest| turn.now.wall.after(longest)),
                greeted: row.wait.greeted && row.wait.strategy == id,
                ends_at: None,
                away: None,
            };
        });
    }

    /// Nobody has answered: the call waits on at its place, unless its time is over.
    pub(crate) fn wait_on(&mut self, call: CallId, turn: &mut Turn) {
        let row = &self.call_ref(call).row;
        let is_over = self.timers.due(Reason::MaximumWait(call)).is_none_or(|due| due <= turn.now.mono);
        if row.wait.until.is_some() && is_over {
            return self.end_wait(call, turn);
        }
        self.join_line(call);
    }

    /// An agent has answered, and both hear each other.
    pub(crate) fn forget_wait(&mut self, call: CallId) {
        self.timers.cancel(Reason::MaximumWait(call));
        self.greeting_is_over(call);
    }

    /// Whatever plays next begins after the greeting.
    pub(crate) fn greeting_is_over(&mut self, call: CallId) {
        let state = self.call_ref(call);
        if state.strategy.as_ref().is_some_and(|strategy| strategy.greeting.is_some()) && !state.row.wait.greeted {
            self.edit_call(call, |row| row.wait.greeted = true);
        }
    }

    /// Whoever rings or answers just now may still take it.
    pub(crate) fn maximum_wait_passed(&mut self, call: CallId, turn: &mut Turn) {
        if self.call_ref(call).row.state == CallState::Waiting {
            self.end_wait(call, turn);
        }
    }

    /// The call leaves the line; the caller hears the last message, and then the call ends.
    fn end_wait(&mut self, call: CallId, turn: &mut Turn) {
        self.waiting.leave(call);
        self.timers.cancel(Reason::RingAgain(call));
        self.timers.cancel(Reason::MaximumWait(call));
        let state = self.call_ref(call);
        let waited = turn.now.wall.since(state.row.waiting_since);
        let is_heard = self.leg_ref(state.customer_leg).is_held_by_engine();
        let length = self.last_message(call).and_then(|prompt| self.prompts.length(prompt)).filter(|_| is_heard);
        let waiting_ms = milliseconds(waited);
        if state.row.wait.away.is_none() {
            self.log_of_call(turn, call, Event::MaximumWaitPassed { waiting_ms });
        }
        let Some(length) = length.map(|length| length + LAST_MESSAGE_TAIL) else { return self.wait_ended(call, turn) };
        self.edit_call(call, |row| row.wait.ends_at = Some(turn.now.wall.after(length)));
        self.timers.arm(Reason::WaitEnd(call), turn.now.mono + length);
        self.tell_of_last_message(call, turn.now);
        self.play_waiting_sound(call);
    }

    /// Where the wait is over: the page shows that the call is about to end.
    pub(crate) fn tell_of_last_message(&mut self, call: CallId, now: Now) {
        let state = self.call_ref(call);
        let (leg, Some(_)) = (state.customer_leg, state.row.wait.ends_at) else { return };
        let ends_in_ms = milliseconds(self.remaining(Reason::WaitEnd(call), now));
        self.tell_leg(leg, ServerMessage::WaitingEnds { leg, ends_in_ms });
    }

    pub(crate) fn wait_ended(&mut self, call: CallId, turn: &mut Turn) {
        self.end_call(call, EndedBy::Platform, NO_ANSWER, turn);
    }

    /// After a restart: the strategy as it is now, and the timers towards their deadlines.
    pub(crate) fn take_up_wait(&mut self, call: CallId, now: Now) {
        let row = &self.call_ref(call).row;
        let (wait, state) = (row.wait.clone(), row.state);
        self.call_mut(call).strategy = wait.strategy.and_then(|id| self.strategies.get(id)).cloned();
        let at = |wall: WallTime| now.mono + wall.since(now.wall);
        match (wait.ends_at, wait.until) {
            (Some(ends_at), _) if is_unanswered(state) => self.timers.arm(Reason::WaitEnd(call), at(ends_at)),
            // Where it has passed while an agent rang or answered, it shows when they do not take the call.
            (None, Some(until)) if state == CallState::Waiting || (is_unanswered(state) && until > now.wall) => {
                self.timers.arm(Reason::MaximumWait(call), at(until));
            }
            _ => {}
        }
    }

    /// The customer hears that the call is on its way until the agent's voice takes its place. After a restart what plays
    /// goes on until it is clear which prompts there are, so that it is not interrupted by something less.
    pub(crate) fn play_waiting_sound(&mut self, call: CallId) {
        let state = self.call_ref(call);
        let is_known = !state.sound_unsure || self.all_answered(call);
        if is_known && is_unanswered(state.row.state) && self.leg_ref(state.customer_leg).is_held_by_engine() {
            let playlist = self.waiting_playlist(call);
            self.call_mut(call).sound_unsure = false;
            self.play_to_customer(call, playlist);
        }
    }

    /// Of everything that the call may hear now it is known whether it can be played.
    fn all_answered(&self, call: CallId) -> bool {
        let state = self.call_ref(call);
        if state.row.wait.ends_at.is_some() {
            return self.last_prompt(call).is_none_or(|prompt| self.prompts.is_answered(prompt));
        }
        let Some(strategy) = &state.strategy else { return true };
        let sound = strategy.sound.prompts_at(state.announced_position);
        strategy.greeting.into_iter().chain(sound).all(|prompt| self.prompts.is_answered(prompt))
    }

    /// The same as long as nothing changes, so that saying it again interrupts nothing.
    pub(crate) fn waiting_playlist(&self, call: CallId) -> Playlist {
        let state = self.call_ref(call);
        if state.row.wait.ends_at.is_some() {
            return self.last_message(call).map_or_else(Playlist::default, Playlist::once);
        }
        let Some(strategy) = &state.strategy else { return Playlist::looped(RINGBACK) };
        let greeting = self.prompts.playable(strategy.greeting).filter(|_| !state.row.wait.greeted);
        Playlist { greeting, ..strategy.sound.playlist(&self.prompts, state.announced_position) }
    }

    /// What the caller hears last, if it can be played.
    fn last_message(&self, call: CallId) -> Option<PromptId> {
        self.prompts.playable(self.last_prompt(call))
    }

    fn last_prompt(&self, call: CallId) -> Option<PromptId> {
        let state = self.call_ref(call);
        match state.row.wait.away {
            Some(hours) => Some(self.away_messages.get(&hours)?.message.source()?.id()),
            None => state.strategy.as_ref()?.last_message,
        }
    }

    /// What a caller who is not talking hears: of one who is turned away it is time for the message.
    pub(crate) fn say_waiting_sound(&mut self, call: CallId, turn: &mut Turn) {
        let state = self.call_ref(call);
        let is_heard = self.leg_ref(state.customer_leg).is_held_by_engine();
        match state.row.wait {
            Wait { away: Some(_), ends_at: None, .. } if is_heard => self.end_wait(call, turn),
            _ => self.play_waiting_sound(call),
        }
    }

    /// What the call hears may be another, now that there is an answer for this prompt.
    pub(crate) fn sound_depends_on(&self, call: CallId, prompt: PromptId) -> bool {
        let state = self.call_ref(call);
        let names = || self.waiting_playlist(call).prompts().any(|named| named == prompt);
        is_unanswered(state.row.state) && !self.is_being_placed(call) && (state.sound_unsure || names())
    }

    /// The customer has been told another place: the announcement names it too.
    pub(crate) fn announce_position(&mut self, call: CallId, position: u32) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let before = std::mem::replace(&mut state.announced_position, position);
        let unsure = state.sound_unsure;
        let Some(strategy) = &state.strategy else { return };
        let [before, now] = [before, position].map(|place| strategy.sound.announced_at(place));
        if unsure || self.prompts.playable(before) != self.prompts.playable(now) {
            self.play_waiting_sound(call);
        }
    }
}

/// No agent and the customer hear each other yet.
const fn is_unanswered(state: CallState) -> bool {
    matches!(state, CallState::Waiting | CallState::Ringing | CallState::Connecting)
}
