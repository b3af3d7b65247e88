use super::check::{CheckError, Checked};
use super::ebml::{self, Head};
use super::live_index::{parse_tracks, split_block};
use crate::assembler::BlockTrack;
use crate::{limits, opus_packet};
use std::collections::BTreeSet;
use std::io::Read;

#[derive(Default)]
struct Found {
    duration_ms: Option<f64>,
    audio: bool,
    video: bool,
    cues: Vec<u64>,
    clusters: BTreeSet<u64>,
    last_ms: [u64; 2],
    checked: Checked,
}

/// Every element whole, sizes that add up, a duration, cues that point at clusters, blocks in order.
pub(super) fn check(from: &mut impl Read) -> Result<Checked, CheckError> {
    let ebml = next(from)?.ok_or(CheckError::Cut("the EBML head"))?;
    let body = body(from, ebml)?;
    if ebml.id != ebml::EBML || ebml::child(&body, ebml::DOC_TYPE) != Some(b"webm") {
        return Err(CheckError::wrong("it is no WebM file"));
    }
    let segment = next(from)?.filter(|head| head.id == ebml::SEGMENT).ok_or(CheckError::Cut("the segment head"))?;
    let size = segment.size.ok_or_else(|| CheckError::wrong("the segment has no size: the file was not finished"))?;
    let mut found = Found::default();
    let mut at = 0;
    while at < size {
        let head = next(from)?.ok_or(CheckError::Cut("the segment"))?;
        let element = self::body(from, head)?;
        take(&mut found, at, head.id, &element)?;
        at += head.length + element.len() as u64;
    }
    if at != size || next(from)?.is_some() {
        return Err(CheckError::wrong("the segment's size is not that of its elements"));
    }
    conclude(found)
}

fn conclude(found: Found) -> Result<Checked, CheckError> {
    let mut checked = found.checked;
    let duration_ms = found.duration_ms.ok_or_else(|| CheckError::wrong("no duration is stated"))?;
    checked.duration_ms = duration_ms.round() as u64;
    let sound_ms = checked.audio_samples * 1_000 / opus_packet::RATE;
    if found.last_ms.iter().any(|&last| last > checked.duration_ms) || sound_ms > checked.duration_ms + 1 {
        return Err(CheckError::wrong("blocks stand after the stated duration"));
    }
    if found.cues.is_empty() || found.cues.iter().any(|at| !found.clusters.contains(at)) {
        return Err(CheckError::wrong("the index does not point at clusters"));
    }
    if found.audio && checked.audio_packets == 0 || !found.video || checked.video_frames == 0 {
        return Err(CheckError::wrong("a declared track is empty"));
    }
    Ok(checked)
}

fn take(found: &mut Found, at: u64, id: u32, body: &[u8]) -> Result<(), CheckError> {
    match id {
        ebml::INFO => {
            let duration = ebml::child(body, ebml::DURATION).and_then(|bytes| bytes.try_into().ok());
            found.duration_ms = duration.map(f64::from_be_bytes);
        }
        ebml::TRACKS => {
            let tracks = parse_tracks(body);
            (found.audio, found.video) = (tracks.audio, tracks.video.is_some());
        }
        ebml::CUES => {
            for (_, point) in ebml::children(body) {
                let position = ebml::child(point, ebml::CUE_TRACK_POSITIONS)
                    .and_then(|position| ebml::child(position, ebml::CUE_CLUSTER_POSITION))
                    .and_then(ebml::unsigned);
                found.cues.push(position.ok_or_else(|| CheckError::wrong("a cue points nowhere"))?);
            }
        }
        ebml::CLUSTER => {
            found.clusters.insert(at);
            take_cluster(found, body)?;
        }
        ebml::SEEK_HEAD | ebml::VOID => {}
        other => return Err(CheckError::wrong(format!("unexpected element {other:#x}"))),
    }
    Ok(())
}

fn take_cluster(found: &mut Found, body: &[u8]) -> Result<(), CheckError> {
    let mut base_ms = 0;
    let mut bytes = 0;
    for (id, child) in ebml::children(body) {
        bytes += 1 + 8 + child.len();
        if id == ebml::TIMESTAMP {
            base_ms = ebml::unsigned(child).unwrap_or(0);
            continue;
        }
        let block = (id == ebml::SIMPLE_BLOCK).then(|| split_block(child)).flatten();
        let (track, relative, keyframe, payload) = block.ok_or_else(|| CheckError::wrong("an unreadable block"))?;
        let place_ms = base_ms.saturating_add_signed(i64::from(relative));
        let last_ms = &mut found.last_ms[usize::from(track == BlockTrack::Video)];
        if place_ms < *last_ms {
            return Err(CheckError::wrong(format!("a block at {place_ms} ms stands after one at {last_ms} ms")));
        }
        *last_ms = place_ms;
        if track == BlockTrack::Audio {
            let samples = opus_packet::duration(payload).map_err(|error| CheckError::wrong(error.to_string()))?;
            found.checked.audio_samples += samples;
            found.checked.audio_packets += 1;
        } else {
            if found.checked.video_frames == 0 && !keyframe {
                return Err(CheckError::wrong("the video does not begin with a keyframe"));
            }
            found.checked.video_frames += 1;
            found.checked.keyframes += u64::from(keyframe);
        }
    }
    if bytes == body.len() { Ok(()) } else { Err(CheckError::wrong("a cluster's size is not that of its blocks")) }
}

fn next(from: &mut impl Read) -> Result<Option<Head>, CheckError> {
    Ok(ebml::read_head(from)?)
}

fn body(from: &mut impl Read, head: Head) -> Result<Vec<u8>, CheckError> {
    let size = head.size.filter(|&size| size <= limits::CLUSTER_BYTES);
    let size = size.ok_or_else(|| CheckError::wrong("an element has no believable size"))?;
    ebml::read_body(from, size)?.ok_or(CheckError::Cut("an element"))
}
