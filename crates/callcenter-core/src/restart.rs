//! The core is built from its rows, and timers run again towards their deadlines.

use crate::agent::Agent;
use crate::call::Call;
use crate::call_center::{CallCenter, Turn};
use crate::conversation::{Conversations, Tags};
use crate::hold::HoldConfigs;
use crate::leg::{Leg, Path};
use crate::outbox::Outbox;
use crate::planted::{Planted, PlantedBug};
use crate::prompt::Prompts;
use crate::queue::fresh_default_queue;
use crate::recording::Segments;
use crate::routing::Lines;
use crate::row::{AgentRow, CallRow, CallState, LegRow, RowChange, Snapshot, Wait};
use crate::settings::{HEARTBEAT_LEASE, RECONNECT_WINDOW};
use crate::timers::{Reason, Timers};
use crate::transfer::TransferStrategy;
use crate::waiting::Strategies;
use model::{AccountId, CallId, CommandId, LegId, Now, ParticipantType, WallTime};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use wire::browser::LegPhase;

impl CallCenter {
    /// The call center of these rows. A fresh account is an empty snapshot; it gets its default queue here.
    pub fn new(account: AccountId, snapshot: Snapshot, seed: u64, now: Now) -> Self {
        Self::with_planted(account, snapshot, seed, now, Planted::default())
    }

    /// As [`CallCenter::new`], with a bug for the simulator to find.
    pub fn with_planted(account: AccountId, snapshot: Snapshot, seed: u64, now: Now, planted: Planted) -> Self {
        let mut outbox = Outbox::after_event(snapshot.last_event);
        let mut queues: BTreeMap<_, _> = snapshot.queues.into_iter().map(|row| (row.id, row)).collect();
        let default_queue = match queues.values().find(|row| row.is_default) {
            Some(row) => row.id,
            None => {
                let row = fresh_default_queue(account, now);
                outbox.save(RowChange::Queue(row.clone()));
                queues.insert(row.id, row.clone());
                row.id
            }
        };
        let mut conversations = Conversations::default();
        snapshot.conversations.into_iter().for_each(|row| conversations.put(row));
        let mut segments = Segments::default();
        snapshot.segments.into_iter().for_each(|row| segments.put(row));
        let mut strategies = Strategies::default();
        snapshot.waiting_strategies.into_iter().for_each(|row| strategies.put(row));
        let mut hold_configs = HoldConfigs::default();
        snapshot.hold_configs.into_iter().for_each(|row| hold_configs.put(row));
        let customers: BTreeMap<_, _> = snapshot.customers.into_iter().map(|row| (row.id, row)).collect();
        let links: BTreeMap<_, _> = snapshot.links.into_iter().map(|row| (row.id, row)).collect();
        let mut core = Self {
            account,
            seed,
            planted,
            settings: snapshot.settings,
            agents: BTreeMap::new(),
            statuses: snapshot.statuses.into_iter().map(|row| (row.id, row)).collect(),
            hours: BTreeMap::new(),
            queues,
            default_queue,
            rules: Vec::new(),
            customer_by_identity: customers.values().map(|row| (row.identity.clone(), row.id)).collect(),
            customers,
            conversations,
            tags: Tags::new(snapshot.tags, snapshot.conversation_tags),
            metadata: snapshot.metadata.into_iter().map(|row| (row.conversation, row.values)).collect(),
            calls: BTreeMap::new(),
            legs: BTreeMap::new(),
            leg_by_identity: BTreeMap::new(),
            link_by_hash: links.values().map(|row| (row.secret_hash.clone(), row.id)).collect(),
            links,
            link_configs: snapshot.link_configs.into_iter().map(|row| (row.id, row)).collect(),
            segments,
            waiting: Lines::default(),
            members: BTreeMap::new(),
            strategies,
            hold_configs,
            transfer_strategy: snapshot.transfer_strategy.map(TransferStrategy::of),
            agent_recordings: snapshot.agent_recordings.into_iter().map(|row| (row.agent, row)).collect(),
            away_messages: snapshot.away_messages.into_iter().map(|row| (row.id, row)).collect(),
            prompts: Prompts::default(),
            untold_agents: BTreeSet::new(),
            timers: Timers::default(),
            outbox,
        };
        core.take_up_rules(snapshot.rules);
        snapshot.working_hours.into_iter().for_each(|row| core.take_up_hours(row, now));
        for queue in core.queues.keys().copied().collect::<Vec<_>>() {
            core.refresh_manner(queue);
        }
        snapshot.agents.into_iter().for_each(|row| core.take_up_agent(row, now));
        core.take_up_calls(snapshot.calls, &snapshot.legs, now);
        for leg in snapshot.legs {
            core.take_up_leg(leg, now);
        }
        core.take_up_lines();
        let mut turn = Turn::new(now, CommandId(account.0));
        core.stop_left_segments(&turn);
        core.repeat_deletions();
        core.repeat_orders();
        core.part_all_who_are_apart();
        core.want_prompts();
        core.settle(&mut turn);
        core
    }

