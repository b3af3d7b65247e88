//! Containers.
//!
//! **Live.** Whatever the codec, a live file is Matroska ([`LiveWriter`]): a head, then whole clusters of at most one
//! second, each with its size and a CRC-32. Nothing is ever changed or closed, so every prefix of whole clusters plays,
//! and a cut or damaged tail is found by its checksum. One part of a live file has a fixed set of tracks; when a
//! camera is turned on for the first time, a new part begins. `.webm` holds Opus and VP8, `.mkv` H.264.
//!
//! **Finished.** [`LiveIndex`] lists the blocks of all parts; [`FinishPlan`] lays out the file people get, with
//! duration and index at the front, nothing transcoded: no video frame, Ogg; VP8, WebM; H.264, MP4. File
//! time zero is the call's epoch in all of them.
//!
//! **Merged.** [`write_stereo`] puts the sound of legs into the two channels of one file, packet by packet, without
//! decoding.
//!
//! **Checked.** [`check`] reads a finished file whole and says what it holds.

mod check;
mod ebml;
mod finish;
mod layout;
mod live;
mod live_index;
mod mp4;
mod mp4_check;
pub(crate) mod ogg;
mod ogg_check;
mod ogg_read;
mod stereo;
mod webm;
mod webm_check;

pub use check::{CheckError, Checked, check};
pub use finish::{FinishError, FinishPlan};
pub use layout::{Content, Item};
pub use live::{LiveTracks, LiveWriter};
pub use live_index::{LiveError, LiveIndex};
pub use stereo::{StereoError, StereoSource, write_stereo};

use model::RecordingMedia;
use serde::{Deserialize, Serialize};

/// Container of a finished file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// Opus in Ogg (RFC 7845).
    Ogg,
    /// VP8, with or without Opus, in WebM.
    Webm,
    /// H.264, with or without Opus, in MP4.
    Mp4,
}

impl Container {
    /// File name extension without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Ogg => "ogg",
            Self::Webm => "webm",
            Self::Mp4 => "mp4",
        }
    }

    /// MIME type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Ogg => "audio/ogg",
            Self::Webm => "video/webm",
            Self::Mp4 => "video/mp4",
        }
    }

    /// What such a file holds.
    pub const fn media(self) -> RecordingMedia {
        match self {
            Self::Ogg => RecordingMedia::Audio,
            Self::Webm | Self::Mp4 => RecordingMedia::AudioAndVideo,
        }
    }
}
