//! Where the bytes of a recording's file come from: a folder of this machine, or a recorder beyond a connection.

use crate::http::limits::FILE_CHUNK_BYTES;
use axum::body::{Body, Bytes};
use futures_util::stream;
use link::{FileError, Files, RemoteFile};
use std::io::{self, SeekFrom};
use std::path::{Component, Path, PathBuf};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// A file that is there.
pub(super) enum Source {
    Local(File),
    Remote { files: Files, path: String },
}

/// Opens the file; gives its length too.
pub(super) async fn open(recorder: Option<&Files>, folder: &Path, path: &str) -> io::Result<(Source, u64)> {
    match recorder {
        Some(files) => {
            let length = files.open(path, 0, 0).await.map_err(io_error)?.length;
            Ok((Source::Remote { files: files.clone(), path: path.to_owned() }, length))
        }
        None => {
            let file = File::open(local_path(folder, path)?).await?;
            let length = file.metadata().await?.len();
            Ok((Source::Local(file), length))
        }
    }
}

impl Source {
    /// `count` bytes from `first` on, all of which the file has, in memory.
    pub(super) async fn read(&mut self, first: u64, count: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::Local(file) => {
                file.seek(SeekFrom::Start(first)).await?;
                let mut bytes = vec![0; count];
                file.read_exact(&mut bytes).await?;
                Ok(bytes)
            }
            Self::Remote { .. } if count == 0 => Ok(Vec::new()),
            Self::Remote { files, path } => {
                let mut part = files.open(path, first, count as u64).await.map_err(io_error)?;
                let mut bytes = Vec::with_capacity(count);
                while let Some(chunk) = part.next().await.map_err(io_error)? {
                    bytes.extend_from_slice(&chunk);
                }
                if bytes.len() == count { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
        }
    }

    /// The bytes from `first` on.
    pub(super) async fn body(self, first: u64, count: u64) -> io::Result<Body> {
        match self {
            Self::Local(mut file) => {
                file.seek(SeekFrom::Start(first)).await?;
                Ok(Body::from_stream(local_chunks(file, count)))
            }
            Self::Remote { .. } if count == 0 => Ok(Body::empty()),
            Self::Remote { files, path } => {
                let part = files.open(&path, first, count).await.map_err(io_error)?;
                Ok(Body::from_stream(remote_chunks(part)))
            }
        }
    }
}

/// Where the file lies. A path that would leave the recorder's folder is none.
fn local_path(folder: &Path, path: &str) -> io::Result<PathBuf> {
    let path = Path::new(path);
    if path.components().all(|part| matches!(part, Component::Normal(_))) {
        Ok(folder.join(path))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leads out of the recordings' folder"))
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

fn local_chunks(file: File, count: u64) -> impl stream::Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold((file, count), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(FILE_CHUNK_BYTES);
        let mut chunk = vec![0; most];
        let read = file.read(&mut chunk).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        chunk.truncate(read);
        Ok(Some((Bytes::from(chunk), (file, left - read as u64))))
    })
}

fn remote_chunks(part: RemoteFile) -> impl stream::Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold(part, |mut part| async move {
        let chunk = part.next().await.map_err(io_error)?;
        Ok(chunk.map(|chunk| (chunk, part)))
    })
}
