//! An agent calls a customer whose page is connected and waits.
//!
//! The conversation comes first, over the API. Then the agent's page calls: its leg is set up at once and hears ringing,
//! while the customer's page rings. Accepted → connecting → established, and from then on it is a call as any other.
//! Declined, not answered, or given up by the agent: it ends, and no wrap-up follows.

use crate::call::Call;
use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::codes::{NO_ANSWER, REJECTED};
use crate::command::{CommandError, NewOutboundCall, OutboundCommand, Reply};
use crate::event::Event;
use crate::limits::MAX_LIVE_CALLS;
use crate::queries::milliseconds;
use crate::row::{CallRow, CallState, ConversationStatus, CustomerRow, LegRow};
use crate::settings::CONNECT_TIMEOUT;
use crate::timers::Reason;
use model::{AgentId, CallDirection, CallId, ConversationId, EndedBy, LegId, ParticipantType, QueueId, VoiceStatus};
use std::time::Duration;
use wire::browser::{CallKind, LegPhase, MediaState, RingEnd, ServerMessage};

impl CallCenter {
    pub(crate) fn decide_outbound(&mut self, command: OutboundCommand, turn: &mut Turn) -> Result<Reply, CommandError> {
        match command {
            OutboundCommand::Open { agent, identity } => self.open_outbound_conversation(agent, identity, turn),
            OutboundCommand::Place(call) => self.place_call(call, turn),
            OutboundCommand::Accept { leg } => self.accept_as_customer(leg, turn),
            OutboundCommand::Decline { leg } => self.decline_as_customer(leg, turn),
        }
    }

