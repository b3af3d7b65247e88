//! A customer calls by a link.

use crate::call::Call;
use crate::call_center::{CallCenter, Turn};
use crate::check;
use crate::command::{CommandError, NewCall, Reply};
use crate::event::Event;
use crate::limits::{MAX_LIVE_CALLS, MAX_NAME};
use crate::link::{self, LinkState};
use crate::row::{CallRow, CustomerRow, LegRow, LinkRow, RowChange};
use crate::settings::CONNECT_TIMEOUT;
use crate::timers::Reason;
use model::{CallDirection, CallId, ConversationId, CustomerId, LegId, Now, ParticipantType};
use wire::browser::{LegPhase, MediaState};

impl CallCenter {
    pub(crate) fn start_call(&mut self, new: NewCall, turn: &mut Turn) -> Result<Reply, CommandError> {
        let link = self.usable_link(&new, turn.now)?.clone();
        let only_agent = self.destination_agent(&link.destination)?;
        self.check_new_call(&new)?;
        let customer = self.customer_of(&new.identity, &new.display_name, turn);
        let familiar = self.familiar_agent(customer);
        let conversation = self.join_or_open_conversation(customer, turn);
        let mut call = self.make_call(&new, &link, customer, conversation, turn);
        let (id, leg) = (call.row.id, call.customer_leg);
        if only_agent.is_none() {
            let route = self.route(&call.row, turn.now);
            call.row.queue = route.queue;
            self.edit_conversation(conversation, turn, |row| {
                row.queue = Some(route.queue);
                row.priority = route.priority.unwrap_or(row.priority);
            });
        }
        self.calls.insert(id, call);
        self.edit_call(id, |row| {
            row.only_agent = only_agent;
            row.familiar = familiar;
        });
        self.add_customer_leg(&new, id, leg, turn);
        self.begin_waiting(id, turn);
        self.log_of_call(turn, id, Event::CallStarted { direction: CallDirection::Inbound });
        match self.away_hours(id) {
            Some(hours) => self.turn_away(id, hours, turn),
            None => self.join_line(id),
        }
        self.conversation_changed(conversation);
        Ok(Reply::CallStarted { call: Box::new(self.call_ref(id).row.clone()), leg })
    }

    fn usable_link(&self, new: &NewCall, now: Now) -> Result<&LinkRow, CommandError> {
        let link = self.links.get(&new.link).ok_or(CommandError::UnknownLink)?;
        match link::state(link, now) {
            LinkState::Active => {}
            LinkState::Inactive => return Err(CommandError::LinkInactive),
            LinkState::Expired => return Err(CommandError::LinkExpired),
        }
        let in_use = || self.calls.values().any(|call| call.row.link == Some(link.id));
        if link.one_time && in_use() {
            return Err(CommandError::CallExists);
        }
        Ok(link)
    }

    fn check_new_call(&self, new: &NewCall) -> Result<(), CommandError> {
        check::identity("identity", &new.identity)?;
        check::at_most("displayName", &new.display_name, MAX_NAME)?;
        check::custom_data("customData", &new.custom_data)?;
        if self.leg_by_identity.contains_key(&new.identity) {
            return Err(CommandError::CallExists);
        }
        check::room_for_one("MAX_LIVE_CALLS", self.calls.len(), MAX_LIVE_CALLS)?;
        self.check_room_for_conversation()
    }

    /// CLK-22: the identity is who calls; the name is as given last.
    pub(crate) fn customer_of(&mut self, identity: &str, display_name: &str, turn: &mut Turn) -> CustomerId {
        let known = self.customer_by_identity.get(identity).and_then(|id| self.customers.get(id));
        let row = match known {
            Some(row) if row.display_name == display_name => return row.id,
            Some(row) => CustomerRow { display_name: display_name.to_owned(), ..row.clone() },
            None => CustomerRow {
                id: CustomerId(turn.ids.next_id()),
                identity: identity.to_owned(),
                display_name: display_name.to_owned(),
                created_at: turn.now.wall,
            },
        };
        let id = row.id;
        self.outbox.save(RowChange::Customer(row.clone()));
        self.customer_by_identity.insert(row.identity.clone(), id);
        self.customers.insert(id, row);
        id
    }

    fn make_call(
        &self,
        new: &NewCall,
        link: &LinkRow,
        customer: CustomerId,
        conversation: ConversationId,
        turn: &mut Turn,
    ) -> Call {
        let mut custom_data = new.custom_data.clone();
        custom_data.extend(link.custom_data.clone());
        let id = CallId(turn.ids.next_id());
        let row = CallRow {
            media: new.media,
            link: Some(link.id),
            custom_data,
            ..self.fresh_call(id, conversation, customer, turn)
        };
        let customer_leg = LegId(turn.ids.next_id());
        Call::new(row, customer_leg, None)
    }

    fn add_customer_leg(&mut self, new: &NewCall, call: CallId, leg: LegId, turn: &Turn) {
        let row = LegRow {
            id: leg,
            call,
            participant: ParticipantType::Customer,
            agent: None,
            identity: new.identity.clone(),
            display_name: new.display_name.clone(),
            phase: LegPhase::Waiting,
            media: MediaState { camera: new.media == model::CallMedia::Video, ..MediaState::default() },
            lost_since: None,
            segment: None,
            created_at: turn.now.wall,
            connected_at: None,
            ended_at: None,
        };
        self.leg_by_identity.insert(new.identity.clone(), leg);
        self.add_leg(row);
        self.timers.arm(Reason::ConnectTimeout(leg), turn.now.mono + CONNECT_TIMEOUT);
    }
}
