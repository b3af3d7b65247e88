//! The time after a call in which its agent writes it up and takes no other.

use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::limits::MAX_WRAP_UP_SECONDS;
use crate::planted::PlantedBug;
use crate::row::RunningWrapUp;
use crate::timers::Reason;
use model::{AgentId, CallId, VoiceStatus};
use std::time::Duration;

impl CallCenter {
    /// The agent leaves a call that it had answered.
    pub(crate) fn begin_wrap_up(&mut self, agent: AgentId, call: CallId, turn: &Turn) {
        let seconds = self.agent_ref(agent).row.wrap_up_seconds.unwrap_or(self.settings.wrap_up_seconds);
        if !self.settings.wrap_up_enabled || seconds == 0 {
            self.set_voice(agent, VoiceStatus::Idle, turn);
            self.restart_idle_time(agent, turn);
            return;
        }
        let length = Duration::from_secs(u64::from(seconds));
        let conversation = self.call_ref(call).row.conversation;
        self.set_voice(agent, VoiceStatus::Wrapping, turn);
        self.edit_agent(agent, turn, |row| {
            row.wrap_up = Some(RunningWrapUp { call, conversation, until: turn.now.wall.after(length) });
        });
        self.timers.arm(Reason::WrapUpEnd(agent), turn.now.mono + length);
        self.log_of_call(turn, call, Event::WrapUpStarted { agent });
    }

    pub(crate) fn extend_wrap_up(
        &mut self,
        agent: AgentId,
        seconds: u32,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        check::in_range("seconds", seconds, 1..=MAX_WRAP_UP_SECONDS)?;
        let running = self.known_agent(agent)?.row.wrap_up.clone().ok_or(CommandError::NotWrapping)?;
        if !self.settings.wrap_up_can_extend {
            return Err(CommandError::CannotExtendWrapUp);
        }
        // Not from what the clock on the wall says: it may have been set since.
        let remaining = self.remaining(Reason::WrapUpEnd(agent), turn.now) + Duration::from_secs(u64::from(seconds));
        if remaining > Duration::from_secs(u64::from(MAX_WRAP_UP_SECONDS)) {
            return Err(check::invalid("seconds", format!("a wrap-up lasts at most {MAX_WRAP_UP_SECONDS} seconds")));
        }
        let until = turn.now.wall.after(remaining);
        self.edit_agent(agent, turn, |row| row.wrap_up = Some(RunningWrapUp { until, ..running }));
        if !self.planted.is(PlantedBug::WrapUp) {
            self.timers.arm(Reason::WrapUpEnd(agent), turn.now.mono + remaining);
        }
        Ok(Reply::Done)
    }

    pub(crate) fn clear_wrap_up(&mut self, agent: AgentId, turn: &mut Turn) -> Result<Reply, CommandError> {
        self.known_agent(agent)?.row.wrap_up.as_ref().ok_or(CommandError::NotWrapping)?;
        self.end_wrap_up(agent, turn);
        Ok(Reply::Done)
    }

    pub(crate) fn end_wrap_up(&mut self, agent: AgentId, turn: &mut Turn) {
        self.timers.cancel(Reason::WrapUpEnd(agent));
        let Some(running) = self.agent_ref(agent).row.wrap_up.clone() else { return };
        self.edit_agent(agent, turn, |row| row.wrap_up = None);
        self.set_voice(agent, VoiceStatus::Idle, turn);
        self.restart_idle_time(agent, turn);
        self.log(turn, Some(running.conversation), Some(running.call), Event::WrapUpEnded { agent });
    }
}
