use crate::acts::ROUGHNESS;
use crate::coverage::Coverage;
use crate::engine::Engine;
use crate::model::{Model, Ring, Time};
use crate::pages::{AgentPage, CustomerPage};
use crate::random::Random;
use crate::recorder::Recorder;
use crate::store::Store;
use callcenter_core::audio::PromptSource;
use callcenter_core::command::{Command, RecordingCommand, Reply};
use callcenter_core::effect::Effect;
use callcenter_core::event::EventRecord;
use callcenter_core::row::RowChange;
use callcenter_core::{CallCenter, Planted};
use model::{AgentId, CallId, CommandId, ConversationId, LegId, LinkId, Now, QueueId};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use wire::browser::ServerMessage;

/// Last lines of the journal that are kept.
const JOURNAL: usize = 60;
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(5);

/// How the next command goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It does not.
    Lives,
    /// The process dies before the commit.
    NotCommitted,
    /// The process dies between the commit and the effects.
    NotLetOut,
}

/// One account with all who use it.
pub struct World {
    seed: u64,
    /// Transitions so far.
    steps: u32,
    /// Failures in a hundred transitions.
    pub(crate) roughness: u64,
    pub(crate) random: Random,
    pub(crate) planted: Planted,
    pub(crate) core: CallCenter,
    pub(crate) now: Now,
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) recorder: Recorder,
    pub(crate) model: Model,
    pub(crate) agents: BTreeMap<AgentId, AgentPage>,
    pub(crate) customers: Vec<CustomerPage>,
    pub(crate) links: Vec<(LinkId, Option<AgentId>)>,
    pub(crate) queues: Vec<QueueId>,
    /// Prompts that the core wants, as it said last.
    pub(crate) prompts: Vec<PromptSource>,
    pub(crate) priorities: BTreeMap<ConversationId, u8>,
    pub(crate) fate: Fate,
    pub(crate) coverage: Coverage,
    pub(crate) next_beat: Now,
    commands: u128,
    journal: VecDeque<String>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let lines: Vec<&str> = self.journal.iter().map(String::as_str).collect();
            let (seed, steps) = (self.seed, self.steps);
            eprintln!("{}\nrepeat with: cargo xtask sim --seed {seed} --steps {steps}", lines.join("\n"));
        }
    }
}

impl World {
    pub(crate) fn around(seed: u64, core: CallCenter, now: Now, model: Model) -> Self {
        let mut random = Random::new(seed);
        Self {
            seed,
            steps: 0,
            roughness: random.pick(&ROUGHNESS).expect("there are some"),
            random,
            planted: Planted::default(),
            core,
            now,
            store: Store::default(),
            engine: Engine::default(),
            recorder: Recorder::default(),
            model,
            agents: BTreeMap::new(),
            customers: Vec::new(),
            links: Vec::new(),
            queues: Vec::new(),
            prompts: Vec::new(),
            priorities: BTreeMap::new(),
            fate: Fate::Lives,
            coverage: Coverage::new(),
            next_beat: now.after(HEARTBEAT),
            commands: 0,
            journal: VecDeque::new(),
        }
    }

    /// How many transitions there were.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Makes `steps` random transitions, then lets everybody hang up and looks at what is left.
    pub fn run(&mut self, steps: u32) -> Coverage {
        for _ in 0..steps {
            self.steps += 1;
            let long = self.random.chance(5);
            let wait = self.random.below(if long { 40_000 } else { 3_000 });
            self.pass(Duration::from_millis(wait));
            self.act();
        }
        self.wind_up();
        std::mem::take(&mut self.coverage)
    }

    pub(crate) fn note(&mut self, line: String) {
        if self.journal.len() == JOURNAL {
            self.journal.pop_front();
        }
        self.journal.push_back(format!("{:>9} {line}", self.now.wall.0 % 1_000_000_000));
    }

    pub(crate) fn next_command(&mut self) -> CommandId {
        self.commands += 1;
        CommandId::of((7 << 76) | (2 << 62) | (self.commands << 20))
    }

    /// The core decides, and so does the model; then pages, engine and recorder learn of it.
    pub(crate) fn command(&mut self, command: Command, expect: impl FnOnce(&mut Model) -> bool) -> bool {
        self.submit(command, |model, _| expect(model), |_| ()).is_some_and(|accepted| accepted)
    }

    /// As `command`. `expect` sees the reply, for the ids in it; `before_effects` happens between reply and effects.
    /// `None` if the process died first.
    pub(crate) fn submit(
        &mut self,
        command: Command,
        expect: impl FnOnce(&mut Model, Option<&Reply>) -> bool,
        before_effects: impl FnOnce(&mut Self),
    ) -> Option<bool> {
        let id = self.next_command();
        let mut fate = Fate::Lives;
        if is_decisive(&command) {
            fate = std::mem::replace(&mut self.fate, Fate::Lives);
        }
        if !matches!(command, Command::Heartbeat { .. }) {
            self.note(format!("{fate:?} {command:?}"));
        }
        let result = self.core.handle(command, id, self.now);
        if fate == Fate::NotCommitted {
            self.crash();
            return None;
        }
        let reply = result.as_ref().ok();
        self.model.clocks_show(self.now);
        let expected = expect(&mut self.model, reply);
        assert_eq!(reply.is_some(), expected, "the core answered {result:?}");
        self.turn_over(fate, before_effects).then_some(expected)
    }