    /// The conversation in which the agent is going to call whoever has this identity: the customer's open one, unless it
    /// is another agent's.
    fn open_outbound_conversation(
        &mut self,
        agent: AgentId,
        identity: String,
        turn: &mut Turn,
    ) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        check::identity("to", &identity)?;
        self.check_room_for_conversation()?;
        let known = self.customer_by_identity.get(&identity).copied();
        let unfinished = known.and_then(|customer| self.conversations.of(customer));
        let unfinished = unfinished.filter(|row| row.status != ConversationStatus::Solved);
        if let Some(other) = unfinished.and_then(|row| row.agent).filter(|other| *other != agent) {
            let name = &self.agent_ref(other).row.display_name;
            let why =
                format!("{name} has an open conversation with this customer: it must be closed or handed over first");
            return Err(CommandError::Conflict(why));
        }
        let name = known.and_then(|customer| self.customers.get(&customer)).map(|row| row.display_name.clone());
        let name = name.unwrap_or_else(|| identity.clone());
        let customer = self.customer_of(&identity, &name, turn);
        let conversation = self.join_or_open_conversation(customer, turn);
        let queue = self.outbound_queue(agent, conversation);
        self.edit_conversation(conversation, turn, |row| {
            row.queue = Some(queue);
            row.agent = Some(agent);
        });
        Ok(Reply::Conversation(Box::new(self.conversation_ref(conversation).clone())))
    }

    /// The agent's leg is connecting and the customer's rings.
    fn place_call(&mut self, new: NewOutboundCall, turn: &mut Turn) -> Result<Reply, CommandError> {
        let customer = self.check_outbound(&new)?;
        let (agent, conversation) = (new.agent, new.conversation);
        let queue = self.outbound_queue(agent, conversation);
        let call = CallId(turn.ids.next_id());
        let (customer_leg, agent_leg) = (LegId(turn.ids.next_id()), LegId(turn.ids.next_id()));
        let rings = Duration::from_secs(u64::from(self.settings.ring_outbound_seconds));
        let row = self.outbound_row(call, new, &customer, queue, turn);
        self.calls.insert(call, Call::new(row, customer_leg, Some(agent_leg)));
        self.edit_call(call, |row| row.ring_until = Some(turn.now.wall.after(rings)));
        self.add_called_customer(call, customer_leg, customer, turn);
        self.add_calling_agent(call, agent_leg, agent, turn);
        self.timers.arm(Reason::RingTimeout(customer_leg), turn.now.mono + rings);
        self.log_of_call(turn, call, Event::CallStarted { direction: CallDirection::Outbound });
        if let Some(incoming) = self.incoming_call(customer_leg, turn.now) {
            self.tell_leg(customer_leg, ServerMessage::IncomingCall(incoming));
        }
        self.tell_leg(agent_leg, ServerMessage::Ringing { leg: agent_leg });
        self.conversation_changed(conversation);
        Ok(Reply::CallStarted { call: Box::new(self.call_ref(call).row.clone()), leg: agent_leg })
    }

    fn check_outbound(&self, new: &NewOutboundCall) -> Result<CustomerRow, CommandError> {
        let agent = self.known_agent(new.agent)?;
        check::custom_data("customData", &new.custom_data)?;
        let conversation = self.conversations.known(new.conversation)?;
        if conversation.agent != Some(new.agent) {
            return Err(CommandError::Conflict("this conversation is not the agent's".to_owned()));
        }
        let customer = conversation.customer.and_then(|customer| self.customers.get(&customer));
        let customer = customer.ok_or_else(|| CommandError::Conflict("nobody can be called in it".to_owned()))?;
        match agent.row.voice {
            VoiceStatus::Idle if agent.row.enabled => {}
            VoiceStatus::Idle => return Err(CommandError::UnknownAgent(new.agent)),
            VoiceStatus::Wrapping => return Err(CommandError::WrappingUp),
            _ => return Err(CommandError::AgentBusy),
        }
        if self.leg_by_identity.contains_key(&customer.identity) {
            return Err(CommandError::CallExists);
        }
        if !new.reachable {
            return Err(CommandError::CustomerUnreachable);
        }
        check::room_for_one("MAX_LIVE_CALLS", self.calls.len(), MAX_LIVE_CALLS)?;
        Ok(customer.clone())
    }

    fn outbound_row(
        &self,
        id: CallId,
        new: NewOutboundCall,
        customer: &CustomerRow,
        queue: QueueId,
        turn: &Turn,
    ) -> CallRow {
        CallRow {
            direction: CallDirection::Outbound,
            media: new.media,
            state: CallState::Ringing,
            queue,
            custom_data: new.custom_data,
            account_recording: self.account_records(CallDirection::Outbound),
            ..self.fresh_call(id, new.conversation, customer.id, turn)
        }
    }

    fn add_called_customer(&mut self, call: CallId, leg: LegId, customer: CustomerRow, turn: &Turn) {
        self.leg_by_identity.insert(customer.identity.clone(), leg);
        self.add_leg(LegRow {
            id: leg,
            call,
            participant: ParticipantType::Customer,
            agent: None,
            identity: customer.identity,
            display_name: customer.display_name,
            phase: LegPhase::Ringing,
            media: MediaState::default(),
            lost_since: None,
            segment: None,
            created_at: turn.now.wall,
            connected_at: None,
            ended_at: None,
        });
    }

    fn add_calling_agent(&mut self, call: CallId, leg: LegId, agent: AgentId, turn: &mut Turn) {
        let camera = self.call_ref(call).row.media == model::CallMedia::Video;
        self.add_leg(LegRow {
            id: leg,
            call,
            participant: ParticipantType::Agent,
            agent: Some(agent),
            identity: agent.to_string(),
            display_name: self.agent_ref(agent).row.display_name.clone(),
            phase: LegPhase::Connecting,
            media: MediaState { camera, ..MediaState::default() },
            lost_since: None,
            segment: None,
            created_at: turn.now.wall,
            connected_at: None,
            ended_at: None,
        });
        self.timers.arm(Reason::ConnectTimeout(leg), turn.now.mono + CONNECT_TIMEOUT);
        self.set_voice(agent, VoiceStatus::InCall, turn);
    }

    /// The customer answers, and their media is being set up.
    fn accept_as_customer(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let call = self.called_customers_leg(leg)?;
        let now = turn.now;
        self.timers.cancel(Reason::RingTimeout(leg));
        self.timers.arm(Reason::ConnectTimeout(leg), now.mono + CONNECT_TIMEOUT);
        self.set_call_state(call, CallState::Connecting);
        self.edit_call(call, |row| {
            row.ring_until = None;
            row.answered_at = Some(now.wall);
        });
        self.set_leg_phase(leg, LegPhase::Connecting);
        let row = &self.call_ref(call).row;
        let (conversation, waited) = (row.conversation, now.wall.since(row.waiting_since));
        let agent = self.agent_of(call).expect("an agent's call has the agent's leg");
        let waiting_ms = milliseconds(waited);
        self.log_of_call(turn, call, Event::CallAnswered { agent, waiting_ms });
        self.edit_conversation(conversation, turn, |row| row.status = ConversationStatus::Open);
        Ok(Reply::Accepted { call, leg })
    }

    pub(crate) fn decline_as_customer(&mut self, leg: LegId, turn: &mut Turn) -> Result<Reply, CommandError> {
        let call = self.called_customers_leg(leg)?;
        self.stop_ringing(leg, RingEnd::Declined, turn);
        self.end_call(call, EndedBy::Customer, REJECTED, turn);
        Ok(Reply::Done)
    }

    pub(crate) fn customer_did_not_answer(&mut self, leg: LegId, turn: &mut Turn) {
        let call = self.leg_ref(leg).row.call;
        self.stop_ringing(leg, RingEnd::NoAnswer, turn);
        self.end_call(call, EndedBy::Platform, NO_ANSWER, turn);
    }

    /// The agent has called, and both do not talk yet. Nobody else can take such a call.
    pub(crate) fn is_being_placed(&self, call: CallId) -> bool {
        let row = &self.call_ref(call).row;
        let is_outgoing = row.direction == CallDirection::Outbound && row.kind == CallKind::Regular;
        is_outgoing && matches!(row.state, CallState::Ringing | CallState::Connecting)
    }

    fn called_customers_leg(&self, leg: LegId) -> Result<CallId, CommandError> {
        let row = &self.live_leg(leg)?.row;
        match (row.agent, row.phase) {
            (Some(_), _) => Err(CommandError::UnknownLeg(leg)),
            (None, LegPhase::Ringing) => Ok(row.call),
            (None, _) => Err(CommandError::NotRinging),
        }
    }

    /// The conversation's queue if the agent serves it, or one that they do serve: calls are held and handed over as there.
    fn outbound_queue(&self, agent: AgentId, conversation: ConversationId) -> QueueId {
        let served = &self.agent_ref(agent).row.queues;
        let own = self.conversation_ref(conversation).queue.into_iter().chain([self.default_queue]);
        let own = own.chain(served.iter().copied()).find(|queue| served.contains(queue));
        own.unwrap_or(self.default_queue)
    }
}
