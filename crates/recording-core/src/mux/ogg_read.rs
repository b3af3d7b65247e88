//! Pages of an Ogg file with one stream of Opus, as [`super::ogg`] writes them.

use super::check::CheckError;
use super::ebml::{read_body, read_whole};
use super::ogg::checksum;
use std::collections::VecDeque;
use std::io::Read;

/// A page whose checksum is right.
pub(super) struct Page {
    pub(super) flags: u8,
    pub(super) granule: u64,
    pub(super) number: u32,
    pub(super) packets: Vec<Vec<u8>>,
}

/// The next page; nothing at the end of the file.
pub(super) fn read_page(from: &mut impl Read) -> Result<Option<Page>, CheckError> {
    let mut first = [0];
    if !read_whole(from, &mut first)? {
        return Ok(None);
    }
    let mut bytes = first.to_vec();
    bytes.extend(read_body(from, 26)?.ok_or(CheckError::Cut("a page head"))?);
    if !bytes.starts_with(b"OggS\0") {
        return Err(CheckError::wrong("something that is no page stands between pages"));
    }
    let lacing = read_body(from, u64::from(bytes[26]))?.ok_or(CheckError::Cut("a page head"))?;
    let length: u64 = lacing.iter().map(|&value| u64::from(value)).sum();
    let body = read_body(from, length)?.ok_or(CheckError::Cut("a page"))?;
    let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let (stated, number) = (word(22), word(18));
    let granule = u64::from(word(6)) | u64::from(word(10)) << 32;
    let flags = bytes[5];
    bytes[22..26].fill(0);
    bytes.extend_from_slice(&lacing);
    bytes.extend_from_slice(&body);
    if checksum(&bytes) != stated {
        return Err(CheckError::wrong(format!("page {number} has a wrong checksum")));
    }
    if lacing.last() == Some(&255) {
        return Err(CheckError::wrong(format!("page {number} ends within a packet")));
    }
    Ok(Some(Page { flags, granule, number, packets: split(&lacing, &body) }))
}

fn split(lacing: &[u8], mut body: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    let mut length = 0;
    for &value in lacing {
        length += usize::from(value);
        if value < 255 {
            let (packet, rest) = body.split_at(length);
            packets.push(packet.to_vec());
            (body, length) = (rest, 0);
        }
    }
    packets
}

/// The Opus packets of a file, in order.
pub(super) struct Packets<R> {
    from: R,
    waiting: VecDeque<Vec<u8>>,
}

impl<R: Read> Packets<R> {
    pub(super) fn of(from: R) -> Self {
        Self { from, waiting: VecDeque::new() }
    }

    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, CheckError> {
        while self.waiting.is_empty() {
            match read_page(&mut self.from)? {
                // The first two are headers.
                Some(page) if page.number > 1 => self.waiting.extend(page.packets),
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Ok(self.waiting.pop_front())
    }
}
