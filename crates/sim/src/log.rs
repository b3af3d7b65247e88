//! The state as the log alone tells it: after each transaction it must be what the rows say that the transaction changed.

use callcenter_core::event::{Event, EventRecord};
use callcenter_core::row::*;
use model::*;
use std::collections::{BTreeMap, BTreeSet};
use wire::browser::LegPhase;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Waiting,
    Ringing,
    /// Answered, whether media is up or not.
    Answered,
    Held,
    Transferring,
}

/// A call as the log tells it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Call {
    stage: Stage,
    /// An agent calls, and the customer has not answered.
    is_outgoing: bool,
    started: WallTime,
    /// Since when it waits, or did before the answer.
    waiting: WallTime,
    wait_over: bool,
    turned_away: Option<WorkingHoursId>,
    /// Where it rings. A target that answers says so by having the call.
    rings: Option<(AgentId, LegId)>,
    agent: Option<AgentId>,
    held: Option<WallTime>,
    recording_paused: bool,
    transfers_to: Option<AgentId>,
    handed_over: bool,
    answered: Option<WallTime>,
    ended: Option<(WallTime, EndedBy, u32)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Agent {
    status: AgentStatus,
    custom: Option<StatusId>,
    reachable: bool,
    full: bool,
    wraps_up: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Conversation {
    /// The log does not tell what it was made with.
    is_known: bool,
    status: ConversationStatus,
    priority: Priority,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
}

/// Everything that the log tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    calls: BTreeMap<CallId, Call>,
    lost: BTreeSet<LegId>,
    agents: BTreeMap<AgentId, Agent>,
    conversations: BTreeMap<ConversationId, Conversation>,
    spent: BTreeSet<LinkId>,
}

impl Told {
    pub(crate) fn read(&mut self, record: &EventRecord) {
        match (record.call, record.conversation) {
            (Some(call), _) => self.read_of_call(call, record),
            (None, Some(conversation)) => self.read_of_conversation(conversation, record),
            (None, None) => {}
        }
        self.read_of_agent(record);
    }

    fn read_of_call(&mut self, id: CallId, record: &EventRecord) {
        if let Event::CallStarted { direction } = record.event {
            let is_outgoing = direction == CallDirection::Outbound;
            let stage = if is_outgoing { Stage::Ringing } else { Stage::Waiting };
            let call = Call { stage, is_outgoing, started: record.at, waiting: record.at, ..Call::default() };
            assert_eq!(self.calls.insert(id, call), None, "{id} starts once");
        }
        match record.event {
            Event::LegLost { leg } => assert!(self.lost.insert(leg), "{leg} is lost once"),
            Event::LegBack { leg } => assert!(self.lost.remove(&leg), "only what is lost comes back"),
            _ => {}
        }
        let Some(call) = self.calls.get_mut(&id) else {
            let comes_late = matches!(
                record.event,
                Event::WrapUpEnded { .. } | Event::RecordingFinished { .. } | Event::RecordingFailed { .. }
            );
            assert!(comes_late, "{:?} in {id}, which is not live", record.event);
            return;
        };
        call.rings_or_is_answered(id, record);
        call.is_held_or_handed_over(id, record);
    }

    fn read_of_conversation(&mut self, id: ConversationId, record: &EventRecord) {
        if record.event == Event::ConversationCreated {
            assert_eq!(self.conversations.insert(id, Conversation::default()), None, "{id} begins once");
        }
        let known = self.conversations.get_mut(&id).expect("nothing happens in a conversation that is not open");
        match &record.event {
            Event::ConversationStatusChanged { status } => known.status = *status,
            Event::ConversationClosed => known.status = ConversationStatus::Closed,
            Event::ConversationPriorityChanged { priority } => known.priority = *priority,
            Event::ConversationQueueChanged { queue } => known.queue = *queue,
            Event::ConversationAssigned { agent } => known.agent = *agent,
            _ => {}
        }
    }

    fn agent(&mut self, agent: AgentId) -> &mut Agent {
        self.agents.entry(agent).or_insert_with(new_agent)
    }

