use super::Plan;
use crate::limits;
use std::{fmt::Display, ops::RangeInclusive};

/// Why a plan cannot be carried out.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The file.
    #[error("cannot read the plan {file}: {reason}")]
    Unreadable {
        /// Its path.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// It is no TOML, or a value has none of the words that there are.
    #[error("the plan cannot be read: {0}")]
    Syntax(String),
    /// A key that does not exist, with its sections.
    #[error("`{0}` is no key of a plan; `switchroom loadtest --example` prints all of them")]
    UnknownKey(String),
    /// A value of another kind.
    #[error("{key} is a {found}; it must be a {expected}")]
    Kind {
        /// The key with its sections.
        key: String,
        /// What it is.
        found: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A number out of its range.
    #[error("{key} is {value}; it must be between {least} and {most}")]
    Range {
        /// The key with its sections.
        key: &'static str,
        /// What it is.
        value: String,
        /// The least that is allowed.
        least: String,
        /// The most that is allowed.
        most: String,
    },
    /// The values do not go together.
    #[error("{0}")]
    Together(String),
}

fn within<T: PartialOrd + Display>(key: &'static str, value: &T, range: RangeInclusive<T>) -> Result<(), PlanError> {
    if range.contains(value) {
        return Ok(());
    }
    let (least, most) = (range.start().to_string(), range.end().to_string());
    Err(PlanError::Range { key, value: value.to_string(), least, most })
}

/// Checks every number and what must go together.
pub(super) fn check(plan: &Plan) -> Result<(), PlanError> {
    within("duration_seconds", &plan.duration_seconds, limits::DURATION_SECONDS)?;
    check_calls(plan)?;
    check_talk(plan)?;
    let media = &plan.media;
    within("media.audio_bytes", &media.audio_bytes, 48..=1_000)?;
    within("media.video_kbit", &media.video_kbit, 100..=5_000)?;
    within("media.video_fps", &media.video_fps, 1..=60)?;
    within("media.video_packet_bytes", &media.video_packet_bytes, 200..=1_180)?;
    within("media.threads", &media.threads, 1..=16)?;
    within("network.up_loss_percent", &plan.network.up_loss_percent, 0.0..=50.0)?;
    within("network.down_loss_percent", &plan.network.down_loss_percent, 0.0..=50.0)?;
    within("recordings.at_most", &plan.recordings.at_most, 1..=100_000)?;
    within("recordings.tolerance_ms", &plan.recordings.tolerance_ms, 100..=10_000)?;
    check_limits(plan)
}

fn check_calls(plan: &Plan) -> Result<(), PlanError> {
    let calls = &plan.calls;
    within("calls.at_once", &calls.at_once, limits::CALLS_AT_ONCE)?;
    within("calls.per_second", &calls.per_second, limits::CALLS_PER_SECOND)?;
    within("calls.video_percent", &calls.video_percent, 0..=100)?;
    within("calls.ring_seconds", &calls.ring_seconds, 0.0..=25.0)?;
    within("calls.wrap_up_seconds", &calls.wrap_up_seconds, 0.0..=600.0)?;
    within("calls.setup_timeout_seconds", &calls.setup_timeout_seconds, 1.0..=120.0)?;
    let arrivals = f64::from(calls.at_once - 1) / calls.per_second;
    let needed = arrivals + limits::HELD_TOGETHER.as_secs_f64();
    if needed > f64::from(plan.duration_seconds) {
        return Err(PlanError::Together(format!(
            "{} calls at {} a second need {:.0} s to begin, but duration_seconds is {}; raise calls.per_second or the \
             duration",
            calls.at_once,
            calls.per_second,
            needed.ceil(),
            plan.duration_seconds
        )));
    }
    Ok(())
}

fn check_talk(plan: &Plan) -> Result<(), PlanError> {
    let talk = &plan.talk;
    within("talk.min_seconds", &talk.min_seconds, 1.0..=86_400.0)?;
    within("talk.mean_seconds", &talk.mean_seconds, 1.0..=86_400.0)?;
    within("talk.max_seconds", &talk.max_seconds, 1.0..=86_400.0)?;
    if talk.min_seconds > talk.max_seconds {
        return Err(PlanError::Together(format!(
            "talk.min_seconds is {} and talk.max_seconds {}; the shortest must not be longer than the longest",
            talk.min_seconds, talk.max_seconds
        )));
    }
    Ok(())
}

fn check_limits(plan: &Plan) -> Result<(), PlanError> {
    let limits = &plan.limits;
    within("limits.failed_calls", &limits.failed_calls, 0..=1_000_000)?;
    within("limits.loss_percent", &limits.loss_percent, 0.0..=100.0)?;
    within("limits.mos_p1", &limits.mos_p1, 1.0..=4.5)?;
    within("limits.setup_p99_ms", &limits.setup_p99_ms, 1.0..=600_000.0)?;
    within("limits.one_way_delay_p99_ms", &limits.one_way_delay_p99_ms, 1.0..=60_000.0)?;
    within("limits.bad_recordings", &limits.bad_recordings, 0..=1_000_000)
}

#[cfg(test)]
mod tests {
    use super::super::Overrides;
    use super::*;

    fn refusal(text: &str) -> String {
        Plan::parse(text, &Overrides::default()).expect_err(text).to_string()
    }

    #[test]
    fn every_number_has_a_range_that_is_told() {
        for (section, key, bad) in [
            ("", "duration_seconds", "1"),
            ("", "duration_seconds", "100000"),
            ("calls", "at_once", "0"),
            ("calls", "at_once", "5001"),
            ("calls", "per_second", "0.0"),
            ("calls", "per_second", "nan"),
            ("calls", "per_second", "101"),
            ("calls", "video_percent", "101"),
            ("calls", "ring_seconds", "26"),
            ("calls", "wrap_up_seconds", "-1.0"),
            ("calls", "setup_timeout_seconds", "inf"),
            ("talk", "min_seconds", "0.0"),
            ("talk", "mean_seconds", "0.0"),
            ("talk", "max_seconds", "90000"),
            ("media", "audio_bytes", "20"),
            ("media", "video_kbit", "50"),
            ("media", "video_fps", "0"),
            ("media", "video_packet_bytes", "1300"),
            ("media", "threads", "0"),
            ("network", "up_loss_percent", "51"),
            ("network", "down_loss_percent", "-0.1"),
            ("recordings", "at_most", "0"),
            ("recordings", "tolerance_ms", "50"),
            ("limits", "failed_calls", "1000001"),
            ("limits", "loss_percent", "101"),
            ("limits", "mos_p1", "4.6"),
            ("limits", "setup_p99_ms", "0"),
            ("limits", "one_way_delay_p99_ms", "0"),
            ("limits", "bad_recordings", "1000001"),
        ] {
            let head = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
            let text = refusal(&format!("{head}{key} = {bad}\n"));
            let name = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
            assert!(text.starts_with(&format!("{name} is ")) && text.contains("between"), "{text}");
        }
    }

    #[test]
    fn calls_that_cannot_all_begin_in_time_are_refused() {
        let text = refusal("duration_seconds = 10\n[calls]\nat_once = 100\nper_second = 2\n");
        assert!(text.contains("need 51 s") && text.contains("duration_seconds is 10"), "{text}");
    }

    #[test]
    fn the_shortest_talk_is_not_longer_than_the_longest() {
        assert!(refusal("[talk]\nmin_seconds = 30\nmax_seconds = 20\n").contains("talk.min_seconds is 30"));
    }
}
