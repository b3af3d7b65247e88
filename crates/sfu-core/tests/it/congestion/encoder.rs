use super::random::Random;
use std::collections::VecDeque;

const FRAME_EVERY: u64 = 33_000;
/// Bytes of a packet, headers included.
const PACKET_BYTES: usize = 1200;
/// Packets leave this much faster than the rate, as in libwebrtc's pacer.
const PACING: f64 = 2.5;
/// A keyframe is so many frames large, at least so many bytes.
const KEYFRAME: usize = 4;
const LEAST_KEYFRAME: usize = 4000;
/// What sound takes of the sender's allowance, and video's bounds, in bits per second.
const AUDIO: u64 = 47_000;
const LEAST: u64 = 30_000;
const MOST: u64 = 4_000_000;
/// An encoder follows what it is told after this time.
const LAG: u64 = 1_000_000;

/// A packet of video that leaves the sender.
#[derive(Debug, Clone, Copy)]
pub(super) struct VideoPacket {
    pub(super) bytes: usize,
    pub(super) begins_keyframe: bool,
}

/// A browser's video: what it sends follows REMB, a second late.
#[derive(Debug)]
pub(super) struct Encoder {
    rate: u64,
    told: VecDeque<(u64, u64)>,
    next_frame_at: u64,
    keyframe_wanted: bool,
    pacer: VecDeque<VideoPacket>,
    /// Bytes that may leave at once.
    allowance: f64,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self {
            rate: 300_000,
            told: VecDeque::new(),
            next_frame_at: 0,
            keyframe_wanted: true,
            pacer: VecDeque::new(),
            allowance: 0.0,
        }
    }

    pub(super) fn remb(&mut self, bitrate: u64, now: u64) {
        self.told.push_back((now + LAG, bitrate));
    }

    pub(super) fn request_keyframe(&mut self) {
        self.keyframe_wanted = true;
    }

    /// What leaves within the millisecond before `now`.
    pub(super) fn advance(&mut self, now: u64, random: &mut Random) -> Vec<VideoPacket> {
        while let Some((_, bitrate)) = self.told.pop_front_if(|(at, _)| *at <= now) {
            self.rate = bitrate.saturating_sub(AUDIO).clamp(LEAST, MOST);
        }
        if now >= self.next_frame_at {
            self.next_frame_at += FRAME_EVERY;
            self.encode(random);
        }
        let rate = self.rate as f64 * PACING / 8.0;
        self.allowance = (self.allowance + rate / 1000.0).min(PACKET_BYTES as f64);
        let mut leaving = Vec::new();
        while let Some(packet) = self.pacer.front().copied().filter(|_| self.allowance > 0.0) {
            self.pacer.pop_front();
            self.allowance -= packet.bytes as f64;
            leaving.push(packet);
        }
        leaving
    }

    fn encode(&mut self, random: &mut Random) {
        let mean = self.rate as f64 / 8.0 * FRAME_EVERY as f64 / 1e6;
        let mut bytes = (mean * (0.7 + 0.6 * random.chance())) as usize;
        let is_keyframe = std::mem::take(&mut self.keyframe_wanted);
        if is_keyframe {
            bytes = (KEYFRAME * bytes).max(LEAST_KEYFRAME);
        }
        let packets = bytes.div_ceil(PACKET_BYTES);
        for index in 0..packets {
            let begins_keyframe = is_keyframe && index == 0;
            self.pacer.push_back(VideoPacket { bytes: bytes / packets, begins_keyframe });
        }
    }
}
