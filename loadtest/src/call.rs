//! One call of the run, as its customer and its agent both know it.

use crate::{
    media::{Lines, Measured, Told},
    plan::{Distribution, Plan},
};
use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::sync::Notify;

/// The key in a call's free values that says which call of which run it is.
const KEY: &str = "loadtest";

/// What the seed decides about a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Script {
    pub(crate) video: bool,
    /// How long it talks at most.
    pub(crate) talk: Duration,
    pub(crate) agent_hangs_up: bool,
}

impl Script {
    /// The same for the same plan, seed and number.
    pub(crate) fn of(plan: &Plan, number: u32) -> Self {
        let mut random = sim::Random::new(plan.seed ^ (u64::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let agent_hangs_up = random.chance(50);
        // In (0, 1]: its logarithm is finite.
        let share = (random.below(1_000_000) + 1) as f64 / 1_000_000.0;
        let talk = &plan.talk;
        let seconds = match talk.distribution {
            Distribution::WholeRun => f64::from(plan.duration_seconds),
            Distribution::Uniform => talk.min_seconds + share * (talk.max_seconds - talk.min_seconds),
            Distribution::Exponential => (-share.ln() * talk.mean_seconds).clamp(talk.min_seconds, talk.max_seconds),
        };
        Self { video: plan.has_video(number), talk: Duration::from_secs_f64(seconds), agent_hangs_up }
    }
}

/// A call.
pub(crate) struct Call {
    pub(crate) number: u32,
    pub(crate) script: Script,
    pub(crate) lines: Arc<Lines>,
    /// The agent is to hang up.
    pub(crate) hang_up: Notify,
    agent: Mutex<AgentSide>,
}

/// What the agent's side has come to.
#[derive(Default)]
struct AgentSide {
    told: Option<Told>,
    /// How long it rang.
    rang: Duration,
    failed: Option<Failure>,
    measured: Option<Measured>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The name under which it is counted.
    pub(crate) cause: String,
    /// In words.
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(cause: &str, detail: impl ToString) -> Self {
        Self { cause: cause.to_owned(), detail: detail.to_string() }
    }
}

impl Call {
    pub(crate) fn new(number: u32, script: Script) -> Arc<Self> {
        let (lines, hang_up, agent) = (Arc::default(), Notify::new(), Mutex::default());
        Arc::new(Self { number, script, lines, hang_up, agent })
    }

    fn agent(&self) -> MutexGuard<'_, AgentSide> {
        self.agent.lock().expect("nobody panics with an agent's side in hand")
    }

    /// The agent answers after so long.
    pub(crate) fn agent_answers(&self, told: Told, rang: Duration) {
        let mut agent = self.agent();
        agent.told = Some(told);
        agent.rang = rang;
    }

    /// The agent's side failed; the first failure counts.
    pub(crate) fn agent_failed(&self, failure: Failure) {
        self.agent().failed.get_or_insert(failure);
    }

    /// The agent's client has left.
    pub(crate) fn agent_left(&self, measured: Measured) {
        self.agent().measured = Some(measured);
    }

    /// How the agent's client is, once there is one.
    pub(crate) fn agent_told(&self) -> Option<Told> {
        self.agent().told.clone()
    }

    /// How long it rang.
    pub(crate) fn rang(&self) -> Duration {
        self.agent().rang
    }

    pub(crate) fn agent_failure(&self) -> Option<Failure> {
        self.agent().failed.clone()
    }

    /// What the agent's client heard, once it has left.
    pub(crate) fn agent_measured(&self) -> Option<Measured> {
        self.agent().measured.clone()
    }
}

/// The free values that a customer gives with a call.
pub(crate) fn custom_data(run: u64, number: u32) -> std::collections::BTreeMap<String, String> {
    [(KEY.to_owned(), format!("{run:016x}-{number}"))].into()
}

/// The number of the call that such values belong to, if it is one of this run.
pub(crate) fn number_of(run: u64, custom_data: &std::collections::BTreeMap<String, String>) -> Option<u32> {
    let (of, number) = custom_data.get(KEY)?.split_once('-')?;
    (of == format!("{run:016x}")).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Overrides;

    fn scripts(text: &str) -> Vec<Script> {
        let plan = Plan::parse(text, &Overrides::default()).expect("a plan");
        (0..2_000).map(|number| Script::of(&plan, number)).collect()
    }

    #[test]
    fn the_seed_decides_everything_about_a_call() {
        let uniform = "[talk]\ndistribution = \"uniform\"\n";
        assert_eq!(scripts(uniform), scripts(uniform));
        assert_ne!(scripts(uniform), scripts(&format!("seed = 2\n{uniform}")));
        let by_agent = scripts(uniform).iter().filter(|script| script.agent_hangs_up).count();
        assert!((900..1_100).contains(&by_agent), "{by_agent} of 2000 are ended by agents");
    }

    #[test]
    fn talk_times_are_spread_as_planned() {
        let mean = |text: &str| {
            let scripts = scripts(text);
            let seconds: Vec<f64> = scripts.iter().map(|script| script.talk.as_secs_f64()).collect();
            assert!(seconds.iter().all(|one| (5.0..=60.0).contains(one)), "{text}");
            seconds.iter().sum::<f64>() / seconds.len() as f64
        };
        let uniform = mean("[talk]\ndistribution = \"uniform\"\n");
        assert!((uniform - 32.5).abs() < 1.0, "{uniform}");
        // Clamped to 5..60: 5 + 20 (e^(−1/4) − e^(−3)) on average.
        let exponential = mean("[talk]\ndistribution = \"exponential\"\n");
        assert!((exponential - 19.6).abs() < 1.0, "{exponential}");
    }

    #[test]
    fn a_call_of_another_run_is_told_apart() {
        assert_eq!(number_of(7, &custom_data(7, 300)), Some(300));
        assert_eq!(number_of(8, &custom_data(7, 300)), None);
        assert_eq!(number_of(7, &Default::default()), None);
    }
}
