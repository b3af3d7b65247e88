//! What customers and agents do in calls.

use crate::model::{CONNECT, Call, Leg, Model, State};
use crate::pages::View;
use crate::world::World;
use callcenter_core::command::{Command, NewCall, Reply};
use model::{AgentId, CallMedia, ConversationId, LegId, QueueId};
use std::collections::BTreeMap;

impl World {
    pub(super) fn customer_calls(&mut self) {
        let idle: Vec<usize> = (0..self.customers.len())
            .filter(|index| self.customers[*index].connected && self.customers[*index].leg.is_none())
            .collect();
        let (Some(index), Some((link, only))) = (self.random.pick(&idle), self.random.pick(&self.links)) else {
            return;
        };
        let identity = self.customers[index].identity.clone();
        let new = NewCall {
            link,
            display_name: identity.clone(),
            identity: identity.clone(),
            media: CallMedia::Audio,
            custom_data: BTreeMap::new(),
        };
        let priorities = self.priorities.clone();
        let mut placed = None;
        let mut ranked = None;
        let learn = |model: &mut Model, reply: Option<&Reply>| {
            let in_use = model.calls.values().any(|call| call.link == Some(link));
            let usable = !(model.spent.contains(&link) || model.one_time.contains(&link) && in_use);
            if let Some(Reply::CallStarted { call, leg }) = reply {
                placed = Some((call.id, *leg));
                let mut customer = Leg::new(*leg);
                customer.connect_until = Some(model.mono + CONNECT);
                model.conversations.insert(identity.clone(), call.conversation);
                let (queue, rank) = if only.is_some() { (model.default_queue, None) } else { model.route(&identity) };
                let known = priorities.get(&call.conversation).copied();
                ranked = rank.map(|rank| (call.conversation, rank));
                let mut new = fresh_call(model, call.conversation, queue, customer);
                (new.link, new.only, new.priority) = (Some(link), only, rank.or(known).unwrap_or(2));
                if only.is_none() {
                    new.away = model.turns_away(queue);
                    let (plan, until) = model.plan_for(queue);
                    new.begins_to_wait(plan, until.filter(|_| !new.away));
                }
                model.calls.insert(call.id, new);
            }
            usable
        };
        self.submit(Command::StartCall(new), learn, |world| {
            if let Some(Some(leg)) = world.core.leg_of_identity(&world.customers[index].identity).map(Some) {
                world.customers[index].leg = Some(leg);
            }
        });
        self.priorities.extend(ranked);
        if let Some((call, leg)) = placed.filter(|_| self.customers[index].connected) {
            self.engine.add_leg(call, leg);
        }
    }

    /// A console where it rings, and the leg that it knows of.
    fn ringing_console(&mut self) -> Option<(AgentId, LegId)> {
        let ringing: Vec<(AgentId, LegId)> = self
            .agents
            .iter()
            .filter(|(_, page)| page.connected)
            .filter_map(|(agent, page)| Some((*agent, page.ringing?)))
            .collect();
        self.random.pick(&ringing)
    }

    pub(super) fn agent_answers(&mut self) {
        if let Some((agent, leg)) = self.ringing_console() {
            self.answer(agent, leg);
        }
    }

    pub(super) fn answer(&mut self, agent: AgentId, leg: LegId) {
        let call = self.core.leg(leg).map(|row| row.call);
        let answered = self.submit(
            Command::Accept { agent, leg },
            |model, _| model.accept(agent, leg),
            |world| {
                let page = world.agents.get_mut(&agent).expect("a known agent");
                if world.core.leg_of_agent(agent) == Some(leg) && page.connected && page.ringing == Some(leg) {
                    (page.ringing, page.talking) = (None, Some(leg));
                }
            },
        );
        if let (Some(true), Some(call)) = (answered, call) {
            self.engine.add_leg(call, leg);
        }
    }

    pub(super) fn agent_declines(&mut self) {
        if let Some((agent, leg)) = self.ringing_console() {
            self.command(Command::Decline { agent, leg }, |model| model.decline(agent, leg));
        }
    }

    /// Any agent answers, declines or hangs up any leg; the core must know whose it is.
    pub(super) fn somebody_answers_wrongly(&mut self) {
        let agents: Vec<AgentId> = self.agents.keys().copied().collect();
        let mut legs: Vec<LegId> = self.store.legs.keys().copied().collect();
        legs.drain(..legs.len().saturating_sub(6));
        let (Some(agent), Some(leg)) = (self.random.pick(&agents), self.random.pick(&legs)) else { return };
        let own = self.core.leg(leg).is_some_and(|row| row.agent == Some(agent));
        if own {
            return;
        }
        if self.random.chance(50) {
            self.command(Command::Accept { agent, leg }, |model| model.accept(agent, leg));
        } else {
            self.command(Command::Decline { agent, leg }, |model| model.decline(agent, leg));
        }
    }

