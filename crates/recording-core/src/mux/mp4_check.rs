use super::check::{CheckError, Checked};
use super::ebml::{read_body, read_whole};
use crate::limits;
use std::io::Read;

#[derive(Default)]
struct Found {
    duration_ms: Option<u64>,
    /// Sizes by the segment index, in order.
    index: Vec<u64>,
    fragments: usize,
    /// Where the next fragment of a track begins: sound, picture.
    ends: [u64; 2],
    checked: Checked,
}

struct Run {
    video: bool,
    start: u64,
    /// Duration, size, and whether it can be decoded alone.
    samples: Vec<(u32, u32, bool)>,
}

/// Every box whole, a duration, an index that fits, fragments whose samples fill their data and follow each other.
pub(super) fn check(from: &mut impl Read) -> Result<Checked, CheckError> {
    let mut found = Found::default();
    let mut runs: Option<(u64, Vec<Run>)> = None;
    let mut kinds = 0;
    while let Some((kind, body)) = read_box(from)? {
        match (&kind, kinds) {
            (b"ftyp", 0) => {}
            (b"moov", 1) => found.duration_ms = duration(&body),
            (b"sidx", 2) => found.index = index(&body).ok_or_else(|| CheckError::wrong("an unreadable index"))?,
            (b"moof", 3..) if runs.is_none() => {
                let parsed = fragment(&body).ok_or_else(|| CheckError::wrong("an unreadable fragment head"))?;
                runs = Some((body.len() as u64 + 8, parsed));
            }
            (b"mdat", 4..) => {
                let (head, runs) = runs.take().ok_or_else(|| CheckError::wrong("data without a fragment head"))?;
                take_fragment(&mut found, head, &runs, body.len() as u64)?;
            }
            _ => return Err(CheckError::wrong(format!("unexpected box {}", String::from_utf8_lossy(&kind)))),
        }
        kinds = (kinds + 1).min(4);
    }
    if runs.is_some() || kinds < 3 {
        return Err(CheckError::Cut("a fragment"));
    }
    if found.fragments != found.index.len() {
        return Err(CheckError::wrong(format!("{} fragments, {} in the index", found.fragments, found.index.len())));
    }
    let mut checked = found.checked;
    checked.audio_samples = found.ends[0];
    checked.duration_ms = found.duration_ms.ok_or_else(|| CheckError::wrong("no duration is stated"))?;
    if checked.audio_samples / 48 > checked.duration_ms + 1 || checked.video_frames == 0 {
        return Err(CheckError::wrong("the stated duration does not cover the samples"));
    }
    Ok(checked)
}

fn take_fragment(found: &mut Found, head: u64, runs: &[Run], data: u64) -> Result<(), CheckError> {
    let number = found.fragments;
    let media: u64 = runs.iter().flat_map(|run| &run.samples).map(|sample| u64::from(sample.1)).sum();
    if media != data {
        return Err(CheckError::wrong(format!("fragment {number}: samples of {media} bytes in {data} bytes")));
    }
    if found.index.get(number) != Some(&(head + data + 8)) {
        return Err(CheckError::wrong(format!("fragment {number} has another size than the index says")));
    }
    for run in runs {
        let end = &mut found.ends[usize::from(run.video)];
        let late = run.start > *end && found.checked.video_frames == 0 && run.video;
        if run.start != *end && !late {
            return Err(CheckError::wrong(format!("fragment {number} begins at {}, not {end}", run.start)));
        }
        *end = run.start + run.samples.iter().map(|sample| u64::from(sample.0)).sum::<u64>();
        let count = run.samples.len() as u64;
        if run.video {
            if found.checked.video_frames == 0 && run.samples.first().is_none_or(|sample| !sample.2) {
                return Err(CheckError::wrong("the video does not begin with a keyframe"));
            }
            found.checked.video_frames += count;
            found.checked.keyframes += run.samples.iter().filter(|sample| sample.2).count() as u64;
        } else {
            found.checked.audio_packets += count;
        }
    }
    found.fragments += 1;
    Ok(())
}

fn read_box(from: &mut impl Read) -> Result<Option<([u8; 4], Vec<u8>)>, CheckError> {
    let mut size = [0; 1];
    if !read_whole(from, &mut size)? {
        return Ok(None);
    }
    let rest = read_body(from, 7)?.ok_or(CheckError::Cut("a box head"))?;
    let length = u64::from(u32::from_be_bytes([size[0], rest[0], rest[1], rest[2]]));
    let length = length.checked_sub(8).filter(|&length| length <= limits::CLUSTER_BYTES);
    let length = length.ok_or_else(|| CheckError::wrong("a box has no believable size"))?;
    let body = read_body(from, length)?.ok_or(CheckError::Cut("a box"))?;
    Ok(Some(([rest[3], rest[4], rest[5], rest[6]], body)))
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

fn duration(moov: &[u8]) -> Option<u64> {
    long(find(find(moov, b"mvex")?, b"mehd")?, 4)
}

fn index(sidx: &[u8]) -> Option<Vec<u64>> {
    let count = usize::try_from(word(sidx, 28)?).ok()?;
    if sidx.len() != 32 + count * 12 {
        return None;
    }
    (0..count).map(|at| word(sidx, 32 + at * 12).map(u64::from)).collect()
}

fn fragment(moof: &[u8]) -> Option<Vec<Run>> {
    boxes(moof).filter(|(kind, _)| *kind == b"traf").map(|(_, traf)| run(traf)).collect()
}

fn run(traf: &[u8]) -> Option<Run> {
    let video = word(find(traf, b"tfhd")?, 4)? == 2;
    let start = long(find(traf, b"tfdt")?, 4)?;
    let trun = find(traf, b"trun")?;
    let step = if video { 12 } else { 8 };
    let count = usize::try_from(word(trun, 4)?).ok()?;
    if trun.len() != count.checked_mul(step)?.checked_add(12)? {
        return None;
    }
    let samples = (0..count).map(|at| {
        let at = 12 + at * step;
        let sync = !video || word(trun, at + 8)? & 0x1_0000 == 0;
        Some((word(trun, at)?, word(trun, at + 4)?, sync))
    });
    Some(Run { video, start, samples: samples.collect::<Option<_>>()? })
}
