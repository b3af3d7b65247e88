//! A call rings at one agent's page (TMO-01..04, RCV-05..11).

use crate::call_center::{CallCenter, Turn};
use crate::codes;
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::planted::PlantedBug;
use crate::queries::milliseconds;
use crate::row::{CallState, LegRow};
use crate::timers::Reason;
use model::{AgentId, CallId, EndedBy, LegId, Now, ParticipantType, TransferFailure, VoiceStatus};
use std::time::Duration;
use wire::browser::{CallKind, IncomingCall, LegPhase, MediaState, RingEnd, ServerMessage};

impl CallCenter {
    pub(crate) fn ring(&mut self, call: CallId, agent: AgentId, turn: &mut Turn) {
        let leg = self.add_ringing_leg(call, agent, turn);
        self.waiting.leave(call);
        self.timers.cancel(Reason::RingAgain(call));
        self.set_call_state(call, CallState::Ringing);
        let state = self.call_mut(call);
        state.agent_leg = Some(leg);
        state.told_position = None;
        let customer_leg = state.customer_leg;
        self.tell_of_ring(leg, turn);
        self.tell_leg(customer_leg, ServerMessage::Ringing { leg: customer_leg });
    }

    /// A leg of this agent that rings from now on. Its call has it in `agent_leg` or `target_leg` before anybody is told.
    pub(crate) fn add_ringing_leg(&mut self, call: CallId, agent: AgentId, turn: &mut Turn) -> LegId {
        let leg = LegId(turn.ids.next_id());
        let length = Duration::from_secs(u64::from(self.settings.ring_inbound_seconds));
        self.add_leg(LegRow {
            id: leg,
            call,
            participant: ParticipantType::Agent,
            agent: Some(agent),
            identity: agent.to_string(),
            display_name: self.agent_ref(agent).row.display_name.clone(),
            phase: LegPhase::Ringing,
            media: MediaState::default(),
            lost_since: None,
            segment: None,
            created_at: turn.now.wall,
            connected_at: None,
            ended_at: None,
        });
        self.edit_call(call, |row| row.ring_until = Some(turn.now.wall.after(length)));
        self.timers.arm(Reason::RingTimeout(leg), turn.now.mono + length);
        self.set_voice(agent, VoiceStatus::Ringing, turn);
        leg
    }

    pub(crate) fn tell_of_ring(&mut self, leg: LegId, turn: &Turn) {
        let row = &self.leg_ref(leg).row;
        let (call, agent) = (row.call, row.agent.expect("an agent's leg names its agent"));
        self.log_of_call(turn, call, Event::CallRinging { agent, leg });
        if let Some(incoming) = self.incoming_call(leg, turn.now) {
            self.tell_agent(agent, ServerMessage::IncomingCall(incoming));
        }
    }

    /// What the page shows while it rings: an agent's, or that of a customer whom an agent calls.
    pub(crate) fn incoming_call(&self, leg: LegId, now: Now) -> Option<IncomingCall> {
        let leg = &self.legs.get(&leg).filter(|leg| leg.row.phase == LegPhase::Ringing)?.row;
        let call = self.call_ref(leg.call);
        let row = &call.row;
        let at_customer = leg.id == call.customer_leg;
        let queue = if row.only_agent.is_some() || at_customer { None } else { self.queue_name(row.queue) };
        let from = if at_customer { call.agent_leg? } else { call.customer_leg };
        Some(IncomingCall {
            leg: leg.id,
            call: row.id,
            conversation: row.conversation,
            from: self.party(from),
            queue,
            kind: if call.target_leg == Some(leg.id) { CallKind::Transferred } else { row.kind },
            direction: row.direction,
            media: row.media,
            custom_data: row.custom_data.clone(),
            rings_for_ms: milliseconds(self.remaining(Reason::RingTimeout(leg.id), now)),
        })
    }

