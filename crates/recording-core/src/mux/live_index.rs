use super::ebml::{self, Head};
use super::layout::{Content, Item};
use super::live::LiveTracks;
use crate::assembler::{BlockTrack, VideoFormat};
use crate::{limits, opus_packet};
use bytes::Bytes;
use model::Codec;
use std::io::{self, Read};

/// Why a live part cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The file could not be read.
    #[error("cannot read the live file: {0}")]
    Io(#[from] io::Error),
    /// More blocks than any recording has.
    #[error("the live file has too many blocks")]
    TooMany,
    /// Two parts with different video codecs.
    #[error("the parts of the live file have different video codecs")]
    Mixed,
}

/// What the parts of a live file hold, up to the last whole cluster of each.
#[derive(Debug, Default)]
pub struct LiveIndex {
    audio: bool,
    video: Option<VideoFormat>,
    items: Vec<Item>,
    parts: u32,
    torn_bytes: u64,
    in_band_parameters: bool,
}

impl LiveIndex {
    /// Reads the next part from its beginning. A part without a whole head, or with a damaged tail, gives what is
    /// whole; what is not is counted in [`LiveIndex::torn_bytes`].
    pub fn add_part(&mut self, from: impl Read) -> Result<(), LiveError> {
        let part = self.parts;
        self.parts += 1;
        let mut from = Counted { inner: io::BufReader::with_capacity(1 << 16, from), bytes: 0 };
        let mut at = 0u64;
        if let Some(tracks) = read_part_head(&mut from, &mut at)? {
            self.add_tracks(tracks)?;
            while let Some((body_at, body)) = read_cluster(&mut from, at)? {
                at = body_at + body.len() as u64;
                self.add_cluster(part, body_at, &body)?;
            }
        }
        io::copy(&mut from, &mut io::sink())?;
        self.torn_bytes += from.bytes - at;
        Ok(())
    }

    /// Blocks of all parts by place.
    pub fn into_items(mut self) -> Vec<Item> {
        self.items.sort_by_key(|item| (item.place_ms, item.track));
        self.items
    }

    /// Blocks so far.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// A voice track is declared.
    pub fn has_audio(&self) -> bool {
        self.audio
    }

    /// The video track as first declared, if a part has one.
    pub fn video(&self) -> Option<&VideoFormat> {
        self.video.as_ref()
    }

    /// Bytes at the ends of parts that belong to no whole cluster.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// H.264 parameter sets changed on the way and stand among the frames.
    pub fn has_in_band_parameters(&self) -> bool {
        self.in_band_parameters
    }

    fn add_tracks(&mut self, tracks: LiveTracks) -> Result<(), LiveError> {
        self.audio |= tracks.audio;
        match (&self.video, tracks.video) {
            (None, Some(video)) => self.video = Some(video),
            (Some(known), Some(video)) if known.codec != video.codec => return Err(LiveError::Mixed),
            (Some(known), Some(video)) => self.in_band_parameters |= *known.private != *video.private,
            _ => {}
        }
        Ok(())
    }

    fn add_cluster(&mut self, part: u32, body_at: u64, body: &[u8]) -> Result<(), LiveError> {
        let mut base_ms = 0;
        for (id, child) in ebml::children(body) {
            if id == ebml::TIMESTAMP {
                base_ms = ebml::unsigned(child).unwrap_or(0);
            } else if id == ebml::SIMPLE_BLOCK
                && let Some((track, relative, keyframe, payload)) = split_block(child)
            {
                let inside = payload.as_ptr() as usize - body.as_ptr() as usize;
                let content = Content::Live { part, offset: body_at + inside as u64 };
                let place_ms = base_ms.saturating_add_signed(i64::from(relative));
                self.add_block(track, place_ms, keyframe, content, payload)?;
            }
        }
        Ok(())
    }

