//! One call center under test, with its clock and what it has let out since last asked.

use crate::stored::Stored;
use callcenter_core::command::{
    Command, CommandError, NewAgent, NewCall, NewQueue, RecordingCommand, RecordingFields, Reply,
};
use callcenter_core::effect::Effect;
use callcenter_core::event::{Event, EventRecord};
use callcenter_core::row::{AgentRow, CallState, LinkDestination, LinkRow, RowChange, SegmentRow, Snapshot};
use callcenter_core::settings::AccountSettings;
use callcenter_core::{CallCenter, LinkState};
use model::{
    AccountId, AgentId, AgentStatus, CallId, CallMedia, CommandId, LegId, LinkId, MediaTime, Now, QueueId,
    RecordingMedia, Role, TrackKind, VoiceStatus, WallTime,
};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use wire::browser::ServerMessage;
use wire::engine::{Patch, Playlist};

pub(crate) const NOON: WallTime = WallTime(1_800_000_000_000);

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) struct Center {
    pub(crate) core: CallCenter,
    pub(crate) now: Now,
    commands: u128,
    store: Stored,
    pub(crate) rows: Vec<RowChange>,
    pub(crate) events: Vec<EventRecord>,
    pub(crate) effects: Vec<Effect>,
    /// Pages that are connected and give signs of life.
    pages: Vec<AgentId>,
}

/// What the engine is told to play to a customer alone.
pub(crate) fn only_music(call: CallId, customer: LegId, playlist: Playlist) -> wire::engine::Command {
    let patches = vec![Patch { source: playlist.into(), sink: customer, track: TrackKind::Audio }];
    wire::engine::Command::SetPatches { room: call, patches }
}

/// What the engine is told to let both hear and see each other.
pub(crate) fn both_ways(call: CallId, one: LegId, other: LegId) -> wire::engine::Command {
    let patches = |source: LegId, sink| TrackKind::ALL.map(|track| Patch { source: source.into(), sink, track });
    let patches = [patches(one, other), patches(other, one)].concat();
    wire::engine::Command::SetPatches { room: call, patches }
}

/// A call with its two legs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    pub(crate) call: CallId,
    pub(crate) customer: LegId,
    pub(crate) agent: LegId,
}

impl Center {
    /// A fresh account whose default queue assigns automatically.
    pub(crate) fn new() -> Self {
        let mut center = Self::untouched();
        let queue = center.core.default_queue();
        let fields = NewQueue { is_default: true, ..queue_fields("Default Queue", true) };
        center.must(Command::UpdateQueue { queue, fields });
        center
    }

    /// A fresh account as it comes.
    pub(crate) fn untouched() -> Self {
        let now = Now { mono: Instant::now(), wall: NOON };
        let core = CallCenter::new(AccountId::of(1 << 96), Snapshot::default(), 7, now);
        let mut center = Self {
            core,
            now,
            commands: 0,
            store: Stored::default(),
            rows: Vec::new(),
            events: Vec::new(),
            effects: Vec::new(),
            pages: Vec::new(),
        };
        center.drain();
        center
    }

    pub(crate) fn try_command(&mut self, command: Command) -> Result<Reply, CommandError> {
        let id = self.next_command();
        let reply = self.core.handle(command, id, self.now);
        self.drain();
        reply
    }

    pub(crate) fn must(&mut self, command: Command) -> Reply {
        let told = format!("{command:?}");
        self.try_command(command).unwrap_or_else(|refused| panic!("{told} was refused: {refused}"))
    }

    fn next_command(&mut self) -> CommandId {
        self.commands += 1;
        CommandId::of((7 << 76) | (2 << 62) | (self.commands << 20))
    }

    fn drain(&mut self) {
        let changes: Vec<RowChange> = std::iter::from_fn(|| self.core.poll_change()).collect();
        changes.iter().cloned().for_each(|change| self.store.apply(change));
        self.rows.extend(changes);
        let events: Vec<EventRecord> = std::iter::from_fn(|| self.core.poll_event()).collect();
        self.store.last_event = events.last().map_or(self.store.last_event, |record| record.sequence);
        self.events.extend(events);
        self.effects.extend(std::iter::from_fn(|| self.core.poll_effect()));
    }

