use super::reception::Second;
use crate::limits::STATS_SECONDS;
use quality::{CodecImpairment, Hop, LossRuns, OPUS, OPUS_FEC, heard_mos, leg_mos};
use std::{collections::VecDeque, time::Duration};
use wire::quality::{HopQuality, LegQuality};

/// Below this the page says that the connection is weak.
const WEAK_BELOW: f64 = 4.0;

/// The last seconds of a leg's uplink sound.
#[derive(Debug, Default)]
pub(crate) struct LegMeasure {
    seconds: VecDeque<Second>,
    /// Smoothed leg MOS of both directions.
    uplink_mos: VecDeque<f64>,
    downlink_mos: VecDeque<f64>,
    /// Seconds in a row that looked one-way.
    pub(crate) one_way_seconds: u32,
    /// Packets that the sound's downlink had sent at the last statistics.
    pub(crate) sent_before: u64,
}

impl LegMeasure {
    pub(crate) fn note(&mut self, second: Second) {
        push(&mut self.seconds, second);
    }

    /// The uplink over the last seconds; `None` while nothing was sent.
    pub(crate) fn uplink(&self, rtt: Duration) -> Option<Hop> {
        let sum = |field: fn(&Second) -> u64| self.seconds.iter().map(field).sum::<u64>();
        let (arrived, lost, runs) = (sum(|s| s.arrived), sum(|s| s.lost), sum(|s| s.runs));
        if arrived + lost == 0 {
            return None;
        }
        let mut losses = LossRuns::default();
        losses.received(arrived);
        for _ in 1..runs {
            losses.lost_run(1);
        }
        losses.lost_run(lost.saturating_sub(runs.saturating_sub(1)));
        let jitter =
            self.seconds.iter().map(|second| second.jitter).sum::<Duration>() / self.seconds.len().max(1) as u32;
        Some(Hop { loss: losses.loss(), burst_ratio: losses.burst_ratio(), jitter, rtt })
    }
}

/// Constants of the E-model for what the legs speak.
pub(crate) fn codec_impairment(has_fec: bool) -> CodecImpairment {
    if has_fec { OPUS_FEC } else { OPUS }
}

/// A leg's quality for people. `heard` is the uplink of whoever this leg hears.
pub(crate) fn quality_of(
    measure: &mut LegMeasure,
    downlink: Option<Hop>,
    heard: Option<Hop>,
    rtt: Option<Duration>,
    codec: CodecImpairment,
) -> LegQuality {
    let uplink = measure.uplink(rtt.unwrap_or_default());
    let up_mos = uplink.as_ref().map(|hop| leg_mos(hop, codec));
    let down_mos = downlink.as_ref().map(|hop| leg_mos(hop, codec));
    let averages = [(up_mos, &mut measure.uplink_mos), (down_mos, &mut measure.downlink_mos)].map(|(mos, history)| {
        match mos {
            Some(mos) => push(history, mos),
            None => history.clear(),
        }
        mean(history)
    });
    LegQuality {
        uplink: hop_quality(uplink, up_mos),
        downlink: hop_quality(downlink, down_mos),
        rtt_seconds: rtt.map(|rtt| rtt.as_secs_f64()),
        heard_mos: heard.zip(downlink).map(|(up, down)| heard_mos(&up, &down, codec)),
        weak: averages.into_iter().flatten().any(|mos| mos < WEAK_BELOW),
        video_held_back: false,
    }
}

fn hop_quality(hop: Option<Hop>, mos: Option<f64>) -> HopQuality {
    let hop = hop.unwrap_or_default();
    HopQuality { mos, loss: hop.loss, jitter_seconds: hop.jitter.as_secs_f64() }
}

fn push<T>(history: &mut VecDeque<T>, value: T) {
    if history.len() >= STATS_SECONDS {
        history.pop_front();
    }
    history.push_back(value);
}

fn mean(values: &VecDeque<f64>) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
