//! What the container's reader does not look at in an MP4 file: which part of its audio is meant to be heard
//! (ISO/IEC 14496-12 §8.6.6, edit list).
//!
//! An AAC encoder puts a fraction of a second before the audio and fills its last frame; the edit list cuts both off.

use super::containers::Adjustment;
use std::time::Duration;

/// Whether the whole of the box is there without which nothing else means anything.
pub(super) fn has_index(bytes: &[u8]) -> bool {
    inside(bytes, &[b"moov"]).is_some()
}

/// What the first sound track's edit list skips and keeps; everything where none is there that is understood.
pub(super) fn heard(bytes: &[u8]) -> Adjustment {
    find(bytes).unwrap_or_default()
}

fn find(bytes: &[u8]) -> Option<Adjustment> {
    let movie = inside(bytes, &[b"moov"])?;
    let sound = boxes(movie).find(|&(name, track)| {
        let handler = inside(track, &[b"mdia", b"hdlr"]);
        name == b"trak" && handler.is_some_and(|handler| handler.get(8..12) == Some(b"soun"))
    });
    let (_, sound) = sound?;
    let edit = first_edit(inside(sound, &[b"edts", b"elst"])?)?;
    let length = seconds(edit.length, units_per_second(inside(movie, &[b"mvhd"])?)?)?;
    Some(Adjustment {
        skip: seconds(edit.start, units_per_second(inside(sound, &[b"mdia", b"mdhd"])?)?)?,
        // An edit without a length lasts to the end.
        keep: (!length.is_zero()).then_some(length),
        ..Adjustment::default()
    })
}

/// An edit that plays something: its length counts the movie's units, its start the track's.
struct Edit {
    length: u64,
    start: u64,
}

fn first_edit(list: &[u8]) -> Option<Edit> {
    let wide = *list.first()? == 1;
    let entries = list.get(8..)?.chunks_exact(if wide { 20 } else { 12 });
    entries
        .map(|entry| match wide {
            true => (number(&entry[..8]), number(&entry[8..16]).cast_signed()),
            false => (number(&entry[..4]), i64::from((number(&entry[4..8]) as u32).cast_signed())),
        })
        // One that starts nowhere is a pause before the others.
        .find_map(|(length, start)| Some(Edit { length, start: u64::try_from(start).ok()? }))
}

/// From a movie's or a track's header (§8.2.2, §8.4.2): it follows two times whose size the version says.
fn units_per_second(header: &[u8]) -> Option<u32> {
    let at = if *header.first()? == 1 { 20 } else { 12 };
    Some(number(header.get(at..at + 4)?) as u32)
}

/// `None` where there are no units, or time ends before.
fn seconds(count: u64, units: u32) -> Option<Duration> {
    Duration::try_from_secs_f64(count as f64 / f64::from(units)).ok()
}

/// The content of the box at the end of a path of names; the first one of each name.
fn inside<'a>(content: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter()
        .try_fold(content, |content, name| boxes(content).find(|(found, _)| found == name).map(|(_, inner)| inner))
}

/// Boxes one behind the other: name and content.
fn boxes(mut content: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (size, behind) = content.split_first_chunk::<4>()?;
        let (name, behind) = behind.split_first_chunk::<4>()?;
        let (header, size) = match u32::from_be_bytes(*size) {
            0 => (8, content.len()),
            1 => (16, usize::try_from(number(behind.get(..8)?)).ok()?),
            size => (8, size as usize),
        };
        let inner = content.get(header..size)?;
        content = &content[size..];
        Some((name, inner))
    })
}

/// Big-endian, up to 8 bytes.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}
