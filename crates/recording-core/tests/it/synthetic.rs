//! Senders, networks and players for tests of recordings: clicks in Opus, moving pictures in VP8 and H.264, a relay
//! that delays, loses, doubles and reorders, and ffmpeg to hear and see what was recorded.
#![allow(dead_code, reason = "each test binary that shares this file uses a part of it")]

use bytes::Bytes;
use model::MediaTime;
use recording_core::timeline::Packet;
use std::path::Path;
use std::process::Command;

/// Zero of the tests' timelines, µs.
pub(crate) const EPOCH: MediaTime = MediaTime(1_795_000_000_000_000);

/// A small generator of random numbers (xorshift64*), so that a seed repeats a failure.
#[derive(Debug, Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 up to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

/// An RTP packet with the time it was sent, µs after the epoch by the sender's (true) clock.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) at_us: u64,
    pub(crate) packet: Packet,
}

/// A microphone.
pub(crate) struct Voice {
    pub(crate) seconds: u64,
    /// Pauses are not sent (RFC 7587 §3.1.3), except a frame every 400 ms.
    pub(crate) dtx: bool,
    /// Seconds in which the sender is muted and sends nothing.
    pub(crate) mute: std::ops::Range<u64>,
    /// How much faster the sender's sample clock runs, parts per million.
    pub(crate) drift_ppm: i64,
    pub(crate) first_rtp: u32,
    pub(crate) ssrc: u32,
}

impl Default for Voice {
    fn default() -> Self {
        Self { seconds: 10, dtx: false, mute: 0..0, drift_ppm: 0, first_rtp: u32::MAX - 200_000, ssrc: 7 }
    }
}

/// Where the clicks are, µs after the epoch: in the middle of every second.
pub(crate) fn click_times(seconds: u64) -> Vec<u64> {
    (0..seconds).map(|second| second * 1_000_000 + 500_000).collect()
}

impl Voice {
    /// Opus packets of 20 ms with a click of 10 ms in the middle of every second.
    pub(crate) fn packets(&self) -> Vec<Sent> {
        let mut encoder =
            opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::LowDelay).expect("an encoder is made");
        encoder.set_bitrate(opus::Bitrate::Bits(32_000)).expect("a valid bitrate");
        let mut quiet_for = 0;
        let mut sequence = 65_000;
        let mut packets = Vec::new();
        for frame in 0..self.seconds * 50 {
            let sound: Vec<i16> = (frame * 960..(frame + 1) * 960).map(click_sample).collect();
            let payload = encoder.encode_vec(&sound, 1_275).expect("a frame is encoded");
            let silent = sound.iter().all(|&sample| sample == 0);
            quiet_for = if silent { quiet_for + 1 } else { 0 };
            let paused = self.dtx && quiet_for > 10 && quiet_for % 20 != 0;
            let at_us = frame * 20_000;
            if paused || self.mute.contains(&(at_us / 1_000_000)) {
                continue;
            }
            let ticks = (frame * 960) as i64 + (frame * 960) as i64 * self.drift_ppm / 1_000_000;
            packets.push(Sent {
                at_us: at_us + 20_000,
                packet: Packet {
                    arrival: EPOCH,
                    ssrc: self.ssrc,
                    rtp_time: self.first_rtp.wrapping_add(ticks as u32),
                    sequence,
                    marker: false,
                    payload: Bytes::from(payload),
                },
            });
            sequence += 1;
        }
        packets
    }
}

fn click_sample(sample: u64) -> i16 {
    let in_second = sample % 48_000;
    if (24_000..24_480).contains(&in_second) { ((in_second as f64 * 0.13).sin() * 24_000.0) as i16 } else { 0 }
}

/// A network between sender and engine.
#[derive(Debug, Clone)]
pub(crate) struct Relay {
    pub(crate) delay_us: u64,
    pub(crate) jitter_us: u64,
    pub(crate) loss: f64,
    pub(crate) double: f64,
    /// Nothing passes in these µs after the epoch.
    pub(crate) cut: std::ops::Range<u64>,
    pub(crate) seed: u64,
}

impl Default for Relay {
    fn default() -> Self {
        Self { delay_us: 2_000, jitter_us: 0, loss: 0.0, double: 0.0, cut: 0..0, seed: 1 }
    }
}

