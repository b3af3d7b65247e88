//! Blind transfer: an agent hands a call over without speaking to whoever gets it.
//!
//! ```text
//! to an agent   Established or Held ─► Transferring ─┬─► Established   the target has it; the transferor wraps up
//!                                                    ├─► as before     the target did not take it; the transferor has it
//!                                                    └─► Waiting       neither has it: the front of the queue
//! to a queue    Established or Held ─► Waiting                         the transferor wraps up at once
//! ```
//!
//! The customer is never left without either of them or a place in line.

mod failed;
pub(crate) mod row;
mod strategy;
mod to_agent;
mod to_queue;

pub(crate) use strategy::TransferStrategy;

use crate::call_center::{CallCenter, Turn};
use crate::codes::Code;
use crate::command::{CommandError, TransferRefusal};
use crate::queries::milliseconds;
use crate::row::{CallState, QueueRow};
use crate::sound::Sound;
use model::{AgentId, CallId, EndedBy, LegId, ParticipantType, QueueId};
use wire::browser::{Remote, ServerMessage, Transfer};
use wire::engine::Command;

impl CallCenter {
    /// The call that this agent's leg may hand over now.
    fn transferable(&self, leg: LegId) -> Result<(CallId, AgentId), CommandError> {
        let (call, agent) = self.talk_of_agent(leg)?;
        match self.call_ref(call).row.state {
            CallState::Transferring => Err(CommandError::BeingTransferred),
            _ => Ok((call, agent)),
        }
    }

    /// A call of this queue may go to the agent: one who serves the queue and would be assigned a new call.
    pub(crate) fn check_target_agent(&self, agent: AgentId, queue: QueueId) -> Result<(), CommandError> {
        let agent = self.known_agent(agent)?;
        if !agent.row.queues.contains(&queue) {
            return Err(CommandError::CannotTransfer(TransferRefusal::OtherQueue));
        }
        if !agent.is_free() {
            return Err(CommandError::CannotTransfer(TransferRefusal::AgentUnavailable));
        }
        Ok(())
    }

    /// What the party at this leg is told of the transfer that is under way.
    pub(crate) fn transfer_as_told(&self, leg: LegId) -> Option<Transfer> {
        let row = &self.leg_ref(leg).row;
        let running = self.call_ref(row.call).row.transfer?;
        Some(Transfer { to: row.agent.map(|_| self.party(running.leg)), since: running.since })
    }

    /// The agent's part in the call is over, be it handed over or given up.
    fn release_transferor(&mut self, leg: LegId, code: Code, turn: &mut Turn) {
        let row = &self.leg_ref(leg).row;
        let (call, agent, segment) = (row.call, row.agent.expect("an agent's leg names its agent"), row.segment);
        let (code, ended_by, duration_ms) = (code.to_error(), EndedBy::Agent, self.talked_ms(call, turn));
        self.tell_agent(agent, ServerMessage::Hangup { leg, code, ended_by, duration_ms });
        if let Some(segment) = segment {
            self.stop_segment(segment, turn);
        }
        self.command_engine(Command::RemoveLeg { leg });
        self.finish_leg(leg, turn);
        self.begin_wrap_up(agent, call, turn);
    }

    /// As the parties of a call see an agent who has no leg in it.
    fn as_party(&self, agent: AgentId) -> Remote {
        let display_name = self.agent_ref(agent).row.display_name.clone();
        Remote { participant: ParticipantType::Agent, identity: agent.to_string(), display_name }
    }

    /// From the call's answer until now.
    pub(crate) fn talked_ms(&self, call: CallId, turn: &Turn) -> u64 {
        let answered = self.call_ref(call).row.answered_at;
        let talked = answered.map(|answered| turn.now.wall.since(answered)).unwrap_or_default();
        milliseconds(talked)
    }

    /// What is set for the customer to hear while it rings at another agent.
    pub(crate) fn transfer_sound(&self) -> Option<&Sound> {
        self.transfer_strategy.as_ref().map(|strategy| &strategy.sound)
    }
}

/// Whether calls can be handed over to the queue: somebody would be assigned there.
pub(crate) fn check_target_queue(queue: &QueueRow) -> Result<(), CommandError> {
    if queue.auto_assignment {
        return Ok(());
    }
    Err(CommandError::CannotTransfer(TransferRefusal::NoAutomaticAssignment))
}
