//! Hold: both stay connected, the customer hears music, and neither hears the other.
//!
//! Established → Held → Established, by the agent alone. A transfer may begin on hold; one that fails goes back there, so
//! that nobody is overheard who believes to be apart.

mod config;
pub(crate) mod row;

pub(crate) use config::HoldConfigs;

use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::planted::PlantedBug;
use crate::queries::milliseconds;
use crate::row::CallState;
use crate::sound::Sound;
use model::{AgentId, CallId, LegId, VoiceStatus};
use wire::browser::{LegPhase, ServerMessage};

impl CallCenter {
    pub(crate) fn hold(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let (call, agent) = self.talk_of_agent(leg)?;
        match self.call_ref(call).row.state {
            CallState::Held => return Err(CommandError::HeldAlready),
            CallState::Transferring => return Err(CommandError::BeingTransferred),
            _ => {}
        }
        let since = turn.now.wall;
        self.set_call_state(call, CallState::Held);
        self.call_mut(call).sound_unsure = false;
        self.edit_call(call, |row| row.held_since = Some(since));
        self.set_voice(agent, VoiceStatus::OnHold, turn);
        self.log_of_call(turn, call, Event::CallHeld { agent });
        let legs: Vec<LegId> = self.call_ref(call).talkers().collect();
        legs.into_iter().for_each(|leg| self.tell_leg(leg, ServerMessage::Held { leg, since }));
        self.say_media(call, turn);
        self.conversation_changed(self.call_ref(call).row.conversation);
        Ok(Reply::Done)
    }

    pub(crate) fn resume(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let (call, agent) = self.talk_of_agent(leg)?;
        match self.call_ref(call).row.state {
            CallState::Held => {}
            CallState::Transferring => return Err(CommandError::BeingTransferred),
            _ => return Err(CommandError::NotHeld),
        }
        self.set_call_state(call, CallState::Established);
        self.end_hold(call, agent, turn);
        self.set_voice(agent, VoiceStatus::InCall, turn);
        let legs: Vec<LegId> = self.call_ref(call).talkers().collect();
        legs.into_iter().for_each(|leg| self.tell_leg(leg, ServerMessage::Resumed { leg }));
        if !self.planted.is(PlantedBug::Hold) {
            self.say_media(call, turn);
        }
        self.conversation_changed(self.call_ref(call).row.conversation);
        Ok(Reply::Done)
    }

    /// The log says how long a hold was, however it ended.
    pub(crate) fn end_hold(&mut self, call: CallId, agent: AgentId, turn: &Turn) {
        let Some(since) = self.call_ref(call).row.held_since else { return };
        self.edit_call(call, |row| row.held_since = None);
        let held_ms = milliseconds(turn.now.wall.since(since));
        self.log_of_call(turn, call, Event::CallResumed { agent, held_ms });
    }

    /// The call of this agent's leg, if both parties are connected in it.
    pub(crate) fn talk_of_agent(&self, leg: LegId) -> Result<(CallId, AgentId), CommandError> {
        let row = &self.live_leg(leg)?.row;
        let agent = row.agent.ok_or(CommandError::NotTheAgents)?;
        if row.phase != LegPhase::Established {
            return Err(CommandError::NotInTalk);
        }
        Ok((row.call, agent))
    }

    /// What is set for the customer to hear on hold.
    pub(crate) fn hold_sound(&self, call: CallId) -> Option<&Sound> {
        self.hold_configs.sound_for(self.call_ref(call).row.queue)
    }
}
