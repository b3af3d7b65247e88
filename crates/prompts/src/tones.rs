//! Tones that are made and not read.

use crate::{Prompt, encoding::Encoding};
use std::f64::consts::TAU;

/// Samples a second.
const RATE: u32 = 48_000;
/// Ringing tone of most of Europe (ITU-T E.180 §5: 400 to 450 Hz, on for 0.67 to 1.5 s, off for 3 to 5 s).
const RINGBACK_HERTZ: f64 = 425.0;
const RINGBACK_ON: usize = RATE as usize;
const RINGBACK_OFF: usize = 4 * RATE as usize;
/// 20 dB below full scale: not louder than speech.
const AMPLITUDE: f64 = 0.1;
/// The tone comes and goes within 10 ms, so that it does not click.
const FADE: usize = RATE as usize / 100;

/// What a caller hears while it rings: five seconds, to be played over and over.
#[must_use]
pub fn ringback() -> Prompt {
    let tone = (0..RINGBACK_ON).map(|index| {
        let fade = index.min(RINGBACK_ON - index).min(FADE) as f64 / FADE as f64;
        (AMPLITUDE * fade * (TAU * RINGBACK_HERTZ * index as f64 / f64::from(RATE)).sin()) as f32
    });
    let samples: Vec<f32> = tone.chain(std::iter::repeat_n(0.0, RINGBACK_OFF)).collect();
    let encode = || {
        let mut audio = Encoding::new(RATE, 1)?;
        audio.push(&samples)?;
        audio.finish()
    };
    encode().expect("five seconds of mono at 48 kHz are within every limit")
}
