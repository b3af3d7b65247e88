use crate::chunk::{ChunkKey, TAG_BYTES};
use crate::head::{HEAD_BYTES, Head, Kind};
use crate::limits::{CHUNK_BYTES, LIVE_CHUNK_BYTES, LIVE_CHUNKS};
use crate::{DataKey, SealError};
use std::io::{self, Read, Seek, SeekFrom};

const LENGTH_BYTES: u64 = 4;

/// Reads the plaintext of a sealed file at any place. No byte of a chunk that does not open is given.
#[derive(Debug)]
pub struct SealedFile<R> {
    from: R,
    file: String,
    /// `None` for a live file without a whole head: it has no chunk.
    key: Option<ChunkKey>,
    layout: Layout,
    length: u64,
    /// The chunk opened last, so that reading on opens each once.
    open: Option<u64>,
    plain: Vec<u8>,
}

#[derive(Debug)]
enum Layout {
    Even { chunks: u64 },
    Listed(Vec<Listed>),
}

/// A live file's chunk: where it begins in the plaintext and in the file, and bytes of its plaintext.
#[derive(Debug, Clone, Copy)]
struct Listed {
    start: u64,
    at: u64,
    length: u32,
}

/// Where a chunk is.
struct Place {
    number: u64,
    start: u64,
    at: u64,
    length: usize,
    last: bool,
}

impl<R: Read + Seek> SealedFile<R> {
    /// A finished file of so many chunks. `file` names it in errors.
    pub fn finished(mut from: R, file: &str, key: &DataKey, chunks: u64) -> Result<Self, SealError> {
        let found = seek(&mut from, SeekFrom::End(0), file)?;
        seek(&mut from, SeekFrom::Start(0), file)?;
        let wrong = || SealError::Length { file: file.to_owned(), found, stated: chunks };
        let head = Head::read(&mut from, Kind::Finished, file)?.ok_or_else(wrong)?;
        let body = found - HEAD_BYTES as u64;
        let sealed_chunk = (CHUNK_BYTES + TAG_BYTES) as u64;
        // Only a file without a byte has a chunk without one.
        let tags = chunks.checked_mul(TAG_BYTES as u64).ok_or_else(wrong)?;
        let length = body.checked_sub(tags).ok_or_else(wrong)?;
        if body.div_ceil(sealed_chunk) != chunks || length.div_ceil(CHUNK_BYTES as u64).max(1) != chunks {
            return Err(wrong());
        }
        let (key, layout) = (Some(ChunkKey::new(key, head)), Layout::Even { chunks });
        let mut opened = Self { from, file: file.to_owned(), key, layout, length, open: None, plain: Vec::new() };
        if length == 0 {
            // Nobody will read its only chunk, and an empty file is not less than others what was written.
            opened.open_chunk(&Place { number: 0, start: 0, at: HEAD_BYTES as u64, length: 0, last: true })?;
        }
        Ok(opened)
    }

    /// A live file, up to the last chunk that is all there; a chunk that does not open shows when it is read. Without a
    /// whole head it has none.
    pub fn live(mut from: R, file: &str, key: &DataKey) -> Result<Self, SealError> {
        let end = seek(&mut from, SeekFrom::End(0), file)?;
        seek(&mut from, SeekFrom::Start(0), file)?;
        let head = match Head::read(&mut from, Kind::Live, file) {
            // A disk that lost its power may have kept the file's length and none of its bytes.
            Err(SealError::Foreign { .. }) => None,
            head => head?,
        };
        let listed = if head.is_some() { list(&mut from, end, file)? } else { Vec::new() };
        let length = listed.last().map_or(0, |chunk| chunk.start + u64::from(chunk.length));
        let key = head.map(|head| ChunkKey::new(key, head));
        Ok(Self { from, file: file.to_owned(), key, layout: Layout::Listed(listed), length, open: None, plain: vec![] })
    }

    /// Bytes of plaintext.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads at a place: at least one byte unless the file ends there, at most up to the end of a chunk.
    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, SealError> {
        let Some(place) = self.place(offset).filter(|_| !buffer.is_empty()) else { return Ok(0) };
        if self.open != Some(place.number) {
            self.open_chunk(&place)?;
        }
        let skip = (offset - place.start) as usize;
        let count = buffer.len().min(self.plain.len() - skip);
        buffer[..count].copy_from_slice(&self.plain[skip..skip + count]);
        Ok(count)
    }

