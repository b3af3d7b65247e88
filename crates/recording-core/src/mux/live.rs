use super::ebml;
use crate::assembler::{Block, BlockTrack, VideoFormat};
use crate::limits;
use model::Codec;

/// The tracks of one part of a live file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveTracks {
    /// A voice.
    pub audio: bool,
    /// Camera or screen.
    pub video: Option<VideoFormat>,
}

impl LiveTracks {
    /// File name extension: `webm` where the format allows the codec, else `mkv`.
    pub fn extension(&self) -> &'static str {
        if self.is_webm() { "webm" } else { "mkv" }
    }

    pub(super) fn is_webm(&self) -> bool {
        self.video.as_ref().is_none_or(|video| video.codec == Codec::Vp8)
    }
}

/// Writes one part of a live file: [`LiveWriter::head`] once, then [`LiveWriter::cluster`] until a flush is written. What it gives
/// is only ever appended.
#[derive(Debug)]
pub struct LiveWriter {
    tracks: LiveTracks,
}

impl LiveWriter {
    /// A part with these tracks.
    pub fn new(tracks: LiveTracks) -> Self {
        Self { tracks }
    }

    /// The part's tracks.
    pub fn tracks(&self) -> &LiveTracks {
        &self.tracks
    }

    /// Everything before the first cluster: EBML head, a segment of unknown size, info and tracks.
    pub fn head(&self) -> Vec<u8> {
        let mut head = ebml_head(self.tracks.is_webm());
        ebml::put_id(&mut head, ebml::SEGMENT);
        ebml::put_size(&mut head, ebml::UNKNOWN_SIZE);
        ebml::put(&mut head, ebml::INFO, &info(None));
        ebml::put(&mut head, ebml::TRACKS, &tracks(&self.tracks));
        head
    }

    /// The next whole cluster for `blocks`, which come in the order of their places, and how many of them it takes.
    pub fn cluster<'a>(&self, blocks: impl Iterator<Item = &'a Block> + Clone) -> (Vec<u8>, usize) {
        let Some(first) = blocks.clone().next() else { return (Vec::new(), 0) };
        let base_ms = first.place_us / 1_000;
        let now: Vec<&Block> =
            blocks.take_while(|block| block.place_us / 1_000 < base_ms + limits::CLUSTER_MS).collect();
        let mut bytes = Vec::new();
        put_cluster(&mut bytes, base_ms, &now);
        (bytes, now.len())
    }
}

fn put_cluster(to: &mut Vec<u8>, base_ms: u64, blocks: &[&Block]) {
    let mut body = Vec::new();
    ebml::put_unsigned(&mut body, ebml::TIMESTAMP, base_ms);
    for block in blocks {
        let relative = i16::try_from(block.place_us / 1_000 - base_ms).expect("a cluster covers one second");
        ebml::put_block(&mut body, track_number(block.track), relative, block.keyframe, &block.payload);
    }
    ebml::put_id(to, ebml::CLUSTER);
    ebml::put_size(to, body.len() as u64 + 1 + 8 + 4);
    // RFC 8794 §11.3.1: little-endian, first child, over everything after it.
    ebml::put(to, ebml::CRC_32, &ebml::crc_32(&body).to_le_bytes());
    to.extend_from_slice(&body);
}

pub(super) fn track_number(track: BlockTrack) -> u8 {
    match track {
        BlockTrack::Audio => 1,
        BlockTrack::Video => 2,
    }
}

pub(super) fn ebml_head(webm: bool) -> Vec<u8> {
    let mut body = Vec::new();
    ebml::put_unsigned(&mut body, ebml::EBML_VERSION, 1);
    ebml::put_unsigned(&mut body, ebml::EBML_READ_VERSION, 1);
    ebml::put_unsigned(&mut body, ebml::EBML_MAX_ID, 4);
    ebml::put_unsigned(&mut body, ebml::EBML_MAX_SIZE, 8);
    ebml::put(&mut body, ebml::DOC_TYPE, if webm { b"webm" } else { b"matroska" });
    ebml::put_unsigned(&mut body, ebml::DOC_TYPE_VERSION, 4);
    ebml::put_unsigned(&mut body, ebml::DOC_TYPE_READ_VERSION, 2);
    let mut head = Vec::new();
    ebml::put(&mut head, ebml::EBML, &body);
    head
}

