use super::{
    encoder::Encoder,
    path::{Link, Packet, Path},
    random::Random,
};
use sfu_core::congestion::{
    Arrivals, Bounds, Estimator, Feedback, GateChange, RembSchedule, VideoGate, limits::FEEDBACK_BYTES,
};
use std::{
    collections::VecDeque,
    ops::Range,
    time::{Duration, Instant},
};

/// A plan: from each second on the path is so.
pub(super) type Plan = [(u64, Path)];

const MILLISECOND: u64 = 1000;
const SECOND: u64 = 1_000_000;
/// A sound packet of 32 kbit/s every 20 ms, with its headers.
const AUDIO_EVERY: u64 = 20_000;
const AUDIO_BYTES: usize = 116;

/// A tenth of a second of a call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sample {
    pub(super) estimate: u64,
    pub(super) queue_ms: u64,
    pub(super) is_open: bool,
    pub(super) bits_delivered: u64,
    pub(super) audio_sent: u32,
    pub(super) audio_arrived: u32,
}

/// One downlink: an encoder and sound, the leg's estimate and gate, the path, and the receiver's feedback.
pub(super) struct Call {
    random: Random,
    start: Instant,
    /// Microseconds.
    now: u64,
    link: Link,
    encoder: Encoder,
    estimator: Estimator,
    gate: VideoGate,
    schedule: RembSchedule,
    waits_for_keyframe: bool,
    has_camera: bool,
    next_sequence: u16,
    receiver: Arrivals,
    feedback: VecDeque<(u64, Vec<u8>)>,
    sample: Sample,
    samples: Vec<Sample>,
}

impl Call {
    pub(super) fn new(path: Path, seed: u64) -> Self {
        // The receiver's clock began at another time.
        let epoch = Instant::now();
        let start = epoch + Duration::from_secs(12_345);
        Self {
            random: Random::seeded(seed),
            start,
            now: 0,
            link: Link::new(path),
            encoder: Encoder::new(),
            estimator: Estimator::new(Bounds::default(), start),
            gate: VideoGate::new(start),
            schedule: RembSchedule::default(),
            waits_for_keyframe: false,
            has_camera: true,
            next_sequence: 65_000,
            receiver: Arrivals::new(epoch),
            feedback: VecDeque::new(),
            sample: Sample::default(),
            samples: Vec::new(),
        }
    }

    /// Runs a plan to its end at `seconds`.
    pub(super) fn run(plan: &Plan, seconds: u64, seed: u64) -> Self {
        let mut call = Self::new(plan[0].1, seed);
        for (index, (from, path)) in plan.iter().enumerate() {
            call.run_until(*from);
            call.link.path = *path;
            let rtt = Duration::from_millis(2 * path.delay_ms + 10);
            call.estimator.set_rtt(rtt);
            call.run_until(plan.get(index + 1).map_or(seconds, |(next, _)| *next));
        }
        call
    }

    pub(super) fn turn_camera(&mut self, on: bool) {
        self.has_camera = on;
    }

    pub(super) fn run_until(&mut self, seconds: u64) {
        while self.now < seconds * SECOND {
            self.now += MILLISECOND;
            self.send();
            self.receive();
            self.hear_feedback();
            if self.now.is_multiple_of(100 * MILLISECOND) {
                self.estimator.handle_timeout(self.instant());
                self.decide();
                self.sample.estimate = self.estimator.estimate();
                self.sample.is_open = self.gate.is_open();
                self.sample.queue_ms = self.link.queue_ms();
                self.samples.push(std::mem::take(&mut self.sample));
            }
        }
    }

    fn send(&mut self) {
        if self.now.is_multiple_of(AUDIO_EVERY) {
            self.sample.audio_sent += 1;
            self.forward(AUDIO_BYTES, true);
        }
        for packet in self.encoder.advance(self.now, &mut self.random) {
            self.waits_for_keyframe &= !packet.begins_keyframe;
            if self.has_camera && self.gate.is_open() && !self.waits_for_keyframe {
                self.forward(packet.bytes, false);
            }
        }
    }

    fn forward(&mut self, bytes: usize, is_audio: bool) {
        let packet = Packet { sequence: self.next_sequence, bytes, is_audio };
        self.next_sequence = self.next_sequence.wrapping_add(1);
        self.estimator.sent(packet.sequence, bytes, self.instant());
        self.link.send(packet, self.now);
    }

