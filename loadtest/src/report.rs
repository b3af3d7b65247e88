//! What a run found: one JSON object, a table for people, and which limits do not hold.

use crate::plan::LimitsPlan;
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// Everything that was measured. Figures that there are none of are null.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// How calls went.
    pub calls: CallsReport,
    /// From `start_call` until both sides hear (and see) each other, ringing left out.
    pub setup_ms: SetupReport,
    /// What receivers measured.
    pub media: MediaReport,
    /// What the server's process used, where it runs on the same machine.
    pub server: ServerReport,
    /// The calls' recordings.
    pub recordings: RecordingsReport,
}

/// How calls went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CallsReport {
    /// Customers that called.
    pub asked: u64,
    /// Calls in which both sides heard each other.
    pub established: u64,
    /// Pages that lost their connection while they talked, and came back into their call.
    pub reconnections: u64,
    /// Calls that failed, before or after that, by cause.
    pub failed: BTreeMap<String, u64>,
}

impl CallsReport {
    /// Calls that failed for whatever cause.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }
}

/// Time to set up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct SetupReport {
    /// Half of the calls took no longer.
    pub p50: Option<f64>,
    /// 99 % took no longer.
    pub p99: Option<f64>,
}

/// What receivers measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct MediaReport {
    /// RTP packets that arrived as they were sent.
    pub packets: u64,
    /// Share of packets that did not, of those between the first and the last that did.
    pub loss_percent: f64,
    /// From sender to receiver, through the server.
    pub one_way_delay_ms: DelayReport,
    /// What listeners heard.
    pub mos: MosReport,
}

/// Delay of packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct DelayReport {
    /// Half of the packets took no longer.
    pub p50: Option<f64>,
    /// 99 % took no longer.
    pub p99: Option<f64>,
}

/// Heard MOS of five seconds of one listener each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct MosReport {
    /// Half of the time it was no better.
    pub p50: Option<f64>,
    /// A hundredth of the time it was no better.
    pub p1: Option<f64>,
}

/// What the server's process used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ServerReport {
    /// CPU time of everything it did while all calls were up, by packets that it forwarded.
    pub cpu_ns_per_forwarded_packet: Option<u64>,
    /// Memory that it held more than before the first call, by calls.
    pub rss_bytes_per_call: Option<u64>,
}

/// The calls' recordings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RecordingsReport {
    /// Legs whose recording was looked for.
    pub checked: u64,
    /// Those whose recording is missing or not as it should be.
    pub bad: u64,
}

impl Report {
    /// Sentences about the limits that do not hold. A figure that there is none of breaks its limit: a run that
    /// measured nothing proves nothing.
    pub fn broken(&self, limits: &LimitsPlan) -> Vec<String> {
        let mut broken = Vec::new();
        let mut most = |what: &str, found: u64, limit: u64| {
            if found > limit {
                broken.push(format!("{found} {what}; the limit is {limit}"));
            }
        };
        most("calls failed", self.calls.failures(), limits.failed_calls);
        most("recordings are bad", self.recordings.bad, limits.bad_recordings);
        if self.calls.established == 0 {
            broken.push("no call was established".to_owned());
            return broken;
        }
        if self.media.loss_percent > limits.loss_percent {
            let found = self.media.loss_percent;
            broken.push(format!("{found:.3} % of the packets were lost; the limit is {} %", limits.loss_percent));
        }
        match self.media.mos.p1 {
            Some(found) if found >= limits.mos_p1 => {}
            Some(found) => broken.push(format!("MOS p1 is {found:.2}; the limit is {}", limits.mos_p1)),
            None => broken.push("no MOS was measured: calls were shorter than a second".to_owned()),
        }
        for (what, found, limit) in [
            ("set-up", self.setup_ms.p99, limits.setup_p99_ms),
            ("one-way delay", self.media.one_way_delay_ms.p99, limits.one_way_delay_p99_ms),
        ] {
            if let Some(found) = found.filter(|found| *found > limit) {
                broken.push(format!("{what} p99 is {found:.1} ms; the limit is {limit} ms"));
            }
        }
        broken
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figure =
            |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        let whole = |value: Option<u64>| value.map_or("-".to_owned(), |value| value.to_string());
        let mut row = |name: &str, value: String| writeln!(f, "{name:<38} {value}");
        row("calls asked", self.calls.asked.to_string())?;
        row("calls established", self.calls.established.to_string())?;
        if self.calls.reconnections > 0 {
            row("pages that came back into their call", self.calls.reconnections.to_string())?;
        }
        row("calls failed", self.calls.failures().to_string())?;
        for (cause, count) in &self.calls.failed {
            row(&format!("  {cause}"), count.to_string())?;
        }
        let (setup, delay, mos) = (&self.setup_ms, &self.media.one_way_delay_ms, &self.media.mos);
        row("set-up p50, p99 (ms)", format!("{}, {}", figure(setup.p50, 1), figure(setup.p99, 1)))?;
        row("packets", self.media.packets.to_string())?;
        row("loss (%)", format!("{:.3}", self.media.loss_percent))?;
        row("one-way delay p50, p99 (ms)", format!("{}, {}", figure(delay.p50, 2), figure(delay.p99, 2)))?;
        row("heard MOS p50, p1", format!("{}, {}", figure(mos.p50, 2), figure(mos.p1, 2)))?;
        row("server CPU per forwarded packet (ns)", whole(self.server.cpu_ns_per_forwarded_packet))?;
        row("server memory per call (bytes)", whole(self.server.rss_bytes_per_call))?;
        row("recordings checked, bad", format!("{}, {}", self.recordings.checked, self.recordings.bad))
    }
}

