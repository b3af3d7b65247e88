//! Finished files of the recorder for whoever serves them to people, a stream each.

use crate::frame;
use crate::limits;
use bytes::Bytes;
use quinn::{Connection, RecvStream, SendStream};
use std::fmt;
use std::io;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::timeout;
use wire::link::{FileReply, FileRequest};

/// Opens a file by its path as [`FileRequest`] has it, and refuses paths that lead elsewhere. It may block.
pub type OpenFile = Arc<dyn Fn(&str) -> io::Result<OpenedFile> + Send + Sync>;

/// Reads bytes at a place into a buffer: at least one, unless the file ends there. It may block.
pub type ReadAt = Box<dyn FnMut(u64, &mut [u8]) -> io::Result<usize> + Send>;

/// A file that whoever keeps it reads for others, however it lies on disk.
pub struct OpenedFile {
    /// Bytes that can be read.
    pub length: u64,
    read_at: ReadAt,
}

impl fmt::Debug for OpenedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedFile").field("length", &self.length).finish_non_exhaustive()
    }
}

impl OpenedFile {
    /// A file of so many bytes.
    pub fn new(length: u64, read_at: ReadAt) -> Self {
        Self { length, read_at }
    }

    /// The next bytes at a place, at most `most` of them; none where the file ends. The file comes back with them, for
    /// reading on.
    pub async fn read(mut self, offset: u64, most: usize) -> io::Result<(Self, Bytes)> {
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; most];
            let count = (self.read_at)(offset, &mut chunk)?;
            chunk.truncate(count);
            Ok((self, Bytes::from(chunk)))
        });
        read.await.map_err(io::Error::other)?
    }
}

/// Why a file does not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The recorder is away.
    #[error("the recorder is not connected")]
    Away,
    /// The recorder has no such file.
    #[error("the recorder cannot read the file: {0}")]
    Missing(String),
    /// It stopped in between.
    #[error("the recorder stopped sending the file: {0}")]
    Broken(String),
}

/// Asks the recorder for files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files {
    connection: watch::Receiver<Option<Connection>>,
}

/// A part of a file on its way.
#[derive(Debug)]
pub struct RemoteFile {
    /// Length of the whole file.
    pub length: u64,
    receive: RecvStream,
    left: u64,
}

impl Files {
    pub(crate) fn new(connection: watch::Receiver<Option<Connection>>) -> Self {
        Self { connection }
    }

    /// Asks for at most `count` bytes from `first` on; zero bytes to learn the length.
    pub async fn open(&self, path: &str, first: u64, count: u64) -> Result<RemoteFile, FileError> {
        let connection = self.connection.borrow().clone().ok_or(FileError::Away)?;
        let ask = async {
            let broken = |error: &dyn std::fmt::Display| FileError::Broken(error.to_string());
            let (mut send, mut receive) = connection.open_bi().await.map_err(|error| broken(&error))?;
            let request = FileRequest { path: path.to_owned(), first, count };
            frame::write_json(&mut send, &request).await.map_err(|error| broken(&error))?;
            match frame::read_json(&mut receive, limits::OPENING_BYTES).await.map_err(|error| broken(&error))? {
                FileReply::Found { length } => {
                    let left = count.min(length.saturating_sub(first));
                    Ok(RemoteFile { length, receive, left })
                }
                FileReply::Missing { reason } => Err(FileError::Missing(reason)),
            }
        };
        timeout(limits::FILE_TIME, ask).await.unwrap_or_else(|_| Err(late()))
    }
}

impl RemoteFile {
    /// The next bytes; nothing after the last.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FileError> {
        if self.left == 0 {
            return Ok(None);
        }
        let read = timeout(limits::FILE_TIME, self.receive.read_chunk(limits::FILE_CHUNK_BYTES, true)).await;
        let chunk = read.map_err(|_| late())?.map_err(|error| FileError::Broken(error.to_string()))?;
        let chunk = chunk.ok_or_else(|| FileError::Broken("the file is shorter than it was".to_owned()))?;
        self.left = self.left.saturating_sub(chunk.bytes.len() as u64);
        Ok(Some(chunk.bytes))
    }
}

fn late() -> FileError {
    FileError::Broken("nothing came in time".to_owned())
}

/// Answers requests on a connection until it ends. QUIC's limit of streams bounds them.
pub(crate) async fn serve(connection: Connection, open: OpenFile) {
    while let Ok((send, receive)) = connection.accept_bi().await {
        let open = Arc::clone(&open);
        tokio::spawn(async move {
            if let Err(error) = answer(send, receive, open).await {
                tracing::debug!(%error, "a file was not sent to its end");
            }
        });
    }
}

async fn answer(mut send: SendStream, mut receive: RecvStream, open: OpenFile) -> io::Result<()> {
    let request = timeout(limits::FILE_TIME, frame::read_json(&mut receive, limits::OPENING_BYTES)).await?;
    let FileRequest { path, first, count } = request.map_err(io::Error::other)?;
    let opened = tokio::task::spawn_blocking(move || open(&path));
    let mut file = match opened.await.map_err(io::Error::other)? {
        Ok(found) => found,
        Err(error) => {
            let reply = FileReply::Missing { reason: error.to_string() };
            frame::write_json(&mut send, &reply).await?;
            return send.finish().map_err(io::Error::other);
        }
    };
    frame::write_json(&mut send, &FileReply::Found { length: file.length }).await?;
    let (mut at, mut left) = (first, count.min(file.length.saturating_sub(first)));
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(limits::FILE_CHUNK_BYTES);
        // Without it the stream ends before what was announced, which the other side notices.
        let read = file.read(at, most).await;
        let (read_on, chunk) = read.inspect_err(|error| tracing::warn!(%error, "a file cannot be read to its end"))?;
        if chunk.is_empty() {
            break;
        }
        file = read_on;
        (at, left) = (at + chunk.len() as u64, left - chunk.len() as u64);
        timeout(limits::FILE_TIME, send.write_all(&chunk)).await??;
    }
    send.finish().map_err(io::Error::other)
}
