//! The frames of a prompt.

use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc, time::Duration};

/// Samples of one frame at 48 kHz.
pub(crate) const FRAME_SAMPLES: usize = 960;

/// Bytes before the frames of a prompt that is kept.
pub(crate) const HASH_BYTES: usize = 32;

/// Opus frames of 20 ms, mono, that can be sent as they are, one on each tick, over and over.
///
/// Cheap to clone and to share between threads. It has at least one frame, and none is longer than
/// [`FRAME_BYTES`](crate::limits::FRAME_BYTES). The first frame depends on no frame before it.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt(Arc<Frames>);

/// All frames in one piece of memory.
#[derive(PartialEq, Eq)]
struct Frames {
    bytes: Box<[u8]>,
    /// Where each frame ends in `bytes`.
    ends: Box<[u32]>,
}

impl Prompt {
    /// What one frame lasts.
    pub const FRAME: Duration = Duration::from_millis(20);

    /// `ends` rise to the length of `bytes`, and there is at least one.
    pub(crate) fn new(bytes: Vec<u8>, ends: Vec<u32>) -> Self {
        assert!(!ends.is_empty(), "a prompt has a frame");
        Self(Arc::new(Frames { bytes: bytes.into(), ends: ends.into() }))
    }

    /// Number of frames, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "no prompt is empty")]
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.ends.len()
    }

    /// The frame at this place, `None` from [`Self::len`] on.
    #[must_use]
    pub fn frame(&self, at: usize) -> Option<&[u8]> {
        let end = *self.0.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.0.ends[before] as usize);
        Some(&self.0.bytes[start..end])
    }

    /// The frames in order.
    pub fn frames(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map_while(|at| self.frame(at))
    }

    /// How long it plays: a multiple of [`Self::FRAME`].
    #[must_use]
    pub fn duration(&self) -> Duration {
        // At most limits::PROMPT_DURATION, which is 30,000 frames.
        Self::FRAME * u32::try_from(self.len()).expect("the number of frames is bounded")
    }

    /// In a form that can be kept: the SHA-256 of what follows, then each frame behind its length (16 bits, little-endian).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut frames = Vec::with_capacity(self.bytes());
        for frame in self.frames() {
            let length = u16::try_from(frame.len()).expect("a frame's length is bounded");
            frames.extend_from_slice(&length.to_le_bytes());
            frames.extend_from_slice(frame);
        }
        [&Sha256::digest(&frames)[..], &frames].concat()
    }

    /// `None` unless it is what [`Self::to_bytes`] made.
    #[must_use]
    pub fn from_bytes(kept: &[u8]) -> Option<Self> {
        let (hash, mut frames) = kept.split_at_checked(HASH_BYTES)?;
        if Sha256::digest(frames)[..] != *hash {
            return None;
        }
        let (mut bytes, mut ends) = (Vec::with_capacity(frames.len()), Vec::new());
        while let Some((length, rest)) = frames.split_first_chunk() {
            let (frame, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
            bytes.extend_from_slice(frame);
            ends.push(u32::try_from(bytes.len()).ok()?);
            frames = rest;
        }
        (frames.is_empty() && !ends.is_empty()).then(|| Self::new(bytes, ends))
    }

    /// Bytes that all clones together hold.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.bytes.len() + size_of_val(&*self.0.ends)
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").field("duration", &self.duration()).field("bytes", &self.bytes()).finish()
    }
}
