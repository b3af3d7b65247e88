//! A recording file as the public API has it: sound is WAV, pictures are MP4.

use super::recording_answer::{self, BadRange, Content, Served, unplayable};
use super::recording_sound::Sound;
use super::recordings::segment;
use crate::http::caller::Caller;
use crate::http::errors::ApiError;
use crate::state::AppState;
use axum::http::HeaderMap;
use axum::response::Response;
use callcenter_core::row::{SegmentRow, SegmentState};
use recording_core::playback::Wav;
use serde::Serialize;
use utoipa::ToSchema;

/// What the id of a shared screen's file ends with.
const SCREEN: &str = "-screen";
/// MIME type of what the public API serves, whatever is in it.
const BYTES: &str = "application/octet-stream";

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum RecordingOutcome {
    /// All of it is there.
    Successful,
    /// Some of it is missing, or is there in another form; the reason says what.
    PartiallyFailed,
    /// Nothing could be kept.
    Failed,
}

/// Form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum FileFormat {
    /// PCM, 16 bits, 48 kHz.
    Wav,
    /// H.264 and Opus.
    Mp4,
}

impl FileFormat {
    const fn extension(self) -> &'static str {
        match self {
            Self::Wav => ".wav",
            Self::Mp4 => ".mp4",
        }
    }
}

/// Id of a file: the segment's, and for a shared screen's one with a suffix.
pub(super) fn file_id(row: &SegmentRow) -> String {
    if row.screen { format!("{}{SCREEN}", row.id) } else { row.id.to_string() }
}

/// The segment that a file's id names, and whether it is the shared screen's.
pub(super) fn of_file_id(id: &str) -> (&str, bool) {
    id.strip_suffix(SCREEN).map_or((id, false), |segment| (segment, true))
}

/// The form in which the row's file is reported.
pub(super) fn format(row: &SegmentRow) -> FileFormat {
    if row.mime.as_deref().is_none_or(|mime| mime.starts_with("audio/")) { FileFormat::Wav } else { FileFormat::Mp4 }
}

/// Its name in that form.
pub(super) fn file_name(row: &SegmentRow) -> Option<String> {
    let name = row.file_name.as_deref()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    Some(format!("{stem}{}", format(row).extension()))
}

/// The names that a file with this public name may have on disk.
pub(super) fn native_names(name: &str) -> Vec<String> {
    let named = |stem: &str, kinds: &[&str]| kinds.iter().map(|kind| format!("{stem}.{kind}")).collect();
    match (name.strip_suffix(FileFormat::Wav.extension()), name.strip_suffix(FileFormat::Mp4.extension())) {
        (Some(stem), _) => named(stem, &["ogg"]),
        (_, Some(stem)) => named(stem, &["mp4", "webm"]),
        (None, None) => vec![name.to_owned()],
    }
}

/// Bytes in that form; nothing when it cannot be had in it.
pub(super) fn size(row: &SegmentRow) -> Option<u64> {
    match format(row) {
        FileFormat::Wav => row.duration_ms.map(|ms| Wav::of_ms(channels(row), ms).length()),
        FileFormat::Mp4 if is_webm(row) => None,
        FileFormat::Mp4 => row.bytes,
    }
}

/// A leg's file is one voice, a merged one has all agents left and all customers right.
fn channels(row: &SegmentRow) -> u16 {
    if row.composed.is_some() { 2 } else { 1 }
}

/// Seconds, rounded.
pub(super) fn seconds(row: &SegmentRow) -> Option<u64> {
    row.duration_ms.map(|ms| (ms + 500) / 1_000)
}

fn is_webm(row: &SegmentRow) -> bool {
    row.mime.as_deref() == Some("video/webm")
}

/// What became of it, and why it is not all there.
pub(super) fn outcome(row: &SegmentRow) -> (RecordingOutcome, Option<String>) {
    if row.bytes.is_none() {
        return (RecordingOutcome::Failed, row.reason.clone());
    }
    if is_webm(row) {
        let why = "The pictures are VP8 in WebM, which MP4 does not hold; nativeUrl has them as they are.";
        return (RecordingOutcome::PartiallyFailed, Some(why.to_owned()));
    }
    (RecordingOutcome::Successful, None)
}

/// Where the file is to be had as it was recorded, while it is there.
pub(super) fn native_url(row: &SegmentRow) -> Option<String> {
    let is_there = row.state == SegmentState::Finished && row.path.is_some();
    is_there.then(|| format!("/recordings/1/files/{}{}", row.id, if row.screen { "?screen=true" } else { "" }))
}

/// Answers with the file in the public API's form.
pub(super) async fn download(
    state: &AppState,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
    bad: BadRange,
) -> Result<Response, ApiError> {
    let (segment_id, screen) = of_file_id(id);
    let row = segment(state, caller, segment_id, screen).await?;
    let unknown = || ApiError::unknown_id(id);
    let path = row.path.as_deref().ok_or_else(unknown)?;
    if is_webm(&row) {
        let native = native_url(&row).unwrap_or_default();
        return Err(ApiError::not_found(format!(
            "The pictures are VP8, which MP4 does not hold: {native} has them as WebM."
        )));
    }
    let (source, length) = recording_answer::open(state, &row, path).await?;
    let (content, length) = match format(&row) {
        FileFormat::Mp4 => (Content::Native(source), length),
        FileFormat::Wav => {
            let sound = Sound::open(source, length, row.duration_ms.unwrap_or_default()).await;
            let sound = sound.map_err(|error| unplayable(&row, error))?;
            let length = sound.wav().length();
            (Content::Wav(Box::new(sound)), length)
        }
    };
    let served = Served {
        content,
        length,
        tag: format!("{}{}", row.sha256.as_deref().unwrap_or("unknown"), format(&row).extension()),
        mime: BYTES.to_owned(),
        name: file_name(&row).unwrap_or("recording".to_owned()),
        download: true,
    };
    served.answer(caller, &row, headers, bad).await
}
