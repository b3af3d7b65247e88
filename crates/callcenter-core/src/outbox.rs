use crate::effect::Effect;
use crate::event::{Author, Event, EventRecord};
use crate::row::{ConversationTag, RowChange};
use model::{
    AgentId, CallId, ConversationId, CustomerId, HoldConfigId, LegId, LinkConfigId, LinkId, NoteId, QueueId, RuleId,
    SegmentId, StatusId, TagId, TransferStrategyId, WaitingStrategyId, WallTime, WorkingHoursId,
};
use std::collections::{BTreeMap, VecDeque};

/// A row's place in the transaction: what others refer to comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RowKey {
    Settings,
    WorkingHours(WorkingHoursId),
    Queue(QueueId),
    Status(StatusId),
    Agent(AgentId),
    Rule(RuleId),
    LinkConfig(LinkConfigId),
    Link(LinkId),
    Customer(CustomerId),
    Conversation(ConversationId),
    Call(CallId),
    Leg(LegId),
    WaitingStrategy(WaitingStrategyId),
    HoldConfig(HoldConfigId),
    TransferStrategy(TransferStrategyId),
    AgentRecording(AgentId),
    AwayMessage(WorkingHoursId),
    Note(NoteId),
    Tag(TagId),
    ConversationTag(ConversationTag),
    Metadata(ConversationId),
    Segment(SegmentId, bool),
}

impl RowKey {
    fn of(change: &RowChange) -> Self {
        match change {
            RowChange::Settings(_) => Self::Settings,
            RowChange::WorkingHours(row) => Self::WorkingHours(row.id),
            RowChange::WorkingHoursDeleted(id) => Self::WorkingHours(*id),
            RowChange::Status(row) => Self::Status(row.id),
            RowChange::StatusDeleted(id) => Self::Status(*id),
            RowChange::Agent(row) => Self::Agent(row.id),
            RowChange::Queue(row) => Self::Queue(row.id),
            RowChange::Rule(row) => Self::Rule(row.id),
            RowChange::RuleDeleted(id) => Self::Rule(*id),
            RowChange::Customer(row) => Self::Customer(row.id),
            RowChange::Conversation(row) => Self::Conversation(row.id),
            RowChange::Call(row) => Self::Call(row.id),
            RowChange::Leg(row) => Self::Leg(row.id),
            RowChange::Link(row) => Self::Link(row.id),
            RowChange::LinkDeleted(id) => Self::Link(*id),
            RowChange::LinkConfig(row) => Self::LinkConfig(row.id),
            RowChange::LinkConfigDeleted(id) => Self::LinkConfig(*id),
            RowChange::WaitingStrategy(row) => Self::WaitingStrategy(row.id),
            RowChange::WaitingStrategyDeleted(id) => Self::WaitingStrategy(*id),
            RowChange::HoldConfig(row) => Self::HoldConfig(row.id),
            RowChange::HoldConfigDeleted(id) => Self::HoldConfig(*id),
            RowChange::TransferStrategy(row) => Self::TransferStrategy(row.id),
            RowChange::AgentRecording(row) => Self::AgentRecording(row.agent),
            RowChange::AwayMessage(row) => Self::AwayMessage(row.id),
            RowChange::AwayMessageDeleted(id) => Self::AwayMessage(*id),
            RowChange::Note(row) => Self::Note(row.id),
            RowChange::Tag(row) => Self::Tag(row.id),
            RowChange::TagDeleted(id) => Self::Tag(*id),
            RowChange::Tagged(row) | RowChange::Untagged(row) => Self::ConversationTag(*row),
            RowChange::Metadata(row) => Self::Metadata(row.conversation),
            RowChange::MetadataDeleted(id) => Self::Metadata(*id),
            RowChange::Segment(row) => Self::Segment(row.id, row.screen),
        }
    }
}

/// What the shell still has to fetch. A row changed several times leaves once, as it is in the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox {
    changes: BTreeMap<RowKey, RowChange>,
    events: VecDeque<EventRecord>,
    effects: VecDeque<Effect>,
    last_event: u64,
    planned: u64,
}

impl Outbox {
    pub(crate) fn after_event(last_event: u64) -> Self {
        Self { last_event, ..Self::default() }
    }

    /// Counts everything ever put in.
    pub(crate) fn planned(&self) -> u64 {
        self.planned
    }

    pub(crate) fn save(&mut self, change: RowChange) {
        self.planned += 1;
        self.changes.insert(RowKey::of(&change), change);
    }

    pub(crate) fn log(
        &mut self,
        at: WallTime,
        conversation: Option<ConversationId>,
        call: Option<CallId>,
        author: Option<Author>,
        event: Event,
    ) {
        self.planned += 1;
        self.last_event += 1;
        self.events.push_back(EventRecord { sequence: self.last_event, at, conversation, call, author, event });
    }

    pub(crate) fn effect(&mut self, effect: Effect) {
        self.planned += 1;
        self.effects.push_back(effect);
    }

    pub(crate) fn poll_change(&mut self) -> Option<RowChange> {
        self.changes.pop_first().map(|(_, change)| change)
    }

    pub(crate) fn poll_event(&mut self) -> Option<EventRecord> {
        self.events.pop_front()
    }

    pub(crate) fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }
}
