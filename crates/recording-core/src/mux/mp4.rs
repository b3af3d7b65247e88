//! Finished MP4 (ISO/IEC 14496-12): duration and sample tables in front of the media, so that a player winds at once.
//!
//! Not fragmented: players that read a segment index (`sidx`) add a late camera's start to the length of the file.

use super::finish::{cut_at_keyframes, merged};
use super::layout::{Item, Layout};
use crate::assembler::{BlockTrack, VideoFormat};
use crate::limits;

/// Ticks per second of both media's timelines.
const SOUND_SCALE: u32 = 48_000;
const PICTURE_SCALE: u32 = 90_000;
/// Ticks that the last picture stays.
const LAST_PICTURE: u32 = 3_000;
/// The unity matrix of §8.2.2.
const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// A finished MP4 file.
pub(super) struct Mp4 {
    /// Within a chunk the pictures come first, then the sound.
    items: Vec<Item>,
    /// First block of each chunk.
    chunks: Vec<usize>,
    sound: bool,
    format: VideoFormat,
    in_band_parameters: bool,
    duration_ms: u64,
}

/// What the sample tables of one track say.
#[derive(Default)]
struct Tables {
    /// Length of each sample on the track's timeline.
    lengths: Vec<u32>,
    sizes: Vec<u32>,
    /// Numbers, from one, of the samples that can be decoded alone.
    keyframes: Vec<u32>,
    /// Samples and place in the file of each chunk.
    chunks: Vec<(u32, u64)>,
    first_ms: u64,
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
        let chunks = cut_at_keyframes(&items, limits::CLUSTER_MS);
        for (number, &first) in chunks.iter().enumerate() {
            let end = chunks.get(number + 1).copied().unwrap_or(items.len());
            items[first..end].sort_by_key(|item| (item.track == BlockTrack::Audio, item.place_ms));
        }
        Self { items, chunks, sound: has_sound, format, in_band_parameters, duration_ms }
    }

    fn range(&self, chunk: usize) -> std::ops::Range<usize> {
        self.chunks[chunk]..self.chunks.get(chunk + 1).copied().unwrap_or(self.items.len())
    }

    /// The tables of a track when the media begin `data_at` bytes into the file.
    fn tables(&self, track: BlockTrack, data_at: u64) -> Tables {
        let mut tables = Tables::default();
        let mut last_ms = None;
        let mut at = data_at;
        for chunk in 0..self.chunks.len() {
            let before = tables.sizes.len();
            let mut begins_at = None;
            for item in &self.items[self.range(chunk)] {
                if item.track == track {
                    begins_at.get_or_insert(at);
                    tables.add(item, &mut last_ms);
                }
                at += u64::from(item.length);
            }
            if let Some(begins_at) = begins_at {
                tables.chunks.push(((tables.sizes.len() - before) as u32, begins_at));
            }
        }
        if last_ms.is_some() {
            tables.lengths.push(LAST_PICTURE);
        }
        tables
    }

    /// Its size does not depend on `data_at`.
    fn moov(&self, data_at: u64) -> Vec<u8> {
        let mut body = movie_header(self.duration_ms);
        let picture = visual_entry(&self.format, self.in_band_parameters);
        let size = Some((self.format.width, self.format.height));
        body.extend(track(2, PICTURE_SCALE, size, &picture, &self.tables(BlockTrack::Video, data_at)));
        if self.sound {
            body.extend(track(1, SOUND_SCALE, None, &sound_entry(), &self.tables(BlockTrack::Audio, data_at)));
        }
        plain_box(b"moov", &body)
    }
}

impl Tables {
    fn add(&mut self, item: &Item, last_ms: &mut Option<u64>) {
        if item.track == BlockTrack::Audio {
            self.lengths.push(u32::from(item.samples));
        } else {
            // A picture stays until the next one.
            match *last_ms {
                Some(last_ms) => self.lengths.push(((item.place_ms - last_ms) * 90) as u32),
                None => self.first_ms = item.place_ms,
            }
            *last_ms = Some(item.place_ms);
        }
        self.sizes.push(item.length);
        if item.keyframe {
            self.keyframes.push(self.sizes.len() as u32);
        }
    }

    fn length(&self) -> u64 {
        self.lengths.iter().map(|&length| u64::from(length)).sum()
    }

