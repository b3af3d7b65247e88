//! What holds whatever a receiver says.

use proptest::prelude::*;
use sfu_core::congestion::{
    Arrivals, Bounds, Estimator, Feedback, GateChange, VideoGate,
    limits::{FEEDBACK_BYTES, FEEDBACK_STATUSES},
};
use std::time::{Duration, Instant};

/// What happens to an estimator.
#[derive(Debug, Clone)]
enum Happening {
    Sent {
        packets: u8,
        bytes: u16,
        apart_us: u32,
    },
    /// Feedback of any content about packets near the newest one.
    Feedback {
        behind: u16,
        statuses: Vec<u16>,
        deltas: Vec<u8>,
        reference: u32,
    },
    /// Honest feedback on the last packets, each so much later than the one before.
    Arrived {
        packets: u8,
        apart_us: i32,
    },
    Waited {
        millis: u32,
    },
    Rtt {
        millis: u32,
    },
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let one = prop_oneof![
        (any::<u8>(), any::<u16>(), 0..200_000_u32).prop_map(|(packets, bytes, apart_us)| Happening::Sent {
            packets,
            bytes,
            apart_us
        }),
        (
            0..2000_u16,
            prop::collection::vec(any::<u16>(), 0..40),
            prop::collection::vec(any::<u8>(), 0..600),
            0..1_u32 << 24
        )
            .prop_map(|(behind, statuses, deltas, reference)| Happening::Feedback {
                behind,
                statuses,
                deltas,
                reference
            }),
        (1..200_u8, -5_000..200_000_i32).prop_map(|(packets, apart_us)| Happening::Arrived { packets, apart_us }),
        (0..10_000_u32).prop_map(|millis| Happening::Waited { millis }),
        (0..100_000_u32).prop_map(|millis| Happening::Rtt { millis }),
    ];
    prop::collection::vec(one, 1..60)
}

struct Leg {
    start: Instant,
    now: Instant,
    next: u16,
    estimator: Estimator,
    receiver: Arrivals,
    gate: VideoGate,
}

impl Leg {
    fn new(bounds: Bounds) -> Self {
        let start = Instant::now() + Duration::from_secs(1000);
        Self {
            start,
            now: start,
            next: 65_000,
            estimator: Estimator::new(bounds, start),
            receiver: Arrivals::new(start),
            gate: VideoGate::new(start),
        }
    }

    fn apply(&mut self, happening: &Happening) {
        match happening {
            Happening::Sent { packets, bytes, apart_us } => {
                for _ in 0..*packets {
                    self.estimator.sent(self.next, usize::from(*bytes), self.now);
                    self.next = self.next.wrapping_add(1);
                    self.now += Duration::from_micros(u64::from(*apart_us));
                }
            }
            Happening::Feedback { behind, statuses, deltas, reference } => {
                let base = self.next.wrapping_sub(*behind);
                self.hear(&feedback_bytes(base, statuses, deltas, *reference));
            }
            Happening::Arrived { packets, apart_us } => self.arrive(*packets, *apart_us),
            Happening::Waited { millis } => {
                self.now += Duration::from_millis(u64::from(*millis));
                self.estimator.handle_timeout(self.now);
            }
            Happening::Rtt { millis } => self.estimator.set_rtt(Duration::from_millis(u64::from(*millis))),
        }
    }

    fn arrive(&mut self, packets: u8, apart_us: i32) {
        let first = self.next.wrapping_sub(u16::from(packets));
        for index in 0..packets {
            let after = i64::from(apart_us) * i64::from(index);
            let micros = (self.now - self.start).as_micros() as i64 + after;
            let at = self.start + Duration::from_micros(micros.max(0) as u64);
            self.receiver.note(first.wrapping_add(u16::from(index)), at);
        }
        let mut out = [0; FEEDBACK_BYTES];
        while let Some(length) = self.receiver.build(1, 2, &mut out) {
            self.hear(&out[..length]);
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        if let Ok(feedback) = Feedback::parse(bytes) {
            self.estimator.feedback(&feedback, self.now);
        }
    }
}

fn feedback_bytes(base: u16, chunks: &[u16], deltas: &[u8], reference: u32) -> Vec<u8> {
    let told = |chunk: &u16| match chunk >> 14 {
        0 | 1 => chunk & 0x1fff,
        2 => 14,
        _ => 7,
    };
    let count = chunks.iter().map(told).fold(0_u16, u16::saturating_add).min(FEEDBACK_STATUSES);
    let mut bytes = vec![0x8f, 205, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2];
    bytes.extend(base.to_be_bytes());
    bytes.extend(count.to_be_bytes());
    bytes.extend((reference << 8).to_be_bytes());
    bytes.extend(chunks.iter().flat_map(|chunk| chunk.to_be_bytes()));
    bytes.extend(deltas);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let words = (bytes.len() / 4 - 1) as u16;
    bytes[2..4].copy_from_slice(&words.to_be_bytes());
    bytes
}

proptest! {
    #[test]
    fn the_estimate_stays_within_its_bounds(
        happenings in happenings(),
        (min, start, max) in (1_000..200_000_u64, 0..1_000_000_u64, 0..10_000_000_u64),
    ) {
        let bounds = Bounds { min, start: min + start, max: min + start + max };
        let mut leg = Leg::new(bounds);
        prop_assert_eq!(leg.estimator.estimate(), bounds.start);
        for happening in &happenings {
            leg.apply(happening);
            let estimate = leg.estimator.estimate();
            prop_assert!((bounds.min..=bounds.max).contains(&estimate), "{} after {:?}", estimate, happening);
            prop_assert!((0.0..=1.0).contains(&leg.estimator.loss()));
            let was_open = leg.gate.is_open();
            let change = leg.gate.update(estimate, leg.estimator.queue_delay(), leg.now);
            let expected = match change {
                Some(GateChange::Paused) => (true, false),
                Some(GateChange::Resumed) => (false, true),
                None => (was_open, was_open),
            };
            prop_assert_eq!((was_open, leg.gate.is_open()), expected);
        }
    }
}
