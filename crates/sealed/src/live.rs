use crate::DataKey;
use crate::chunk::{ChunkKey, TAG_BYTES};
use crate::head::{Head, Kind};
use crate::limits::LIVE_CHUNK_BYTES;

/// Seals a live file: [`LiveSealer::head`] once, then what [`LiveSealer::seal`] gives for each flush, in order. When a
/// write fails the file is given up: what follows a torn chunk is not read.
#[derive(Debug)]
pub struct LiveSealer {
    key: ChunkKey,
    head: Head,
    next: u64,
}

impl LiveSealer {
    /// A new file.
    pub fn new(key: &DataKey) -> Self {
        let head = Head::fresh(Kind::Live);
        Self { key: ChunkKey::new(key, head), head, next: 0 }
    }

    /// What the file begins with.
    pub fn head(&self) -> Vec<u8> {
        self.head.0.to_vec()
    }

    /// The next chunk; of a long flush several.
    pub fn seal(&mut self, flush: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(flush.len() + 4 + TAG_BYTES);
        for plain in flush.chunks(LIVE_CHUNK_BYTES) {
            let mut chunk = Vec::with_capacity(plain.len() + TAG_BYTES);
            chunk.extend_from_slice(plain);
            self.key.seal(self.next, false, &mut chunk);
            self.next += 1;
            sealed.extend_from_slice(&(plain.len() as u32).to_be_bytes());
            sealed.append(&mut chunk);
        }
        sealed
    }
}