    pub(super) fn customer_hangs_up(&mut self) {
        let legs: Vec<LegId> =
            self.customers.iter().filter(|page| page.connected).filter_map(|page| page.leg).collect();
        if let Some(leg) = self.random.pick(&legs) {
            self.command(Command::Hangup { leg }, |model| model.hang_up(leg));
        }
    }

    pub(super) fn agent_hangs_up(&mut self) {
        let legs: Vec<LegId> = self
            .agents
            .values()
            .filter(|page| page.connected)
            .filter_map(|page| page.talking.or(page.ringing))
            .collect();
        if let Some(leg) = self.random.pick(&legs) {
            self.command(Command::Hangup { leg }, |model| model.hang_up(leg));
        }
    }

    pub(super) fn customers_page_comes_or_goes(&mut self) {
        let index = usize::try_from(self.random.below(self.customers.len() as u64)).expect("an index");
        let connected = !self.customers[index].connected;
        // Pages are mostly open.
        if connected || self.random.chance(30) {
            self.set_customers_page(index, connected);
        }
    }

    pub(super) fn set_customers_page(&mut self, index: usize, connected: bool) {
        let identity = self.customers[index].identity.clone();
        let leg = self.core.leg_of_identity(&identity);
        self.note(format!("page of {identity} connected={connected}"));
        if !connected && self.customers[index].view == View::CalledByAgent {
            self.count("pages gone while it rings at a customer");
        }
        let (core, now) = (&self.core, self.now);
        let page = &mut self.customers[index];
        page.connected = connected;
        // What the call center tells a page that is back comes after the welcome.
        page.welcome(core, now);
        let Some(leg) = leg else { return };
        let command = if connected { Command::PageBack { leg } } else { Command::PageLost { leg } };
        self.command(command, |model| {
            model.page(leg, !connected);
            true
        });
    }

    pub(super) fn console_comes_or_goes(&mut self) {
        let agents: Vec<AgentId> = self.agents.keys().copied().collect();
        let Some(agent) = self.random.pick(&agents) else { return };
        let connected = !self.agents[&agent].connected;
        // Consoles are mostly open.
        if connected || self.random.chance(25) {
            self.set_console(agent, connected);
        }
    }

    pub(super) fn set_console(&mut self, agent: AgentId, connected: bool) {
        let command = if connected { Command::AgentConnected { agent } } else { Command::AgentDisconnected { agent } };
        let follow = |model: &mut Model, _: Option<&Reply>| {
            model.connected(agent, connected);
            true
        };
        self.submit(command, follow, |world| {
            let page = world.agents.get_mut(&agent).expect("a known agent");
            (page.connected, page.frozen) = (connected, false);
            page.welcome(&world.core, agent, world.now);
        });
    }

    /// Most of those that are away connect again, as they do after a restart.
    pub(super) fn pages_come_back(&mut self) {
        for agent in self.agents.keys().copied().collect::<Vec<_>>() {
            if !self.agents[&agent].connected && self.random.chance(80) {
                self.set_console(agent, true);
            }
        }
        for index in 0..self.customers.len() {
            if !self.customers[index].connected && self.random.chance(80) {
                self.set_customers_page(index, true);
            }
        }
    }

    pub(super) fn console_freezes_or_thaws(&mut self) {
        let agents: Vec<AgentId> = self.agents.keys().copied().collect();
        let Some(agent) = self.random.pick(&agents) else { return };
        let page = self.agents.get_mut(&agent).expect("a known agent");
        page.frozen = !page.frozen;
        let frozen = page.frozen;
        self.note(format!("page of {agent} frozen={frozen}"));
    }

    pub(super) fn source_is_toggled(&mut self) {
        let legs: Vec<LegId> =
            self.customers.iter().filter(|page| page.connected).filter_map(|page| page.leg).collect();
        let Some(leg) = self.random.pick(&legs) else { return };
        let media = wire::browser::MediaState {
            muted: self.random.chance(50),
            camera: self.random.chance(50),
            screen_share: false,
        };
        self.command(Command::SetMedia { leg, media }, |model| model.leg(leg).is_some_and(|leg| !leg.rings));
    }
}

/// A call that comes in now and waits for nobody yet.
pub(super) fn fresh_call(model: &Model, conversation: ConversationId, queue: QueueId, customer: Leg) -> Call {
    Call {
        state: State::Waiting,
        conversation,
        link: None,
        queue,
        only: None,
        familiar: model.assignees.get(&conversation).copied(),
        priority: 2,
        since: model.now,
        front: false,
        transferred: false,
        held: None,
        customer,
        agent: None,
        target: None,
        must_ring: None,
        must_call: false,
        away: false,
        message_changed: false,
        passed: Vec::new(),
        last_passed: None,
        ring_until: None,
        answered: None,
        recorded: model.settings.recording,
        paused: false,
        plan: None,
        wait_until: None,
        greeted: false,
        leaving: None,
        place: 0,
        sound_unsure: false,
    }
}
