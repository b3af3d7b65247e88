//! Bytes, sealed files of them, and what becomes of both.

use sealed::{DataKey, LiveSealer, SealError, SealedFile, SealingWriter};
use std::io::{Cursor, Read, Write};

/// xorshift64.
pub(crate) struct Random(u64);

impl Random {
    /// From the seed in `SWITCHROOM_SEED`, or another one each time; prints it.
    pub(crate) fn seeded() -> Self {
        let given = std::env::var("SWITCHROOM_SEED").ok().and_then(|seed| seed.parse().ok());
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        let seed = given.unwrap_or(since_1970.as_nanos() as u64) | 1;
        println!("SWITCHROOM_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

/// A finished file and its number of chunks; written in pieces of any length.
pub(crate) fn finished(plain: &[u8], key: &DataKey, random: &mut Random) -> (Vec<u8>, u64) {
    let mut writer = SealingWriter::new(Vec::new(), key).expect("memory takes it");
    let mut rest = plain;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at((1 + random.below(100_000)).min(rest.len()));
        writer.write_all(piece).expect("memory takes it");
        rest = after;
    }
    writer.finish().expect("memory takes it")
}

/// A live file of these flushes.
pub(crate) fn live(flushes: &[Vec<u8>], key: &DataKey) -> Vec<u8> {
    let mut sealer = LiveSealer::new(key);
    let mut file = sealer.head();
    for flush in flushes {
        file.extend(sealer.seal(flush));
    }
    file
}

pub(crate) type Opened<'a> = SealedFile<Cursor<&'a [u8]>>;

pub(crate) fn open<'a>(file: &'a [u8], key: &DataKey, chunks: u64) -> Result<Opened<'a>, SealError> {
    SealedFile::finished(Cursor::new(file), "call.ogg", key, chunks)
}

/// The whole of a finished file.
pub(crate) fn read(file: &[u8], key: &DataKey, chunks: u64) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    open(file, key, chunks)?.reader().read_to_end(&mut plain)?;
    Ok(plain)
}

/// What of a live file is whole.
pub(crate) fn read_live(file: &[u8], key: &DataKey) -> Result<Vec<u8>, SealError> {
    let mut plain = Vec::new();
    let mut open = SealedFile::live(Cursor::new(file), "call.live-1.webm", key)?;
    open.whole_part().read_to_end(&mut plain).expect("memory is read");
    Ok(plain)
}
