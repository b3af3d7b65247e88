use crate::assembler::BlockTrack;

/// Where a block's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// In a part of the live file.
    Live {
        /// Number of the part, from zero.
        part: u32,
        /// Byte at which it begins.
        offset: u64,
    },
    /// Silence that is made, because the live file lacks the packet.
    Silence,
}

/// One block of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Track.
    pub track: BlockTrack,
    /// Milliseconds after the call's epoch.
    pub place_ms: u64,
    /// Samples at 48 kHz that an audio block plays.
    pub samples: u16,
    /// Decodable without earlier blocks.
    pub keyframe: bool,
    /// Bytes.
    pub length: u32,
    /// Where they are.
    pub content: Content,
}

/// A finished file in the making: a head, then chunks of blocks.
pub(super) trait Layout {
    /// Everything before the first chunk.
    fn head(&self) -> Vec<u8>;
    /// Number of chunks.
    fn chunks(&self) -> usize;
    /// The blocks whose payloads [`Layout::chunk`] wants, in order.
    fn items(&self, chunk: usize) -> &[Item];
    /// The bytes of a chunk.
    fn chunk(&self, chunk: usize, payloads: &[Vec<u8>]) -> Vec<u8>;
}
