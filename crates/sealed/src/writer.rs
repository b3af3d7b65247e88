use crate::DataKey;
use crate::chunk::{ChunkKey, TAG_BYTES};
use crate::head::{Head, Kind};
use crate::limits::CHUNK_BYTES;
use std::io::{self, Write};

/// Writes a finished file. What is dropped before [`SealingWriter::finish`] has no last chunk and cannot be read.
#[derive(Debug)]
pub struct SealingWriter<W> {
    out: W,
    key: ChunkKey,
    next: u64,
    waiting: Vec<u8>,
}

impl<W: Write> SealingWriter<W> {
    /// Begins a new file with its head.
    pub fn new(mut out: W, key: &DataKey) -> io::Result<Self> {
        let head = Head::fresh(Kind::Finished);
        out.write_all(&head.0)?;
        let waiting = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
        Ok(Self { out, key: ChunkKey::new(key, head), next: 0, waiting })
    }

    /// Writes the last chunk; gives what it wrote to, and the number of chunks.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.seal(true)?;
        Ok((self.out, self.next))
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        self.key.seal(self.next, last, &mut self.waiting);
        self.next += 1;
        self.out.write_all(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until more comes: only then it is known not to be the last.
        if self.waiting.len() == CHUNK_BYTES && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
