//! RTP over TCP, RFC 4571 §2: a 16-bit length in network order, then as many bytes.

use crate::limits::{DATAGRAM_BYTES, TCP_READ_BYTES};
use std::ops::Range;

/// Bytes of the length prefix.
const HEADER: usize = 2;

/// The peer announced a frame longer than [`DATAGRAM_BYTES`]: the connection cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {length} bytes is longer than {DATAGRAM_BYTES}")]
pub struct OversizedFrame {
    /// What was announced.
    pub length: usize,
}

/// The first frame in `bytes`: where its payload lies, or `None` while it is not complete. Its end is where the next
/// frame begins.
pub fn next_frame(bytes: &[u8]) -> Result<Option<Range<usize>>, OversizedFrame> {
    let Some((header, _)) = bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes(*header));
    if length > DATAGRAM_BYTES {
        return Err(OversizedFrame { length });
    }
    let payload = HEADER..HEADER + length;
    Ok((bytes.len() >= payload.end).then_some(payload))
}

/// The prefix of a frame of `length` bytes; `None` when it is longer than [`DATAGRAM_BYTES`].
pub fn frame_header(length: usize) -> Option<[u8; HEADER]> {
    if length > DATAGRAM_BYTES {
        return None;
    }
    u16::try_from(length).ok().map(u16::to_be_bytes)
}

/// Puts frames together from whatever pieces a TCP stream arrives in.
#[derive(Debug)]
pub struct FrameReader {
    buffer: Box<[u8]>,
    /// What is buffered and not handed out.
    pending: Range<usize>,
}

impl Default for FrameReader {
    fn default() -> Self {
        Self { buffer: vec![0; TCP_READ_BYTES].into_boxed_slice(), pending: 0..0 }
    }
}

impl FrameReader {
    /// Where to read into; never empty after [`Self::next`] has returned `None`.
    pub fn space(&mut self) -> &mut [u8] {
        if self.pending.start > 0 {
            self.buffer.copy_within(self.pending.clone(), 0);
            self.pending = 0..self.pending.len();
        }
        &mut self.buffer[self.pending.end..]
    }

    /// `bytes` were read into [`Self::space`].
    pub fn filled(&mut self, bytes: usize) {
        self.pending.end += bytes;
        assert!(self.pending.end <= self.buffer.len(), "no more was read than there was space for");
    }

    /// The next whole frame that is not empty (an empty one is a keep-alive).
    #[expect(clippy::should_implement_trait, reason = "a frame borrows the reader, which an iterator cannot express")]
    pub fn next(&mut self) -> Result<Option<&mut [u8]>, OversizedFrame> {
        while let Some(payload) = next_frame(&self.buffer[self.pending.clone()])? {
            let start = self.pending.start;
            self.pending.start += payload.end;
            if !payload.is_empty() {
                return Ok(Some(&mut self.buffer[start + payload.start..start + payload.end]));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(payload: &[u8]) -> Vec<u8> {
        [&frame_header(payload.len()).expect("short enough")[..], payload].concat()
    }

    /// What comes out when `stream` arrives in pieces of the given sizes.
    fn read(stream: &[u8], piece: usize) -> Result<Vec<Vec<u8>>, OversizedFrame> {
        let mut reader = FrameReader::default();
        let mut frames = Vec::new();
        for mut piece in stream.chunks(piece) {
            while !piece.is_empty() {
                let space = reader.space();
                let taken = space.len().min(piece.len());
                space[..taken].copy_from_slice(&piece[..taken]);
                reader.filled(taken);
                piece = &piece[taken..];
                while let Some(frame) = reader.next()? {
                    frames.push(frame.to_vec());
                }
            }
        }
        Ok(frames)
    }

    #[test]
    fn frames_come_out_whole_however_the_stream_is_cut() {
        let payloads = [vec![1; 300], vec![], vec![2; 1], vec![3; DATAGRAM_BYTES], vec![4; 17]];
        let stream: Vec<u8> = payloads.iter().flat_map(|payload| frame(payload)).collect();
        let expected: Vec<_> = payloads.into_iter().filter(|payload| !payload.is_empty()).collect();
        for piece in 1..=stream.len() {
            assert_eq!(read(&stream, piece).as_ref(), Ok(&expected), "pieces of {piece}");
        }
    }

    #[test]
    fn an_incomplete_frame_stays_inside() {
        let stream = frame(&[7; 100]);
        for cut in 0..stream.len() {
            assert_eq!(read(&stream[..cut], 50), Ok(vec![]), "cut at {cut}");
        }
    }

    #[test]
    fn an_oversized_frame_is_refused_by_its_prefix() {
        let length = DATAGRAM_BYTES + 1;
        let stream = [frame(b"fine"), (length as u16).to_be_bytes().to_vec()].concat();
        assert_eq!(read(&stream, 1), Err(OversizedFrame { length }));
        assert_eq!(frame_header(length), None);
    }
}
