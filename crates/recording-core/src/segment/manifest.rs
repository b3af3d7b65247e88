use super::State;
use crate::limits;
use crate::mux::Container;
use crate::timeline::Gap;
use model::{Codec, LegId, MediaTime, ParticipantType, SegmentId};
use serde::{Deserialize, Serialize};
use wire::recorder::{ComposeOrder, SegmentStart};

/// Version of the manifest's form.
pub const VERSION: u32 = 2;
/// Version of a manifest whose files are plain: releases that know of no sealed files read it.
const PLAIN_VERSION: u32 = 1;

/// Which of a segment's files a manifest describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileRole {
    /// Voice, and camera where it is recorded.
    Main,
    /// The shared screen, picture only.
    Screen,
    /// Camera after its codec changed in mid-call, picture only: one container cannot hold both for a browser.
    Camera(Codec),
    /// Screen after its codec changed in mid-call.
    ScreenAgain(Codec),
}

impl FileRole {
    /// What is added to the segment's id in file names.
    pub fn suffix(self) -> String {
        let codec = |codec| if codec == Codec::H264 { "h264" } else { "vp8" };
        match self {
            Self::Main => String::new(),
            Self::Screen => "-screen".into(),
            Self::Camera(changed) => format!("-camera-{}", codec(changed)),
            Self::ScreenAgain(changed) => format!("-screen-{}", codec(changed)),
        }
    }

    /// True when the picture is the shared screen.
    pub fn is_screen(self) -> bool {
        matches!(self, Self::Screen | Self::ScreenAgain(_))
    }
}

/// The key of a sealed file, wrapped: only who has the key that it names unwraps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    /// Id of the key that wrapped it.
    pub key: String,
    /// Nonce, ciphertext and tag, lower-case hex.
    pub sealed: String,
}

/// How a finished file is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Its key.
    pub key: WrappedKey,
    /// Chunks that were written.
    pub chunks: u64,
    /// Size on disk in bytes.
    pub bytes: u64,
    /// SHA-256 of what is on disk, lower-case hex.
    pub sha256: String,
}

/// What is known about the finished file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Name in the manifest's folder.
    pub file: String,
    /// Container.
    pub container: Container,
    /// Name under which people download it.
    pub download_name: String,
    /// Size in bytes, as people download it.
    pub bytes: u64,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// SHA-256 of what people download, lower-case hex.
    pub sha256: String,
    /// How it is sealed; a plain file is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

/// The truth about one recorded file, beside it as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// At most [`VERSION`].
    pub version: u32,
    /// Ids, names, media, start and epoch as signaling gave them.
    pub start: SegmentStart,
    /// Which file of the segment.
    pub role: FileRole,
    /// Where in its life it is.
    pub state: State,
    /// Key of the parts of the live file, as long as there are any; plain parts have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_key: Option<WrappedKey>,
    /// Missing time, stated; up to date when the state is no longer `recording`.
    pub gaps: Vec<Gap>,
    /// Frames that never reached the file because the disk was too slow or refused them.
    pub frames_dropped: u64,
    /// The finished file, once there is one.
    pub finished: Option<Finished>,
    /// Why there is none, for an operator.
    pub failure: Option<String>,
    /// What is merged into the file; nothing for one that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composed: Option<Box<ComposeOrder>>,
}

/// Why bytes are no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON of the right form.
    #[error("unreadable manifest: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by a newer release.
    #[error("manifest version {0} is newer than this release understands")]
    Newer(u32),
    /// Larger than any manifest.
    #[error("oversized manifest")]
    TooLarge,
    /// State and content contradict each other.
    #[error("the manifest says {0:?} but names no file")]
    Contradiction(State),
}

impl Manifest {
    /// A segment's file that begins now.
    pub fn begin(start: SegmentStart, role: FileRole) -> Self {
        Self {
            version: PLAIN_VERSION,
            start,
            role,
            state: State::Recording,
            live_key: None,
            gaps: Vec::new(),
            frames_dropped: 0,
            finished: None,
            failure: None,
            composed: None,
        }
    }

    /// A file that is merged from others.
    pub fn compose(order: ComposeOrder) -> Self {
        let start = SegmentStart {
            segment: order.segment,
            account: order.account,
            conversation: order.conversation,
            call: order.call,
            // It is nobody's alone.
            leg: LegId(order.segment.0),
            participant: ParticipantType::Agent,
            identity: String::new(),
            display_name: String::new(),
            agent_name: order.agent_name.clone(),
            customer_name: order.customer_name.clone(),
            direction: order.direction,
            media: order.media,
            started_at: order.started_at,
            epoch: MediaTime(0),
        };
        let composed = Some(Box::new(order));
        Self { state: State::Finishing, composed, ..Self::begin(start, FileRole::Main) }
    }

    /// The segment.
    pub fn segment(&self) -> SegmentId {
        self.start.segment
    }

    /// Common beginning of the names of the segment's files on disk.
    pub fn stem(&self) -> String {
        format!("{}{}", self.start.segment, self.role.suffix())
    }

    /// Milliseconds in which something that was sent is missing.
    pub fn lost_ms(&self) -> u64 {
        self.gaps.iter().filter(|gap| gap.cause.is_loss()).map(|gap| gap.duration_ms).sum()
    }

    /// Reads a manifest.
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        if json.len() as u64 > limits::MANIFEST_BYTES {
            return Err(ManifestError::TooLarge);
        }
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_slice(json)?;
        if version > VERSION {
            return Err(ManifestError::Newer(version));
        }
        let manifest: Self = serde_json::from_slice(json)?;
        if manifest.state.has_file() && manifest.finished.is_none() {
            return Err(ManifestError::Contradiction(manifest.state));
        }
        Ok(manifest)
    }

    /// The keys of its files.
    pub fn keys_mut(&mut self) -> impl Iterator<Item = &mut WrappedKey> {
        let finished = self.finished.as_mut().and_then(|finished| finished.sealed.as_mut());
        self.live_key.iter_mut().chain(finished.map(|sealed| &mut sealed.key))
    }

    /// The manifest as it stands on disk. A release that would take a sealed file for a plain one refuses it by its
    /// version.
    pub fn to_json(&self) -> Vec<u8> {
        let mut written = self.clone();
        written.version = if written.keys_mut().next().is_some() { VERSION } else { PLAIN_VERSION };
        let mut json = serde_json::to_vec_pretty(&written).expect("a manifest has string keys only");
        json.push(b'\n');
        json
    }
}