    fn read_of_agent(&mut self, record: &EventRecord) {
        match record.event {
            Event::AgentStatusChanged { agent, status, custom } => {
                let known = self.agent(agent);
                (known.status, known.custom) = (status, custom);
            }
            Event::AgentReachable { agent, reachable } => {
                let before = std::mem::replace(&mut self.agent(agent).reachable, reachable);
                assert_ne!(before, reachable, "{agent} is told to be gone or back once");
            }
            Event::AgentCapacity { agent, full } => {
                let before = std::mem::replace(&mut self.agent(agent).full, full);
                assert_ne!(before, full, "{agent} is told to be full or not once");
            }
            Event::WrapUpStarted { agent } => {
                assert!(!std::mem::replace(&mut self.agent(agent).wraps_up, true), "{agent} wraps up twice at once");
            }
            Event::WrapUpEnded { agent } => {
                assert!(std::mem::take(&mut self.agent(agent).wraps_up), "a wrap-up of {agent} ends once");
            }
            Event::LinkUsed { link } => assert!(self.spent.insert(link), "{link} is spent once"),
            _ => {}
        }
    }
}

fn new_agent() -> Agent {
    Agent { status: AgentStatus::Invisible, custom: None, reachable: false, full: false, wraps_up: false }
}

impl Call {
    fn rings_or_is_answered(&mut self, id: CallId, record: &EventRecord) {
        match record.event {
            Event::CallRinging { agent, leg } => {
                assert!(!self.wait_over && self.turned_away.is_none(), "{id} rings although its wait is over");
                assert_eq!(self.rings.replace((agent, leg)), None, "{id} rings twice at once");
                if self.stage == Stage::Waiting {
                    self.stage = Stage::Ringing;
                }
            }
            Event::CallDeclined { agent } | Event::CallNotAnswered { agent } => {
                assert_eq!(self.rings.take().map(|(rings, _)| rings), Some(agent), "{id} stops ringing once");
                if self.stage == Stage::Ringing {
                    self.stage = Stage::Waiting;
                }
            }
            Event::CallAnswered { agent, waiting_ms } => {
                assert_eq!(record.at.since(self.waiting).as_millis(), u128::from(waiting_ms));
                let rings = Some(agent).filter(|_| !std::mem::take(&mut self.is_outgoing));
                assert_eq!(self.rings.take().map(|(rings, _)| rings), rings, "{id} is answered where it rings");
                (self.stage, self.agent) = (Stage::Answered, Some(agent));
                self.answered.get_or_insert(record.at);
            }
            Event::CallNotConnected { agent } => {
                assert_eq!(self.agent.take(), Some(agent), "{id} was answered");
                self.stage = Stage::Waiting;
                self.answered = self.answered.filter(|_| self.handed_over);
            }
            Event::MaximumWaitPassed { .. } => {
                assert!(!std::mem::replace(&mut self.wait_over, true), "the wait of {id} is over once");
            }
            Event::CallTurnedAway { hours } => self.turned_away = Some(hours),
            Event::CallEnded { ended_by, code, .. } => {
                assert_eq!(self.ended.replace((record.at, ended_by, code)), None, "{id} ends once");
            }
            _ => {}
        }
    }

    fn is_held_or_handed_over(&mut self, id: CallId, record: &EventRecord) {
        match record.event {
            Event::CallHeld { .. } => {
                assert_eq!(self.held.replace(record.at), None, "{id} is held twice");
                self.stage = Stage::Held;
            }
            Event::RecordingPaused { .. } => {
                assert!(!std::mem::replace(&mut self.recording_paused, true), "{id} is paused twice");
            }
            Event::RecordingResumed { .. } => {
                assert!(std::mem::take(&mut self.recording_paused), "only what is paused goes on");
            }
            Event::CallResumed { held_ms, .. } => {
                let held = self.held.take().expect("only what is held is resumed");
                assert_eq!(record.at.since(held).as_millis(), u128::from(held_ms));
                if self.stage == Stage::Held {
                    self.stage = Stage::Answered;
                }
            }
            Event::CallTransferStarted { to_agent, .. } => {
                assert_eq!(self.transfers_to.replace(to_agent), None, "{id} is handed over twice at once");
                self.stage = Stage::Transferring;
            }
            Event::CallTransferFailed { to_agent, .. } => {
                assert_eq!(self.transfers_to.take(), Some(to_agent), "only what began can fail");
                self.rings = None;
                self.stage = if self.held.is_some() { Stage::Held } else { Stage::Answered };
            }
            Event::CallTransferred { to_agent, .. } => {
                assert_eq!(self.transfers_to.take(), Some(to_agent), "only what began can be completed");
                self.rings = None;
                (self.stage, self.agent, self.handed_over) = (Stage::Answered, Some(to_agent), true);
            }
            Event::CallTransferredToQueue { .. } => {
                (self.stage, self.agent, self.handed_over) = (Stage::Waiting, None, true);
                (self.waiting, self.wait_over) = (record.at, false);
            }
            _ => {}
        }
    }

