//! Tones to make files of, and to find in what prompts play.

use opus::{Channels, Decoder};
use prompts::Prompt;
use std::{f32::consts::TAU, time::Duration};

/// Samples a second of what prompts play.
const RATE: u32 = 48_000;

/// A tone of half the full scale.
pub(crate) fn tone(rate: u32, hertz: f32, duration: Duration) -> Vec<f32> {
    let count = (duration.as_secs_f64() * f64::from(rate)).round() as usize;
    (0..count).map(|at| 0.5 * (TAU * hertz * at as f32 / rate as f32).sin()).collect()
}

/// What is heard of a prompt, once.
pub(crate) fn played(prompt: &Prompt) -> Vec<f32> {
    let mut decoder = Decoder::new(RATE, Channels::Mono).expect("libopus decodes 48 kHz mono");
    let mut heard = Vec::new();
    for frame in prompt.frames() {
        let mut pcm = [0.0; 5_760];
        let samples = decoder.decode_float(frame, &mut pcm, false).expect("an Opus packet");
        assert_eq!(samples, 960, "each frame lasts 20 ms");
        heard.extend_from_slice(&pcm[..samples]);
    }
    heard
}

/// Root of the mean square; full scale is 1.
pub(crate) fn level(pcm: &[f32]) -> f32 {
    (pcm.iter().map(|sample| sample * sample).sum::<f32>() / pcm.len() as f32).sqrt()
}

/// Share of the energy that lies at this frequency (Goertzel), 0 to 1.
pub(crate) fn share(pcm: &[f32], hertz: f32) -> f32 {
    let energy: f32 = pcm.iter().map(|sample| sample * sample).sum();
    let (real, imaginary) = pcm.iter().enumerate().fold((0.0, 0.0), |(real, imaginary), (at, sample)| {
        let angle = TAU * (hertz * at as f32 / RATE as f32).fract();
        (real + sample * angle.cos(), imaginary + sample * angle.sin())
    });
    2.0 * (real * real + imaginary * imaginary) / (pcm.len() as f32 * energy).max(f32::MIN_POSITIVE)
}

/// The prompt plays this tone for so long, from beginning to end, and nothing else.
pub(crate) fn assert_plays(prompt: &Prompt, hertz: f32, duration: Duration, level_of: f32, what: &str) {
    let off = prompt.duration().abs_diff(duration);
    assert!(off <= Duration::from_millis(20), "{what}: {:?} instead of {duration:?}", prompt.duration());
    let heard = played(prompt);
    // 50 ms at each end, where a codec fades in and out, must be loud but need not be pure.
    let edge = RATE as usize / 20;
    let inside = &heard[edge..heard.len() - edge - 960];
    let (share, inside_level) = (share(&inside[..inside.len().min(RATE as usize)], hertz), level(inside));
    assert!(share > 0.95, "{what}: {share} of the sound is at {hertz} Hz");
    assert!((inside_level / level_of - 1.0).abs() < 0.15, "{what}: level {inside_level} instead of {level_of}");
    let beginning = level(&heard[..edge]);
    assert!(beginning > 0.5 * level_of, "{what}: begins at a level of {beginning}");
    let end = (duration.as_secs_f64() * f64::from(RATE)) as usize;
    let ending = level(&heard[end.min(heard.len()) - edge..end.min(heard.len())]);
    assert!(ending > 0.5 * level_of, "{what}: ends at a level of {ending}");
}
