//! The plan: what is called, how often, for how long, and what must hold.

mod check;

pub use check::PlanError;

use crate::limits::PLAN_BYTES;
use serde::Deserialize;
use std::{fs, path::Path, time::Duration};
use toml::{Table, Value};

/// The example plan, which is the list of keys and defaults.
pub const EXAMPLE: &str = include_str!("../../example.toml");

/// A checked plan.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Determines everything that is chosen at random.
    pub seed: u64,
    /// How long calls are held.
    pub duration_seconds: u32,
    /// Where the server is.
    pub server: ServerPlan,
    /// The calls.
    pub calls: CallsPlan,
    /// How long they talk.
    pub talk: TalkPlan,
    /// What they send.
    pub media: MediaPlan,
    /// What happens on the way.
    pub network: NetworkPlan,
    /// What is done with recordings.
    pub recordings: RecordingsPlan,
    /// What must hold.
    pub limits: LimitsPlan,
}

/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerPlan {
    /// How pages reach it.
    pub url: String,
    /// Certificates to trust, PEM; empty for the system's.
    pub ca_file: String,
}

/// The calls.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallsPlan {
    /// Calls held at once.
    pub at_once: u32,
    /// Calls that begin in a second.
    pub per_second: f64,
    /// Share with video, percent.
    pub video_percent: u32,
    /// How calls find their agents.
    pub route: Route,
    /// Seconds that an agent lets it ring.
    pub ring_seconds: f64,
    /// Seconds of wrap-up.
    pub wrap_up_seconds: f64,
    /// Seconds until a call counts as failed.
    pub setup_timeout_seconds: f64,
}

/// How calls find their agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// By a link to the contact center and its default queue.
    Queue,
    /// By a link to each agent.
    Agent,
}

/// How long calls talk.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TalkPlan {
    /// How times are spread.
    pub distribution: Distribution,
    /// Shortest, seconds.
    pub min_seconds: f64,
    /// Mean of the exponential distribution, seconds.
    pub mean_seconds: f64,
    /// Longest, seconds.
    pub max_seconds: f64,
}

/// How talk times are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Until the run ends.
    WholeRun,
    /// Between the shortest and the longest.
    Uniform,
    /// Many short ones, few long ones.
    Exponential,
}

/// What clients send.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaPlan {
    /// Bytes of an audio packet's payload.
    pub audio_bytes: usize,
    /// kbit/s of video payload.
    pub video_kbit: u32,
    /// Pictures a second.
    pub video_fps: u32,
    /// Largest payload of a video packet, bytes.
    pub video_packet_bytes: usize,
    /// Threads that carry media.
    pub threads: usize,
}

/// What happens on the way.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkPlan {
    /// Loss towards the server, percent.
    pub up_loss_percent: f64,
    /// Loss from the server, percent.
    pub down_loss_percent: f64,
}

/// What is done with recordings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingsPlan {
    /// They are checked.
    pub check: bool,
    /// Of so many calls.
    pub at_most: usize,
    /// How far their length may be off.
    pub tolerance_ms: u64,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsPlan {
    /// Most failed calls.
    pub failed_calls: u64,
    /// Highest loss, percent.
    pub loss_percent: f64,
    /// Least MOS of the worst hundredth.
    pub mos_p1: f64,
    /// Longest set-up of the best 99 %.
    pub setup_p99_ms: f64,
    /// Longest delay of the best 99 %.
    pub one_way_delay_p99_ms: f64,
    /// Most bad recordings.
    pub bad_recordings: u64,
}

/// What the command line says instead of the plan.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// See [`CallsPlan::at_once`].
    pub calls: Option<u32>,
    /// See [`Plan::duration_seconds`].
    pub duration: Option<u32>,
    /// See [`Plan::seed`].
    pub seed: Option<u64>,
    /// See [`ServerPlan::url`].
    pub server: Option<String>,
}

