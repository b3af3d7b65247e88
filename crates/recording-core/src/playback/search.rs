use super::page::first_page;
use super::{OpusHead, PlaybackError, page};
use crate::limits;

/// A boundary between pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Byte of the file at which a page begins.
    pub offset: u64,
    /// Sample with which it begins.
    pub granule: u64,
}

/// What a search wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Up to [`limits::SEARCH_BYTES`] bytes from here on.
    Read(u64),
    /// Nothing more: the sample's page begins here.
    Found(Place),
}

/// Finds the page in which a sample lies: the last boundary at or before it.
#[derive(Debug, Clone)]
pub struct Search {
    target: u64,
    /// At or before the sample.
    low: Place,
    /// Pages that begin from here on begin after the sample.
    high: u64,
    high_granule: u64,
    length: u64,
    probes: u32,
    found: bool,
}

impl Search {
    /// Looks for sample `target` in a file of `length` bytes whose sound ends near sample `end`. `near` is a boundary at or before
    /// the sample; the answer does not depend on it.
    pub fn new(target: u64, head: &OpusHead, near: Option<Place>, length: u64, end: u64) -> Self {
        let low = near.filter(|near| near.granule <= target).unwrap_or(Place { offset: head.sound_at, granule: 0 });
        let high_granule = end.max(target + 1);
        Self { target, low, high: length, high_granule, length, probes: 0, found: false }
    }

    /// What it wants next.
    pub fn next(&self) -> Step {
        if self.found || self.low.offset >= self.length {
            return Step::Found(self.low);
        }
        let span = self.high.saturating_sub(self.low.offset);
        if span <= limits::SEARCH_BYTES as u64 {
            return Step::Read(self.low.offset);
        }
        // Where the sample lies if all seconds take as many bytes; half way, once that was wrong too often.
        let before = u128::from(self.target - self.low.granule);
        let samples = u128::from(self.high_granule.saturating_sub(self.low.granule).max(1));
        let by_rate = u64::try_from(u128::from(span) * before / samples).unwrap_or(span);
        let into = if self.probes < limits::SEARCH_PROBES / 3 { by_rate } else { span / 2 };
        let aim = self.low.offset + into.min(span - 1).saturating_sub(limits::SEARCH_BYTES as u64 / 2);
        Step::Read(aim)
    }

    /// Takes what was read at `offset`: all that the file has there, or [`limits::SEARCH_BYTES`] of it.
    pub fn saw(&mut self, offset: u64, bytes: &[u8]) -> Result<(), PlaybackError> {
        self.probes += 1;
        if self.probes > limits::SEARCH_PROBES {
            return Err(PlaybackError::NotFound(self.target));
        }
        if offset == self.low.offset {
            return self.walk(bytes);
        }
        let Some((at, first)) = first_page(bytes) else { return Err(PlaybackError::NoPage(offset)) };
        let start = offset + at as u64;
        if first.granule > self.target {
            (self.high, self.high_granule) = (start, first.granule);
            return Ok(());
        }
        self.low = Place { offset: start + first.length as u64, granule: first.granule };
        self.walk(&bytes[at + first.length..])
    }

    /// From page to page as long as they end before the sample.
    fn walk(&mut self, mut bytes: &[u8]) -> Result<(), PlaybackError> {
        let mut seen = 0;
        while !bytes.is_empty() {
            let Some(page) = page(bytes, self.low.offset)? else { break };
            if page.granule > self.target {
                self.found = true;
                return Ok(());
            }
            self.low = Place { offset: self.low.offset + page.length as u64, granule: page.granule };
            bytes = &bytes[page.length..];
            seen += 1;
        }
        let is_end = self.low.offset + bytes.len() as u64 >= self.length;
        if is_end && !bytes.is_empty() || seen == 0 && bytes.len() >= limits::SEARCH_BYTES {
            return Err(PlaybackError::Cut(self.length));
        }
        Ok(())
    }
}
