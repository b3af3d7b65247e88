use model::Codec;
use std::time::{Duration, Instant};

/// Sound: a packet each 20 ms whose first eight bytes count them.
#[derive(Debug, Clone)]
pub struct AudioSource {
    /// When the next packet is due.
    pub due: Instant,
    /// Packets made so far.
    pub count: u64,
    /// Level to announce, 0 (silent) to 127.
    pub level: u8,
}

/// Pictures: 20 a second, of three packets each.
#[derive(Debug, Clone)]
pub struct VideoSource {
    /// When the next picture is due.
    pub due: Instant,
    /// Pictures made so far.
    pub count: u64,
    /// The next picture is a keyframe.
    pub needs_keyframe: bool,
}

/// 20 ms of sound.
pub(super) const AUDIO_STEP: Duration = Duration::from_millis(20);
/// One picture.
pub(super) const VIDEO_STEP: Duration = Duration::from_millis(50);
/// Packets of a picture.
const PACKETS: usize = 3;

impl AudioSource {
    /// Begins at once.
    pub fn new(now: Instant) -> Self {
        Self { due: now, count: 0, level: 90 }
    }

    /// The next payload.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut payload = self.count.to_be_bytes().to_vec();
        payload.resize(80, 0xaa);
        self.count += 1;
        self.due += AUDIO_STEP;
        payload
    }
}

impl VideoSource {
    /// Begins at once, with a keyframe.
    pub fn new(now: Instant) -> Self {
        Self { due: now, count: 0, needs_keyframe: true }
    }

    /// The packets of the next picture.
    pub(super) fn next(&mut self, codec: Codec) -> Vec<Vec<u8>> {
        let is_keyframe = std::mem::take(&mut self.needs_keyframe);
        let packets = (0..PACKETS)
            .map(|index| match codec {
                Codec::H264 => h264_packet(is_keyframe, index),
                Codec::Vp8 | Codec::Opus => vp8_packet(self.count, is_keyframe, index),
            })
            .collect();
        self.count += 1;
        self.due += VIDEO_STEP;
        packets
    }
}

/// RFC 7741 §4.2 with picture id and TL0PICIDX, as browsers send them.
fn vp8_packet(picture: u64, is_keyframe: bool, index: usize) -> Vec<u8> {
    let [high, low] = ((picture & 0x7fff) as u16).to_be_bytes();
    let start = if index == 0 { 0x90 } else { 0x80 };
    let mut packet = vec![start, 0xe0, high | 0x80, low, picture as u8, 0x20];
    packet.push(u8::from(!is_keyframe || index > 0));
    packet.resize(1000, 0x55);
    packet
}

/// RFC 6184: a keyframe is SPS and PPS in a STAP-A, then an IDR slice in two FU-As.
fn h264_packet(is_keyframe: bool, index: usize) -> Vec<u8> {
    let mut packet = match (is_keyframe, index) {
        (true, 0) => return vec![0x78, 0, 4, 0x67, 0x42, 0xe0, 0x1f, 0, 2, 0x68, 0xce],
        (true, 1) => vec![0x7c, 0x85],
        (true, _) => vec![0x7c, 0x45],
        (false, 0) => vec![0x5c, 0x81],
        (false, 1) => vec![0x5c, 0x01],
        (false, _) => vec![0x5c, 0x41],
    };
    packet.resize(1000, 0x55);
    packet
}