    fn compare(&self, row: &CallRow) {
        let id = row.id;
        assert_eq!(self.started, row.created_at, "arrival of {id}");
        assert_eq!(self.answered, row.answered_at, "answer of {id}");
        let end = row.ended_at.zip(row.ended_by).zip(row.end_code);
        assert_eq!(self.ended, end.map(|((at, by), code)| (at, by, code)), "end of {id}");
        assert_eq!(self.held, row.held_since, "hold of {id}");
        assert_eq!(self.recording_paused, row.recording_paused, "whether the recording of {id} is paused");
        assert_eq!(self.waiting, row.waiting_since, "wait of {id}");
        assert_eq!(self.turned_away, row.wait.away, "working hours of {id}");
        assert_eq!(row.state == CallState::Ended, self.ended.is_some(), "whether {id} is over");
        if row.state == CallState::Ended {
            return;
        }
        let stage = match row.state {
            CallState::Waiting => Stage::Waiting,
            CallState::Ringing => Stage::Ringing,
            CallState::Connecting | CallState::Established | CallState::Ended => Stage::Answered,
            CallState::Held => Stage::Held,
            CallState::Transferring => Stage::Transferring,
        };
        assert_eq!(self.stage, stage, "state of {id}");
        let target = row.transfer.map(|transfer| (transfer.to, transfer.leg));
        let told = self.rings.filter(|_| self.transfers_to.is_some());
        assert_eq!(told, target, "transfer of {id}");
    }
}

impl Told {
    /// A row that changed in the transaction whose events were read last.
    pub(crate) fn compare(&mut self, change: &RowChange) {
        match change {
            RowChange::Call(row) => self.calls[&row.id].compare(row),
            RowChange::Leg(row) => self.compare_leg(row),
            RowChange::Agent(row) => self.compare_agent(row),
            RowChange::Conversation(row) => self.compare_conversation(row),
            RowChange::Link(row) => assert_eq!(self.spent.contains(&row.id), row.used_at.is_some(), "{}", row.id),
            _ => {}
        }
    }

    /// Of what is over nothing more is told.
    pub(crate) fn forget_what_is_over(&mut self) {
        self.calls.retain(|_, call| call.ended.is_none());
        self.conversations.retain(|_, conversation| conversation.status != ConversationStatus::Closed);
    }

    /// How many calls are live and how many conversations open.
    pub(crate) fn live(&self) -> (usize, usize) {
        (self.calls.len(), self.conversations.len())
    }

    fn compare_leg(&self, row: &LegRow) {
        let id = row.id;
        if row.ended_at.is_some() {
            return;
        }
        assert_eq!(self.lost.contains(&id), row.lost_since.is_some(), "whether {id} is lost");
        if let Some(agent) = row.agent.filter(|_| row.phase == LegPhase::Ringing) {
            assert_eq!(self.calls[&row.call].rings, Some((agent, id)), "where {} rings", row.call);
        }
    }

    fn compare_agent(&self, row: &AgentRow) {
        let told = self.agents.get(&row.id).cloned().unwrap_or_else(new_agent);
        let stored = Agent {
            status: row.status,
            custom: row.custom_status,
            reachable: row.last_seen.is_some(),
            full: told.full,
            wraps_up: row.wrap_up.is_some(),
        };
        assert_eq!(told, stored, "{}", row.id);
        let has = |call: &&Call| call.ended.is_none() && call.agent == Some(row.id);
        let stage = self.calls.values().find(has).map(|call| call.stage);
        match row.voice {
            VoiceStatus::InCall | VoiceStatus::Ringing => {}
            VoiceStatus::OnHold => assert_eq!(stage, Some(Stage::Held), "hold of {}", row.id),
            VoiceStatus::Transferring => assert_eq!(stage, Some(Stage::Transferring), "transfer of {}", row.id),
            // Of a transferor who is gone the log tells only that the leg was lost.
            VoiceStatus::Idle | VoiceStatus::Wrapping => {
                assert!(stage.is_none_or(|stage| stage == Stage::Transferring), "{} has no call", row.id);
            }
        }
    }

    fn compare_conversation(&mut self, row: &ConversationRow) {
        let told = self.conversations.get_mut(&row.id).expect("rows change only of what is open");
        let (status, priority, queue, agent) = (row.status, row.priority, row.queue, row.agent);
        let stored = Conversation { is_known: true, status, priority, queue, agent };
        if told.is_known {
            assert_eq!(*told, stored, "{}", row.id);
        }
        *told = stored;
    }
}
