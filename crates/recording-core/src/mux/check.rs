use super::{Container, mp4_check, ogg_check, webm_check};
use std::io::{self, Read};

/// Why a finished file is not sound.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The file could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The file ends within an element.
    #[error("ends within {0}")]
    Cut(&'static str),
    /// Something is not as the format or its own index says.
    #[error("{0}")]
    Wrong(String),
}

impl CheckError {
    pub(super) fn wrong(what: impl Into<String>) -> Self {
        Self::Wrong(what.into())
    }
}

/// What a sound file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// Length by its index or header, milliseconds.
    pub duration_ms: u64,
    /// Length of the sound by its packets, samples at 48 kHz.
    pub audio_samples: u64,
    /// Opus packets.
    pub audio_packets: u64,
    /// Pictures.
    pub video_frames: u64,
    /// Pictures that can be decoded alone.
    pub keyframes: u64,
}

/// Reads a finished file from its first to its last byte.
pub fn check(container: Container, from: impl Read) -> Result<Checked, CheckError> {
    let mut from = io::BufReader::with_capacity(1 << 16, from);
    match container {
        Container::Ogg => ogg_check::check(&mut from),
        Container::Webm => webm_check::check(&mut from),
        Container::Mp4 => mp4_check::check(&mut from),
    }
}
