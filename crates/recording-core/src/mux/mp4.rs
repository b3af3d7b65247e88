//! Finished fragmented MP4 (ISO/IEC 14496-12): duration and a segment index in front of the fragments.

use super::finish::{cut_at_keyframes, merged};
use super::layout::{Item, Layout};
use super::live::track_number;
use crate::assembler::{BlockTrack, VideoFormat};
use crate::limits;

/// Ticks per second of both media's timelines.
const SOUND_SCALE: u32 = 48_000;
const PICTURE_SCALE: u32 = 90_000;
/// Recordings longer than this get longer fragments: the index counts at most 65 535 (§8.16.3).
const LONG_MS: u64 = 8 * 3_600_000;
/// Ticks that the last picture stays.
const LAST_PICTURE: u32 = 3_000;
const SYNC: u32 = 0x0200_0000;
const NOT_SYNC: u32 = 0x0101_0000;
/// The unity matrix of §8.2.2.
const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// A finished MP4 file.
pub(super) struct Mp4 {
    /// Within a fragment the pictures come first, then the sound.
    items: Vec<Item>,
    /// Start and length on the track's own timeline, per block.
    times: Vec<(u64, u32)>,
    fragments: Vec<Fragment>,
    sound: bool,
    format: VideoFormat,
    in_band_parameters: bool,
    duration_ms: u64,
}

struct Fragment {
    first: usize,
    start_ms: u64,
    starts_with_keyframe: bool,
}

impl Mp4 {
    pub(super) fn new(
        sound: Vec<Item>,
        pictures: Vec<Item>,
        format: VideoFormat,
        in_band_parameters: bool,
        duration_ms: u64,
    ) -> Self {
        let has_sound = !sound.is_empty();
        let mut items = merged(sound, pictures);
        let longest_ms = if duration_ms > LONG_MS { 4 * limits::CLUSTER_MS } else { limits::CLUSTER_MS };
        let starts = cut_at_keyframes(&items, longest_ms);
        let mut fragments = Vec::with_capacity(starts.len());
        for (number, &first) in starts.iter().enumerate() {
            let end = starts.get(number + 1).copied().unwrap_or(items.len());
            let head = items[first];
            fragments.push(Fragment {
                first,
                start_ms: if number == 0 { 0 } else { head.place_ms },
                starts_with_keyframe: head.track == BlockTrack::Video && head.keyframe,
            });
            items[first..end].sort_by_key(|item| (item.track == BlockTrack::Audio, item.place_ms));
        }
        let times = times(&items);
        Self { items, times, fragments, sound: has_sound, format, in_band_parameters, duration_ms }
    }

    fn range(&self, fragment: usize) -> std::ops::Range<usize> {
        let end = self.fragments.get(fragment + 1).map_or(self.items.len(), |next| next.first);
        self.fragments[fragment].first..end
    }

    fn moof(&self, fragment: usize) -> Vec<u8> {
        // The data offsets count from the box's start, so its size is needed first; it does not depend on them.
        let size = self.moof_with(fragment, 0).len() as u32;
        self.moof_with(fragment, size + 8)
    }

    fn moof_with(&self, fragment: usize, data_at: u32) -> Vec<u8> {
        let range = self.range(fragment);
        let items = &self.items[range.clone()];
        let pictures = items.iter().take_while(|item| item.track == BlockTrack::Video).count();
        let picture_bytes: u32 = items[..pictures].iter().map(|item| item.length).sum();
        let middle = range.start + pictures;
        let mut body = full_box(b"mfhd", 0, 0, &(fragment as u32 + 1).to_be_bytes());
        if pictures > 0 {
            body.extend(self.traf(range.start..middle, data_at));
        }
        if middle < range.end {
            body.extend(self.traf(middle..range.end, data_at + picture_bytes));
        }
        plain_box(b"moof", &body)
    }

    fn traf(&self, range: std::ops::Range<usize>, data_at: u32) -> Vec<u8> {
        let first = self.items[range.start];
        let video = first.track == BlockTrack::Video;
        let id = u32::from(track_number(first.track));
        // tfhd: default-base-is-moof. tfdt version 1. trun: data offset, duration, size and, for pictures, flags.
        let mut body = full_box(b"tfhd", 0, 0x02_0000, &id.to_be_bytes());
        body.extend(full_box(b"tfdt", 1, 0, &self.times[range.start].0.to_be_bytes()));
        let mut run = words(&[range.len() as u32, data_at]);
        for at in range {
            let item = self.items[at];
            run.extend(words(&[self.times[at].1, item.length]));
            if video {
                run.extend(words(&[if item.keyframe { SYNC } else { NOT_SYNC }]));
            }
        }
        body.extend(full_box(b"trun", 0, if video { 0x701 } else { 0x301 }, &run));
        plain_box(b"traf", &body)
    }