/// Body of the Info element; the duration in milliseconds is known for a finished file.
pub(super) fn info(duration_ms: Option<f64>) -> Vec<u8> {
    let mut body = Vec::new();
    ebml::put_unsigned(&mut body, ebml::TIMESTAMP_SCALE, 1_000_000);
    if let Some(duration_ms) = duration_ms {
        ebml::put_float(&mut body, ebml::DURATION, duration_ms);
    }
    ebml::put(&mut body, ebml::MUXING_APP, b"Switchroom");
    ebml::put(&mut body, ebml::WRITING_APP, b"Switchroom");
    body
}

/// Body of the Tracks element.
pub(super) fn tracks(tracks: &LiveTracks) -> Vec<u8> {
    let mut body = Vec::new();
    if tracks.audio {
        ebml::put(&mut body, ebml::TRACK_ENTRY, &audio_entry());
    }
    if let Some(video) = &tracks.video {
        ebml::put(&mut body, ebml::TRACK_ENTRY, &video_entry(video));
    }
    body
}

fn audio_entry() -> Vec<u8> {
    let mut sound = Vec::new();
    ebml::put_float(&mut sound, ebml::SAMPLING_FREQUENCY, 48_000.0);
    ebml::put_unsigned(&mut sound, ebml::CHANNELS, 2);
    let mut entry = Vec::new();
    ebml::put_unsigned(&mut entry, ebml::TRACK_NUMBER, u64::from(track_number(BlockTrack::Audio)));
    ebml::put_unsigned(&mut entry, ebml::TRACK_UID, 1);
    ebml::put_unsigned(&mut entry, ebml::TRACK_TYPE, 2);
    ebml::put_unsigned(&mut entry, ebml::FLAG_LACING, 0);
    ebml::put(&mut entry, ebml::CODEC_ID, b"A_OPUS");
    ebml::put(&mut entry, ebml::CODEC_PRIVATE, &opus_head());
    ebml::put_unsigned(&mut entry, ebml::SEEK_PRE_ROLL, 80_000_000);
    ebml::put(&mut entry, ebml::AUDIO, &sound);
    entry
}

fn video_entry(video: &VideoFormat) -> Vec<u8> {
    let mut picture = Vec::new();
    ebml::put_unsigned(&mut picture, ebml::PIXEL_WIDTH, u64::from(video.width));
    ebml::put_unsigned(&mut picture, ebml::PIXEL_HEIGHT, u64::from(video.height));
    let mut entry = Vec::new();
    ebml::put_unsigned(&mut entry, ebml::TRACK_NUMBER, u64::from(track_number(BlockTrack::Video)));
    ebml::put_unsigned(&mut entry, ebml::TRACK_UID, 2);
    ebml::put_unsigned(&mut entry, ebml::TRACK_TYPE, 1);
    ebml::put_unsigned(&mut entry, ebml::FLAG_LACING, 0);
    if video.codec == Codec::H264 {
        ebml::put(&mut entry, ebml::CODEC_ID, b"V_MPEG4/ISO/AVC");
        ebml::put(&mut entry, ebml::CODEC_PRIVATE, &video.private);
    } else {
        ebml::put(&mut entry, ebml::CODEC_ID, b"V_VP8");
    }
    ebml::put(&mut entry, ebml::VIDEO, &picture);
    entry
}

/// OpusHead, RFC 7845 §5.1: two channels (mono packets play on both), no pre-skip because our timeline begins with
/// what was sent at the epoch, 48 kHz, no gain, mapping family 0.
pub(super) fn opus_head() -> [u8; 19] {
    let mut head = *b"OpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x00\x00";
    head[12..16].copy_from_slice(&48_000u32.to_le_bytes());
    head
}
