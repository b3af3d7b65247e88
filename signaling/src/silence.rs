//! Legs that talk, as their microphones' levels say, and of which the recorder hears nothing.

use crate::limits::{TALK_LEVEL, TALKS_FOR};
use model::{LegId, SegmentId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use telemetry::Metrics;
use wire::engine::LegStats;

/// Segments that the recorder calls silent: as many as it records at most. Cheap to clone.
#[derive(Clone)]
pub(crate) struct SilenceWatch {
    silent: Arc<Mutex<BTreeMap<SegmentId, Silent>>>,
    metrics: Arc<Metrics>,
}

struct Silent {
    leg: LegId,
    /// Seconds in a row in which its microphone had sound.
    talks: u32,
}

impl Silent {
    fn is_alarm(&self) -> bool {
        self.talks >= TALKS_FOR
    }
}

impl SilenceWatch {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        Self { silent: Arc::default(), metrics }
    }

    /// The recorder hears nothing of the leg.
    pub(crate) fn is_silent(&self, segment: SegmentId, leg: LegId) {
        self.lock().entry(segment).or_insert(Silent { leg, talks: 0 });
    }

    /// It hears it again, or the segment is over. Gives the leg if it was talked of.
    pub(crate) fn is_over(&self, segment: SegmentId) -> Option<LegId> {
        let mut silent = self.lock();
        let over = silent.remove(&segment)?;
        self.count(&silent);
        over.is_alarm().then_some(over.leg)
    }

    /// A second's levels. Gives the legs that have talked for long enough now.
    pub(crate) fn hear(&self, stats: &[LegStats]) -> Vec<LegId> {
        let mut silent = self.lock();
        let mut alarms = Vec::new();
        for one in silent.values_mut().filter(|one| !one.is_alarm()) {
            let Some(heard) = stats.iter().find(|heard| heard.leg == one.leg) else { continue };
            one.talks = if heard.audio_level >= TALK_LEVEL { one.talks + 1 } else { 0 };
            if one.is_alarm() {
                alarms.push(one.leg);
            }
        }
        if !alarms.is_empty() {
            self.count(&silent);
        }
        alarms
    }

    fn count(&self, silent: &BTreeMap<SegmentId, Silent>) {
        self.metrics.set_silent_recordings(silent.values().filter(|one| one.is_alarm()).count());
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SegmentId, Silent>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MediaTime;

    fn level(leg: LegId, audio_level: u8) -> [LegStats; 1] {
        let quality = wire::quality::LegQuality::default();
        [LegStats { leg, at: MediaTime(0), quality, receiving: Vec::new(), one_way: false, audio_level }]
    }

    #[test]
    fn only_who_talks_for_some_seconds_and_is_not_recorded_is_an_alarm_and_once() {
        let metrics = Arc::new(Metrics::new("test").expect("metrics"));
        let watch = SilenceWatch::new(metrics.clone());
        let (segment, leg) = (SegmentId::of(1), LegId::of(2));
        let shown = |alarms: &str| metrics.encode().contains(&format!("switchroom_silent_recordings {alarms}\n"));
        for _ in 0..10 {
            assert!(watch.hear(&level(leg, 127)).is_empty(), "the recorder hears it");
        }
        watch.is_silent(segment, leg);
        for loud in [TALK_LEVEL, TALK_LEVEL, 0, TALK_LEVEL, TALK_LEVEL, 0] {
            assert!(watch.hear(&level(leg, loud)).is_empty(), "a cough");
        }
        let alarms: Vec<LegId> = (0..10).flat_map(|_| watch.hear(&level(leg, TALK_LEVEL))).collect();
        assert_eq!(alarms, [leg]);
        assert!(shown("1"));
        assert_eq!(watch.is_over(segment), Some(leg));
        assert!(shown("0"));
        watch.is_silent(segment, leg);
        assert_eq!(watch.is_over(segment), None, "nobody was told");
    }
}
