use crate::timeline::{AudioTrack, Gap, Packet, VideoTrack};
use bytes::Bytes;
use model::{Codec, MediaTime};

/// Which track of a file a block belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockTrack {
    /// The voice.
    Audio,
    /// Camera or screen.
    Video,
}

/// One Opus packet or one video frame with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Track.
    pub track: BlockTrack,
    /// Microseconds after the call's epoch.
    pub place_us: u64,
    /// Decodable without earlier blocks; always true for audio.
    pub keyframe: bool,
    /// Opus packet, VP8 frame, or H.264 access unit of length-prefixed NAL units.
    pub payload: Bytes,
}

/// What a container must say about a video track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFormat {
    /// VP8 or H.264.
    pub codec: Codec,
    /// Width of the first keyframe in pixels.
    pub width: u16,
    /// Height of the first keyframe in pixels.
    pub height: u16,
    /// H.264: the `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15 §5.3.3); empty for VP8.
    pub private: Bytes,
}

/// The tracks of one file: takes packets, gives blocks.
#[derive(Debug)]
pub struct Assembler {
    audio: Option<AudioTrack>,
    video: Option<VideoTrack>,
    blocks: Vec<Block>,
}

impl Assembler {
    /// A file that begins at the call's `epoch`, with or without sound, and with video of `video` if any.
    pub fn new(epoch: MediaTime, audio: bool, video: Option<Codec>) -> Self {
        Self {
            audio: audio.then(|| AudioTrack::new(epoch)),
            video: video.map(|codec| VideoTrack::new(codec, epoch)),
            blocks: Vec::new(),
        }
    }

    /// Adds the video track if there is none yet.
    pub fn add_video(&mut self, codec: Codec, epoch: MediaTime) {
        self.video.get_or_insert_with(|| VideoTrack::new(codec, epoch));
    }

    /// Takes a packet of the track; without such a track it is ignored.
    pub fn push(&mut self, track: BlockTrack, packet: Packet) {
        match (track, &mut self.audio, &mut self.video) {
            (BlockTrack::Audio, Some(audio), _) => audio.push(packet, &mut self.blocks),
            (BlockTrack::Video, _, Some(video)) => video.push(packet, &mut self.blocks),
            _ => {}
        }
    }

    /// Time passes; call it several times a second.
    pub fn advance(&mut self, now: MediaTime) {
        if let Some(audio) = &mut self.audio {
            audio.advance(now, &mut self.blocks);
        }
        if let Some(video) = &mut self.video {
            video.advance(now, &mut self.blocks);
        }
    }

    /// No packet will come any more; the sound is filled up to `until`.
    pub fn finish(&mut self, until: MediaTime) {
        if let Some(audio) = &mut self.audio {
            audio.finish(until, &mut self.blocks);
        }
        if let Some(video) = &mut self.video {
            video.finish(&mut self.blocks);
        }
    }

    /// From `now` on nothing is kept, or everything again; what is between is stated as a gap.
    pub fn set_paused(&mut self, paused: bool, now: MediaTime) {
        if let Some(audio) = &mut self.audio {
            audio.set_paused(paused, now, &mut self.blocks);
        }
        if let Some(video) = &mut self.video {
            video.set_paused(paused, &mut self.blocks);
        }
    }

    /// Frames of the track were dropped before they came here.
    pub fn note_dropped_frames(&mut self, track: BlockTrack) {
        match (track, &mut self.audio, &mut self.video) {
            (BlockTrack::Audio, Some(audio), _) => audio.note_dropped_frames(),
            (BlockTrack::Video, _, Some(video)) => video.note_dropped_frames(),
            _ => {}
        }
    }

    /// True once per wish for a keyframe of the video track.
    pub fn needs_keyframe(&mut self) -> bool {
        self.video.as_mut().is_some_and(VideoTrack::needs_keyframe)
    }

    /// What the video track is, from its first keyframe on.
    pub fn video_format(&self) -> Option<&VideoFormat> {
        self.video.as_ref().and_then(VideoTrack::format)
    }

    /// The blocks since the last call, by place.
    pub fn take_blocks(&mut self) -> Vec<Block> {
        let mut blocks = std::mem::take(&mut self.blocks);
        blocks.sort_by_key(|block| (block.place_us, block.track));
        blocks
    }

    /// All missing time stated so far, by start.
    pub fn gaps(&self) -> Vec<Gap> {
        let audio = self.audio.iter().flat_map(AudioTrack::gaps);
        let video = self.video.iter().flat_map(VideoTrack::gaps);
        let mut gaps: Vec<Gap> = audio.chain(video).copied().collect();
        gaps.sort_by_key(|gap| (gap.start_ms, gap.video));
        gaps
    }
}
