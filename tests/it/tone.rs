//! Tones to send, and to find in what was received.

use opus::{Application, Channels, Decoder, Encoder};
use std::f32::consts::TAU;

/// Samples of 20 ms at 48 kHz.
pub(crate) const FRAME: usize = 960;
const RATE: f32 = 48_000.0;

/// Opus frames of a steady tone.
pub(crate) struct ToneSource {
    encoder: Encoder,
    hertz: f32,
    sample: usize,
}

impl ToneSource {
    pub(crate) fn new(hertz: f32) -> Self {
        let encoder = Encoder::new(48_000, Channels::Mono, Application::Voip).expect("libopus encodes 48 kHz mono");
        Self { encoder, hertz, sample: 0 }
    }

    pub(crate) fn next_frame(&mut self) -> Vec<u8> {
        let pcm: Vec<f32> =
            (0..FRAME).map(|offset| 0.4 * (TAU * self.hertz * (self.sample + offset) as f32 / RATE).sin()).collect();
        self.sample += FRAME;
        self.encoder.encode_vec_float(&pcm, 400).expect("a frame of 20 ms")
    }
}

/// Decodes what comes and measures tones in it.
pub(crate) struct ToneSink {
    decoder: Decoder,
    pcm: Vec<f32>,
}

impl ToneSink {
    pub(crate) fn new() -> Self {
        let decoder = Decoder::new(48_000, Channels::Mono).expect("libopus decodes 48 kHz mono");
        Self { decoder, pcm: Vec::new() }
    }

    pub(crate) fn push(&mut self, opus: &[u8]) {
        let mut frame = [0.0; 5760];
        let samples = self.decoder.decode_float(opus, &mut frame, false).expect("an Opus packet");
        self.pcm.extend_from_slice(&frame[..samples]);
    }

    pub(crate) fn seconds(&self) -> f32 {
        self.pcm.len() as f32 / RATE
    }

    /// Share of the last second's energy that lies at this frequency, 0 to 1.
    pub(crate) fn share_of(&self, hertz: f32) -> f32 {
        share(&self.pcm[self.pcm.len().saturating_sub(48_000)..], hertz)
    }
}

/// Share of the energy that lies at this frequency (Goertzel), 0 to 1. Longer pieces are judged by their first second.
pub(crate) fn share(pcm: &[f32], hertz: f32) -> f32 {
    let pcm = &pcm[..pcm.len().min(48_000)];
    let energy: f32 = pcm.iter().map(|sample| sample * sample).sum();
    let (real, imaginary) = pcm.iter().enumerate().fold((0.0, 0.0), |(real, imaginary), (at, sample)| {
        let angle = TAU * hertz * at as f32 / RATE;
        (real + sample * angle.cos(), imaginary + sample * angle.sin())
    });
    2.0 * (real * real + imaginary * imaginary) / (pcm.len() as f32 * energy).max(f32::MIN_POSITIVE)
}