    /// Reads exactly so many bytes at a place.
    pub fn read_exact_at(&mut self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            let count = self.read_at(offset, buffer)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            offset += count as u64;
            buffer = &mut buffer[count..];
        }
        Ok(())
    }

    /// Reads from the beginning; a chunk that does not open is an error.
    pub fn reader(&mut self) -> Reading<'_, R> {
        Reading { file: self, at: 0, until_damage: false }
    }

    /// Reads from the beginning, up to the first chunk that does not open: what of a live file is whole.
    pub fn whole_part(&mut self) -> Reading<'_, R> {
        Reading { file: self, at: 0, until_damage: true }
    }

    fn place(&self, offset: u64) -> Option<Place> {
        if offset >= self.length {
            return None;
        }
        match &self.layout {
            Layout::Even { chunks } => {
                let number = offset / CHUNK_BYTES as u64;
                let start = number * CHUNK_BYTES as u64;
                let length = (self.length - start).min(CHUNK_BYTES as u64) as usize;
                let at = HEAD_BYTES as u64 + number * (CHUNK_BYTES + TAG_BYTES) as u64;
                Some(Place { number, start, at, length, last: number + 1 == *chunks })
            }
            Layout::Listed(listed) => {
                let number = listed.partition_point(|chunk| chunk.start <= offset) - 1;
                let Listed { start, at, length } = listed[number];
                Some(Place { number: number as u64, start, at, length: length as usize, last: false })
            }
        }
    }

    fn open_chunk(&mut self, place: &Place) -> Result<(), SealError> {
        let key = self.key.as_ref().expect("a file with chunks has a head");
        self.open = None;
        seek(&mut self.from, SeekFrom::Start(place.at), &self.file)?;
        self.plain.resize(place.length + TAG_BYTES, 0);
        let read = self.from.read_exact(&mut self.plain);
        if let Err(source) = read {
            self.plain.clear();
            return Err(SealError::Io { file: self.file.clone(), source });
        }
        if !key.open(place.number, place.last, &mut self.plain) {
            return Err(SealError::Damaged { file: self.file.clone(), chunk: place.number });
        }
        self.open = Some(place.number);
        Ok(())
    }
}

/// The chunks of a live file whose bytes are all there, by the lengths that stand before them.
fn list(from: &mut (impl Read + Seek), end: u64, file: &str) -> Result<Vec<Listed>, SealError> {
    let mut listed = Vec::new();
    let (mut start, mut at) = (0, HEAD_BYTES as u64);
    while at + LENGTH_BYTES + TAG_BYTES as u64 <= end {
        seek(from, SeekFrom::Start(at), file)?;
        let mut length = [0; LENGTH_BYTES as usize];
        from.read_exact(&mut length).map_err(|source| SealError::Io { file: file.to_owned(), source })?;
        let length = u32::from_be_bytes(length);
        let next = at + LENGTH_BYTES + u64::from(length) + TAG_BYTES as u64;
        if length == 0 || length as usize > LIVE_CHUNK_BYTES || next > end {
            break;
        }
        if listed.len() >= LIVE_CHUNKS {
            return Err(SealError::TooMany { file: file.to_owned() });
        }
        listed.push(Listed { start, at: at + LENGTH_BYTES, length });
        start += u64::from(length);
        at = next;
    }
    Ok(listed)
}

fn seek(from: &mut impl Seek, to: SeekFrom, file: &str) -> Result<u64, SealError> {
    from.seek(to).map_err(|source| SealError::Io { file: file.to_owned(), source })
}

/// A sealed file's plaintext from its beginning.
#[derive(Debug)]
pub struct Reading<'a, R> {
    file: &'a mut SealedFile<R>,
    at: u64,
    until_damage: bool,
}

impl<R: Read + Seek> Read for Reading<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.file.read_at(self.at, buffer) {
            Err(SealError::Damaged { .. }) if self.until_damage => 0,
            read => read?,
        };
        self.at += count as u64;
        Ok(count)
    }
}
