//! From RTP payloads to video frames: VP8 (RFC 7741) and H.264 (RFC 6184).

mod bits;
mod h264;
mod sps;
mod vp8;

pub use h264::{H264Depacketiser, ParameterSets};
pub use sps::picture_size;
pub use vp8::{Vp8Depacketiser, payload_descriptor_length};

use crate::assembler::VideoFormat;
use crate::timeline::Placed;
use bytes::Bytes;
use model::Codec;

/// Why a payload cannot be part of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DepacketiseError {
    /// A field reaches beyond the payload.
    #[error("payload is cut short")]
    Short,
    /// A fragment without the beginning of its frame.
    #[error("fragment without a beginning")]
    NoBeginning,
    /// A frame ended without its marker.
    #[error("frame without an end")]
    NoEnd,
    /// A packetization that WebRTC does not use.
    #[error("unsupported packetization {0}")]
    Unsupported(u8),
    /// A keyframe header or parameter set that cannot be read.
    #[error("unreadable keyframe header")]
    Header,
    /// Larger than any frame that is sent.
    #[error("oversized frame")]
    TooLarge,
}

/// One whole video frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Microseconds after the call's epoch; negative before it.
    pub place_us: i64,
    /// Decodable without earlier frames.
    pub keyframe: bool,
    /// Width and height of a keyframe in pixels; zero otherwise.
    pub size: (u16, u16),
    data: Vec<u8>,
    parameters: Option<ParameterSets>,
}

impl Frame {
    /// What a container says about a track that begins with this frame.
    pub fn format(&self) -> VideoFormat {
        let (codec, private) = match &self.parameters {
            Some(parameters) => (Codec::H264, parameters.configuration()),
            None => (Codec::Vp8, Bytes::new()),
        };
        VideoFormat { codec, width: self.size.0, height: self.size.1, private }
    }

    /// Puts H.264 parameter sets before a keyframe whose sets are not those the container declares.
    pub(crate) fn settle_parameters(&mut self, declared: &VideoFormat) {
        let Some(parameters) = &self.parameters else { return };
        if parameters.repeated || parameters.configuration() != declared.private {
            let mut data = parameters.in_band();
            data.append(&mut self.data);
            self.data = data;
        }
    }

    /// The frame as a container stores it.
    pub fn into_payload(self) -> Bytes {
        Bytes::from(self.data)
    }
}

/// The depacketiser of a track's codec.
#[derive(Debug)]
pub enum Depacketiser {
    /// VP8.
    Vp8(Vp8Depacketiser),
    /// H.264.
    H264(H264Depacketiser),
}

impl Depacketiser {
    /// For `codec`; what is not H.264 is read as VP8.
    pub fn new(codec: Codec) -> Self {
        match codec {
            Codec::H264 => Self::H264(H264Depacketiser::default()),
            Codec::Vp8 | Codec::Opus => Self::Vp8(Vp8Depacketiser::default()),
        }
    }

    /// Takes the next packet in order; gives the frame it completes.
    pub fn push(&mut self, packet: &Placed) -> Result<Option<Frame>, DepacketiseError> {
        match self {
            Self::Vp8(vp8) => vp8.push(packet),
            Self::H264(h264) => h264.push(packet),
        }
    }

    /// Forgets the frame in progress.
    pub fn reset(&mut self) {
        match self {
            Self::Vp8(vp8) => vp8.reset(),
            Self::H264(h264) => h264.reset(),
        }
    }
}
