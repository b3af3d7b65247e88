use super::check::{CheckError, Checked};
use super::ebml::{read_body, read_whole};
use super::ogg::checksum;
use crate::opus_packet;
use std::io::Read;

struct Page {
    flags: u8,
    granule: u64,
    number: u32,
    packets: Vec<Vec<u8>>,
}

/// Pages in order with right checksums, headers, exact granules, and an end.
pub(super) fn check(from: &mut impl Read) -> Result<Checked, CheckError> {
    let mut checked = Checked::default();
    let mut ended = false;
    let mut number = 0;
    while let Some(page) = read_page(from)? {
        if ended {
            return Err(CheckError::wrong("there are pages after the end of the stream"));
        }
        if page.number != number {
            return Err(CheckError::wrong(format!("page {} stands where {number} should", page.number)));
        }
        match number {
            0 | 1 => check_header(&page)?,
            _ => add_packets(&page, &mut checked)?,
        }
        ended = page.flags & 4 != 0;
        number += 1;
    }
    if !ended {
        return Err(CheckError::wrong("the end of the stream is not marked"));
    }
    checked.duration_ms = checked.audio_samples * 1_000 / opus_packet::RATE;
    Ok(checked)
}

fn check_header(page: &Page) -> Result<(), CheckError> {
    let magic: &[u8] = if page.number == 0 { b"OpusHead" } else { b"OpusTags" };
    let begins = page.flags & 2 != 0;
    if page.packets.len() == 1 && page.packets[0].starts_with(magic) && begins == (page.number == 0) {
        Ok(())
    } else {
        Err(CheckError::wrong(format!("page {} is no Opus header", page.number)))
    }
}

fn add_packets(page: &Page, checked: &mut Checked) -> Result<(), CheckError> {
    for packet in &page.packets {
        let samples = opus_packet::duration(packet).map_err(|error| CheckError::wrong(error.to_string()))?;
        checked.audio_samples += samples;
        checked.audio_packets += 1;
    }
    if page.granule != checked.audio_samples {
        let (stated, found) = (page.granule, checked.audio_samples);
        return Err(CheckError::wrong(format!("page {} ends at sample {stated}, not {found}", page.number)));
    }
    Ok(())
}

fn read_page(from: &mut impl Read) -> Result<Option<Page>, CheckError> {
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
