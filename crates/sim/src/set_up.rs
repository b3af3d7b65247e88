//! The account before anything happens: agents, customers, queues, links.

use crate::model::{Agent, Model, Queue, Settings};
use crate::pages::{AgentPage, CustomerPage};
use crate::world::World;
use callcenter_core::command::{Command, NewAgent, NewQueue, RecordingCommand, RecordingFields, Reply};
use callcenter_core::row::{AssignmentAlgorithm, LinkDestination, LinkRow, Snapshot};
use callcenter_core::settings::AccountSettings;
use callcenter_core::{CallCenter, Planted};
use model::{AccountId, AgentId, AgentStatus, LinkId, Now, QueueId, RecordingMedia, Role, VoiceStatus, WallTime};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const AGENTS: usize = 4;
const CUSTOMERS: usize = 6;
const ONE_TIME_LINKS: u128 = 8;
const START: WallTime = WallTime(1_800_000_000_000);

impl World {
    /// A fresh account whose course the seed determines.
    pub fn new(seed: u64) -> Self {
        Self::with_planted(seed, Planted::default())
    }

    /// As [`World::new`], with a bug in the core.
    pub fn with_planted(seed: u64, planted: Planted) -> Self {
        let now = Now { mono: Instant::now(), wall: START };
        let core = CallCenter::with_planted(AccountId::of(1 << 96), Snapshot::default(), seed, now, planted);
        let default_queue = core.default_queue();
        let settings = AccountSettings::default();
        let model = Model {
            began: now.mono,
            now: now.wall.0,
            mono: 0,
            settings: plain(&settings),
            agents: BTreeMap::new(),
            queues: BTreeMap::from([(default_queue, Queue::default())]),
            off: Vec::new(),
            has_hours: false,
            open: true,
            look_at: None,
            away: None,
            rules: Vec::new(),
            statuses: BTreeMap::new(),
            assignees: BTreeMap::new(),
            conversations: BTreeMap::new(),
            default_queue,
            calls: BTreeMap::new(),
            spent: BTreeSet::new(),
            one_time: BTreeSet::new(),
            plans: BTreeMap::new(),
            holds: BTreeMap::new(),
            transfer_sound: None,
            wanted: BTreeSet::new(),
            answers: BTreeMap::new(),
            endings: Vec::new(),
        };
        let mut world = Self::around(seed, core, now, model);
        world.planted = planted;
        world.queues.push(default_queue);
        world.set_queue(default_queue, |queue| queue.auto = true);
        world.add_queue();
        (0..AGENTS).for_each(|number| world.add_agent(number));
        world.add_links();
        world.customers = (0..CUSTOMERS)
            .map(|number| CustomerPage { identity: format!("c-{number}"), ..Default::default() })
            .collect();
        world.customers.iter_mut().for_each(|page| page.connected = true);
        let recorded = world.random.chance(70);
        world.set_recording(recorded);
        world
    }

    fn add_queue(&mut self) {
        let fields = NewQueue { name: "Sales".to_owned(), auto_assignment: true, ..NewQueue::default() };
        let mut id = None;
        let learn = |model: &mut Model, reply: Option<&Reply>| {
            let Some(Reply::Queue(row)) = reply else { return false };
            model.queues.insert(row.id, Queue { auto: true, ..Queue::default() });
            id = Some(row.id);
            true
        };
        self.submit(Command::CreateQueue(fields), learn, |_| ());
        self.queues.extend(id);
    }

    pub(crate) fn set_queue(&mut self, queue: QueueId, change: impl FnOnce(&mut Queue)) {
        let mut plain = self.model.queues[&queue];
        change(&mut plain);
        let algorithm =
            if plain.in_turn { AssignmentAlgorithm::RoundRobin } else { AssignmentAlgorithm::LoadBalancing };
        let fields = NewQueue {
            auto_assignment: plain.auto,
            algorithm,
            sticky: plain.sticky,
            assign_outside_hours: plain.outside,
            ..NewQueue::of(self.core.queue(queue).expect("a known queue").clone())
        };
        self.command(Command::UpdateQueue { queue, fields }, |model| {
            model.queues.insert(queue, plain);
            true
        });
    }

