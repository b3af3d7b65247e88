//! What calls send: how many, and when each packet is due.

use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fmt,
    time::{Duration, Instant},
};

/// Payload of an audio packet, bytes: Opus at 32 kbit/s.
pub(crate) const AUDIO_BYTES: usize = 80;
/// From one audio packet of a leg to the next.
pub(crate) const AUDIO_STEP: Duration = Duration::from_millis(20);
/// Payload of a video packet, bytes.
pub(crate) const VIDEO_BYTES: usize = 1100;
/// Payload of a frame's last packet, bytes.
pub(crate) const VIDEO_LAST_BYTES: usize = 1050;
/// From one frame of a leg to the next: 30 a second, which makes 1.45 Mbit/s.
pub(crate) const VIDEO_STEP: Duration = Duration::from_micros(33_333);
/// Packets of even and odd frames.
pub(crate) const FRAME_PACKETS: [u64; 2] = [5, 6];
/// Least time between two packets of any legs. A burst would let the server take many with one system call, which
/// flatters it: packets of different callers do not come in bursts.
pub(crate) const SPACING: Duration = Duration::from_micros(12);

/// Calls of two legs, each of which sends all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) calls: usize,
    pub(crate) video: bool,
}

impl Load {
    pub(crate) fn legs(self) -> usize {
        2 * self.calls
    }

    /// Kinds of media that each leg sends.
    pub(crate) fn kinds(self) -> &'static [Kind] {
        if self.video { &[Kind::Audio, Kind::Video] } else { &[Kind::Audio] }
    }

    /// Packets that all legs send in a second.
    pub(crate) fn packets_per_second(self) -> f64 {
        let frames = 1.0 / VIDEO_STEP.as_secs_f64();
        let video = if self.video { frames * (FRAME_PACKETS[0] + FRAME_PACKETS[1]) as f64 / 2.0 } else { 0.0 };
        self.legs() as f64 * (1.0 / AUDIO_STEP.as_secs_f64() + video)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} calls", self.calls, if self.video { "audio+video" } else { "audio" })
    }
}

/// A kind of media, in the order of a leg's m-lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Audio,
    Video,
}

/// Whose packet is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    /// Since the schedule's start.
    pub(crate) after: Duration,
    pub(crate) leg: usize,
    pub(crate) kind: Kind,
    /// Which frame or audio packet of the stream.
    pub(crate) number: u64,
    /// Which packet of the frame.
    pub(crate) part: u64,
}

impl Due {
    /// The last packet of its frame.
    pub(crate) fn is_last(self) -> bool {
        self.kind == Kind::Audio || self.part + 1 == FRAME_PACKETS[(self.number % 2) as usize]
    }
}

/// When each leg's packets are due, evenly spread over the legs and never closer than [`SPACING`].
#[derive(Debug)]
pub(crate) struct Schedule {
    due: BinaryHeap<Reverse<Due>>,
    start: Instant,
    /// When the last packet was handed out.
    last: Instant,
}

impl Schedule {
    pub(crate) fn new(load: Load, start: Instant) -> Self {
        let legs = load.legs() as u32;
        let mut due = BinaryHeap::new();
        for leg in 0..load.legs() {
            for &kind in load.kinds() {
                let step = if kind == Kind::Audio { AUDIO_STEP } else { VIDEO_STEP };
                due.push(Reverse(Due { after: step * leg as u32 / legs, leg, kind, number: 0, part: 0 }));
            }
        }
        Self { due, start, last: start - SPACING }
    }

    /// When the next packet may leave.
    pub(crate) fn next(&self) -> Instant {
        let due = self.due.peek().map_or(self.last, |due| self.start + due.0.after);
        due.max(self.last + SPACING)
    }

    /// The packet that leaves `now`, if one is due.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Due> {
        if now < self.next() {
            return None;
        }
        let Reverse(due) = self.due.pop()?;
        self.last = now;
        let (step, start) = match due.kind {
            Kind::Audio => (AUDIO_STEP, due.after),
            Kind::Video => (VIDEO_STEP, due.after.saturating_sub(SPACING * due.part as u32)),
        };
        let next = if due.is_last() {
            Due { after: start + step, number: due.number + 1, part: 0, ..due }
        } else {
            Due { after: due.after + SPACING, part: due.part + 1, ..due }
        };
        self.due.push(Reverse(next));
        Some(due)
    }

    /// Goes on after a pause: the next packet is due `now`.
    pub(crate) fn resume(&mut self, now: Instant) {
        if let Some(Reverse(due)) = self.due.peek() {
            self.start = now.checked_sub(due.after).expect("the machine runs longer than the schedule");
        }
    }

    /// How late a packet is that leaves `now`.
    pub(crate) fn lateness(&self, due: Due, now: Instant) -> Duration {
        now.saturating_duration_since(self.start + due.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_paced_and_as_many_as_the_load_says() {
        for load in [Load { calls: 100, video: false }, Load { calls: 20, video: true }] {
            let start = Instant::now();
            let mut schedule = Schedule::new(load, start);
            let (mut count, mut last) = (0_u32, None);
            let mut now = start;
            while now < start + Duration::from_secs(2) {
                let due = schedule.take(now).expect("one is due when the schedule says so");
                assert!(last.is_none_or(|last| now - last >= SPACING));
                assert!(schedule.lateness(due, now) < Duration::from_millis(2));
                last = Some(now);
                count += 1;
                now = schedule.next();
            }
            let expected = 2.0 * load.packets_per_second();
            assert!((f64::from(count) / expected - 1.0).abs() < 0.02, "{count} packets, {expected} expected");
        }
    }

    #[test]
    fn frames_have_their_packets_in_order() {
        let start = Instant::now();
        let mut schedule = Schedule::new(Load { calls: 1, video: true }, start);
        let mut parts = Vec::new();
        while parts.len() < 11 {
            let due = schedule.take(schedule.next()).expect("one is due");
            if due.leg == 1 && due.kind == Kind::Video {
                parts.push((due.number, due.part));
            }
        }
        let expected = [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5)];
        assert_eq!(parts, expected);
    }
}