    /// The sample table box, ISO/IEC 14496-12 §8.5, without the description.
    fn boxes(&self, video: bool) -> Vec<u8> {
        let lengths = runs(self.lengths.iter().copied()).into_iter().map(|(value, count, _)| [count, value]);
        let mut body = table(b"stts", &lengths.collect::<Vec<_>>().concat(), 2);
        if video {
            body.extend(table(b"stss", &self.keyframes, 1));
        }
        let per_chunk = runs(self.chunks.iter().map(|chunk| chunk.0));
        let per_chunk = per_chunk.into_iter().map(|(count, _, first)| [first as u32 + 1, count, 1]);
        body.extend(table(b"stsc", &per_chunk.collect::<Vec<_>>().concat(), 3));
        let sizes = [&[0, self.sizes.len() as u32], &self.sizes[..]].concat();
        body.extend(full_box(b"stsz", 0, 0, &words(&sizes)));
        let places = self.chunks.iter().flat_map(|chunk| [(chunk.1 >> 32) as u32, chunk.1 as u32]);
        body.extend(table(b"co64", &places.collect::<Vec<_>>(), 2));
        body
    }
}

impl Layout for Mp4 {
    fn head(&self) -> Vec<u8> {
        let mut brands = b"isom\0\0\x02\0isomiso2mp41".to_vec();
        if !self.in_band_parameters {
            brands.extend_from_slice(b"avc1");
        }
        let mut head = plain_box(b"ftyp", &brands);
        let data_at = (head.len() + self.moov(0).len() + 16) as u64;
        head.extend(self.moov(data_at));
        // A size of one: the true one follows in 64 bits.
        let media: u64 = self.items.iter().map(|item| u64::from(item.length)).sum();
        head.extend_from_slice(b"\0\0\0\x01mdat");
        head.extend_from_slice(&(media + 16).to_be_bytes());
        head
    }

    fn chunks(&self) -> usize {
        self.chunks.len()
    }

    fn items(&self, chunk: usize) -> &[Item] {
        &self.items[self.range(chunk)]
    }

    fn chunk(&self, _: usize, payloads: &[Vec<u8>]) -> Vec<u8> {
        payloads.concat()
    }
}

/// Runs of equal values: value, how many, and the index of the first.
fn runs(values: impl Iterator<Item = u32>) -> Vec<(u32, u32, usize)> {
    let mut runs: Vec<(u32, u32, usize)> = Vec::new();
    for (at, value) in values.enumerate() {
        match runs.last_mut() {
            Some(run) if run.0 == value => run.1 += 1,
            _ => runs.push((value, 1, at)),
        }
    }
    runs
}

/// A table box: number of entries, then entries of `width` words.
fn table(name: &[u8; 4], values: &[u32], width: usize) -> Vec<u8> {
    let mut body = words(&[(values.len() / width) as u32]);
    body.extend(words(values));
    full_box(name, 0, 0, &body)
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

fn track(id: u32, scale: u32, size: Option<(u16, u16)>, entry: &[u8], tables: &Tables) -> Vec<u8> {
    let (width, height) = size.unwrap_or((0, 0));
    let length_ms = tables.length() * 1_000 / u64::from(scale);
    let mut header = vec![0; 16];
    header.extend(words(&[id, 0]));
    header.extend_from_slice(&(tables.first_ms + length_ms).to_be_bytes());
    header.extend(words(&[0, 0, 0, if size.is_some() { 0 } else { 0x0100_0000 }]));
    header.extend(words(&MATRIX));
    header.extend(words(&[u32::from(width) << 16, u32::from(height) << 16]));
    let mut body = full_box(b"tkhd", 1, 3, &header); // enabled, in movie
    if tables.first_ms > 0 {
        body.extend(plain_box(b"edts", &late_start(tables.first_ms, length_ms)));
    }
    body.extend(media(scale, size.is_some(), entry, tables));
    plain_box(b"trak", &body)
}

/// An edit list, §8.6.6: nothing until the first picture, then the media.
fn late_start(first_ms: u64, length_ms: u64) -> Vec<u8> {
    let mut body = words(&[2]);
    for (length_ms, media_time) in [(first_ms, -1i64), (length_ms, 0)] {
        body.extend_from_slice(&length_ms.to_be_bytes());
        body.extend_from_slice(&media_time.to_be_bytes());
        body.extend(words(&[0x1_0000]));
    }
    full_box(b"elst", 1, 0, &body)
}

fn media(scale: u32, video: bool, entry: &[u8], tables: &Tables) -> Vec<u8> {
    let mut header = vec![0; 16];
    header.extend(words(&[scale]));
    header.extend_from_slice(&tables.length().to_be_bytes());
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
    let mut samples = full_box(b"stsd", 0, 0, &[&words(&[1])[..], entry].concat());
    samples.extend(tables.boxes(video));
    info.extend(plain_box(b"stbl", &samples));
    body.extend(plain_box(b"minf", &info));
    plain_box(b"mdia", &body)
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
