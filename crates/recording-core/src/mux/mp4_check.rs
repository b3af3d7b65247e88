use super::check::{CheckError, Checked};
use super::ebml::{read_body, read_whole};
use crate::limits;
use std::collections::BTreeMap;
use std::io::{self, Read};

/// What one track's tables say.
struct Track {
    video: bool,
    /// Length of all samples on a timeline of so many ticks a second.
    length: u64,
    scale: u64,
    samples: u64,
    keyframes: u64,
    first_is_keyframe: bool,
    /// Chunks by place in the file: bytes.
    chunks: BTreeMap<u64, u64>,
}

/// A whole header with a duration, tables that agree with each other, chunks that fill the media exactly.
pub(super) fn check(from: &mut impl Read) -> Result<Checked, CheckError> {
    let (kind, ftyp) = read_box(from)?;
    let (next, moov) = read_box(from)?;
    if kind != *b"ftyp" || next != *b"moov" {
        return Err(CheckError::wrong("it does not begin as a finished MP4 file"));
    }
    let data_at = (8 + ftyp.len() + 8 + moov.len() + 16) as u64;
    let data = read_media_head(from)?;
    if io::copy(&mut from.take(data), &mut io::sink())? != data {
        return Err(CheckError::Cut("the media"));
    }
    if read_whole(from, &mut [0])? {
        return Err(CheckError::wrong("something stands after the media"));
    }
    let duration_ms = find(&moov, b"mvhd").and_then(|header| long(header, 24));
    let tracks: Option<Vec<Track>> =
        boxes(&moov).filter(|(kind, _)| *kind == b"trak").map(|(_, body)| track(body)).collect();
    let tracks = tracks.ok_or_else(|| CheckError::wrong("a track's tables cannot be read or contradict each other"))?;
    check_places(&tracks, data_at, data)?;
    conclude(&tracks, duration_ms.ok_or_else(|| CheckError::wrong("no duration is stated"))?)
}

/// The chunks of all tracks follow each other without a hole from the first to the last byte of the media.
fn check_places(tracks: &[Track], data_at: u64, data: u64) -> Result<(), CheckError> {
    let chunks: BTreeMap<u64, u64> =
        tracks.iter().flat_map(|track| &track.chunks).map(|(at, size)| (*at, *size)).collect();
    let mut end = data_at;
    for (at, size) in chunks {
        if at != end {
            return Err(CheckError::wrong(format!("media are expected at byte {at}, what is before ends at {end}")));
        }
        end = end.saturating_add(size);
    }
    if end == data_at + data { Ok(()) } else { Err(CheckError::wrong("the tables do not cover the media")) }
}

fn conclude(tracks: &[Track], duration_ms: u64) -> Result<Checked, CheckError> {
    let mut checked = Checked { duration_ms, ..Checked::default() };
    for track in tracks {
        if track.length * 1_000 / track.scale > duration_ms + 1 {
            return Err(CheckError::wrong("the stated duration does not cover the samples"));
        }
        if track.video {
            checked.video_frames += track.samples;
            checked.keyframes += track.keyframes;
        } else {
            checked.audio_packets += track.samples;
            checked.audio_samples += track.length;
        }
        if track.samples == 0 || !track.first_is_keyframe {
            return Err(CheckError::wrong("a track is empty or does not begin with a keyframe"));
        }
    }
    if checked.video_frames == 0 { Err(CheckError::wrong("there is no picture")) } else { Ok(checked) }
}

fn read_box(from: &mut impl Read) -> Result<([u8; 4], Vec<u8>), CheckError> {
    let head = read_body(from, 8)?.ok_or(CheckError::Cut("a box head"))?;
    let length = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
    let length = length.checked_sub(8).filter(|&length| length <= limits::CLUSTER_BYTES);
    let length = length.ok_or_else(|| CheckError::wrong("a box has no believable size"))?;
    let body = read_body(from, length)?.ok_or(CheckError::Cut("a box"))?;
    Ok(([head[4], head[5], head[6], head[7]], body))
}

