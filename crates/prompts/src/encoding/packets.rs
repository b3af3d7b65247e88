//! From mono audio at 48 kHz to Opus.

use crate::{Prompt, limits, prompt::FRAME_SAMPLES};
use opus::{Application, Bitrate, Channels, Encoder};

/// Samples a second that Opus takes here.
pub(super) const RATE: u32 = 48_000;
/// Enough for speech at its full bandwidth; libopus changes to its music mode where it hears some.
const BITS_PER_SECOND: i32 = 32_000;
/// The highest there is: a prompt is encoded once.
const COMPLEXITY: i32 = 10;

const VALID: &str = "libopus takes settings within their ranges";

/// Encodes frame by frame.
///
/// An encoder looks ahead, so that a decoder is late by some milliseconds. Files state that and players skip it; a call
/// cannot. So the encoder gets the audio that much earlier: a first frame of silence and the beginning, which is not
/// kept. What is kept sounds in time and ends with the audio, and a prompt that is played in a loop has no hole.
pub(super) struct Packets {
    encoder: Encoder,
    /// Less than a frame.
    waiting: Vec<f32>,
    /// Samples so far.
    taken: usize,
    /// Frames that were made, the one that is not kept included.
    made: usize,
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Packets {
    pub(super) fn new() -> Self {
        let mut encoder = Encoder::new(RATE, Channels::Mono, Application::Voip).expect("libopus encodes 48 kHz mono");
        encoder.set_bitrate(Bitrate::Bits(BITS_PER_SECOND)).expect(VALID);
        encoder.set_complexity(COMPLEXITY).expect(VALID);
        encoder.set_dtx(false).expect(VALID);
        let ahead = encoder.get_lookahead().expect("an encoder knows how far it looks ahead");
        let ahead = usize::try_from(ahead).ok().filter(|&ahead| ahead <= FRAME_SAMPLES);
        let silence = FRAME_SAMPLES - ahead.expect("libopus looks ahead by less than a frame");
        Self { encoder, waiting: vec![0.0; silence], taken: 0, made: 0, bytes: Vec::new(), ends: Vec::new() }
    }

    pub(super) fn push(&mut self, mut samples: &[f32]) {
        self.taken += samples.len();
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(FRAME_SAMPLES - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            samples = later;
            if self.waiting.len() == FRAME_SAMPLES {
                self.encode();
            }
        }
    }

    /// Something was pushed before.
    pub(super) fn finish(mut self) -> Prompt {
        let frames = self.taken.div_ceil(FRAME_SAMPLES);
        while self.ends.len() < frames {
            self.waiting.resize(FRAME_SAMPLES, 0.0);
            self.encode();
        }
        Prompt::new(self.bytes, self.ends)
    }

    fn encode(&mut self) {
        // Whatever was heard before a prompt, its first frame must not build on it.
        self.encoder.set_prediction_disabled(self.made == 1).expect(VALID);
        let start = self.bytes.len();
        self.bytes.resize(start + limits::FRAME_BYTES, 0);
        let length = self.encoder.encode_float(&self.waiting, &mut self.bytes[start..]);
        let length = length.expect("libopus encodes 960 samples into as many bytes as it is given");
        self.waiting.clear();
        self.made += 1;
        if self.made == 1 {
            self.bytes.clear();
            return;
        }
        self.bytes.truncate(start + length);
        self.ends.push(u32::try_from(self.bytes.len()).expect("a prompt is bounded"));
    }
}
