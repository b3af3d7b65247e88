//! A call from arrival to its last leg's end.
//!
//! Waiting → Ringing → Connecting → Established → Ended. A ring that is declined or not answered, and an answer whose
//! media does not come up, lead back to Waiting; any state can lead to Ended. Held and Transferring are what an
//! established call may become meanwhile; a transfer to a queue leads back to Waiting. A call that an agent places begins
//! as Ringing, at the customer.

mod answer;
mod apart;
mod end;
mod establish;
mod place;
mod ring;
mod start;

use crate::call_center::{CallCenter, Turn};
use crate::row::{CallRow, CallState, RowChange, Wait};
use crate::transitions;
use crate::waiting::Strategy;
use model::{AgentId, CallDirection, CallId, CallMedia, ConversationId, CustomerId, LegId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use wire::browser::CallKind;

/// A live call, with what does not outlive a restart.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) row: CallRow,
    pub(crate) customer_leg: LegId,
    /// Ringing, connecting or established; in a transfer to an agent the transferor's.
    pub(crate) agent_leg: Option<LegId>,
    /// In a transfer to an agent the target's: ringing or connecting.
    pub(crate) target_leg: Option<LegId>,
    /// The position that the customer was told last.
    pub(crate) told_position: Option<u32>,
    /// The position that its announcement names.
    pub(crate) announced_position: u32,
    /// What it waits by, as it was when the wait began.
    pub(crate) strategy: Option<Arc<Strategy>>,
    /// Taken up after a restart: what plays to the caller is not known.
    pub(crate) sound_unsure: bool,
    /// When an agent last passed it over.
    pub(crate) last_passed: Option<Instant>,
    /// Taken up after a restart: engine and recorder may have missed what they were to be told last.
    pub(crate) media_unsure: bool,
}

impl Call {
    pub(crate) fn new(row: CallRow, customer_leg: LegId, agent_leg: Option<LegId>) -> Self {
        Self {
            row,
            customer_leg,
            agent_leg,
            target_leg: None,
            told_position: None,
            announced_position: 0,
            strategy: None,
            sound_unsure: false,
            last_passed: None,
            media_unsure: false,
        }
    }

    pub(crate) fn legs(&self) -> impl Iterator<Item = LegId> {
        self.talkers().chain(self.target_leg)
    }

    /// Who talks, or will once nothing keeps them apart.
    pub(crate) fn talkers(&self) -> impl Iterator<Item = LegId> {
        std::iter::once(self.customer_leg).chain(self.agent_leg)
    }

    /// The other party's leg.
    pub(crate) fn other_leg(&self, leg: LegId) -> Option<LegId> {
        self.talkers().find(|other| *other != leg)
    }

    /// The leg is over.
    pub(crate) fn forget_agents_leg(&mut self, leg: LegId) {
        for own in [&mut self.agent_leg, &mut self.target_leg] {
            own.take_if(|own| *own == leg);
        }
    }
}

impl CallCenter {
    /// A call that comes in now and waits in the default queue.
    fn fresh_call(&self, id: CallId, conversation: ConversationId, customer: CustomerId, turn: &Turn) -> CallRow {
        CallRow {
            id,
            conversation,
            customer,
            direction: CallDirection::Inbound,
            kind: CallKind::Regular,
            media: CallMedia::Audio,
            state: CallState::Waiting,
            queue: self.default_queue,
            only_agent: None,
            familiar: None,
            link: None,
            custom_data: BTreeMap::new(),
            passed_over: Vec::new(),
            ring_until: None,
            waiting_since: turn.now.wall,
            front_of_queue: false,
            held_since: None,
            transfer: None,
            wait: Wait::default(),
            account_recording: self.account_records(CallDirection::Inbound),
            auto_compose: self.settings.recording.is_some_and(|config| config.auto_compose),
            recording: None,
            recording_paused: false,
            recording_epoch: None,
            handed_over: None,
            created_at: turn.now.wall,
            answered_at: None,
            ended_at: None,
            ended_by: None,
            end_code: None,
        }
    }

    pub(crate) fn call_ref(&self, call: CallId) -> &Call {
        self.calls.get(&call).expect("a live leg's call is live")
    }

    pub(crate) fn call_mut(&mut self, call: CallId) -> &mut Call {
        self.calls.get_mut(&call).expect("a live leg's call is live")
    }

    /// Who has the call, or hands it over.
    pub(crate) fn agent_of(&self, call: CallId) -> Option<AgentId> {
        let state = self.call_ref(call);
        let own = state.agent_leg.and_then(|leg| self.leg_ref(leg).row.agent);
        own.or(state.row.transfer.map(|transfer| transfer.from))
    }

    pub(crate) fn edit_call(&mut self, call: CallId, edit: impl FnOnce(&mut CallRow)) {
        let row = &mut self.call_mut(call).row;
        edit(row);
        let row = row.clone();
        self.outbox.save(RowChange::Call(row));
    }

    pub(crate) fn set_call_state(&mut self, call: CallId, state: CallState) {
        transitions::assert_allowed(transitions::CALL, self.call_ref(call).row.state, state);
        self.edit_call(call, |row| row.state = state);
    }
}
