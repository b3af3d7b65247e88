//! A file of Opus in Ogg from its first page to its last, as [`super::ogg`] writes it.

use super::check::CheckError;
use super::ebml::{read_body, read_whole};
use crate::playback::{Page, page};
use std::collections::VecDeque;
use std::io::Read;

/// The bytes of the next page; nothing at the end of the file. [`whole`] says what is in them.
pub(super) fn next_page(from: &mut impl Read) -> Result<Option<Vec<u8>>, CheckError> {
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
    let length = lacing.iter().map(|&value| u64::from(value)).sum();
    bytes.extend(lacing);
    bytes.extend(read_body(from, length)?.ok_or(CheckError::Cut("a page"))?);
    Ok(Some(bytes))
}

/// The page that these bytes are.
pub(super) fn whole(bytes: &[u8]) -> Result<Page<'_>, CheckError> {
    page(bytes, 0).map_err(|error| CheckError::wrong(error.to_string()))?.ok_or(CheckError::Cut("a page"))
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
            let Some(bytes) = next_page(&mut self.from)? else { return Ok(None) };
            let page = whole(&bytes)?;
            // The first two are headers.
            if page.number > 1 {
                self.waiting.extend(page.packets.iter().map(|packet| packet.to_vec()));
            }
        }
        Ok(self.waiting.pop_front())
    }
}
