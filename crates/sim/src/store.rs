//! What is committed: rows, and the log.

use crate::log::Told;
use callcenter_core::event::EventRecord;
use callcenter_core::row::*;
use callcenter_core::settings::AccountSettings;
use model::*;
use std::collections::{BTreeMap, BTreeSet};

/// Rows and log of one account.
#[derive(Debug, Clone, Default)]
pub struct Store {
    settings: AccountSettings,
    working_hours: BTreeMap<WorkingHoursId, WorkingHoursRow>,
    rules: BTreeMap<RuleId, RuleRow>,
    statuses: BTreeMap<StatusId, StatusRow>,
    agents: BTreeMap<AgentId, AgentRow>,
    queues: BTreeMap<QueueId, QueueRow>,
    customers: BTreeMap<CustomerId, CustomerRow>,
    conversations: BTreeMap<ConversationId, ConversationRow>,
    pub(crate) calls: BTreeMap<CallId, CallRow>,
    pub(crate) legs: BTreeMap<LegId, LegRow>,
    links: BTreeMap<LinkId, LinkRow>,
    link_configs: BTreeMap<LinkConfigId, LinkConfigRow>,
    tags: BTreeMap<TagId, TagRow>,
    conversation_tags: BTreeSet<ConversationTag>,
    metadata: BTreeMap<ConversationId, MetadataRow>,
    waiting_strategies: BTreeMap<WaitingStrategyId, WaitingStrategyRow>,
    hold_configs: BTreeMap<HoldConfigId, HoldConfigRow>,
    transfer_strategy: Option<TransferStrategyRow>,
    agent_recordings: BTreeMap<AgentId, AgentRecordingRow>,
    away_messages: BTreeMap<WorkingHoursId, AwayMessageRow>,
    pub(crate) segments: BTreeMap<(SegmentId, bool), SegmentRow>,
    last_event: u64,
    /// What the log has told so far.
    told: Told,
}

impl Store {
    /// One transaction.
    pub fn commit(&mut self, changes: Vec<RowChange>, events: Vec<EventRecord>) {
        for event in events {
            assert_eq!(event.sequence, self.last_event + 1, "the log counts up by one");
            self.last_event = event.sequence;
            self.told.read(&event);
        }
        for change in changes {
            self.told.compare(&change);
            self.write(change);
        }
        self.told.forget_what_is_over();
    }

    /// Once nobody is in a call: the log tells so too.
    pub(crate) fn check_log(&self) {
        let open = self.conversations.values().filter(|row| row.status != ConversationStatus::Closed);
        assert_eq!(self.told.live(), (0, open.count()), "live calls and open conversations in the log");
    }