    /// Time passes; timers fire when they are due, pages give a sign of life every five seconds.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        let mut next_beat = self.now.after(seconds(5));
        loop {
            let timer = self.core.poll_timeout().map(|(at, _)| at.max(self.now.mono)).filter(|at| *at <= end.mono);
            let beat = Some(next_beat.mono).filter(|at| *at <= end.mono);
            let Some(at) = timer.into_iter().chain(beat).min() else { break };
            self.now = self.now.after(at - self.now.mono);
            if timer == Some(at) {
                let id = self.next_command();
                self.core.handle_timeout(id, self.now);
                self.drain();
            } else {
                next_beat = next_beat.after(seconds(5));
                for agent in self.pages.clone() {
                    self.must(Command::Heartbeat { agent });
                }
            }
        }
        self.now = end;
    }

    /// The core is dropped and built again from the rows; all pages are gone.
    pub(crate) fn restart(&mut self) {
        self.pages.clear();
        self.core = CallCenter::new(self.core.account(), self.store.snapshot(), 7, self.now);
        self.drain();
    }

    /// Forget what came out so far.
    pub(crate) fn forget(&mut self) {
        self.rows.clear();
        self.events.clear();
        self.effects.clear();
    }

    /// An agent that serves the default queue and does not work.
    pub(crate) fn agent(&mut self, name: &str) -> AgentId {
        let Reply::Agent(row) = self.must(Command::CreateAgent(agent_fields(name))) else { panic!("no agent") };
        let queue = self.core.default_queue();
        self.must(Command::LinkAgentQueue { agent: row.id, queue });
        row.id
    }

    /// An agent at work: page connected, status active. A second later than the one before.
    pub(crate) fn free_agent(&mut self, name: &str) -> AgentId {
        let agent = self.agent(name);
        self.open_page(agent);
        self.must(Command::SetStatus { agent, status: AgentStatus::Active });
        self.pass(seconds(1));
        agent
    }

    pub(crate) fn open_page(&mut self, agent: AgentId) {
        self.must(Command::AgentConnected { agent });
        self.pages.retain(|other| *other != agent);
        self.pages.push(agent);
    }

    /// The page is gone, and with it the signs of life.
    pub(crate) fn close_page(&mut self, agent: AgentId) {
        self.must(Command::AgentDisconnected { agent });
        self.pages.retain(|other| *other != agent);
    }

    /// The page hangs: still connected, but without signs of life.
    pub(crate) fn freeze_page(&mut self, agent: AgentId) {
        self.pages.retain(|other| *other != agent);
    }

    pub(crate) fn link(&mut self, number: u128, destination: LinkDestination, one_time: bool) -> LinkId {
        let row = link_row(number, destination, one_time, self.now.wall);
        let id = row.id;
        self.must(Command::CreateLink(row));
        id
    }

    pub(crate) fn general_link(&mut self) -> LinkId {
        let known = self.core.links().next().map(|link| link.id);
        known.unwrap_or_else(|| self.link(1, LinkDestination::Conversations { display_name: None }, false))
    }

    pub(crate) fn call_by(&mut self, link: LinkId, identity: &str) -> (CallId, LegId) {
        match self.must(Command::StartCall(new_call(link, identity))) {
            Reply::CallStarted { call, leg } => (call.id, leg),
            other => panic!("{other:?}"),
        }
    }

    /// A customer calls by the general link, and their media comes up.
    pub(crate) fn call(&mut self, identity: &str) -> (CallId, LegId) {
        let link = self.general_link();
        let (call, leg) = self.call_by(link, identity);
        self.connect(leg);
        (call, leg)
    }

    pub(crate) fn connect(&mut self, leg: LegId) {
        let at = self.media_time();
        self.must(Command::LegConnected { leg, at });
    }

    pub(crate) fn media_time(&self) -> MediaTime {
        MediaTime(u64::try_from(self.now.wall.0).expect("after 1970") * 1000)
    }

    pub(crate) fn accept(&mut self, agent: AgentId) -> LegId {
        let leg = self.ringing(agent);
        self.must(Command::Accept { agent, leg });
        leg
    }

    pub(crate) fn decline(&mut self, agent: AgentId) {
        let leg = self.ringing(agent);
        self.must(Command::Decline { agent, leg });
    }

    /// A customer and this agent, the only free one, are talking.
    pub(crate) fn talk(&mut self, identity: &str, agent: AgentId) -> Talk {
        let (call, customer) = self.call(identity);
        let leg = self.accept(agent);
        self.connect(leg);
        assert_eq!(self.state(call), CallState::Established);
        Talk { call, customer, agent: leg }
    }

    /// A queue that assigns automatically.
    pub(crate) fn queue(&mut self, name: &str) -> QueueId {
        match self.must(Command::CreateQueue(queue_fields(name, true))) {
            Reply::Queue(row) => row.id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn ringing(&self, agent: AgentId) -> LegId {
        assert_eq!(self.voice(agent), VoiceStatus::Ringing, "{agent:?} does not ring");
        self.core.leg_of_agent(agent).expect("a ringing agent has a leg")
    }

    pub(crate) fn rings(&self, agent: AgentId) -> bool {
        self.voice(agent) == VoiceStatus::Ringing
    }

    pub(crate) fn row(&self, agent: AgentId) -> &AgentRow {
        self.core.agent(agent).expect("the agent exists")
    }

    pub(crate) fn voice(&self, agent: AgentId) -> VoiceStatus {
        self.row(agent).voice
    }

    pub(crate) fn availability(&self, agent: AgentId) -> AgentStatus {
        self.core.agent_state(agent, self.now).expect("the agent exists").availability
    }

    pub(crate) fn state(&self, call: CallId) -> CallState {
        self.core.call(call).map_or(CallState::Ended, |row| row.state)
    }

    /// State of the link with this number now.
    pub(crate) fn link_state(&self, link: LinkId) -> LinkState {
        self.core.link_state(self.core.link(link).expect("the link exists"), self.now)
    }

    pub(crate) fn logged(&self) -> Vec<Event> {
        let is_call = |event: &Event| !is_change_of_conversation(event);
        self.events.iter().map(|record| record.event.clone()).filter(is_call).collect()
    }

    /// What the log says of changes of conversations, which [`Center::logged`] leaves out.
    pub(crate) fn changes_logged(&self) -> Vec<Event> {
        self.events.iter().map(|record| record.event.clone()).filter(is_change_of_conversation).collect()
    }

    pub(crate) fn told_agent(&self, agent: AgentId) -> Vec<ServerMessage> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::TellAgent { agent: told, message } if *told == agent => Some(message.clone()),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn told_customer(&self, leg: LegId) -> Vec<ServerMessage> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::TellLeg { leg: told, message } if *told == leg => Some(message.clone()),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn engine(&self) -> Vec<wire::engine::Command> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Engine(command) => Some(command.clone()),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn recorder(&self) -> Vec<wire::recorder::Command> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Recorder(command) => Some(command.clone()),
                _ => None,
            })
            .collect()
    }

    /// Segment rows as they were left.
    pub(crate) fn segments(&self) -> BTreeMap<(model::SegmentId, bool), SegmentRow> {
        self.rows
            .iter()
            .filter_map(|change| match change {
                RowChange::Segment(row) => Some(((row.id, row.screen), row.clone())),
                _ => None,
            })
            .collect()
    }

    /// All calls that begin from now on.
    pub(crate) fn record(&mut self, media: RecordingMedia) {
        let fields = RecordingFields { inbound: true, outbound: true, media, enabled: true, auto_compose: false };
        self.must(Command::Recording(RecordingCommand::SetAccount { fields, only_new: false }));
    }

    pub(crate) fn set(&mut self, change: impl FnOnce(&mut AccountSettings)) {
        let mut settings = self.core.settings().clone();
        change(&mut settings);
        self.must(Command::ChangeSettings(settings.into()));
    }
}

