//! Answers with the bytes of a recording, all of them or a range (RFC 9110 §14).

use super::disposition::content_disposition;
use super::range::{Part, part};
use super::recording_sound::{Sound, SoundError};
use super::recording_source::{self, Source};
use crate::http::caller::Caller;
use crate::http::errors::ApiError;
use crate::state::AppState;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use callcenter_core::row::SegmentRow;
use std::io;

/// What is done with a range that cannot be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadRange {
    /// The whole file where the range cannot be read, 416 where it lies outside.
    Whole,
    /// 400.
    Refuse,
}

/// Where the bytes come from.
pub(super) enum Content {
    /// The file as it lies there.
    Native(Source),
    /// Its sound, as WAV.
    Wav(Box<Sound>),
}

/// A file to answer with.
pub(super) struct Served {
    pub(super) content: Content,
    /// In bytes.
    pub(super) length: u64,
    /// What changes when the bytes do.
    pub(super) tag: String,
    pub(super) mime: String,
    pub(super) name: String,
    /// To be saved rather than shown.
    pub(super) download: bool,
}

/// Opens a recording's file; gives its length too.
pub(super) async fn open(state: &AppState, segment: &SegmentRow, path: &str) -> Result<(Source, u64), ApiError> {
    let opened = recording_source::open(&state.apart.recorder, path).await;
    opened.map_err(|error| unreadable(segment, &error))
}

fn unreadable(segment: &SegmentRow, error: &io::Error) -> ApiError {
    tracing::error!(%error, segment = %segment.id, "a recording's file cannot be read");
    match error.kind() {
        io::ErrorKind::NotConnected => {
            ApiError::unavailable("The recorder is not connected; try again in a few seconds.")
        }
        _ => ApiError::not_found("The recording's file is not there any more; the operator's log says more."),
    }
}

/// Why there is no sound to hear.
pub(super) fn unplayable(segment: &SegmentRow, error: SoundError) -> ApiError {
    match error {
        SoundError::Read(error) => unreadable(segment, &error),
        error => {
            tracing::error!(%error, segment = %segment.id, "a recording's file is damaged");
            let native = format!("/recordings/1/files/{}", segment.id);
            ApiError::not_found(format!("The recording cannot be converted: {error}. {native} has it as it is."))
        }
    }
}

impl Served {
    /// Answers what the headers ask for.
    pub(super) async fn answer(
        self,
        caller: &Caller,
        segment: &SegmentRow,
        headers: &HeaderMap,
        bad: BadRange,
    ) -> Result<Response, ApiError> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let etag = format!("\"{}\"", self.tag);
        if header(IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|one| one.trim() == etag)) {
            return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
        }
        let same = header(IF_RANGE).is_none_or(|known| known == etag);
        let range = headers.get(RANGE).filter(|_| same);
        let length = self.length;
        let (status, first, last) = match part(range.map(|range| range.to_str().unwrap_or_default()), length) {
            Part::Whole if bad == BadRange::Refuse && range.is_some() => {
                return Err(ApiError::bad_request("Range: must be one range of bytes, for example bytes=0-1023."));
            }
            Part::OutOfRange if bad == BadRange::Refuse => {
                return Err(ApiError::bad_request(format!("Range: lies outside of the file of {length} bytes.")));
            }
            Part::Whole => (StatusCode::OK, 0, length.saturating_sub(1)),
            Part::Bytes { first, last } => (StatusCode::PARTIAL_CONTENT, first, last),
            Part::OutOfRange => {
                let mut refusal = ApiError::range_not_satisfiable().into_response();
                refusal.headers_mut().insert(CONTENT_RANGE, text_header(format!("bytes */{length}")));
                return Ok(refusal);
            }
        };
        let count = if length == 0 { 0 } else { last - first + 1 };
        if first == 0 {
            tracing::info!(account = %caller.account, by = caller.name(), segment = %segment.id, screen = segment.screen,
                download = self.download, "a recording is read");
        }
        let name = content_disposition(&self.name, self.download);
        let mime = text_header(self.mime);
        let mut response = (status, body(self.content, segment, first, count).await?).into_response();
        let out = response.headers_mut();
        out.insert(CONTENT_TYPE, mime);
        out.insert(CONTENT_LENGTH, count.into());
        out.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        out.insert(ETAG, text_header(etag));
        out.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        out.insert(CONTENT_DISPOSITION, text_header(name));
        if status == StatusCode::PARTIAL_CONTENT {
            out.insert(CONTENT_RANGE, text_header(format!("bytes {first}-{last}/{length}")));
        }
        Ok(response)
    }
}

async fn body(content: Content, segment: &SegmentRow, first: u64, count: u64) -> Result<Body, ApiError> {
    match content {
        Content::Native(source) => source.body(first, count).await.map_err(|error| unreadable(segment, &error)),
        Content::Wav(sound) => sound.body(first, count).await.map_err(|error| unplayable(segment, error)),
    }
}

fn text_header(text: String) -> HeaderValue {
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("unknown"))
}