    fn write(&mut self, change: RowChange) {
        match change {
            RowChange::Settings(settings) => self.settings = settings,
            RowChange::WorkingHours(row) => drop(self.working_hours.insert(row.id, row)),
            RowChange::WorkingHoursDeleted(id) => drop(self.working_hours.remove(&id)),
            RowChange::Rule(row) => drop(self.rules.insert(row.id, row)),
            RowChange::RuleDeleted(id) => drop(self.rules.remove(&id)),
            RowChange::Status(row) => drop(self.statuses.insert(row.id, row)),
            RowChange::StatusDeleted(id) => drop(self.statuses.remove(&id)),
            RowChange::Agent(row) => {
                assert!(row.queues.iter().all(|queue| self.queues.contains_key(queue)));
                self.agents.insert(row.id, row);
            }
            RowChange::Queue(row) => drop(self.queues.insert(row.id, row)),
            RowChange::Customer(row) => drop(self.customers.insert(row.id, row)),
            RowChange::Conversation(row) => {
                assert!(row.customer.is_none_or(|customer| self.customers.contains_key(&customer)));
                self.conversations.insert(row.id, row);
            }
            RowChange::Call(row) => {
                assert!(self.conversations.contains_key(&row.conversation), "references come first");
                let before = self.calls.insert(row.id, row);
                assert!(before.is_none_or(|row| row.state != CallState::Ended), "an ended call does not change");
            }
            RowChange::Leg(row) => {
                assert!(self.calls.contains_key(&row.call), "references come first");
                let before = self.legs.insert(row.id, row);
                assert!(before.is_none_or(|row| row.ended_at.is_none()), "an ended leg does not change");
            }
            RowChange::Link(row) => drop(self.links.insert(row.id, row)),
            RowChange::LinkDeleted(id) => drop(self.links.remove(&id)),
            RowChange::LinkConfig(row) => drop(self.link_configs.insert(row.id, row)),
            RowChange::LinkConfigDeleted(id) => drop(self.link_configs.remove(&id)),
            RowChange::WaitingStrategy(row) => drop(self.waiting_strategies.insert(row.id, row)),
            RowChange::WaitingStrategyDeleted(id) => drop(self.waiting_strategies.remove(&id)),
            RowChange::HoldConfig(row) => drop(self.hold_configs.insert(row.id, row)),
            RowChange::HoldConfigDeleted(id) => drop(self.hold_configs.remove(&id)),
            RowChange::TransferStrategy(row) => self.transfer_strategy = Some(row),
            RowChange::AgentRecording(row) => drop(self.agent_recordings.insert(row.agent, row)),
            RowChange::AwayMessage(row) => drop(self.away_messages.insert(row.id, row)),
            RowChange::AwayMessageDeleted(id) => drop(self.away_messages.remove(&id)),
            RowChange::Note(_) => {}
            RowChange::Tag(row) => drop(self.tags.insert(row.id, row)),
            RowChange::TagDeleted(id) => {
                self.tags.remove(&id);
                self.conversation_tags.retain(|carried| carried.tag != id);
            }
            RowChange::Tagged(row) => drop(self.conversation_tags.insert(row)),
            RowChange::Untagged(row) => drop(self.conversation_tags.remove(&row)),
            RowChange::Metadata(row) => drop(self.metadata.insert(row.conversation, row)),
            RowChange::MetadataDeleted(id) => drop(self.metadata.remove(&id)),
            RowChange::Segment(row) => drop(self.segments.insert((row.id, row.screen), row)),
        }
    }

    /// What a core is built from.
    pub fn snapshot(&self) -> Snapshot {
        let open = |row: &&ConversationRow| row.status != ConversationStatus::Closed;
        let conversations: Vec<_> = self.conversations.values().filter(open).cloned().collect();
        let customers = conversations.iter().filter_map(|row| row.customer);
        let is_open = |id: ConversationId| conversations.iter().any(|row| row.id == id);
        Snapshot {
            settings: self.settings.clone(),
            working_hours: self.working_hours.values().cloned().collect(),
            rules: self.rules.values().cloned().collect(),
            statuses: self.statuses.values().cloned().collect(),
            agents: self.agents.values().cloned().collect(),
            queues: self.queues.values().cloned().collect(),
            customers: customers.filter_map(|id| self.customers.get(&id)).cloned().collect(),
            calls: self.calls.values().filter(|row| row.state != CallState::Ended).cloned().collect(),
            legs: self.legs.values().filter(|row| row.ended_at.is_none()).cloned().collect(),
            links: self.links.values().cloned().collect(),
            link_configs: self.link_configs.values().cloned().collect(),
            tags: self.tags.values().cloned().collect(),
            conversation_tags: self.conversation_tags.iter().filter(|row| is_open(row.conversation)).copied().collect(),
            metadata: self.metadata.values().filter(|row| is_open(row.conversation)).cloned().collect(),
            waiting_strategies: self.waiting_strategies.values().cloned().collect(),
            hold_configs: self.hold_configs.values().cloned().collect(),
            transfer_strategy: self.transfer_strategy.clone(),
            agent_recordings: self.agent_recordings.values().copied().collect(),
            away_messages: self.away_messages.values().cloned().collect(),
            segments: self.segments.values().filter(|row| !row.state.is_settled()).cloned().collect(),
            last_event: self.last_event,
            conversations,
        }
    }
}