    pub(crate) fn decline(&mut self, agent: AgentId, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let call = self.ringing_leg(agent, leg)?;
        self.log_of_call(turn, call, Event::CallDeclined { agent });
        self.stop_ringing(leg, RingEnd::Declined, turn);
        self.restart_idle_time(agent, turn);
        if self.call_ref(call).row.transfer.is_some() {
            self.transfer_failed(call, TransferFailure::Declined, turn);
        } else if self.call_ref(call).row.only_agent.is_some() {
            // Nobody else may be rung, and ringing again at who said no would leave both without a way out.
            self.end_call(call, EndedBy::Agent, codes::REJECTED, turn);
        } else {
            self.pass_over(call, agent, turn);
        }
        Ok(Reply::Done)
    }

    pub(crate) fn ring_timed_out(&mut self, leg: LegId, turn: &mut Turn) {
        match self.leg_ref(leg).row.agent {
            Some(_) => self.not_answered(leg, RingEnd::NoAnswer, turn),
            None => self.customer_did_not_answer(leg, turn),
        }
    }

    pub(crate) fn stop_ringing_at_gone_agent(&mut self, agent: AgentId, turn: &mut Turn) {
        if let Some(leg) = self.agent_ref(agent).leg.filter(|_| !self.planted.is(PlantedBug::Ringing)) {
            self.not_answered(leg, RingEnd::AgentGone, turn);
        }
    }

    fn not_answered(&mut self, leg: LegId, reason: RingEnd, turn: &mut Turn) {
        let row = &self.leg_ref(leg).row;
        let (call, agent) = (row.call, row.agent);
        let Some(agent) = agent.filter(|_| row.phase == LegPhase::Ringing) else { return };
        self.log_of_call(turn, call, Event::CallNotAnswered { agent });
        self.stop_ringing(leg, reason, turn);
        self.restart_idle_time(agent, turn);
        if self.call_ref(call).row.transfer.is_some() {
            let gone = reason == RingEnd::AgentGone;
            let reason = if gone { TransferFailure::AgentGone } else { TransferFailure::NoAnswer };
            self.transfer_failed(call, reason, turn);
        } else {
            self.pass_over(call, agent, turn);
        }
    }

    /// The ringing leg ends; its call is left in the state of ringing or of being transferred, or without its customer.
    pub(crate) fn stop_ringing(&mut self, leg: LegId, reason: RingEnd, turn: &Turn) {
        let row = &self.leg_ref(leg).row;
        let (call, agent) = (row.call, row.agent);
        self.tell_leg(leg, ServerMessage::IncomingCallGone { leg, reason });
        self.finish_leg(leg, turn);
        self.edit_call(call, |row| row.ring_until = None);
        if let Some(agent) = agent {
            self.set_voice(agent, VoiceStatus::Idle, turn);
        }
    }

    /// Back to waiting, at its old place; this agent comes after the others. Who was handed over before does not wait behind
    /// anybody.
    pub(crate) fn pass_over(&mut self, call: CallId, agent: AgentId, turn: &mut Turn) {
        self.edit_call(call, |row| {
            row.passed_over.retain(|other| *other != agent);
            row.passed_over.push(agent);
            row.front_of_queue |= row.kind == CallKind::Transferred;
        });
        self.set_call_state(call, CallState::Waiting);
        self.call_mut(call).last_passed = Some(turn.now.mono);
        self.wait_on(call, turn);
    }

    /// The call of this agent's ringing leg.
    pub(crate) fn ringing_leg(&self, agent: AgentId, leg: LegId) -> Result<CallId, CommandError> {
        self.known_agent(agent)?;
        let row = &self.live_leg(leg)?.row;
        if row.agent != Some(agent) {
            return Err(CommandError::UnknownLeg(leg));
        }
        if row.phase != LegPhase::Ringing {
            return Err(CommandError::NotRinging);
        }
        Ok(row.call)
    }
}