/// Kept to so many digits: more would only look exact.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Overrides, Plan};
    use serde_json::json;

    type Spoil = fn(&mut Report);

    fn good() -> Report {
        Report {
            calls: CallsReport { asked: 10, established: 10, reconnections: 1, failed: BTreeMap::new() },
            setup_ms: SetupReport { p50: Some(120.0), p99: Some(310.5) },
            media: MediaReport {
                packets: 50_000,
                loss_percent: 0.0,
                one_way_delay_ms: DelayReport { p50: Some(0.4), p99: Some(1.25) },
                mos: MosReport { p50: Some(4.4), p1: Some(4.38) },
            },
            server: ServerReport { cpu_ns_per_forwarded_packet: Some(9_000), rss_bytes_per_call: None },
            recordings: RecordingsReport { checked: 20, bad: 0 },
        }
    }

    fn limits() -> LimitsPlan {
        Plan::parse("", &Overrides::default()).expect("the example").limits
    }

    #[test]
    fn the_json_has_exactly_the_documented_shape() {
        let mut report = good();
        report.calls.failed.insert("one_way".to_owned(), 2);
        let expected = json!({
            "calls": {"asked": 10, "established": 10, "reconnections": 1, "failed": {"one_way": 2}},
            "setup_ms": {"p50": 120.0, "p99": 310.5},
            "media": {
                "packets": 50_000,
                "loss_percent": 0.0,
                "one_way_delay_ms": {"p50": 0.4, "p99": 1.25},
                "mos": {"p50": 4.4, "p1": 4.38},
            },
            "server": {"cpu_ns_per_forwarded_packet": 9_000, "rss_bytes_per_call": null},
            "recordings": {"checked": 20, "bad": 0},
        });
        assert_eq!(serde_json::to_value(&report).expect("plain data"), expected);
    }

    #[test]
    fn a_good_run_breaks_no_limit() {
        assert_eq!(good().broken(&limits()), Vec::<String>::new());
    }

    #[test]
    fn every_limit_breaks_alone_and_says_so() {
        let cases: [(&str, Spoil); 6] = [
            ("3 calls failed", |report| {
                report.calls.failed.insert("one_way".to_owned(), 1);
                report.calls.failed.insert("corrupted".to_owned(), 2);
            }),
            ("1 recordings are bad", |report| report.recordings.bad = 1),
            ("0.500 % of the packets", |report| report.media.loss_percent = 0.5),
            ("MOS p1 is 3.90", |report| report.media.mos.p1 = Some(3.9)),
            ("set-up p99 is 6000.0 ms", |report| report.setup_ms.p99 = Some(6_000.0)),
            ("one-way delay p99 is 150.0 ms", |report| report.media.one_way_delay_ms.p99 = Some(150.0)),
        ];
        for (sentence, spoil) in cases {
            let mut report = good();
            spoil(&mut report);
            let broken = report.broken(&limits());
            assert!(broken.len() == 1 && broken[0].starts_with(sentence), "{sentence}: {broken:?}");
        }
    }

    #[test]
    fn a_run_that_measured_nothing_is_no_good_run() {
        assert_eq!(Report::default().broken(&limits()), ["no call was established"]);
    }

    #[test]
    fn the_table_tells_every_figure() {
        let mut report = good();
        report.calls.failed.insert("one_way".to_owned(), 2);
        let table = report.to_string();
        for part in ["asked", "one_way", "120.0, 310.5", "50000", "0.40, 1.25", "4.40, 4.38", "9000", "20, 0"] {
            assert!(table.contains(part), "{part} in\n{table}");
        }
    }
}