/// Bytes of media after the head of the `mdat` box.
fn read_media_head(from: &mut impl Read) -> Result<u64, CheckError> {
    let head = read_body(from, 16)?.ok_or(CheckError::Cut("the head of the media"))?;
    let size = long(&head, 8).and_then(|size| size.checked_sub(16));
    size.filter(|_| head.starts_with(b"\0\0\0\x01mdat")).ok_or_else(|| CheckError::wrong("no media follow the header"))
}

/// The boxes in `body`: kind and content.
fn boxes(mut body: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = usize::try_from(word(body, 0)?).ok()?;
        let kind = body.get(4..)?.first_chunk()?;
        let content = body.get(8..size)?;
        body = &body[size..];
        Some((kind, content))
    })
}

fn find<'a>(body: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(body).find(|(found, _)| *found == kind).map(|(_, content)| content)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|&word| u32::from_be_bytes(word))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|&long| u64::from_be_bytes(long))
}

/// Words of a table box whose entries have `width` of them.
fn table(stbl: &[u8], kind: &[u8; 4], width: usize) -> Option<Vec<u32>> {
    let body = find(stbl, kind)?;
    let count = usize::try_from(word(body, 4)?).ok()?.checked_mul(width)?;
    let words = body.get(8..)?;
    (words.len() == count.checked_mul(4)?).then(|| (0..count).map_while(|at| word(words, at * 4)).collect())
}

fn track(trak: &[u8]) -> Option<Track> {
    let mdia = find(trak, b"mdia")?;
    let video = find(mdia, b"hdlr")?.get(8..12)? == b"vide";
    let scale = u64::from(word(find(mdia, b"mdhd")?, 20)?).max(1);
    let stbl = find(find(mdia, b"minf")?, b"stbl")?;
    let lengths = table(stbl, b"stts", 2)?;
    let sizes_box = find(stbl, b"stsz")?;
    let samples = usize::try_from(word(sizes_box, 8)?).ok()?;
    if sizes_box.len() != samples.checked_mul(4)?.checked_add(12)? {
        return None;
    }
    let mut sizes = (0..samples).map_while(|at| word(sizes_box, 12 + at * 4)).map(u64::from);
    let timed: u64 = lengths.chunks_exact(2).map(|run| u64::from(run[0])).sum();
    let length = lengths.chunks_exact(2).map(|run| u64::from(run[0]) * u64::from(run[1])).fold(0, u64::saturating_add);
    let keyframes = if video { table(stbl, b"stss", 1)? } else { vec![1] };
    let places = table(stbl, b"co64", 2)?;
    let places: Vec<u64> = places.chunks_exact(2).map(|at| u64::from(at[0]) << 32 | u64::from(at[1])).collect();
    let counts = samples_per_chunk(&table(stbl, b"stsc", 3)?, places.len())?;
    let mut chunks = BTreeMap::new();
    let mut placed = 0;
    for (at, count) in places.iter().zip(&counts) {
        placed += u64::from(*count);
        chunks.insert(*at, sizes.by_ref().take(*count as usize).sum());
    }
    let agree = timed == samples as u64 && placed == samples as u64;
    agree.then(|| Track {
        video,
        length,
        scale,
        samples: samples as u64,
        keyframes: keyframes.len() as u64,
        first_is_keyframe: keyframes.first() == Some(&1),
        chunks,
    })
}

/// Samples of each of `chunks` chunks by the runs of an `stsc` table.
fn samples_per_chunk(runs: &[u32], chunks: usize) -> Option<Vec<u32>> {
    let runs: Vec<&[u32]> = runs.chunks_exact(3).collect();
    let mut counts = Vec::with_capacity(chunks.min(1 << 20));
    for (number, run) in runs.iter().enumerate() {
        let first = usize::try_from(run[0]).ok()?.checked_sub(1)?;
        let end = runs.get(number + 1).map_or(Some(chunks), |next| usize::try_from(next[0]).ok()?.checked_sub(1))?;
        if first != counts.len() || end > chunks || end < first {
            return None;
        }
        counts.resize(end, run[1]);
    }
    (counts.len() == chunks).then_some(counts)
}
