//! Routing in memory: from a customer's call to the ring, among many agents who are all free.

use super::Cost;
use callcenter_core::{
    CallCenter,
    command::{Command, NewAgent, NewCall, NewQueue, NewRule, Reply},
    row::{LinkDestination, LinkRow, Priority, Snapshot},
};
use model::{AccountId, AgentId, AgentStatus, CallMedia, CommandId, LinkId, Now, QueueId, Role, VoiceStatus, WallTime};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

const QUEUES: usize = 500;
/// Queues that one agent serves beside the default queue.
const QUEUES_OF_AGENT: usize = 4;
/// Accounts of so many agents and routing rules.
const ACCOUNTS: [(usize, usize); 4] = [(1_000, 0), (10_000, 0), (100_000, 0), (10_000, QUEUES)];
/// Calls of one repetition.
const CALLS: u32 = 200;
const LINK: LinkId = LinkId::of(1);
const START: WallTime = WallTime(1_800_000_000_000);

/// A call center whose agents all wait for calls.
struct Center {
    core: CallCenter,
    now: Now,
    commands: u128,
    calls: u32,
}

/// The cost of routing one call, with more and more agents.
pub(crate) fn all(repetitions: usize) -> Result<Vec<Cost>, String> {
    let mut costs = Vec::new();
    for (agents, rules) in ACCOUNTS {
        let mut center = Center::new(agents, rules)?;
        let nanoseconds =
            (0..=repetitions).map(|_| center.repetition()).skip(1).collect::<Result<Vec<f64>, String>>()?;
        costs.push(Cost {
            what: format!("routing a call, {agents} agents in {QUEUES} queues, {rules} rules"),
            nanoseconds,
        });
    }
    Ok(costs)
}

impl Center {
    fn new(agents: usize, rules: usize) -> Result<Self, String> {
        let now = Now { mono: Instant::now(), wall: START };
        let core = CallCenter::new(AccountId::of(1 << 96), Snapshot::default(), 7, now);
        let mut center = Self { core, now, commands: 0, calls: 0 };
        let default_queue = center.core.default_queue();
        let fields = NewQueue {
            name: "Default Queue".to_owned(),
            is_default: true,
            auto_assignment: true,
            ..NewQueue::default()
        };
        center.command(Command::UpdateQueue { queue: default_queue, fields })?;
        let mut queues = Vec::new();
        for number in 0..QUEUES {
            let fields = NewQueue { name: format!("Queue {number}"), auto_assignment: true, ..NewQueue::default() };
            let Reply::Queue(row) = center.command(Command::CreateQueue(fields))? else { return Err(unexpected()) };
            queues.push(row.id);
        }
        center.command(Command::CreateLink(link()))?;
        let rules = queues.iter().take(rules).enumerate().map(|(number, queue)| rule(number, *queue)).collect();
        center.command(Command::ReplaceRules(rules))?;
        for number in 0..agents {
            let agent = center.agent(number)?;
            let own = (0..QUEUES_OF_AGENT).map(|nth| queues[(number * 7 + nth * 131) % QUEUES]);
            center.put_to_work(agent, own.chain([default_queue]))?;
        }
        Ok(center)
    }

    fn agent(&mut self, number: usize) -> Result<AgentId, String> {
        let fields = NewAgent {
            display_name: format!("Agent {number}"),
            email: None,
            role: Role::Agent,
            enabled: true,
            status: AgentStatus::Active,
        };
        match self.command(Command::CreateAgent(fields))? {
            Reply::Agent(row) => Ok(row.id),
            _ => Err(unexpected()),
        }
    }

    fn put_to_work(&mut self, agent: AgentId, queues: impl Iterator<Item = QueueId>) -> Result<(), String> {
        for queue in queues {
            self.command(Command::LinkAgentQueue { agent, queue })?;
        }
        self.now = self.now.after(Duration::from_millis(1));
        self.command(Command::AgentConnected { agent }).map(drop)
    }

    /// A customer calls, an agent is rung, the customer hangs up: nanoseconds of the first step alone.
    fn repetition(&mut self) -> Result<f64, String> {
        let mut spent = Duration::ZERO;
        for _ in 0..CALLS {
            self.now = self.now.after(Duration::from_millis(1));
            self.calls += 1;
            let call = Command::StartCall(NewCall {
                link: LINK,
                identity: format!("customer-{}", self.calls),
                display_name: String::new(),
                media: CallMedia::Audio,
                custom_data: BTreeMap::from([("topic".to_owned(), (self.calls as usize % QUEUES).to_string())]),
            });
            let id = self.next_id();
            let begin = Instant::now();
            let reply = self.core.handle(call, id, self.now);
            spent += begin.elapsed();
            let Ok(Reply::CallStarted { call, leg }) = reply else { return Err(unexpected()) };
            self.drain();
            self.check_rings(&call.id)?;
            self.command(Command::Hangup { leg })?;
        }
        Ok(spent.as_nanos() as f64 / f64::from(CALLS))
    }

    fn check_rings(&self, call: &model::CallId) -> Result<(), String> {
        let agent = self.core.legs_of(*call).find_map(|leg| leg.agent).ok_or("nobody was rung")?;
        let voice = self.core.agent(agent).map(|row| row.voice);
        if voice == Some(VoiceStatus::Ringing) { Ok(()) } else { Err(unexpected()) }
    }

    fn command(&mut self, command: Command) -> Result<Reply, String> {
        let id = self.next_id();
        let reply = self.core.handle(command, id, self.now).map_err(|refused| refused.to_string());
        self.drain();
        reply
    }

    fn next_id(&mut self) -> CommandId {
        self.commands += 1;
        CommandId::of((7 << 76) | (2 << 62) | (self.commands << 20))
    }

    fn drain(&mut self) {
        while self.core.poll_change().is_some() {}
        while self.core.poll_event().is_some() {}
        while self.core.poll_effect().is_some() {}
    }
}

/// Calls about this topic belong to that queue.
fn rule(topic: usize, queue: QueueId) -> NewRule {
    NewRule {
        name: None,
        queue,
        priority: Priority::Normal,
        enabled: true,
        only_within_hours: false,
        expression: serde_json::json!({"customData.topic": {"$eq": topic.to_string()}}),
    }
}

fn link() -> LinkRow {
    LinkRow {
        id: LINK,
        secret_hash: format!("{:064x}", 1),
        secret_sealed: String::new(),
        config: None,
        identity: None,
        display_name: None,
        show_identity: true,
        destination: LinkDestination::Conversations { display_name: None },
        custom_data: BTreeMap::new(),
        one_time: false,
        start: START,
        end: START.after(Duration::from_hours(24)),
        open_hours: None,
        created_by: None,
        created_at: START,
        used_at: None,
    }
}

fn unexpected() -> String {
    "the call center gave an unexpected answer".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_routed() {
        let mut center = Center::new(500, QUEUES).expect("an account");
        assert!(center.repetition().expect("all calls ring") > 0.0);
    }
}
