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
    encoded(&samples)
}

/// Chords of [`music`] from the lowest note up, in semitones from A4 (440 Hz): C, A minor, F, G.
const CHORDS: [[i32; 4]; 4] = [[-21, -9, -5, -2], [-24, -12, -9, -5], [-28, -16, -12, -9], [-26, -14, -10, -7]];
/// One note of a chord after the other, up and down.
const ORDER: [usize; 8] = [0, 1, 2, 3, 2, 1, 2, 1];
/// Samples from one note to the next, and how long one sounds.
const NOTE: usize = RATE as usize / 2;
const SOUNDS: usize = 3 * NOTE;
/// Several notes sound at once; together they stay below speech.
const NOTE_AMPLITUDE: f64 = 0.06;

/// What a caller hears where no other music was chosen: a calm figure of 16 seconds, to be played over and over.
#[must_use]
pub fn music() -> Prompt {
    let length = CHORDS.len() * ORDER.len() * NOTE;
    let mut samples = vec![0.0_f32; length];
    let notes = CHORDS.iter().flat_map(|chord| ORDER.map(|index| chord[index]));
    for (number, semitones) in notes.enumerate() {
        let hertz = 440.0 * 2.0_f64.powf(f64::from(semitones) / 12.0);
        for index in 0..SOUNDS {
            let fade = index.min(SOUNDS - index).min(FADE) as f64 / FADE as f64;
            let decay = (-3.0 * index as f64 / NOTE as f64 / 2.0).exp();
            let angle = TAU * hertz * index as f64 / f64::from(RATE);
            let tone = angle.sin() + 0.3 * (2.0 * angle).sin();
            // What sounds on at the end does so at the beginning, where the music goes on.
            samples[(number * NOTE + index) % length] += (NOTE_AMPLITUDE * fade * decay * tone) as f32;
        }
    }
    encoded(&samples)
}

fn encoded(samples: &[f32]) -> Prompt {
    let encode = || {
        let mut audio = Encoding::new(RATE, 1)?;
        audio.push(samples)?;
        audio.finish()
    };
    encode().expect("seconds of mono at 48 kHz are within every limit")
}
