//! An agent answers, and media is being set up.

use crate::call_center::{CallCenter, Turn};
use crate::codes::{Code, MEDIA_ERROR, NETWORK_ERROR};
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::queries::milliseconds;
use crate::row::{CallState, ConversationStatus};
use crate::settings::CONNECT_TIMEOUT;
use crate::timers::Reason;
use model::{AgentId, EndedBy, LegId, TransferFailure, VoiceStatus};
use wire::browser::{CallKind, LegPhase, ServerMessage};

impl CallCenter {
    pub(crate) fn accept(&mut self, agent: AgentId, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let call = self.ringing_leg(agent, leg)?;
        if self.call_ref(call).target_leg == Some(leg) {
            return Ok(self.accept_transfer(call, agent, leg, turn));
        }
        let now = turn.now;
        self.timers.cancel(Reason::RingTimeout(leg));
        self.timers.arm(Reason::ConnectTimeout(leg), now.mono + CONNECT_TIMEOUT);
        self.set_call_state(call, CallState::Connecting);
        self.edit_call(call, |row| {
            row.ring_until = None;
            row.answered_at.get_or_insert(now.wall);
        });
        let state = self.call_ref(call);
        let (customer_leg, conversation) = (state.customer_leg, state.row.conversation);
        let waiting = now.wall.since(state.row.waiting_since);
        self.set_leg_phase(customer_leg, LegPhase::Connecting);
        self.set_leg_phase(leg, LegPhase::Connecting);
        self.set_voice(agent, VoiceStatus::InCall, turn);
        let waiting_ms = milliseconds(waiting);
        self.log_of_call(turn, call, Event::CallAnswered { agent, waiting_ms });
        self.edit_conversation(conversation, turn, |row| {
            row.agent = Some(agent);
            row.status = ConversationStatus::Open;
        });
        let present = self.agent_ref(agent).is_present();
        self.set_page_gone(leg, !present, turn);
        Ok(Reply::Accepted { call, leg })
    }

    pub(crate) fn leg_refused(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        if self.live_leg(leg)?.is_being_set_up() {
            self.could_not_connect(leg, MEDIA_ERROR, EndedBy::Platform, turn);
        }
        Ok(Reply::Done)
    }

    pub(crate) fn connect_timed_out(&mut self, leg: LegId, turn: &mut Turn) {
        let state = self.leg_ref(leg);
        // A lost leg has its reconnect window instead.
        if state.is_being_set_up() && state.row.lost_since.is_none() {
            self.could_not_connect(leg, NETWORK_ERROR, EndedBy::Customer, turn);
        }
    }

    fn could_not_connect(&mut self, leg: LegId, code: Code, ended_by: EndedBy, turn: &mut Turn) {
        let row = &self.leg_ref(leg).row;
        let (call, is_agent) = (row.call, row.agent.is_some());
        match is_agent {
            true if self.is_being_placed(call) => self.end_call(call, EndedBy::Agent, code, turn),
            true => self.agent_could_not_connect(leg, code, turn),
            false => self.end_call(call, ended_by, code, turn),
        }
    }

    /// The answer is taken back: the call waits again and keeps its place; a transfer comes to nothing.
    pub(crate) fn agent_could_not_connect(&mut self, leg: LegId, code: Code, turn: &mut Turn) {
        let row = &self.leg_ref(leg).row;
        let (call, agent) = (row.call, row.agent.expect("an agent's leg names its agent"));
        let customer_leg = self.call_ref(call).customer_leg;
        let is_target = self.call_ref(call).target_leg == Some(leg);
        if !is_target {
            self.log_of_call(turn, call, Event::CallNotConnected { agent });
        }
        let hangup = ServerMessage::Hangup { leg, code: code.to_error(), ended_by: EndedBy::Platform, duration_ms: 0 };
        self.tell_agent(agent, hangup);
        self.command_engine(wire::engine::Command::RemoveLeg { leg });
        self.finish_leg(leg, turn);
        self.set_voice(agent, VoiceStatus::Idle, turn);
        self.restart_idle_time(agent, turn);
        if is_target {
            return self.transfer_failed(call, TransferFailure::NotConnected, turn);
        }
        self.edit_call(call, |row| {
            // Whoever was handed over was answered before.
            if row.kind != CallKind::Transferred {
                row.answered_at = None;
            }
        });
        self.set_leg_phase(customer_leg, LegPhase::Waiting);
        self.pass_over(call, agent, turn);
    }
}
