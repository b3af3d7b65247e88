use super::check::{CheckError, Checked};
use super::ogg_read::{next_page, whole};
use crate::opus_packet::{self, OpusError};
use crate::playback::Page;
use std::io::Read;

/// Pages in order with right checksums, headers, exact granules, and an end.
pub(super) fn check(from: &mut impl Read) -> Result<Checked, CheckError> {
    let mut checked = Checked::default();
    let mut ended = false;
    let mut number = 0;
    let mut duration_of: fn(&[u8]) -> Result<u64, OpusError> = opus_packet::duration;
    while let Some(bytes) = next_page(from)? {
        let page = whole(&bytes)?;
        if ended {
            return Err(CheckError::wrong("there are pages after the end of the stream"));
        }
        if page.number != number {
            return Err(CheckError::wrong(format!("page {} stands where {number} should", page.number)));
        }
        match number {
            0 | 1 => check_header(&page)?,
            _ => add_packets(&page, duration_of, &mut checked)?,
        }
        if number == 0 && streams(&page) == 2 {
            duration_of = opus_packet::duration_of_two;
        }
        ended = page.is_last;
        number += 1;
    }
    if !ended {
        return Err(CheckError::wrong("the end of the stream is not marked"));
    }
    checked.duration_ms = checked.audio_samples * 1_000 / opus_packet::RATE;
    Ok(checked)
}

fn check_header(page: &Page<'_>) -> Result<(), CheckError> {
    let magic: &[u8] = if page.number == 0 { b"OpusHead" } else { b"OpusTags" };
    if page.packets.len() == 1 && page.packets[0].starts_with(magic) && page.is_first == (page.number == 0) {
        Ok(())
    } else {
        Err(CheckError::wrong(format!("page {} is no Opus header", page.number)))
    }
}

/// How many streams of Opus the header says there are (RFC 7845 §5.1.1).
fn streams(header: &Page<'_>) -> u8 {
    header.packets.first().and_then(|head| head.get(19)).copied().unwrap_or(1)
}

fn add_packets(
    page: &Page<'_>,
    duration_of: fn(&[u8]) -> Result<u64, OpusError>,
    checked: &mut Checked,
) -> Result<(), CheckError> {
    for packet in &page.packets {
        let samples = duration_of(packet).map_err(|error| CheckError::wrong(error.to_string()))?;
        checked.audio_samples += samples;
        checked.audio_packets += 1;
    }
    if page.granule != checked.audio_samples {
        let (stated, found) = (page.granule, checked.audio_samples);
        return Err(CheckError::wrong(format!("page {} ends at sample {stated}, not {found}", page.number)));
    }
    Ok(())
}