    /// Agents that were there have a lease's time to come back.
    fn take_up_agent(&mut self, row: AgentRow, now: Now) {
        let id = row.id;
        let was_there = row.last_seen.is_some();
        if was_there {
            self.timers.arm(Reason::HeartbeatLease(id), now.mono + HEARTBEAT_LEASE);
        }
        if let Some(running) = &row.wrap_up {
            self.timers.arm(Reason::WrapUpEnd(id), instant_of(running.until, now));
        }
        for queue in &row.queues {
            self.members.entry(*queue).or_default().insert(id);
        }
        self.agents.insert(id, Agent { row, connected: false, lease_alive: was_there, leg: None, full: false });
        self.find_capacity(id);
    }

    fn take_up_calls(&mut self, calls: Vec<CallRow>, legs: &[LegRow], now: Now) {
        for row in calls {
            let leg_of = |participant: ParticipantType| -> Option<LegId> {
                let is_target = |leg: LegId| row.transfer.is_some_and(|transfer| transfer.leg == leg);
                let has = |leg: &&LegRow| leg.call == row.id && leg.participant == participant && !is_target(leg.id);
                legs.iter().find(has).map(|leg| leg.id)
            };
            let customer_leg =
                leg_of(ParticipantType::Customer).expect("a live call's rows hold its customer's live leg");
            let target_leg = row.transfer.map(|transfer| transfer.leg);
            let agent_leg = leg_of(ParticipantType::Agent);
            let last_passed = (!row.passed_over.is_empty()).then_some(now.mono);
            let id = row.id;
            let call = Call::new(row, customer_leg, agent_leg);
            let call = Call { target_leg, last_passed, media_unsure: true, sound_unsure: true, ..call };
            self.calls.insert(id, call);
            self.take_up_wait(id, now);
        }
    }

    /// Once the legs are there: they say whose customer is away. Who hears the last message stands in no line.
    fn take_up_lines(&mut self) {
        let is_ending = |wait: &Wait| wait.ends_at.is_some() || wait.away.is_some();
        let waits = |call: &&Call| call.row.state == CallState::Waiting && !is_ending(&call.row.wait);
        let waiting: Vec<CallId> = self.calls.values().filter(waits).map(|call| call.row.id).collect();
        waiting.into_iter().for_each(|call| self.join_line(call));
    }

    /// A ringing leg rings on; any other is lost until its page is back.
    fn take_up_leg(&mut self, row: LegRow, now: Now) {
        let id = row.id;
        match row.agent.and_then(|agent| self.agents.get_mut(&agent)) {
            Some(agent) => agent.leg = Some(id),
            None => {
                self.leg_by_identity.insert(row.identity.clone(), id);
            }
        }
        if row.phase == LegPhase::Ringing {
            let until = self.call_ref(row.call).row.ring_until.unwrap_or(now.wall);
            self.timers.arm(Reason::RingTimeout(id), instant_of(until, now));
        }
        let path = if row.connected_at.is_some() { Path::Up } else { Path::Pending };
        let was_lost = row.lost_since.is_some();
        self.legs.insert(id, Leg { row, path, page_gone: true });
        if was_lost && self.planted.is(PlantedBug::Recovery) {
            return;
        }
        if was_lost {
            self.timers.arm(Reason::ReconnectWindow(id), now.mono + RECONNECT_WINDOW);
        } else {
            let mut turn = Turn::new(now, CommandId(self.account.0));
            self.refresh_lost(id, &mut turn);
        }
    }
}

/// When the wall clock will show this; at once if it has.
fn instant_of(wall: WallTime, now: Now) -> Instant {
    now.mono + wall.since(now.wall)
}
