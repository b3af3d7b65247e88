//! Frames on a stream: four bytes of length in network order, then so many bytes.

use bytes::{Bytes, BytesMut};
use quinn::{ReadExactError, RecvStream, SendStream, WriteError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why no frame could be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    #[error("a frame of {length} bytes is longer than the {limit} that are allowed here")]
    TooLong { length: usize, limit: usize },
    #[error("the stream broke: {0}")]
    Broken(#[from] ReadExactError),
    #[error("a frame cannot be understood: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the stream ended")]
    Ended,
}

/// The next frame, or nothing where the stream ends between two.
pub(crate) async fn read(stream: &mut RecvStream, limit: usize) -> Result<Option<Bytes>, FrameError> {
    let mut head = [0; 4];
    match stream.read_exact(&mut head).await {
        Ok(()) => {}
        Err(ReadExactError::FinishedEarly(0)) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let length = u32::from_be_bytes(head) as usize;
    if length > limit {
        return Err(FrameError::TooLong { length, limit });
    }
    let mut frame = BytesMut::zeroed(length);
    stream.read_exact(&mut frame).await?;
    Ok(Some(frame.freeze()))
}

/// The next frame as JSON.
pub(crate) async fn read_json<T: DeserializeOwned>(stream: &mut RecvStream, limit: usize) -> Result<T, FrameError> {
    let frame = read(stream, limit).await?.ok_or(FrameError::Ended)?;
    Ok(serde_json::from_slice(&frame)?)
}

/// Writes a frame. What it holds is below the limit of who reads it.
pub(crate) async fn write(stream: &mut SendStream, frame: &[u8]) -> Result<(), WriteError> {
    stream.write_all(&head(frame)).await?;
    stream.write_all(frame).await
}

/// The bytes that go before a frame.
pub(crate) fn head(frame: &[u8]) -> [u8; 4] {
    u32::try_from(frame.len()).expect("limits of frames are far below 4 GiB").to_be_bytes()
}

/// Writes a message as JSON.
pub(crate) async fn write_json(stream: &mut SendStream, message: &impl Serialize) -> Result<(), WriteError> {
    write(stream, &json(message)).await
}

/// A message as JSON: it is read by people, unknown fields can be skipped, and control is some hundred messages a
/// second at most.
pub(crate) fn json(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("messages are maps with text keys")
}
