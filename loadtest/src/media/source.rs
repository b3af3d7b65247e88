//! When a client sends what. Packets of different clients are spread evenly, and so are those of one picture.

use super::stamp::{PREFIX_BYTES, Picture, STAMP_BYTES};
use crate::{limits::LATE, plan::MediaPlan};

/// 20 ms of sound, nanoseconds.
const AUDIO_STEP: u64 = 20_000_000;
/// RTP time of 20 ms at 48 kHz.
const AUDIO_TICKS: u32 = 960;
/// RTP ticks a second of video.
const VIDEO_RATE: u128 = 90_000;
/// A keyframe has so many times the packets of another picture.
const KEYFRAME_FACTOR: usize = 3;
/// A picture's packets leave within 1/2.5 of the time until the next, as browsers' pacers do.
const PACING: f64 = 2.5;

/// A microphone.
#[derive(Debug)]
pub(super) struct Audio {
    /// When the next packet is due, nanoseconds on the run's clock.
    pub(super) due: u64,
    timestamp: u32,
}

impl Audio {
    /// Begins within 20 ms of `now`; `phase` (0..1) says where in the 20 ms.
    pub(super) fn new(now: u64, phase: f64) -> Self {
        Self { due: aligned(now, AUDIO_STEP, phase), timestamp: 0 }
    }

    /// The RTP time of the packet that is due, and how many packets were left out because it is too late.
    pub(super) fn next(&mut self, now: u64) -> (u32, u64) {
        let missed = missed(self.due, AUDIO_STEP, now);
        self.timestamp = self.timestamp.wrapping_add(AUDIO_TICKS.wrapping_mul(1 + missed as u32));
        self.due += AUDIO_STEP * (1 + missed);
        (self.timestamp, missed)
    }
}

/// A camera.
#[derive(Debug)]
pub(super) struct Camera {
    /// When the next packet is due, nanoseconds on the run's clock.
    pub(super) due: u64,
    step: u64,
    /// Packets of an ordinary picture, and bytes of each.
    packets: usize,
    bytes: usize,
    picture_due: u64,
    picture: u32,
    /// Packets of the present picture that have left, of how many.
    sent: usize,
    of: usize,
    is_keyframe: bool,
    /// The next picture is a keyframe.
    pub(super) needs_keyframe: bool,
}

/// A packet of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VideoPacket {
    pub(super) picture: Picture,
    pub(super) timestamp: u32,
    pub(super) bytes: usize,
    /// It is the picture's last.
    pub(super) is_last: bool,
}

impl Camera {
    /// Begins within one picture's time of `now`, with a keyframe.
    pub(super) fn new(now: u64, phase: f64, plan: &MediaPlan) -> Self {
        let step = 1_000_000_000 / u64::from(plan.video_fps);
        let picture_bytes = (u64::from(plan.video_kbit) * 1_000 / 8 / u64::from(plan.video_fps)) as usize;
        let packets = picture_bytes.div_ceil(plan.video_packet_bytes).max(1);
        let bytes = picture_bytes.div_ceil(packets).max(PREFIX_BYTES + STAMP_BYTES);
        let due = aligned(now, step, phase);
        Self {
            due,
            step,
            packets,
            bytes,
            picture_due: due,
            picture: 0,
            sent: 0,
            of: 0,
            is_keyframe: false,
            needs_keyframe: true,
        }
    }

    /// The packet that is due.
    pub(super) fn next(&mut self, now: u64) -> VideoPacket {
        if self.sent == self.of {
            self.begin_picture(now);
        }
        let picture = Picture { number: self.picture, is_keyframe: self.is_keyframe, is_first: self.sent == 0 };
        self.sent += 1;
        let timestamp = (u128::from(self.picture_due) * VIDEO_RATE / 1_000_000_000) as u32;
        let is_last = self.sent == self.of;
        self.due = if is_last {
            self.picture_due + self.step
        } else {
            let share = self.sent as f64 / self.of as f64;
            self.picture_due + (self.step as f64 / PACING * share) as u64
        };
        VideoPacket { picture, timestamp, bytes: self.bytes, is_last }
    }

    fn begin_picture(&mut self, now: u64) {
        let missed = missed(self.due, self.step, now);
        self.picture_due = self.due + missed * self.step;
        self.picture = self.picture.wrapping_add(1);
        self.is_keyframe = std::mem::take(&mut self.needs_keyframe);
        self.of = if self.is_keyframe { self.packets * KEYFRAME_FACTOR } else { self.packets };
        self.sent = 0;
    }
}

/// The first time after `now` that is `phase` of a step after a whole one.
fn aligned(now: u64, step: u64, phase: f64) -> u64 {
    let offset = (phase.clamp(0.0, 1.0) * step as f64) as u64;
    let due = now - now % step + offset;
    if due > now { due } else { due + step }
}

/// Whole steps that are given up when `due` is too long ago.
fn missed(due: u64, step: u64, now: u64) -> u64 {
    let late = now.saturating_sub(due);
    if u128::from(late) > LATE.as_nanos() { late / step } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Overrides, Plan};

    fn media() -> MediaPlan {
        Plan::parse("", &Overrides::default()).expect("the example").media
    }

    #[test]
    fn fifty_packets_a_second_at_the_phase_that_was_asked_for() {
        let mut audio = Audio::new(1_234_567, 0.25);
        assert_eq!(audio.due, 5_000_000);
        for packet in 1..=100 {
            let (timestamp, missed) = audio.next(audio.due);
            assert_eq!((timestamp, missed), (960 * packet, 0));
        }
        assert_eq!(audio.due, 5_000_000 + 100 * AUDIO_STEP);
    }

    #[test]
    fn what_is_far_too_late_is_left_out_and_not_sent_in_a_heap() {
        let mut audio = Audio::new(0, 0.5);
        let (timestamp, missed) = audio.next(audio.due + 1_005_000_000);
        assert_eq!(missed, 50);
        assert_eq!(timestamp, 960 * 51);
        assert!(audio.due > 1_005_000_000, "the next is due after now");
    }

    #[test]
    fn a_second_of_video_has_the_planned_bits_in_paced_packets() {
        let plan = media();
        let mut camera = Camera::new(0, 0.5, &plan);
        camera.needs_keyframe = false;
        let (mut bytes, mut before) = (0, 0);
        for picture in 1..=30 {
            for packet in 0..6 {
                assert!(camera.due > before, "packets of a picture do not leave together");
                before = camera.due;
                let sent = camera.next(camera.due);
                assert_eq!(sent.picture, Picture { number: picture, is_keyframe: false, is_first: packet == 0 });
                assert_eq!(sent.is_last, packet == 5);
                bytes += sent.bytes;
            }
        }
        assert!((1_440_000..1_460_000).contains(&(bytes * 8)), "{} bits", bytes * 8);
        assert!(before < 1_016_000_000 + 33_000_000, "in one second");
    }

    #[test]
    fn a_keyframe_comes_first_and_on_request() {
        let mut camera = Camera::new(0, 0.0, &media());
        let first: Vec<VideoPacket> = (0..18).map(|_| camera.next(camera.due)).collect();
        assert!(first.iter().all(|packet| packet.picture.is_keyframe && packet.picture.number == 1));
        assert!(first[17].is_last);
        assert!(!camera.next(camera.due).picture.is_keyframe);
        camera.needs_keyframe = true;
        let rest: Vec<VideoPacket> = (0..6).map(|_| camera.next(camera.due)).collect();
        assert!(rest[5].picture.is_first && rest[5].picture.is_keyframe);
    }
}