impl Plan {
    /// The plan in a file, or the example where there is none; what the command line says goes before it.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, PlanError> {
        match file {
            None => Self::parse("", overrides),
            Some(file) => {
                let named = |reason: String| PlanError::Unreadable { file: file.display().to_string(), reason };
                let size = fs::metadata(file).map_err(|error| named(error.to_string()))?.len();
                if size > PLAN_BYTES {
                    return Err(named(format!("it has {size} bytes; a plan has at most {PLAN_BYTES}")));
                }
                let text = fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
                Self::parse(&text, overrides)
            }
        }
    }

    /// A plan from its text: what it leaves out is as in the example.
    pub fn parse(text: &str, overrides: &Overrides) -> Result<Self, PlanError> {
        let syntax = |error: toml::de::Error| PlanError::Syntax(error.to_string());
        let mut merged: Table = EXAMPLE.parse().expect("the example is TOML: a test reads it");
        merge(&mut merged, text.parse().map_err(syntax)?, "")?;
        let mut plan: Self = Value::Table(merged).try_into().map_err(syntax)?;
        plan.calls.at_once = overrides.calls.unwrap_or(plan.calls.at_once);
        plan.duration_seconds = overrides.duration.unwrap_or(plan.duration_seconds);
        plan.seed = overrides.seed.unwrap_or(plan.seed);
        if let Some(server) = &overrides.server {
            plan.server.url.clone_from(server);
        }
        check::check(&plan)?;
        Ok(plan)
    }

    /// How long calls are held.
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.duration_seconds.into())
    }

    /// Whether the call of this number, from zero, has video: they are spread evenly.
    pub fn has_video(&self, number: u32) -> bool {
        let before = |calls: u64| calls * u64::from(self.calls.video_percent) / 100;
        before(u64::from(number) + 1) > before(number.into())
    }
}

/// Puts the values of `over` into `base`, which holds every key that there is.
fn merge(base: &mut Table, over: Table, path: &str) -> Result<(), PlanError> {
    for (key, value) in over {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (base.get_mut(&key), value) {
            (None, _) => return Err(PlanError::UnknownKey(name)),
            (Some(Value::Table(inner)), Value::Table(value)) => merge(inner, value, &name)?,
            (Some(known), value) => {
                let number = |value: &Value| value.is_integer() || value.is_float();
                if known.type_str() != value.type_str() && !(number(known) && number(&value)) {
                    return Err(PlanError::Kind { key: name, found: value.type_str(), expected: known.type_str() });
                }
                *known = value;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Plan, PlanError> {
        Plan::parse(text, &Overrides::default())
    }

    fn refusal(text: &str) -> String {
        parse(text).expect_err(text).to_string()
    }

    #[test]
    fn what_a_plan_leaves_out_is_as_in_the_example() {
        let example = parse("").expect("the example is a plan");
        let plan = parse("[calls]\nper_second = 4\n").expect("a plan");
        assert_eq!(plan.calls.per_second, 4.0);
        assert_eq!(Plan { calls: example.calls.clone(), ..plan }, example);
    }

    #[test]
    fn the_command_line_goes_before_the_plan() {
        let overrides =
            Overrides { calls: Some(7), duration: Some(90), seed: Some(5), server: Some("http://[::1]:1".into()) };
        let plan = Plan::parse("seed = 4\n", &overrides).expect("a plan");
        assert_eq!((plan.calls.at_once, plan.duration_seconds, plan.seed), (7, 90, 5));
        assert_eq!(plan.server.url, "http://[::1]:1");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_section() {
        assert!(refusal("[calls]\nat_onze = 3\n").contains("calls.at_onze"));
        assert!(refusal("speed = 3\n").contains("`speed`"));
        assert!(refusal("[limit]\nloss_percent = 3\n").contains("`limit`"));
    }

    #[test]
    fn a_value_of_another_kind_is_named() {
        let text = refusal("[calls]\nat_once = \"many\"\n");
        assert!(text.contains("calls.at_once") && text.contains("string") && text.contains("integer"), "{text}");
        assert!(refusal("[calls]\nat_once = 2.5\n").contains("at_once"), "a number of calls is whole");
        assert!(refusal("[calls]\nroute = \"best\"\n").contains("best"));
        assert!(refusal("calls = 3\n").contains("calls"));
    }

    #[test]
    fn text_that_is_no_toml_is_refused_with_its_line() {
        assert!(refusal("[calls\n").contains("line 1"));
    }

    #[test]
    fn video_calls_are_spread_evenly() {
        let plan = parse("[calls]\nvideo_percent = 25\n").expect("a plan");
        let video: Vec<u32> = (0..12).filter(|number| plan.has_video(*number)).collect();
        assert_eq!(video, [3, 7, 11]);
        let all = Plan { calls: CallsPlan { video_percent: 100, ..plan.calls.clone() }, ..plan.clone() };
        assert!((0..50).all(|number| all.has_video(number)));
        let none = Plan { calls: CallsPlan { video_percent: 0, ..plan.calls.clone() }, ..plan };
        assert!(!(0..50).any(|number| none.has_video(number)));
    }
}
