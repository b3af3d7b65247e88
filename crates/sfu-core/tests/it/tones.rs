//! Tones as prompts, and what a receiver hears of them.

use model::PromptId;
use opus::{Application, Channels, Decoder, Encoder};
use sfu_core::testing::{Received, World};
use std::{f64::consts::TAU, time::Duration};

const RATE: u32 = 48_000;
const FRAME: usize = 960;

/// Loads a prompt that is a tone; the answer is how many frames it has.
pub(crate) fn load(world: &mut World, prompt: PromptId, hertz: f64, length: Duration) -> usize {
    let mut encoder = Encoder::new(RATE, Channels::Mono, Application::Audio).expect("48 kHz mono");
    let count = (length.as_millis() / 20) as usize;
    let frames: Vec<Vec<u8>> = (0..count)
        .map(|number| {
            let at = |index: usize| (number * FRAME + index) as f64 / f64::from(RATE);
            let samples: Vec<f32> = (0..FRAME).map(|index| (0.3 * (TAU * hertz * at(index)).sin()) as f32).collect();
            encoder.encode_vec_float(&samples, 400).expect("20 ms")
        })
        .collect();
    for command in wire::prompt::load(prompt, frames.iter().map(Vec::as_slice)) {
        world.command(command);
    }
    count
}

/// It is of a test client's microphone and not of a prompt.
pub(crate) fn is_speech(packet: &Received) -> bool {
    packet.payload.len() == 80 && packet.payload[8..].iter().all(|byte| *byte == 0xaa)
}

/// Decodes packets, conceals lost ones, and says which of these tones each 200 ms have; none where no tone makes up half
/// of the sound.
pub(crate) fn heard<'a>(packets: impl IntoIterator<Item = &'a Received>, tones: &[f64]) -> Vec<Option<f64>> {
    let mut decoder = Decoder::new(RATE, Channels::Mono).expect("48 kHz mono");
    let mut samples = Vec::new();
    let mut next = None;
    for packet in packets {
        let lost = packet.sequence - next.unwrap_or(packet.sequence);
        next = Some(packet.sequence + 1);
        for payload in std::iter::repeat_n([].as_slice(), lost as usize).chain([packet.payload.as_slice()]) {
            let mut decoded = [0.0; FRAME];
            let length = decoder.decode_float(payload, &mut decoded, false).expect("it is Opus");
            assert_eq!(length, FRAME, "20 ms");
            samples.extend(decoded.map(f64::from));
        }
    }
    samples.chunks(10 * FRAME).map(|chunk| tones.iter().copied().find(|hertz| share(chunk, *hertz) > 0.5)).collect()
}

/// Share of a tone in the power of some sound.
fn share(samples: &[f64], hertz: f64) -> f64 {
    let power: f64 = samples.iter().map(|sample| sample * sample).sum();
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let phase = TAU * hertz * index as f64 / f64::from(RATE);
        real += sample * phase.cos();
        imaginary += sample * phase.sin();
    }
    if power < 1.0 { 0.0 } else { 2.0 * (real * real + imaginary * imaginary) / samples.len() as f64 / power }
}