    fn fragment_size(&self, fragment: usize) -> u32 {
        let media: u32 = self.items[self.range(fragment)].iter().map(|item| item.length).sum();
        self.moof_with(fragment, 0).len() as u32 + 8 + media
    }

    /// The segment index, §8.16.3, in milliseconds.
    fn sidx(&self) -> Vec<u8> {
        let mut body = words(&[u32::from(track_number(BlockTrack::Video)), 1_000]);
        body.extend_from_slice(&[0; 16]); // earliest presentation time and first offset: zero
        body.extend_from_slice(&[0; 2]);
        body.extend_from_slice(&(self.fragments.len().min(65_535) as u16).to_be_bytes());
        for (number, fragment) in self.fragments.iter().enumerate().take(65_535) {
            let end_ms = self.fragments.get(number + 1).map_or(self.duration_ms, |next| next.start_ms);
            let access = if fragment.starts_with_keyframe { 0x9000_0000 } else { 0 };
            let length_ms = end_ms.saturating_sub(fragment.start_ms) as u32;
            body.extend(words(&[self.fragment_size(number), length_ms, access]));
        }
        full_box(b"sidx", 1, 0, &body)
    }

    fn moov(&self) -> Vec<u8> {
        let mut body = movie_header(self.duration_ms);
        let picture = visual_entry(&self.format, self.in_band_parameters);
        let size = (self.format.width, self.format.height);
        body.extend(track(2, self.duration_ms, PICTURE_SCALE, Some(size), &picture));
        let mut extends = full_box(b"mehd", 1, 0, &self.duration_ms.to_be_bytes());
        extends.extend(full_box(b"trex", 0, 0, &words(&[2, 1, 0, 0, 0])));
        if self.sound {
            body.extend(track(1, self.duration_ms, SOUND_SCALE, None, &sound_entry()));
            extends.extend(full_box(b"trex", 0, 0, &words(&[1, 1, 0, 0, 0])));
        }
        body.extend(plain_box(b"mvex", &extends));
        plain_box(b"moov", &body)
    }
}

impl Layout for Mp4 {
    fn head(&self) -> Vec<u8> {
        let mut brands = b"iso6\0\0\0\x01iso6isommp42".to_vec();
        if !self.in_band_parameters {
            brands.extend_from_slice(b"avc1");
        }
        let mut head = plain_box(b"ftyp", &brands);
        head.extend(self.moov());
        head.extend(self.sidx());
        head
    }

    fn chunks(&self) -> usize {
        self.fragments.len()
    }

    fn items(&self, chunk: usize) -> &[Item] {
        &self.items[self.range(chunk)]
    }

    fn chunk(&self, chunk: usize, payloads: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.moof(chunk);
        bytes.extend(plain_box(b"mdat", &payloads.concat()));
        bytes
    }

    fn tail(&self) -> Vec<u8> {
        Vec::new()
    }
}

/// Start and length of each block on its track's timeline: sound by its samples, pictures until the next one.
fn times(items: &[Item]) -> Vec<(u64, u32)> {
    let mut times = vec![(0, LAST_PICTURE); items.len()];
    let mut sound_end = 0;
    let mut last_picture: Option<usize> = None;
    for (at, item) in items.iter().enumerate() {
        if item.track == BlockTrack::Audio {
            times[at] = (sound_end, u32::from(item.samples));
            sound_end += u64::from(item.samples);
        } else {
            let start = item.place_ms * 90;
            times[at].0 = start;
            if let Some(before) = last_picture {
                times[before].1 = u32::try_from(start - times[before].0).unwrap_or(u32::MAX);
            }
            last_picture = Some(at);
        }
    }
    times
}

fn movie_header(duration_ms: u64) -> Vec<u8> {
    let mut body = vec![0; 16]; // creation and modification time: not stated
    body.extend(words(&[1_000]));
    body.extend_from_slice(&duration_ms.to_be_bytes());
    body.extend(words(&[0x1_0000, 0x0100_0000, 0, 0])); // rate, volume, reserved
    body.extend(words(&MATRIX));
    body.extend(words(&[0, 0, 0, 0, 0, 0, 3])); // next track id
    full_box(b"mvhd", 1, 0, &body)
}