    fn receive(&mut self) {
        for delivery in self.link.advance(self.now, &mut self.random) {
            self.receiver.note(delivery.packet.sequence, self.start + Duration::from_micros(delivery.at));
            self.sample.bits_delivered += 8 * delivery.packet.bytes as u64;
            self.sample.audio_arrived += u32::from(delivery.packet.is_audio);
        }
        if self.receiver.poll_timeout().is_some_and(|at| at <= self.instant()) {
            let mut out = [0; FEEDBACK_BYTES];
            while let Some(length) = self.receiver.build(1, 2, &mut out) {
                if self.random.chance() >= self.link.path.feedback_loss {
                    let at = self.now + MILLISECOND * self.link.path.delay_ms;
                    self.feedback.push_back((at, out[..length].to_vec()));
                }
            }
        }
    }

    fn hear_feedback(&mut self) {
        while let Some((_, bytes)) = self.feedback.pop_front_if(|(at, _)| *at <= self.now) {
            let feedback = Feedback::parse(&bytes).expect("our own feedback");
            self.estimator.feedback(&feedback, self.instant());
            self.decide();
        }
    }

    fn decide(&mut self) {
        let now = self.instant();
        let estimate = self.estimator.estimate();
        if self.gate.update(estimate, self.estimator.queue_delay(), now) == Some(GateChange::Resumed) {
            self.waits_for_keyframe = true;
            self.encoder.request_keyframe();
        }
        if self.schedule.is_due(estimate, now) {
            self.encoder.remb(estimate, self.now);
        }
    }

    fn instant(&self) -> Instant {
        self.start + Duration::from_micros(self.now)
    }

    /// The samples of some seconds.
    pub(super) fn seconds(&self, seconds: Range<usize>) -> &[Sample] {
        &self.samples[10 * seconds.start..10 * seconds.end]
    }

    /// Bits that arrived per second.
    pub(super) fn delivered(&self, seconds: Range<usize>) -> f64 {
        let bits: u64 = self.seconds(seconds.clone()).iter().map(|sample| sample.bits_delivered).sum();
        bits as f64 / seconds.len() as f64
    }

    pub(super) fn least_estimate(&self, seconds: Range<usize>) -> u64 {
        self.seconds(seconds).iter().map(|sample| sample.estimate).min().expect("not empty")
    }

    pub(super) fn mean_estimate(&self, seconds: Range<usize>) -> f64 {
        let samples = self.seconds(seconds);
        samples.iter().map(|sample| sample.estimate as f64).sum::<f64>() / samples.len() as f64
    }

    pub(super) fn longest_queue_ms(&self, seconds: Range<usize>) -> u64 {
        self.seconds(seconds).iter().map(|sample| sample.queue_ms).max().expect("not empty")
    }

    /// Share of the time in which packets waited longer.
    pub(super) fn share_of_queue_above(&self, queue_ms: u64, seconds: Range<usize>) -> f64 {
        let samples = self.seconds(seconds);
        samples.iter().filter(|sample| sample.queue_ms > queue_ms).count() as f64 / samples.len() as f64
    }

    pub(super) fn audio_lost(&self, seconds: Range<usize>) -> i64 {
        let samples = self.seconds(seconds).iter();
        samples.map(|sample| i64::from(sample.audio_sent) - i64::from(sample.audio_arrived)).sum()
    }

    /// Tenths of seconds with video.
    pub(super) fn open_share(&self, seconds: Range<usize>) -> f64 {
        let samples = self.seconds(seconds);
        samples.iter().filter(|sample| sample.is_open).count() as f64 / samples.len() as f64
    }

    /// A line for each second, to be printed when something is not as it should be.
    pub(super) fn table(&self) -> String {
        let seconds = self.samples.chunks(10).enumerate().map(|(second, samples)| {
            let last = samples.last().expect("chunks are not empty");
            let bits: u64 = samples.iter().map(|sample| sample.bits_delivered).sum();
            let queue = samples.iter().map(|sample| sample.queue_ms).max().unwrap_or(0);
            let open = samples.iter().filter(|sample| sample.is_open).count();
            let lost = self.audio_lost(second..second + 1);
            format!(
                "{second:>3} s: estimate {:>5}, delivered {:>5} kbit/s, queue {queue:>4} ms, video {open:>2}/10, audio lost {lost}\n",
                last.estimate / 1000,
                bits / 1000
            )
        });
        seconds.collect()
    }
}