    fn add_block(
        &mut self,
        track: BlockTrack,
        place_ms: u64,
        keyframe: bool,
        content: Content,
        payload: &[u8],
    ) -> Result<(), LiveError> {
        let samples = match (track, opus_packet::duration(payload)) {
            (BlockTrack::Audio, Err(_)) => return Ok(()),
            (BlockTrack::Audio, Ok(samples)) => samples as u16,
            (BlockTrack::Video, _) => 0,
        };
        if self.items.len() >= limits::FILE_BLOCKS {
            return Err(LiveError::TooMany);
        }
        if track == BlockTrack::Video && self.video.as_ref().is_some_and(|video| video.codec == Codec::H264) {
            self.in_band_parameters |= has_parameter_set(payload);
        }
        let length = payload.len() as u32;
        self.items.push(Item { track, place_ms, samples, keyframe, length, content });
        Ok(())
    }
}

struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

/// The head of a part; `None` when it is not whole or not ours.
fn read_part_head(from: &mut impl Read, at: &mut u64) -> Result<Option<LiveTracks>, LiveError> {
    let mut tracks = None;
    while tracks.is_none() {
        let Some(Head { id, size, length }) = ebml::read_head(from)? else { return Ok(None) };
        *at += length;
        if id == ebml::SEGMENT {
            continue;
        }
        let Some(size) = size.filter(|&size| size <= limits::HEADER_BYTES) else { return Ok(None) };
        let Some(body) = ebml::read_body(from, size)? else { return Ok(None) };
        *at += size;
        match id {
            ebml::EBML | ebml::INFO | ebml::VOID => {}
            ebml::TRACKS => tracks = Some(parse_tracks(&body)),
            _ => return Ok(None),
        }
    }
    Ok(tracks)
}

pub(super) fn parse_tracks(body: &[u8]) -> LiveTracks {
    let mut tracks = LiveTracks { audio: false, video: None };
    for (_, entry) in ebml::children(body).filter(|(id, _)| *id == ebml::TRACK_ENTRY) {
        let codec = ebml::child(entry, ebml::CODEC_ID);
        if codec == Some(b"A_OPUS") {
            tracks.audio = true;
        } else if let Some(codec) = codec
            && let Some(picture) = ebml::child(entry, ebml::VIDEO)
        {
            let side = |id| ebml::child(picture, id).and_then(ebml::unsigned).unwrap_or(0).min(u64::from(u16::MAX));
            tracks.video = Some(VideoFormat {
                codec: if codec == b"V_MPEG4/ISO/AVC" { Codec::H264 } else { Codec::Vp8 },
                width: side(ebml::PIXEL_WIDTH) as u16,
                height: side(ebml::PIXEL_HEIGHT) as u16,
                private: Bytes::copy_from_slice(ebml::child(entry, ebml::CODEC_PRIVATE).unwrap_or_default()),
            });
        }
    }
    tracks
}

/// The next whole cluster with a right checksum: where what follows the checksum begins, and that.
fn read_cluster(from: &mut impl Read, at: u64) -> Result<Option<(u64, Vec<u8>)>, LiveError> {
    const CHECKSUM: usize = 1 + 8 + 4;
    let Some(Head { id: ebml::CLUSTER, size: Some(size), length }) = ebml::read_head(from)? else { return Ok(None) };
    if size > limits::CLUSTER_BYTES {
        return Ok(None);
    }
    let Some(mut body) = ebml::read_body(from, size)? else { return Ok(None) };
    let Some((ebml::CRC_32, stated)) = ebml::children(&body).next() else { return Ok(None) };
    let whole = body.get(CHECKSUM..).is_some_and(|rest| stated == ebml::crc_32(rest).to_le_bytes());
    if !whole {
        return Ok(None);
    }
    body.drain(..CHECKSUM);
    Ok(Some((at + length + CHECKSUM as u64, body)))
}

/// Track, relative time, keyframe flag and payload of a SimpleBlock of ours.
pub(super) fn split_block(body: &[u8]) -> Option<(BlockTrack, i16, bool, &[u8])> {
    let [number, high, low, flags, payload @ ..] = body else { return None };
    let track = match number {
        0x81 => BlockTrack::Audio,
        0x82 => BlockTrack::Video,
        _ => return None,
    };
    Some((track, i16::from_be_bytes([*high, *low]), flags & 0x80 != 0, payload))
}

/// True when an access unit of length-prefixed NAL units begins with a sequence parameter set.
fn has_parameter_set(unit: &[u8]) -> bool {
    unit.get(4).is_some_and(|header| header & 0x1f == 7)
}
