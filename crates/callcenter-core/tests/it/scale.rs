//! Routing a call must not look at all agents.

use crate::center::{link_row, new_call};
use callcenter_core::CallCenter;
use callcenter_core::command::{Command, NewAgent, NewQueue, Reply};
use callcenter_core::row::{CallState, LinkDestination, Snapshot};
use model::{AccountId, AgentStatus, CommandId, Now, Role, WallTime};
use std::time::{Duration, Instant};

struct Center {
    core: CallCenter,
    now: Now,
    commands: u128,
}

impl Center {
    fn handle(&mut self, command: Command) -> (Reply, Duration) {
        self.commands += 1;
        let id = CommandId::of((7 << 76) | (2 << 62) | (self.commands << 20));
        let begin = Instant::now();
        let reply = self.core.handle(command, id, self.now).expect("no command here is refused");
        let spent = begin.elapsed();
        while self.core.poll_change().is_some() {}
        while self.core.poll_event().is_some() {}
        while self.core.poll_effect().is_some() {}
        (reply, spent)
    }

    /// So many agents, all free for the default queue.
    fn with_agents(agents: usize) -> Self {
        let now = Now { mono: Instant::now(), wall: WallTime(1_800_000_000_000) };
        let core = CallCenter::new(AccountId::of(1 << 96), Snapshot::default(), 7, now);
        let mut center = Self { core, now, commands: 0 };
        let queue = center.core.default_queue();
        let name = "Default Queue".to_owned();
        let fields = NewQueue { name, is_default: true, auto_assignment: true, ..NewQueue::default() };
        center.handle(Command::UpdateQueue { queue, fields });
        let destination = LinkDestination::Conversations { display_name: None };
        center.handle(Command::CreateLink(link_row(1, destination, false, now.wall)));
        for number in 0..agents {
            let fields = NewAgent {
                display_name: format!("Agent {number}"),
                email: None,
                role: Role::Agent,
                enabled: true,
                status: AgentStatus::Active,
            };
            let (Reply::Agent(row), _) = center.handle(Command::CreateAgent(fields)) else { panic!("no agent") };
            center.handle(Command::LinkAgentQueue { agent: row.id, queue });
            center.handle(Command::AgentConnected { agent: row.id });
        }
        center
    }

    /// The fastest of many calls: what the machine does besides only ever slows one down.
    fn least_time_to_ring(&mut self) -> Duration {
        let link = self.core.links().next().expect("made above").id;
        let mut least = Duration::MAX;
        for number in 0..300 {
            let (reply, spent) = self.handle(Command::StartCall(new_call(link, &format!("customer-{number}"))));
            let Reply::CallStarted { call, leg } = reply else { panic!("no call") };
            assert_eq!(self.core.call(call.id).map(|row| row.state), Some(CallState::Ringing));
            self.handle(Command::Hangup { leg });
            least = least.min(spent);
        }
        least
    }
}

#[test]
fn ringing_an_agent_takes_no_time_in_proportion_to_all_agents() {
    const FEW: usize = 250;
    const TIMES: usize = 64;
    let few = Center::with_agents(FEW).least_time_to_ring();
    let many = Center::with_agents(FEW * TIMES).least_time_to_ring();
    // A logarithm doubles at most; a scan would take 64 times as long.
    assert!(many < few * 8, "{few:?} with {FEW} agents, {many:?} with {}", FEW * TIMES);
}
