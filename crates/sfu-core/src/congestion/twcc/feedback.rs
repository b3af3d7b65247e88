use super::{
    HEADER_BYTES, PACKET_TYPE, VERSION_AND_FORMAT,
    statuses::{Chunk, Status},
};
use crate::congestion::limits::FEEDBACK_STATUSES;
use thiserror::Error;

/// Why bytes are no transport-wide feedback. The packet is to be ignored; the next one tells more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FeedbackError {
    /// Fewer bytes than the fixed part has, or than the length field says.
    #[error("feedback is cut short at {0} bytes")]
    Short(usize),
    /// Another version, format or packet type.
    #[error("this RTCP packet is no transport-wide feedback")]
    NotFeedback,
    /// Padding beyond the content.
    #[error("feedback claims {0} bytes of padding")]
    Padding(u8),
    /// More statuses than [`FEEDBACK_STATUSES`].
    #[error("feedback on {0} packets at once; at most {most} are read", most = FEEDBACK_STATUSES)]
    TooMany(u16),
    /// Chunks or deltas end before the last status.
    #[error("feedback ends before it has told of all its packets")]
    Incomplete,
    /// A status that the draft reserves.
    #[error("feedback has a reserved status")]
    Reserved,
}

/// One feedback packet, checked as a whole: reading its packets cannot fail.
#[derive(Debug, Clone, Copy)]
pub struct Feedback<'a> {
    /// SSRC of who sends the feedback.
    pub sender_ssrc: u32,
    /// SSRC of one of the sources that it is about.
    pub media_ssrc: u32,
    /// Time on the receiver's clock that arrivals count from, in units of 64 ms, 24 bits.
    pub reference: u32,
    /// Counts feedback packets, wraps.
    pub feedback_count: u8,
    base: u16,
    status_count: u16,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

/// What feedback tells, packet by packet in the order of numbers: the number, and when it arrived in ticks of
/// [`TICK_MICROS`](super::TICK_MICROS) after the reference time; none when it has not arrived.
#[derive(Debug, Clone)]
pub struct Packets<'a> {
    sequence: u16,
    left: u16,
    chunk: Chunk,
    index: u16,
    chunks: &'a [u8],
    deltas: &'a [u8],
    ticks: i32,
}

impl<'a> Feedback<'a> {
    /// Reads one RTCP packet, header included; bytes after its length are not looked at.
    pub fn parse(packet: &'a [u8]) -> Result<Self, FeedbackError> {
        let short = FeedbackError::Short(packet.len());
        let fixed: &[u8; HEADER_BYTES] = packet.first_chunk().ok_or(short)?;
        let is_padded = fixed[0] & 1 << 5 != 0;
        if fixed[0] & !(1 << 5) != VERSION_AND_FORMAT || fixed[1] != PACKET_TYPE {
            return Err(FeedbackError::NotFeedback);
        }
        let length = 4 * (usize::from(word16(fixed, 2)) + 1);
        let body = packet.get(HEADER_BYTES..length).ok_or(short)?;
        let padding = if is_padded { body.last().copied().unwrap_or(0) } else { 0 };
        let content = body.len().checked_sub(usize::from(padding)).ok_or(FeedbackError::Padding(padding))?;
        let status_count = word16(fixed, 14);
        if status_count > FEEDBACK_STATUSES {
            return Err(FeedbackError::TooMany(status_count));
        }
        let (chunks, deltas) = split(&body[..content], status_count)?;
        let reference = word32(fixed, 16);
        Ok(Self {
            sender_ssrc: word32(fixed, 4),
            media_ssrc: word32(fixed, 8),
            reference: reference >> 8,
            feedback_count: reference as u8,
            base: word16(fixed, 12),
            status_count,
            chunks,
            deltas,
        })
    }

    /// The packets that it tells of, at most [`FEEDBACK_STATUSES`].
    pub fn packets(&self) -> Packets<'a> {
        Packets {
            sequence: self.base,
            left: self.status_count,
            chunk: Chunk(0),
            index: 0,
            chunks: self.chunks,
            deltas: self.deltas,
            ticks: 0,
        }
    }
}

impl Iterator for Packets<'_> {
    type Item = (u16, Option<i32>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        // A run may be empty.
        while self.index == self.chunk.length() {
            let (chunk, rest) = self.chunks.split_first_chunk()?;
            self.chunk = Chunk(u16::from_be_bytes(*chunk));
            self.chunks = rest;
            self.index = 0;
        }
        let status = self.chunk.status(self.index)?;
        self.index += 1;
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        let (delta, rest) = self.deltas.split_at_checked(status.delta_bytes())?;
        self.deltas = rest;
        let delta = match *delta {
            [] => return Some((sequence, None)),
            [small] => i32::from(small),
            [high, low, ..] => i32::from(i16::from_be_bytes([high, low])),
        };
        // At most 4096 deltas of 16 bits: no overflow.
        self.ticks += delta;
        Some((sequence, Some(self.ticks)))
    }
}

/// `body` as chunks that tell of `status_count` packets, and at least the deltas that these have.
fn split(body: &[u8], status_count: u16) -> Result<(&[u8], &[u8]), FeedbackError> {
    let mut left = status_count;
    let mut rest = body;
    let mut delta_bytes = 0;
    while left > 0 {
        let (chunk, after) = rest.split_first_chunk().ok_or(FeedbackError::Incomplete)?;
        let chunk = Chunk(u16::from_be_bytes(*chunk));
        let told = chunk.length().min(left);
        for index in 0..told {
            delta_bytes += chunk.status(index).map(Status::delta_bytes).ok_or(FeedbackError::Reserved)?;
        }
        left -= told;
        rest = after;
    }
    if rest.len() < delta_bytes {
        return Err(FeedbackError::Incomplete);
    }
    Ok((&body[..body.len() - rest.len()], rest))
}

fn word16(bytes: &[u8; HEADER_BYTES], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn word32(bytes: &[u8; HEADER_BYTES], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
