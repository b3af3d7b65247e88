//! From decoded samples to Opus frames, piece by piece.

mod packets;
mod resampling;

use crate::{Problem, Prompt, limits};
use packets::Packets;
use resampling::Resampling;

/// Takes audio as it is decoded; holds no more of it than a fraction of a second.
pub(crate) struct Encoding {
    rate: u32,
    channels: usize,
    /// Samples a channel so far.
    taken: u64,
    mono: Vec<f32>,
    /// Nothing where the audio has 48 kHz already.
    resampling: Option<Resampling>,
    packets: Packets,
}

impl Encoding {
    /// Audio of `rate` samples a second and channel.
    pub(crate) fn new(rate: u32, channels: usize) -> Result<Self, Problem> {
        if !limits::SAMPLE_RATES.contains(&rate) {
            return Err(Problem::unsupported(format!("{rate} samples a second")));
        }
        if !(1..=limits::CHANNELS).contains(&channels) {
            return Err(Problem::unsupported(format!("{channels} channels")));
        }
        let resampling = (rate != packets::RATE).then(|| Resampling::new(rate, packets::RATE));
        Ok(Self { rate, channels, taken: 0, mono: Vec::new(), resampling, packets: Packets::new() })
    }

    /// Whether this is how the audio was announced.
    pub(crate) fn fits(&self, rate: u32, channels: usize) -> bool {
        (self.rate, self.channels) == (rate, channels)
    }

    /// Samples a second and channel.
    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    /// Channels that take turns in what is pushed.
    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// Refuses what is too long before work goes into it: so many samples a channel come next.
    pub(crate) fn expect(&self, samples: u64) -> Result<(), Problem> {
        let most = u64::from(self.rate) * limits::PROMPT_DURATION.as_secs();
        if self.taken + samples > most { Err(Problem::TooLong) } else { Ok(()) }
    }

    /// The next samples, channels taking turns; full scale is 1.
    pub(crate) fn push(&mut self, interleaved: &[f32]) -> Result<(), Problem> {
        let channels = self.channels;
        let mix = |samples: &[f32]| match samples.iter().sum::<f32>() / channels as f32 {
            mixed if mixed.is_finite() => mixed.clamp(-1.0, 1.0),
            _ => 0.0,
        };
        self.mono.clear();
        self.mono.extend(interleaved.chunks_exact(channels).map(mix));
        self.expect(self.mono.len() as u64)?;
        self.taken += self.mono.len() as u64;
        match &mut self.resampling {
            None => self.packets.push(&self.mono),
            Some(resampling) => resampling.push(&self.mono, |samples| self.packets.push(samples)),
        }
        Ok(())
    }

    /// All of it, with silence up to the end of the last frame.
    pub(crate) fn finish(mut self) -> Result<Prompt, Problem> {
        if self.taken == 0 {
            return Err(Problem::Empty);
        }
        if let Some(resampling) = self.resampling {
            resampling.finish(|samples| self.packets.push(samples));
        }
        Ok(self.packets.finish())
    }
}
