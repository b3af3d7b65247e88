use super::layout::{Content, Item, Layout};
use super::mp4::Mp4;
use super::ogg::Ogg;
use super::webm::Webm;
use super::{Container, LiveIndex};
use crate::assembler::BlockTrack;
use crate::{limits, opus_packet};
use model::Codec;

/// Samples by which a packet's stored time, rounded to a millisecond, may differ from its true one.
const ROUNDING: u64 = 240;
/// How long the last picture of a file stays, milliseconds.
const LAST_FRAME_MS: u64 = 33;

/// Why no finished file can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FinishError {
    /// The live file holds not one block.
    #[error("the live file holds no sound and no picture")]
    Empty,
    /// Frames without the codec's parameters.
    #[error("the live file lacks the parameters of its video")]
    NoParameters,
}

/// A finished file laid out: everything about it is known before its first byte is written.
pub struct FinishPlan {
    container: Container,
    duration_ms: u64,
    layout: Box<dyn Layout + Send>,
}

impl FinishPlan {
    /// Chooses the container and lays out the file.
    pub fn new(index: LiveIndex) -> Result<Self, FinishError> {
        let format = index.video().cloned();
        let in_band = index.has_in_band_parameters();
        let audio = index.has_audio();
        let (sound, pictures): (Vec<Item>, Vec<Item>) =
            index.into_items().into_iter().partition(|item| item.track == BlockTrack::Audio);
        let has_sound = audio && !sound.is_empty();
        let sound = if has_sound { without_holes(sound) } else { Vec::new() };
        let sound_ms = samples(&sound) * 1_000 / opus_packet::RATE;
        let Some(last) = pictures.last() else {
            if !has_sound {
                return Err(FinishError::Empty);
            }
            return Ok(Self { container: Container::Ogg, duration_ms: sound_ms, layout: Box::new(Ogg::new(sound)) });
        };
        let duration_ms = sound_ms.max(last.place_ms + LAST_FRAME_MS);
        let format = format.ok_or(FinishError::NoParameters)?;
        Ok(match format.codec {
            Codec::H264 => {
                let layout = Box::new(Mp4::new(sound, pictures, format, in_band, duration_ms));
                Self { container: Container::Mp4, duration_ms, layout }
            }
            Codec::Vp8 | Codec::Opus => {
                let layout = Box::new(Webm::new(sound, pictures, format, duration_ms));
                Self { container: Container::Webm, duration_ms, layout }
            }
        })
    }

    /// Container of the file.
    pub fn container(&self) -> Container {
        self.container
    }

    /// Length of the file in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.duration_ms
    }

    /// The file's bytes in order; `read` gets `length` bytes at `offset` of live part `part`.
    pub fn write<E>(
        &self,
        mut read: impl FnMut(u32, u64, u32) -> Result<Vec<u8>, E>,
        mut write: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        write(&self.layout.head())?;
        let mut payloads = Vec::new();
        for chunk in 0..self.layout.chunks() {
            payloads.clear();
            for item in self.layout.items(chunk) {
                payloads.push(match item.content {
                    Content::Live { part, offset } => read(part, offset, item.length)?,
                    Content::Silence => opus_packet::silence(u64::from(item.samples)).to_vec(),
                });
            }
            write(&self.layout.chunk(chunk, &payloads))?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for FinishPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FinishPlan")
            .field("container", &self.container)
            .field("duration_ms", &self.duration_ms)
            .finish()
    }
}

/// An unbroken row from time zero: silence where packets are missing, none twice.
fn without_holes(sound: Vec<Item>) -> Vec<Item> {
    let mut row: Vec<Item> = Vec::with_capacity(sound.len());
    let mut end = 0u64;
    for item in sound {
        let start = item.place_ms * opus_packet::RATE / 1_000;
        if start + ROUNDING < end {
            continue;
        }
        if start > end + ROUNDING {
            fill(&mut row, &mut end, start);
        }
        end += u64::from(item.samples);
        row.push(item);
    }
    row
}

fn fill(row: &mut Vec<Item>, end: &mut u64, until: u64) {
    while let step @ 1.. = opus_packet::silence_step(until - *end) {
        if row.len() >= limits::FILE_BLOCKS {
            return;
        }
        row.push(Item {
            track: BlockTrack::Audio,
            place_ms: *end * 1_000 / opus_packet::RATE,
            samples: step as u16,
            keyframe: true,
            length: opus_packet::silence(step).len() as u32,
            content: Content::Silence,
        });
        *end += step;
    }
}

pub(super) fn samples(items: &[Item]) -> u64 {
    items.iter().map(|item| u64::from(item.samples)).sum()
}

/// Cuts a file's blocks, in order of place, into chunks of at most a second that begin at keyframes where there are
/// any. Gives the index of each chunk's first block.
pub(super) fn cut_at_keyframes(items: &[Item], longest_ms: u64) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut start_ms = 0;
    for (at, item) in items.iter().enumerate() {
        let keyframe = item.track == BlockTrack::Video && item.keyframe;
        if starts.is_empty() || keyframe || item.place_ms >= start_ms + longest_ms {
            starts.push(at);
            start_ms = item.place_ms;
        }
    }
    starts
}

/// Both tracks in the order of their places; at the same place the picture first, so that a chunk can begin with it.
pub(super) fn merged(sound: Vec<Item>, pictures: Vec<Item>) -> Vec<Item> {
    let mut items = pictures;
    items.extend(sound);
    items.sort_by_key(|item| item.place_ms);
    items
}
