//! A recording's sound as PCM, of which any part is decoded when it is asked for.

use super::opus_block::{DecodeError, ROUNDING, decode};
use super::recording_source::Source;
use crate::http::limits::RECORDINGS_DECODED_AT_ONCE;
use axum::body::{Body, Bytes};
use futures_util::stream::{self, Stream, StreamExt};
use recording_core::limits::{PLAYBACK_BLOCK, PLAYBACK_PRE_ROLL, PLAYBACK_READ_BYTES, SEARCH_BYTES};
use recording_core::opus_packet::RATE;
use recording_core::playback::{OpusHead, Place, PlaybackError, Search, Step, Wav, last_page, page};
use std::io;
use tokio::sync::Semaphore;

static DECODES: Semaphore = Semaphore::const_new(RECORDINGS_DECODED_AT_ONCE);

/// Why a recording cannot be converted.
#[derive(Debug, thiserror::Error)]
pub(super) enum SoundError {
    /// Its file cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It is not sound.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The task that decoded it ended without a result.
    #[error("its decoding was given up")]
    GivenUp,
}

impl From<PlaybackError> for SoundError {
    fn from(error: PlaybackError) -> Self {
        Self::Decode(error.into())
    }
}

/// An Ogg file with Opus, as the WAV file that it is for programs.
pub(super) struct Sound {
    /// Away while it is read.
    source: Option<Source>,
    length: u64,
    head: OpusHead,
    wav: Wav,
    /// A boundary that was found before: what follows is looked for from there on.
    near: Option<Place>,
}

impl Sound {
    /// Looks at both ends of a file of `length` bytes in which `duration_ms` were recorded.
    pub(super) async fn open(source: Source, length: u64, duration_ms: u64) -> Result<Self, SoundError> {
        let (source, begin) = source.read(0, within(SEARCH_BYTES, length)).await?;
        let head = OpusHead::read(&begin)?;
        let tail = within(SEARCH_BYTES, length);
        let (source, end) = source.read(length - tail as u64, tail).await?;
        let last = last_page(&end).ok_or(PlaybackError::Cut(length))?;
        let heard = last.granule.saturating_sub(head.pre_skip);
        let wav = Wav::of_ms(head.channels(), duration_ms);
        if heard.saturating_add(ROUNDING) < wav.samples {
            return Err(PlaybackError::Short { found: heard * 1_000 / RATE, recorded: duration_ms }.into());
        }
        Ok(Self { source: Some(source), length, head, wav, near: None })
    }

    /// What it is as WAV.
    pub(super) fn wav(&self) -> Wav {
        self.wav
    }

    /// `count` bytes of the WAV file from `first` on. The first sound of them is decoded before this returns, so that what
    /// is wrong with it can still be answered.
    pub(super) async fn body(mut self, first: u64, count: u64) -> Result<Body, SoundError> {
        let end = first + count;
        let head = if first < Wav::HEAD { self.chunk(first, end).await? } else { Bytes::new() };
        let sound_at = first + head.len() as u64;
        let sound = self.chunk(sound_at, end).await?;
        let at = sound_at + sound.len() as u64;
        Ok(Body::from_stream(stream::iter([Ok(head), Ok(sound)]).chain(self.chunks(at, end))))
    }

    fn chunks(self, at: u64, end: u64) -> impl Stream<Item = Result<Bytes, SoundError>> + Send + 'static {
        stream::try_unfold((self, at), move |(mut sound, at)| async move {
            if at >= end {
                return Ok(None);
            }
            let chunk = sound.chunk(at, end).await.inspect_err(|error| {
                tracing::error!(%error, "a recording is damaged: its download ends early");
            })?;
            let after = at + chunk.len() as u64;
            Ok(Some((chunk, (sound, after))))
        })
    }

    /// Bytes of the WAV file from `at` on, before `end`: what of the head or of one block is asked for.
    async fn chunk(&mut self, at: u64, end: u64) -> Result<Bytes, SoundError> {
        if at >= end {
            return Ok(Bytes::new());
        }
        let (bytes, start) = match at.checked_sub(Wav::HEAD) {
            None => (Bytes::copy_from_slice(&self.wav.head()), 0),
            Some(into) => {
                let block = into / self.wav.frame() / PLAYBACK_BLOCK;
                let samples = self.block(block).await?;
                let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                (Bytes::from(bytes), Wav::HEAD + block * PLAYBACK_BLOCK * self.wav.frame())
            }
        };
        let last = bytes.len().min(usize::try_from(end - start).unwrap_or(usize::MAX));
        Ok(bytes.slice((at - start) as usize..last))
    }

    /// A block's samples, channels taking turns.
    pub(super) async fn block(&mut self, block: u64) -> Result<Vec<i16>, SoundError> {
        let skip = self.head.pre_skip;
        let first = block * PLAYBACK_BLOCK;
        let wanted = first + skip..(first + PLAYBACK_BLOCK).min(self.wav.samples) + skip;
        let from = self.find(wanted.start.saturating_sub(PLAYBACK_PRE_ROLL)).await?;
        self.near = Some(from);
        let _one = DECODES.acquire().await.expect("the semaphore is never closed");
        let pages = self.pages(from, wanted.end).await?;
        let head = self.head;
        let decoded = tokio::task::spawn_blocking(move || decode(&head, &pages, from, &wanted));
        Ok(decoded.await.map_err(|_| SoundError::GivenUp)??)
    }

    async fn read(&mut self, first: u64, count: usize) -> Result<Vec<u8>, SoundError> {
        // A read that failed took the source with it.
        let source = self.source.take().ok_or(SoundError::GivenUp)?;
        let (source, bytes) = source.read(first, count).await?;
        self.source = Some(source);
        Ok(bytes)
    }

    async fn find(&mut self, sample: u64) -> Result<Place, SoundError> {
        let end = self.wav.samples + self.head.pre_skip;
        let mut search = Search::new(sample, &self.head, self.near, self.length, end);
        loop {
            match search.next() {
                Step::Found(place) => return Ok(place),
                Step::Read(offset) => {
                    let bytes = self.read(offset, within(SEARCH_BYTES, self.length - offset)).await?;
                    search.saw(offset, &bytes)?;
                }
            }
        }
    }

    /// Whole pages from a boundary on, to the one in which sample `end` lies.
    async fn pages(&mut self, from: Place, end: u64) -> Result<Vec<u8>, SoundError> {
        let (mut bytes, mut whole) = (Vec::new(), 0);
        loop {
            while let Some(page) = page(&bytes[whole..], from.offset + whole as u64)? {
                whole += page.length;
                if page.granule >= end {
                    bytes.truncate(whole);
                    return Ok(bytes);
                }
            }
            let read_to = from.offset + bytes.len() as u64;
            if read_to >= self.length {
                return if whole == bytes.len() { Ok(bytes) } else { Err(PlaybackError::Cut(read_to).into()) };
            }
            if bytes.len() >= PLAYBACK_READ_BYTES {
                return Err(PlaybackError::TooDense(from.offset).into());
            }
            bytes.extend(self.read(read_to, within(SEARCH_BYTES, self.length - read_to)).await?);
        }
    }
}

fn within(most: usize, left: u64) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX).min(most)
}