impl Relay {
    /// The packets as they arrive, in the order of their arrival.
    pub(crate) fn pass(&self, sent: &[Sent]) -> Vec<Packet> {
        let mut random = Random(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut arrived = Vec::new();
        for Sent { at_us, packet } in sent {
            let copies = if random.chance(self.double) { 2 } else { 1 };
            let lost = random.chance(self.loss) || self.cut.contains(at_us);
            for _ in 0..copies {
                // Most packets come early, few late.
                let late = (random.unit().powi(3) * self.jitter_us as f64) as u64;
                let arrival = MediaTime(EPOCH.0 + at_us + self.delay_us + late);
                if !lost {
                    arrived.push(Packet { arrival, ..packet.clone() });
                }
            }
        }
        arrived.sort_by_key(|packet| packet.arrival);
        arrived
    }
}

/// The sound of a file as one channel of 48 kHz, decoded by ffmpeg.
pub(crate) fn listen(path: &Path) -> Vec<f32> {
    let raw = tool(
        "ffmpeg",
        &["-v", "error", "-i", &path.to_string_lossy(), "-map", "0:a", "-f", "f32le", "-ac", "1", "-ar", "48000", "-"],
    );
    raw.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect()
}

/// Where clicks begin in a sound, µs.
pub(crate) fn clicks(sound: &[f32]) -> Vec<u64> {
    let mut found = Vec::new();
    let mut quiet_until = 0;
    for (at, sample) in sound.iter().enumerate() {
        if sample.abs() > 0.2 && at >= quiet_until {
            found.push(at as u64 * 1_000 / 48);
            quiet_until = at + 14_400;
        }
    }
    found
}

/// What ffprobe says about a file, one `key=value` a line.
pub(crate) fn probe(path: &Path, entries: &str) -> String {
    let arguments = ["-v", "error", "-count_packets", "-show_entries", entries, "-of", "default=nw=1"];
    let path = path.to_string_lossy();
    let out = tool("ffprobe", &[&arguments[..], &[&path]].concat());
    String::from_utf8(out).expect("ffprobe writes text")
}

/// Number of pictures that ffmpeg decodes from a file, without any complaint.
pub(crate) fn watch(path: &Path) -> u64 {
    let path = path.to_string_lossy();
    let arguments = ["-v", "error", "-xerror", "-i", &path, "-map", "0:v", "-f", "framemd5", "-vsync", "0", "-"];
    let list = String::from_utf8(tool("ffmpeg", &arguments)).expect("framemd5 is text");
    list.lines().filter(|line| !line.starts_with('#')).count() as u64
}

/// Runs a tool; what it prints on standard output. Any complaint of it fails the test.
pub(crate) fn tool(name: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(name).args(arguments).output().unwrap_or_else(|error| {
        panic!("{name} cannot be run ({error}): install ffmpeg, `cargo xtask test` does it on Debian")
    });
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{name} {arguments:?}: {complaint}");
    output.stdout
}

/// A codec for [`camera`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pictures {
    Vp8,
    H264,
}

/// RTP packets of a moving test picture, 10 pictures a second, a keyframe each second.
pub(crate) fn camera(pictures: Pictures, size: &str, seconds: u64, start_us: u64, first_sequence: u64) -> Vec<Sent> {
    let source = format!("testsrc2=size={size}:rate=10:duration={seconds}");
    let common = ["-v", "error", "-f", "lavfi", "-i", &source, "-pix_fmt", "yuv420p", "-g", "10"];
    let frames: Vec<Vec<Vec<u8>>> = match pictures {
        Pictures::Vp8 => {
            let coded = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", "-f", "ivf", "-"];
            split_ivf(&tool("ffmpeg", &[&common[..], &coded].concat()))
                .iter()
                .map(|frame| vp8_payloads(frame))
                .collect()
        }
        Pictures::H264 => {
            let coded = [
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-tune",
                "zerolatency",
                "-profile:v",
                "baseline",
                "-x264-params",
                "aud=1:scenecut=0:slices=1",
                "-f",
                "h264",
                "-",
            ];
            split_units(&tool("ffmpeg", &[&common[..], &coded].concat()))
                .iter()
                .map(|unit| h264_payloads(unit))
                .collect()
        }
    };
    let mut sequence = first_sequence;
    let mut packets = Vec::new();
    for (number, payloads) in frames.into_iter().enumerate() {
        let at_us = start_us + number as u64 * 100_000;
        let count = payloads.len();
        for (piece, payload) in payloads.into_iter().enumerate() {
            packets.push(Sent {
                at_us: at_us + piece as u64 * 200,
                packet: Packet {
                    arrival: EPOCH,
                    ssrc: 11,
                    rtp_time: 4_000_000_000u32.wrapping_add((at_us * 9 / 100) as u32),
                    sequence,
                    marker: piece + 1 == count,
                    payload: Bytes::from(payload),
                },
            });
            sequence += 1;
        }
    }
    packets
}

fn split_ivf(ivf: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = &ivf[32..];
    let mut frames = Vec::new();
    while rest.len() >= 12 {
        let length = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
        frames.push(rest[12..12 + length].to_vec());
        rest = &rest[12 + length..];
    }
    frames
}

fn vp8_payloads(frame: &[u8]) -> Vec<Vec<u8>> {
    let piece = |(number, data): (usize, &[u8])| {
        let mut payload = vec![if number == 0 { 0x10 } else { 0x00 }];
        payload.extend_from_slice(data);
        payload
    };
    frame.chunks(1_100).enumerate().map(piece).collect()
}

/// Access units of an Annex B stream with delimiters: the NAL units of each.
fn split_units(stream: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut starts = Vec::new();
    for at in 0..stream.len().saturating_sub(3) {
        if stream[at..at + 3] == [0, 0, 1] {
            starts.push(at + 3);
        }
    }
    let mut units: Vec<Vec<Vec<u8>>> = Vec::new();
    for (number, &start) in starts.iter().enumerate() {
        let mut end = starts.get(number + 1).map_or(stream.len(), |next| next - 3);
        while end > start && stream[end - 1] == 0 {
            end -= 1;
        }
        let nal = stream[start..end].to_vec();
        if nal[0] & 0x1f == 9 {
            units.push(Vec::new());
        } else if let Some(unit) = units.last_mut() {
            unit.push(nal);
        }
    }
    units
}

fn h264_payloads(unit: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut payloads = Vec::new();
    let mut together = vec![24u8];
    for nal in unit {
        if nal.len() < 200 {
            together.extend_from_slice(&(nal.len() as u16).to_be_bytes());
            together.extend_from_slice(nal);
            continue;
        }
        let body: Vec<&[u8]> = nal[1..].chunks(1_100).collect();
        for (number, data) in body.iter().enumerate() {
            let begins = if number == 0 { 0x80 } else { 0 };
            let ends = if number + 1 == body.len() { 0x40 } else { 0 };
            let mut payload = vec![nal[0] & 0xe0 | 28, begins | ends | nal[0] & 0x1f];
            payload.extend_from_slice(data);
            payloads.push(payload);
        }
    }
    if together.len() > 1 {
        payloads.insert(0, together);
    }
    payloads
}