pub(crate) fn agent_fields(name: &str) -> NewAgent {
    NewAgent {
        display_name: name.to_owned(),
        email: None,
        role: Role::Agent,
        enabled: true,
        status: AgentStatus::Invisible,
    }
}

pub(crate) fn queue_fields(name: &str, auto_assignment: bool) -> NewQueue {
    NewQueue { name: name.to_owned(), auto_assignment, ..NewQueue::default() }
}

pub(crate) fn new_call(link: LinkId, identity: &str) -> NewCall {
    NewCall {
        link,
        identity: identity.to_owned(),
        display_name: identity.to_uppercase(),
        media: CallMedia::Video,
        custom_data: BTreeMap::new(),
    }
}

pub(crate) fn link_row(number: u128, destination: LinkDestination, one_time: bool, start: WallTime) -> LinkRow {
    LinkRow {
        id: LinkId::of(number),
        secret_hash: format!("{number:064x}"),
        secret_sealed: String::new(),
        config: None,
        identity: None,
        display_name: None,
        show_identity: true,
        destination,
        custom_data: BTreeMap::new(),
        one_time,
        start,
        end: start.after(Duration::from_hours(24)),
        open_hours: None,
        created_by: None,
        created_at: start,
        used_at: None,
    }
}

fn is_change_of_conversation(event: &Event) -> bool {
    matches!(
        event,
        Event::ConversationStatusChanged { .. }
            | Event::ConversationPriorityChanged { .. }
            | Event::ConversationQueueChanged { .. }
            | Event::ConversationAssigned { .. }
            | Event::ConversationTopicChanged
            | Event::ConversationSummaryChanged
            | Event::ConversationMetadataChanged
            | Event::ConversationTagged { .. }
            | Event::ConversationUntagged { .. }
    )
}