fn track(id: u32, duration_ms: u64, scale: u32, size: Option<(u16, u16)>, entry: &[u8]) -> Vec<u8> {
    let (width, height) = size.unwrap_or((0, 0));
    let mut header = vec![0; 16];
    header.extend(words(&[id, 0]));
    header.extend_from_slice(&duration_ms.to_be_bytes());
    header.extend(words(&[0, 0, 0, if size.is_some() { 0 } else { 0x0100_0000 }]));
    header.extend(words(&MATRIX));
    header.extend(words(&[u32::from(width) << 16, u32::from(height) << 16]));
    let mut body = full_box(b"tkhd", 1, 3, &header); // enabled, in movie
    body.extend(media(duration_ms, scale, size.is_some(), entry));
    plain_box(b"trak", &body)
}

fn media(duration_ms: u64, scale: u32, video: bool, entry: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 16];
    header.extend(words(&[scale]));
    header.extend_from_slice(&(duration_ms * u64::from(scale) / 1_000).to_be_bytes());
    header.extend_from_slice(&[0x55, 0xc4, 0, 0]); // language: undetermined
    let mut body = full_box(b"mdhd", 1, 0, &header);
    let mut handler = vec![0; 4];
    handler.extend_from_slice(if video { b"vide" } else { b"soun" });
    handler.extend_from_slice(&[0; 12]);
    handler.extend_from_slice(if video { b"Video\0" } else { b"Sound\0" });
    body.extend(full_box(b"hdlr", 0, 0, &handler));
    let mut info = if video { full_box(b"vmhd", 0, 1, &[0; 8]) } else { full_box(b"smhd", 0, 0, &[0; 4]) };
    let reference = [words(&[1]), full_box(b"url ", 0, 1, &[])].concat(); // data in this file
    info.extend(plain_box(b"dinf", &full_box(b"dref", 0, 0, &reference)));
    info.extend(plain_box(b"stbl", &sample_table(entry)));
    body.extend(plain_box(b"minf", &info));
    plain_box(b"mdia", &body)
}

/// Only the description: the samples stand in the fragments.
fn sample_table(entry: &[u8]) -> Vec<u8> {
    let mut body = full_box(b"stsd", 0, 0, &[&words(&[1])[..], entry].concat());
    for name in [b"stts", b"stsc", b"stco"] {
        body.extend(full_box(name, 0, 0, &words(&[0])));
    }
    body.extend(full_box(b"stsz", 0, 0, &words(&[0, 0])));
    body
}

/// ISO/IEC 14496-15 §5.4.2: `avc1` when every parameter set is in the description, `avc3` when some stand among the
/// frames.
fn visual_entry(format: &VideoFormat, in_band_parameters: bool) -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0, 0, 0, 0, 1]; // data reference 1
    body.extend_from_slice(&[0; 16]);
    body.extend_from_slice(&format.width.to_be_bytes());
    body.extend_from_slice(&format.height.to_be_bytes());
    body.extend(words(&[0x48_0000, 0x48_0000, 0])); // 72 dpi
    body.extend_from_slice(&[0, 1]); // one frame per sample
    body.extend_from_slice(&[0; 32]); // no compressor name
    body.extend_from_slice(&[0, 0x18, 0xff, 0xff]); // depth 24
    body.extend(plain_box(b"avcC", &format.private));
    plain_box(if in_band_parameters { b"avc3" } else { b"avc1" }, &body)
}

/// Encapsulation of Opus in ISO base media, §4.3: two channels, no pre-skip, 48 kHz, no gain.
fn sound_entry() -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0, 0, 0, 0, 1];
    body.extend_from_slice(&[0; 8]);
    body.extend_from_slice(&[0, 2, 0, 16, 0, 0, 0, 0]);
    body.extend(words(&[SOUND_SCALE << 16]));
    body.extend(plain_box(b"dOps", &[0, 2, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0]));
    plain_box(b"Opus", &body)
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

fn plain_box(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = (body.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(body);
    bytes
}

fn full_box(name: &[u8; 4], version: u8, flags: u32, body: &[u8]) -> Vec<u8> {
    let mut content = flags.to_be_bytes().to_vec();
    content[0] = version;
    content.extend_from_slice(body);
    plain_box(name, &content)
}
