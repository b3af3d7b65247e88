//! The reference model: the same rules as the core's, written a second time in the plainest way. It looks at everything
//! at every step and knows no timers, only deadlines.

mod apart;
mod assign;
mod calls;
mod compare;
mod due;
mod hand_over;
mod hours;
mod outbound;
mod parties;
mod team;
mod waits;

use model::{
    AgentId, AgentStatus, CallId, ConversationId, EndedBy, HoldConfigId, LegId, LinkId, PromptId, QueueId, StatusId,
    VoiceStatus,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

pub(crate) use apart::{Hold, Sound};
pub(crate) use calls::Ring;
pub(crate) use due::Deadline;
pub(crate) use waits::Plan;

/// Milliseconds: UTC, or since the life began. The former may be set, the latter runs on; whatever is due is so by the
/// latter.
pub(crate) type Time = i64;

pub(crate) const LEASE: Time = 15_000;
pub(crate) const WINDOW: Time = 30_000;
pub(crate) const CONNECT: Time = 20_000;
pub(crate) const AGAIN: Time = 5_000;

pub(crate) const NORMAL_HANGUP: u32 = 10_000;
pub(crate) const MEDIA_ERROR: u32 = 10_103;
pub(crate) const NO_ANSWER: u32 = 10_200;
pub(crate) const CANCELLED: u32 = 10_202;
pub(crate) const REJECTED: u32 = 10_203;
pub(crate) const NETWORK_ERROR: u32 = 10_308;

#[derive(Debug, Clone)]
pub(crate) struct Agent {
    pub(crate) status: AgentStatus,
    pub(crate) custom: Option<StatusId>,
    /// Conversations that are no calls.
    pub(crate) held: BTreeSet<ConversationId>,
    pub(crate) capacity: Option<u32>,
    pub(crate) enabled: bool,
    pub(crate) connected: bool,
    pub(crate) lease_until: Option<Time>,
    pub(crate) queues: BTreeSet<QueueId>,
    pub(crate) voice: VoiceStatus,
    pub(crate) idle_since: Time,
    pub(crate) wrap_until: Option<Deadline>,
    pub(crate) wrap_seconds: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    Pending,
    Up,
    Silent,
    Gone,
}

#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) path: Path,
    pub(crate) ever_up: bool,
    pub(crate) page_gone: bool,
    /// At a customer whom an agent calls. It has no path to lose.
    pub(crate) rings: bool,
    pub(crate) lost_until: Option<Time>,
    pub(crate) connect_until: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Ringing,
    /// An agent calls, and it rings at the customer.
    Calling,
    Connecting,
    Established,
    Held,
    Transferring,
}

impl State {
    /// Customer and agent are connected, whether they hear each other or not.
    pub(crate) fn is_talk(self) -> bool {
        matches!(self, Self::Established | Self::Held | Self::Transferring)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) state: State,
    pub(crate) conversation: ConversationId,
    /// Without one an agent placed it.
    pub(crate) link: Option<LinkId>,
    pub(crate) queue: QueueId,
    pub(crate) only: Option<AgentId>,
    /// Who had the conversation when it arrived.
    pub(crate) familiar: Option<AgentId>,
    /// 0 is the most urgent.
    pub(crate) priority: u8,
    /// Since when it waits, or did before the answer.
    pub(crate) since: Time,
    /// Before all others.
    pub(crate) front: bool,
    /// Handed over at least once.
    pub(crate) transferred: bool,
    pub(crate) held: Option<Time>,
    pub(crate) customer: Leg,
    pub(crate) agent: Option<(AgentId, Leg)>,
    /// To whom it is being handed over. It rings there while there is an end of ringing.
    pub(crate) target: Option<(AgentId, Leg)>,
    /// The core has to let it ring there in this step.
    pub(crate) must_ring: Option<AgentId>,
    /// The core has to let it ring at the customer in this step.
    pub(crate) must_call: bool,
    /// It came in a time off, and the away message is all that it hears.
    pub(crate) away: bool,
    /// The away message became another one while this call heard it.
    pub(crate) message_changed: bool,
    pub(crate) passed: Vec<AgentId>,
    pub(crate) last_passed: Option<Time>,
    pub(crate) ring_until: Option<Deadline>,
    pub(crate) answered: Option<Time>,
    pub(crate) recorded: bool,
    pub(crate) paused: bool,
    /// By what it waits, and until when at most.
    pub(crate) plan: Option<Plan>,
    pub(crate) wait_until: Option<Deadline>,
    pub(crate) greeted: bool,
    /// Its wait is over: it ends then.
    pub(crate) leaving: Option<Deadline>,
    /// The last place that was announced.
    pub(crate) place: u32,
    /// Taken up after a restart: it hears what it heard before.
    pub(crate) sound_unsure: bool,
}

