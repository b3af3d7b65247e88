//! Prompts on their way to the engine: Opus frames of 20 ms, in parts that a message can carry.

use crate::engine::Command;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use model::PromptId;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, sync::Arc};

/// Bytes of frames that one part carries. As text it is a third more, far below what a message may have.
pub const PART_BYTES: usize = 128 << 10;
/// Frames that one part carries: 20 s.
pub const PART_FRAMES: usize = 1_000;

/// What a customer hears until an agent answers. It comes with signaling; another sound gets another number, so that an
/// engine of the release before does not take it for the old one.
pub const RINGBACK: PromptId = PromptId::of(1);
/// Music where none was chosen, or what was chosen is not there. It comes with signaling too.
pub const MUSIC: PromptId = PromptId::of(2);

/// Frames in one piece of memory, which clones share. In JSON: a list of them, each in base64.
#[derive(Clone, PartialEq, Eq)]
pub struct Frames {
    bytes: Bytes,
    /// Where each frame ends in `bytes`.
    ends: Arc<[u32]>,
}

impl Frames {
    /// These frames.
    pub fn new<'a>(frames: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for frame in frames {
            bytes.extend_from_slice(frame);
            ends.push(u32::try_from(bytes.len()).expect("parts of prompts are far below 4 GiB"));
        }
        Self { bytes: bytes.into(), ends: ends.into() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of them all.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// One frame; none from [`Self::len`] on.
    pub fn get(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Some(&self.bytes[start..end])
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map_while(|at| self.get(at))
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("frames", &self.len()).field("bytes", &self.bytes()).finish()
    }
}

impl Serialize for Frames {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|frame| BASE64.encode(frame)))
    }
}

impl<'de> Deserialize<'de> for Frames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(texts.len()));
        for text in &texts {
            BASE64.decode_vec(text, &mut bytes).map_err(D::Error::custom)?;
            ends.push(u32::try_from(bytes.len()).map_err(D::Error::custom)?);
        }
        Ok(Self { bytes: bytes.into(), ends: ends.into() })
    }
}

/// The commands that hand a whole prompt over, in their order.
pub fn load<'a>(prompt: PromptId, frames: impl IntoIterator<Item = &'a [u8]>) -> Vec<Command> {
    let frames: Vec<&[u8]> = frames.into_iter().collect();
    let count = |frames: usize| u32::try_from(frames).expect("prompts are shorter than years");
    let of = count(frames.len());
    let (mut commands, mut first) = (Vec::new(), 0);
    while first < frames.len() {
        let mut bytes = 0;
        let fits = |frame: &&&[u8]| {
            bytes += frame.len();
            bytes <= PART_BYTES
        };
        // A frame is far shorter than a part.
        let taken = frames[first..].iter().take(PART_FRAMES).take_while(fits).count().max(1);
        let part = Frames::new(frames[first..first + taken].iter().copied());
        commands.push(Command::LoadPrompt { prompt, first: count(first), of, frames: part });
        first += taken;
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_prompt_is_cut_into_parts_that_make_the_whole_again() {
        let frames: Vec<Vec<u8>> = (0..4_500_usize).map(|number| vec![number as u8; 1 + number % 400]).collect();
        let commands = load(PromptId::of(1), frames.iter().map(Vec::as_slice));
        assert!(commands.len() > 5);
        let mut whole: Vec<Vec<u8>> = Vec::new();
        for command in &commands {
            let Command::LoadPrompt { first, of, frames, .. } = command else { panic!("{command:?}") };
            assert_eq!((*first as usize, *of), (whole.len(), 4_500));
            assert!(!frames.is_empty() && frames.len() <= PART_FRAMES && frames.bytes() <= PART_BYTES);
            whole.extend(frames.iter().map(<[u8]>::to_vec));
        }
        assert_eq!(whole, frames);
        assert!(load(PromptId::of(1), []).is_empty());
    }
}
