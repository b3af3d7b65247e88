//! Where the bytes of a recording's file come from: a recorder in this process, or one beyond a connection.

use crate::http::limits::FILE_CHUNK_BYTES;
use crate::recorder_link::RecorderPlace;
use axum::body::{Body, Bytes};
use futures_util::stream;
use link::{FileError, Files, OpenedFile, RemoteFile};
use std::io;
use std::sync::Arc;

/// A file that is there.
pub(super) enum Source {
    Here(OpenedFile),
    Apart { files: Files, path: String },
}

/// Opens the file; gives its length too.
pub(super) async fn open(recorder: &RecorderPlace, path: &str) -> io::Result<(Source, u64)> {
    match recorder {
        RecorderPlace::Apart(recorder) => {
            let length = recorder.files.open(path, 0, 0).await.map_err(io_error)?.length;
            Ok((Source::Apart { files: recorder.files.clone(), path: path.to_owned() }, length))
        }
        RecorderPlace::Here(open) => {
            let (open, path) = (Arc::clone(open), path.to_owned());
            let file = tokio::task::spawn_blocking(move || open(&path)).await.map_err(io::Error::other)??;
            let length = file.length;
            Ok((Source::Here(file), length))
        }
    }
}

impl Source {
    /// `count` bytes from `first` on, all of which the file has, in memory. The source comes back with them.
    pub(super) async fn read(self, first: u64, count: usize) -> io::Result<(Self, Vec<u8>)> {
        let mut bytes = Vec::with_capacity(count);
        match self {
            Self::Here(mut file) => {
                while bytes.len() < count {
                    let (back, chunk) = file.read(first + bytes.len() as u64, count - bytes.len()).await?;
                    if chunk.is_empty() {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    bytes.extend_from_slice(&chunk);
                    file = back;
                }
                Ok((Self::Here(file), bytes))
            }
            Self::Apart { files, path } => {
                if count > 0 {
                    let mut part = files.open(&path, first, count as u64).await.map_err(io_error)?;
                    while let Some(chunk) = part.next().await.map_err(io_error)? {
                        bytes.extend_from_slice(&chunk);
                    }
                }
                if bytes.len() < count {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok((Self::Apart { files, path }, bytes))
            }
        }
    }

    /// The bytes from `first` on.
    pub(super) async fn body(self, first: u64, count: u64) -> io::Result<Body> {
        match self {
            Self::Here(file) => Ok(Body::from_stream(chunks_here(file, first, count))),
            Self::Apart { .. } if count == 0 => Ok(Body::empty()),
            Self::Apart { files, path } => {
                let part = files.open(&path, first, count).await.map_err(io_error)?;
                Ok(Body::from_stream(chunks_apart(part)))
            }
        }
    }
}

fn io_error(error: FileError) -> io::Error {
    let kind = match error {
        FileError::Away => io::ErrorKind::NotConnected,
        FileError::Missing(_) => io::ErrorKind::NotFound,
        FileError::Broken(_) => io::ErrorKind::BrokenPipe,
    };
    io::Error::new(kind, error)
}

fn chunks_here(
    file: OpenedFile,
    first: u64,
    count: u64,
) -> impl stream::Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold((file, first, count), |(file, at, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(FILE_CHUNK_BYTES);
        let read = file.read(at, most).await;
        let (file, chunk) =
            read.inspect_err(|error| tracing::error!(%error, "a recording cannot be read to its end"))?;
        if chunk.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let count = chunk.len() as u64;
        Ok(Some((chunk, (file, at + count, left - count))))
    })
}

fn chunks_apart(part: RemoteFile) -> impl stream::Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold(part, |mut part| async move {
        let chunk = part.next().await.map_err(io_error)?;
        Ok(chunk.map(|chunk| (chunk, part)))
    })
}