    fn add_agent(&mut self, number: usize) {
        let fields = NewAgent {
            display_name: format!("Agent {number}"),
            email: None,
            role: Role::Agent,
            enabled: true,
            status: AgentStatus::Invisible,
        };
        let mut id = None;
        let learn = |model: &mut Model, reply: Option<&Reply>| {
            let Some(Reply::Agent(row)) = reply else { return false };
            model.agents.insert(row.id, new_agent(model.now));
            id = Some(row.id);
            true
        };
        self.submit(Command::CreateAgent(fields), learn, |world| {
            let agent = world.core.agents().map(|row| row.id).last().expect("just created");
            world.agents.insert(agent, AgentPage::default());
        });
        let agent = id.expect("the agent was created");
        self.serve(agent, self.model.default_queue, true);
    }

    pub(crate) fn serve(&mut self, agent: AgentId, queue: QueueId, serves: bool) {
        let command =
            if serves { Command::LinkAgentQueue { agent, queue } } else { Command::UnlinkAgentQueue { agent, queue } };
        self.command(command, |model| {
            let queues = &mut model.agent(agent).queues;
            if serves {
                queues.insert(queue)
            } else {
                queues.remove(&queue)
            };
            true
        });
    }

    fn add_links(&mut self) {
        let general = || LinkDestination::Conversations { display_name: None };
        self.add_link(1, general(), false, None);
        for number in 0..ONE_TIME_LINKS {
            self.add_link(10 + number, general(), true, None);
        }
        for (number, agent) in (30..).zip(self.agents.keys().copied().take(2).collect::<Vec<_>>()) {
            let direct = LinkDestination::Webrtc { identity: agent.to_string(), display_name: None };
            self.add_link(number, direct, false, Some(agent));
        }
    }

    fn add_link(&mut self, number: u128, destination: LinkDestination, one_time: bool, only: Option<AgentId>) {
        let row = LinkRow {
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
            start: WallTime(0),
            end: START.after(Duration::from_hours(24 * 365)),
            open_hours: None,
            created_by: None,
            created_at: START,
            used_at: None,
        };
        self.links.push((row.id, only));
        let id = row.id;
        self.command(Command::CreateLink(row), |model| {
            if one_time {
                model.one_time.insert(id);
            }
            true
        });
    }

    pub(crate) fn set_recording(&mut self, enabled: bool) {
        let media = RecordingMedia::AudioAndVideo;
        let fields = RecordingFields { inbound: true, outbound: true, media, enabled, auto_compose: true };
        self.command(Command::Recording(RecordingCommand::SetAccount { fields, only_new: false }), |model| {
            model.settings.recording = enabled;
            true
        });
    }

    pub(crate) fn set_settings(&mut self, change: impl FnOnce(&mut AccountSettings)) {
        let mut settings = self.core.settings().clone();
        change(&mut settings);
        let plain = plain(&settings);
        self.command(Command::ChangeSettings(settings.into()), |model| {
            model.settings = plain;
            true
        });
    }
}

fn plain(settings: &AccountSettings) -> Settings {
    Settings {
        wrap_up_enabled: settings.wrap_up_enabled,
        wrap_up_seconds: settings.wrap_up_seconds,
        can_extend: settings.wrap_up_can_extend,
        ring_seconds: settings.ring_inbound_seconds,
        ring_outbound_seconds: settings.ring_outbound_seconds,
        recording: settings.recording.is_some_and(|config| config.enabled),
        capacity: settings.capacity,
    }
}

fn new_agent(now: i64) -> Agent {
    Agent {
        status: AgentStatus::Invisible,
        custom: None,
        held: BTreeSet::new(),
        capacity: None,
        enabled: true,
        connected: false,
        lease_until: None,
        queues: BTreeSet::new(),
        voice: VoiceStatus::Idle,
        idle_since: now,
        wrap_until: None,
        wrap_seconds: None,
    }
}