impl Call {
    /// Agents' legs, and whether each rings.
    pub(crate) fn agents(&self) -> impl Iterator<Item = (AgentId, &Leg, bool)> {
        let (own_rings, target_rings) = (self.state == State::Ringing, self.ring_until.is_some());
        let own = self.agent.iter().map(move |(agent, leg)| (*agent, leg, own_rings));
        own.chain(self.target.iter().map(move |(agent, leg)| (*agent, leg, target_rings)))
    }

    /// Agents' legs that do not ring.
    pub(crate) fn agents_legs_mut(&mut self) -> impl Iterator<Item = (AgentId, &mut Leg)> {
        let (own_rings, target_rings) = (self.state == State::Ringing, self.ring_until.is_some());
        let own = self.agent.iter_mut().filter(move |_| !own_rings);
        let target = self.target.iter_mut().filter(move |_| !target_rings);
        own.chain(target).map(|(agent, leg)| (*agent, leg))
    }
}

/// How a call must have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) call: CallId,
    pub(crate) by: EndedBy,
    pub(crate) code: u32,
    pub(crate) duration_ms: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) wrap_up_enabled: bool,
    pub(crate) wrap_up_seconds: u32,
    pub(crate) can_extend: bool,
    pub(crate) ring_seconds: u32,
    pub(crate) ring_outbound_seconds: u32,
    pub(crate) recording: bool,
    pub(crate) capacity: u32,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Queue {
    pub(crate) auto: bool,
    pub(crate) in_turn: bool,
    /// Whose turn it was last.
    pub(crate) last: Option<AgentId>,
    pub(crate) sticky: bool,
    /// Assigns outside of the working hours too.
    pub(crate) outside: bool,
}

/// Calls of these customers go to that queue with that priority.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) customers: BTreeSet<String>,
    pub(crate) queue: QueueId,
    pub(crate) priority: u8,
    pub(crate) enabled: bool,
    pub(crate) within_hours: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// When the life began, on the clock that runs on.
    pub(crate) began: Instant,
    /// UTC.
    pub(crate) now: Time,
    /// Since the life began.
    pub(crate) mono: Time,
    pub(crate) settings: Settings,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) queues: BTreeMap<QueueId, Queue>,
    /// Times off within the working hours of all queues, which go round the clock.
    pub(crate) off: Vec<(Time, Time)>,
    /// Working hours were put.
    pub(crate) has_hours: bool,
    /// Within them, as was found last, and when to look again.
    pub(crate) open: bool,
    pub(crate) look_at: Option<Time>,
    /// The message for times off, if there is one; it may be switched off.
    pub(crate) away: Option<Option<PromptId>>,
    pub(crate) rules: Vec<Rule>,
    /// The account's own statuses with their groups.
    pub(crate) statuses: BTreeMap<StatusId, AgentStatus>,
    /// Who has an open conversation that began with a call.
    pub(crate) assignees: BTreeMap<ConversationId, AgentId>,
    /// Customers' open conversations, by identity.
    pub(crate) conversations: BTreeMap<String, ConversationId>,
    pub(crate) default_queue: QueueId,
    pub(crate) calls: BTreeMap<CallId, Call>,
    /// One-time links that were spent.
    pub(crate) spent: BTreeSet<LinkId>,
    pub(crate) one_time: BTreeSet<LinkId>,
    /// How calls of a queue wait from now on.
    pub(crate) plans: BTreeMap<QueueId, Plan>,
    /// What customers hear on hold and in transfers, as it is set.
    pub(crate) holds: BTreeMap<HoldConfigId, Hold>,
    pub(crate) transfer_sound: Option<Sound>,
    /// Prompts that the core asks for, and how long those are that it has; none where one cannot be made.
    pub(crate) wanted: BTreeSet<PromptId>,
    pub(crate) answers: BTreeMap<PromptId, Option<Time>>,
    /// Endings of this step.
    pub(crate) endings: Vec<Ending>,
}

impl Model {
    /// The core was built again from its rows.
    pub(crate) fn restart(&mut self) {
        let (now, mono) = (self.now, self.mono);
        let take_up = |deadline: &mut Option<Deadline>| {
            *deadline = deadline.map(|known| Deadline { due: mono + (known.wall - now).max(0), ..known });
        };
        for agent in self.agents.values_mut() {
            agent.connected = false;
            agent.lease_until = agent.lease_until.map(|_| mono + LEASE);
            take_up(&mut agent.wrap_until);
        }
        self.answers.clear();
        for call in self.calls.values_mut() {
            let known = call.plan.take().filter(|_| !call.away).map(|plan| plan.id);
            call.plan = self.plans.values().find(|plan| Some(plan.id) == known).cloned();
            call.place = 0;
            call.sound_unsure = true;
            call.last_passed = (!call.passed.is_empty()).then_some(mono);
            [&mut call.ring_until, &mut call.wait_until, &mut call.leaving].into_iter().for_each(take_up);
            call.customer.restart(mono);
            call.agents_legs_mut().for_each(|(_, leg)| leg.restart(mono));
        }
        self.look_at_hours();
        self.want_prompts();
    }
}