    /// Time passes: timers fire when they are due, pages give signs of life.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        loop {
            let timer = self.core.poll_timeout().map(|(at, _)| at.max(self.now.mono)).filter(|at| *at <= end.mono);
            let beat = Some(self.next_beat.mono).filter(|at| *at <= end.mono);
            let Some(at) = timer.into_iter().chain(beat).min() else { break };
            self.now = self.now.after(at - self.now.mono);
            if timer == Some(at) {
                self.timers_fire();
            } else {
                self.next_beat = self.next_beat.after(HEARTBEAT);
                self.beat();
            }
        }
        self.now = end;
        self.timers_fire();
    }

    pub(crate) fn timers_fire(&mut self) {
        let reason = self.core.poll_timeout().filter(|(at, _)| *at <= self.now.mono).map(|(_, reason)| reason);
        if let Some(reason) = reason {
            self.note(format!("{reason:?}"));
            let id = self.next_command();
            self.core.handle_timeout(id, self.now);
            let next = self.core.poll_timeout();
            assert!(next.is_none_or(|(at, _)| at > self.now.mono), "what was due is done: {next:?}");
        }
        self.model.time_is(self.now);
        self.turn_over(Fate::Lives, |_| ());
    }

    fn beat(&mut self) {
        let alive = |(agent, page): (&AgentId, &AgentPage)| (page.connected && !page.frozen).then_some(*agent);
        for agent in self.agents.iter().filter_map(alive).collect::<Vec<_>>() {
            self.command(Command::Heartbeat { agent }, |model| {
                model.sign_of_life(agent);
                true
            });
        }
    }

    /// Commit, compare, let out. False if the process died before the effects.
    fn turn_over(&mut self, fate: Fate, before_effects: impl FnOnce(&mut Self)) -> bool {
        let changes: Vec<RowChange> = std::iter::from_fn(|| self.core.poll_change()).collect();
        let events: Vec<EventRecord> = std::iter::from_fn(|| self.core.poll_event()).collect();
        let effects: Vec<Effect> = std::iter::from_fn(|| self.core.poll_effect()).collect();
        let rings: Vec<Ring> = effects.iter().filter_map(ring).collect();
        self.model.assign(&rings);
        let calls: Vec<(CallId, LegId)> = effects.iter().filter_map(calls_customer).collect();
        self.model.customers_ring(&calls);
        self.model.note_sounds();
        self.count_events(&events);
        self.compare_endings(&events);
        self.store.commit(changes, events);
        if fate == Fate::NotLetOut {
            self.crash();
            return false;
        }
        before_effects(self);
        self.let_out(&effects);
        if self.random.chance(10) {
            self.let_out(&effects);
        }
        self.check();
        true
    }

    pub(crate) fn let_out(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::TellAgent { agent, message } => {
                    let page = self.agents.get_mut(agent).expect("every agent has a page");
                    if page.connected {
                        page.read(message);
                    }
                }
                Effect::TellLeg { leg, message } => self.tell_customer(*leg, message),
                Effect::Engine(command) => self.engine.carry_out(command),
                Effect::KeepPrompts(sources) => self.prompts.clone_from(sources),
                Effect::Recorder(command) => self.recorder.carry_out(command),
            }
        }
    }

    /// The leg's page, if one is connected.
    fn tell_customer(&mut self, leg: LegId, message: &ServerMessage) {
        let identity = self.core.leg(leg).map(|row| row.identity.as_str());
        for page in self.customers.iter_mut().filter(|page| page.connected) {
            if matches!(message, ServerMessage::IncomingCall(_)) && identity == Some(page.identity.as_str()) {
                page.leg = Some(leg);
            }
            page.read(leg, message);
        }
    }

    /// Milliseconds on the model's clock.
    pub(crate) fn time(&self) -> Time {
        self.now.wall.0
    }
}

/// The process dies in the middle of what changes a call: there is most to be lost.
fn is_decisive(command: &Command) -> bool {
    matches!(
        command,
        Command::StartCall(_)
            | Command::Accept { .. }
            | Command::Decline { .. }
            | Command::Hangup { .. }
            | Command::Hold { .. }
            | Command::Resume { .. }
            | Command::Recording(RecordingCommand::SetPaused { .. })
            | Command::TransferToAgent { .. }
            | Command::TransferToQueue { .. }
            | Command::LegConnected { .. }
            | Command::SegmentFinished(_)
            | Command::ClearWrapUp { .. }
            | Command::UpdateConversation { .. }
            | Command::Outbound(_)
    )
}

fn ring(effect: &Effect) -> Option<Ring> {
    match effect {
        Effect::TellAgent { agent, message: ServerMessage::IncomingCall(incoming) } => {
            Some(Ring { call: incoming.call, agent: *agent, leg: incoming.leg })
        }
        _ => None,
    }
}

fn calls_customer(effect: &Effect) -> Option<(CallId, LegId)> {
    match effect {
        Effect::TellLeg { leg, message: ServerMessage::IncomingCall(incoming) } => Some((incoming.call, *leg)),
        _ => None,
    }
}
