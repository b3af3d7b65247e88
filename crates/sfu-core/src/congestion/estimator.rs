use super::{
    Bounds,
    acknowledged::Acknowledged,
    delay::{Detector, Groups, RateControl, Trendline, Usage},
    history::{History, Sent},
    loss::LossControl,
    queue::Queue,
    twcc::{Feedback, TICK_MICROS},
};
use std::time::{Duration, Instant};

/// Until an RTT is measured.
const FIRST_RTT: Duration = Duration::from_millis(100);
/// When nothing arrived for this long, in microseconds, delays are measured anew: clocks drift, and paths change.
const PAUSE: i64 = 2_000_000;
/// A unit of feedback's reference time, in microseconds.
const REFERENCE_MICROS: i64 = 64_000;
/// Units of the reference time after which counting begins anew: two thousand years, or a receiver that jumps at will.
const MOST_REFERENCE: i64 = 1 << 40;
/// Feedback that does not come for this long says that nothing arrives, or nothing comes back…
const SILENCE: Duration = Duration::from_secs(1);
/// …and from then on the rate becomes this part of itself, this often.
const BACK_OFF: f64 = 0.8;
const BACK_OFF_EVERY: Duration = Duration::from_millis(500);

/// What one receiver can take, from what was sent to it and its feedback.
///
/// The estimate is the least of three: the delay-based rate, the loss-based rate, and, while a queue stands, what lets it
/// drain. Holds about 7 kB; to be boxed, and only where transport-wide feedback is negotiated.
#[derive(Debug)]
pub struct Estimator {
    bounds: Bounds,
    history: History,
    acknowledged: Acknowledged,
    groups: Groups,
    trendline: Trendline,
    detector: Detector,
    delay_based: RateControl,
    loss_based: LossControl,
    queue: Queue,
    /// Rate that lets a standing queue drain.
    draining: Option<f64>,
    rtt: Duration,
    /// Last reference time, 24 bits, and the same without wrapping.
    reference: Option<(u32, i64)>,
    newest_sent: i64,
    newest_arrived: i64,
    back_off_at: Option<Instant>,
}

impl Estimator {
    /// An estimate that begins at `bounds.start`.
    pub fn new(bounds: Bounds, now: Instant) -> Self {
        assert!(bounds.min <= bounds.start && bounds.start <= bounds.max, "{bounds:?} are no bounds");
        Self {
            bounds,
            history: History::new(now),
            acknowledged: Acknowledged::default(),
            groups: Groups::default(),
            trendline: Trendline::default(),
            detector: Detector::default(),
            delay_based: RateControl::new(bounds, now),
            loss_based: LossControl::new(bounds, now),
            queue: Queue::default(),
            draining: None,
            rtt: FIRST_RTT,
            reference: None,
            newest_sent: 0,
            newest_arrived: 0,
            back_off_at: None,
        }
    }

    /// A packet leaves with a transport-wide number, one after the last; `bytes` are those of the datagram's payload.
    /// Takes constant time and allocates nothing.
    pub fn sent(&mut self, sequence: u16, bytes: usize, at: Instant) {
        self.history.note(sequence, bytes, at);
        self.back_off_at.get_or_insert(at + SILENCE);
    }

    /// The receiver's feedback came.
    pub fn feedback(&mut self, feedback: &Feedback<'_>, now: Instant) {
        self.back_off_at = None;
        let reference = self.reference_micros(feedback.reference);
        let mut is_news = false;
        for (sequence, arrival) in feedback.packets() {
            match arrival {
                None => self.history.missing(sequence),
                Some(ticks) => {
                    let Some(sent) = self.history.arrived(sequence) else { continue };
                    self.note_arrival(sent, reference + i64::from(ticks) * TICK_MICROS);
                    is_news = true;
                }
            }
        }
        if is_news {
            self.decide(now);
        }
    }

    /// Round-trip time to the receiver, from receiver reports (RFC 3550 §6.4.1).
    pub fn set_rtt(&mut self, rtt: Duration) {
        self.rtt = rtt;
    }

    /// When [`Self::handle_timeout`] is to be called: feedback is overdue then. None when nothing is sent.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.back_off_at
    }

    /// Lowers the estimate when feedback is overdue. Calls before that change nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.back_off_at.is_some_and(|at| at <= now) {
            self.delay_based.back_off(BACK_OFF, now);
            self.back_off_at = Some(now + BACK_OFF_EVERY);
        }
    }

    /// Bits per second that the receiver can take, within the bounds.
    pub fn estimate(&self) -> u64 {
        let least = self.delay_based.rate().min(self.loss_based.rate());
        let least = self.draining.map_or(least, |draining| draining.min(least));
        (least as u64).clamp(self.bounds.min, self.bounds.max)
    }

    /// How long packets wait in the path, beyond its own delay.
    pub fn queue_delay(&self) -> Duration {
        self.queue.delay()
    }

    /// Bits per second that arrived in the last half second. None until there is that much to measure.
    pub fn acknowledged(&self) -> Option<u64> {
        self.acknowledged.rate().map(|rate| rate as u64)
    }

    /// Share of packets that were lost lately, 0 to 1, before repair.
    pub fn loss(&self) -> f64 {
        self.loss_based.loss()
    }

    fn note_arrival(&mut self, sent: Sent, arrived: i64) {
        if (arrived - self.newest_arrived).abs() > PAUSE {
            self.newest_arrived = arrived;
            self.groups = Groups::default();
            self.trendline = Trendline::default();
            self.detector = Detector::default();
            self.queue = Queue::default();
        }
        self.newest_sent = self.newest_sent.max(sent.at);
        self.newest_arrived = self.newest_arrived.max(arrived);
        self.acknowledged.note(arrived, sent.bytes);
        self.queue.note(sent.at, arrived);
        if let Some(difference) = self.groups.note(sent.at, arrived)
            && let Some(slope) = self.trendline.note(difference)
        {
            self.detector.note(slope, self.trendline.count(), difference.sent, difference.at);
        }
    }

    fn decide(&mut self, now: Instant) {
        if self.queue.settle(self.newest_arrived) {
            self.delay_based.forget_capacity();
        }
        let acknowledged = self.acknowledged.rate();
        let share = self.queue.draining_share();
        let usage = match self.detector.usage() {
            // What arrives out of a standing queue arrives at the path's rate: that is as good as over-use.
            _ if share.is_some() => Usage::Over,
            Usage::Over if !self.queue.is_visible() => Usage::Normal,
            usage => usage,
        };
        self.delay_based.update(usage, acknowledged, self.rtt, now);
        self.draining = share.zip(acknowledged).map(|(share, acknowledged)| share * acknowledged);
        let judged = self.history.judge(self.newest_sent);
        self.loss_based.update(judged, self.delay_based.rate(), now);
    }

    /// The reference time wraps after 12 days, and comes out of order when feedback does.
    fn reference_micros(&mut self, reference: u32) -> i64 {
        let (before, unwrapped) = self.reference.unwrap_or((reference, i64::from(reference)));
        let step = (reference.wrapping_sub(before) << 8) as i32 >> 8;
        let mut unwrapped = unwrapped + i64::from(step);
        if unwrapped.abs() > MOST_REFERENCE {
            unwrapped = i64::from(reference);
        }
        self.reference = Some((reference, unwrapped));
        unwrapped * REFERENCE_MICROS
    }
}
