//! Opus in Ogg: RFC 3533 pages, RFC 7845 mapping.

use super::finish;
use super::layout::{Item, Layout};
use super::live::opus_head;
use crate::{limits, opus_packet};

pub(super) const BEGINS: u8 = 2;
pub(super) const ENDS: u8 = 4;
/// Serial number of the one stream in a file.
const SERIAL: u32 = 0x5357_5243;
/// Lacing values of a page.
pub(super) const LACING: usize = 255;

/// A finished Ogg file.
pub(super) struct Ogg {
    items: Vec<Item>,
    /// First block and end granule of each page.
    pages: Vec<(usize, u64)>,
}

impl Ogg {
    pub(super) fn new(items: Vec<Item>) -> Self {
        let longest = limits::PAGE_MS * opus_packet::RATE / 1_000;
        let mut pages: Vec<(usize, u64)> = Vec::new();
        let (mut end, mut page_begin, mut lacing) = (0, 0, LACING + 1);
        for (at, item) in items.iter().enumerate() {
            let values = item.length as usize / 255 + 1;
            let after = end + u64::from(item.samples);
            if lacing + values > LACING || after - page_begin > longest {
                pages.push((at, end));
                (page_begin, lacing) = (end, 0);
            }
            lacing += values;
            end = after;
            if let Some(page) = pages.last_mut() {
                page.1 = end;
            }
        }
        Self { items, pages }
    }
}

impl Layout for Ogg {
    fn head(&self) -> Vec<u8> {
        headers(opus_head().to_vec())
    }

    fn chunks(&self) -> usize {
        self.pages.len()
    }

    fn items(&self, chunk: usize) -> &[Item] {
        let end = self.pages.get(chunk + 1).map_or(self.items.len(), |next| next.0);
        &self.items[self.pages[chunk].0..end]
    }

    fn chunk(&self, chunk: usize, payloads: &[Vec<u8>]) -> Vec<u8> {
        let flags = if chunk + 1 == self.pages.len() { ENDS } else { 0 };
        debug_assert!(finish::samples(self.items(chunk)) > 0, "a page holds at least one packet");
        page(flags, self.pages[chunk].1, chunk as u32 + 2, payloads)
    }
}

/// The first two pages: the stream's own header, and tags.
pub(super) fn headers(head: Vec<u8>) -> Vec<u8> {
    let mut tags = b"OpusTags\x0a\0\0\0Switchroom".to_vec();
    tags.extend_from_slice(&0u32.to_le_bytes());
    let mut pages = page(BEGINS, 0, 0, &[head]);
    pages.extend(page(0, 0, 1, &[tags]));
    pages
}

pub(super) fn page(flags: u8, granule: u64, number: u32, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut lacing = Vec::new();
    for packet in packets {
        lacing.extend(std::iter::repeat_n(255u8, packet.len() / 255));
        lacing.push((packet.len() % 255) as u8);
    }
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend_from_slice(&granule.to_le_bytes());
    page.extend_from_slice(&SERIAL.to_le_bytes());
    page.extend_from_slice(&number.to_le_bytes());
    page.extend_from_slice(&[0; 4]);
    page.push(u8::try_from(lacing.len()).expect("pages are cut before 255 lacing values"));
    page.extend_from_slice(&lacing);
    packets.iter().for_each(|packet| page.extend_from_slice(packet));
    let checksum = checksum(&page).to_le_bytes();
    page[22..26].copy_from_slice(&checksum);
    page
}

/// RFC 3533 §6: polynomial 0x04c11db7, not reflected, over the page with a checksum of zero.
pub(crate) fn checksum(page: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    page.iter().fold(0, |crc: u32, &byte| crc << 8 ^ TABLE[usize::from((crc >> 24) as u8 ^ byte)])
}

const fn table() -> [u32; 256] {
    let mut table = [0u32; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = (index as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc >> 31 == 1 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}
