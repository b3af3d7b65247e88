//! From a file's sample rate to another.

use rubato::{Fft, FixedSync, Indexing, Resampler, audioadapter_buffers::direct::InterleavedSlice};

/// Samples that are turned at once, about; the filter's quality rests on it.
const CHUNK: usize = 1024;

/// Resamples mono audio and keeps its place: the first sample out belongs to the first sample in.
pub(super) struct Resampling {
    fft: Fft<f32>,
    /// Less than a chunk of input.
    waiting: Vec<f32>,
    turned: Vec<f32>,
    /// Samples in so far, and samples out.
    taken: u64,
    given: u64,
    /// What the filter puts before the first sample.
    delay: usize,
    rates: (u32, u32),
}

impl Resampling {
    pub(super) fn new(from: u32, to: u32) -> Self {
        let fft =
            Fft::new(from as usize, to as usize, CHUNK, 1, FixedSync::Both).expect("rates above zero can be resampled");
        let turned = vec![0.0; fft.output_frames_max()];
        let delay = fft.output_delay();
        Self { fft, waiting: Vec::new(), turned, taken: 0, given: 0, delay, rates: (from, to) }
    }

    pub(super) fn push(&mut self, mut samples: &[f32], mut give: impl FnMut(&[f32])) {
        self.taken += samples.len() as u64;
        let chunk = self.fft.input_frames_next();
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(chunk - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            samples = later;
            if self.waiting.len() == chunk {
                self.turn(u64::MAX, &mut give);
            }
        }
    }

    /// Gives what the filter still holds.
    pub(super) fn finish(mut self, mut give: impl FnMut(&[f32])) {
        let (from, to) = self.rates;
        let whole = (self.taken * u64::from(to)).div_ceil(u64::from(from));
        while self.given < whole {
            self.turn(whole, &mut give);
        }
    }

    /// Turns the waiting samples, and silence behind them where they are too few; gives no more than `whole` in all.
    fn turn(&mut self, whole: u64, give: &mut impl FnMut(&[f32])) {
        let count = self.waiting.len();
        self.waiting.resize(self.fft.input_frames_next(), 0.0);
        let input = InterleavedSlice::new(&self.waiting, 1, self.waiting.len()).expect("one channel of that length");
        let space = self.turned.len();
        let mut output = InterleavedSlice::new_mut(&mut self.turned, 1, space).expect("one channel of that length");
        let indexing = Indexing::new().partial_len(count);
        let (_, made) =
            self.fft.process_into_buffer(&input, &mut output, Some(&indexing)).expect("buffers are of the right size");
        self.waiting.clear();
        let skipped = self.delay.min(made);
        self.delay -= skipped;
        let wanted = usize::try_from(whole - self.given).unwrap_or(usize::MAX);
        let given = &self.turned[skipped..made];
        let given = &given[..given.len().min(wanted)];
        self.given += given.len() as u64;
        give(given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_and_the_place_of_a_click_are_kept() {
        for from in [8_000, 11_025, 11_111, 22_050, 44_100, 96_000, 191_999_u32] {
            let mut input = vec![0.0; from as usize * 3 / 10];
            let click = input.len() / 2;
            input[click] = 1.0;
            let mut resampling = Resampling::new(from, 48_000);
            let mut output = Vec::new();
            for piece in input.chunks(777) {
                resampling.push(piece, |samples| output.extend_from_slice(samples));
            }
            resampling.finish(|samples| output.extend_from_slice(samples));
            assert!(output.len().abs_diff(14_400) <= 6, "{from}: {} samples", output.len());
            let loudest = (0..output.len()).max_by(|&a, &b| output[a].abs().total_cmp(&output[b].abs()));
            assert!(loudest.is_some_and(|at| at.abs_diff(7_200) <= 6), "{from}: {loudest:?}");
        }
    }
}
