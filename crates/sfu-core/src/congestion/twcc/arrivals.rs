use super::{
    HEADER_BYTES, PACKET_TYPE, REFERENCE_TICKS, TICK_MICROS, VERSION_AND_FORMAT,
    statuses::{Chunk, SHORT_VECTOR, Status},
};
use crate::congestion::limits::{ARRIVALS, FEEDBACK_BYTES, FEEDBACK_INTERVAL, FEEDBACK_PACKETS, SEQUENCE_JUMP};
use std::time::Instant;

/// Arrivals of a sender's packets by their transport-wide numbers, and the feedback that tells of them.
///
/// A packet that comes late is told of too: feedback then goes back to it, and repeats what was told of later ones.
#[derive(Debug)]
pub struct Arrivals {
    /// Where arrival times count from. They wrap after 12 days, with the reference time.
    epoch: Instant,
    /// In ticks, by number modulo the length.
    ticks: [u32; ARRIVALS],
    has_arrived: [u64; ARRIVALS / 64],
    /// One after the newest number.
    next: u16,
    has_any: bool,
    /// First number that feedback has to tell of.
    from: u16,
    /// Packets that came since the last feedback, and when the first did.
    waiting: u16,
    waiting_since: Option<Instant>,
    feedback_count: u8,
}

/// The statuses and deltas of one feedback packet.
struct Report {
    statuses: [Status; ARRIVALS],
    deltas: [i16; ARRIVALS],
    length: usize,
    reference: u32,
}

impl Arrivals {
    /// Arrivals from `now` on.
    pub fn new(now: Instant) -> Self {
        Self {
            epoch: now,
            ticks: [0; ARRIVALS],
            has_arrived: [0; ARRIVALS / 64],
            next: 0,
            has_any: false,
            from: 0,
            waiting: 0,
            waiting_since: None,
            feedback_count: 0,
        }
    }

    /// A packet arrived. Takes constant time on average and allocates nothing. A number that arrived before, or is too
    /// old to be told of, changes nothing.
    pub fn note(&mut self, sequence: u16, at: Instant) {
        let ahead = sequence.wrapping_sub(self.next);
        let behind = self.next.wrapping_sub(sequence);
        if !self.has_any || (ahead > SEQUENCE_JUMP && behind > SEQUENCE_JUMP) {
            self.restart(sequence);
        } else if ahead <= SEQUENCE_JUMP {
            self.advance_to(sequence, ahead);
        } else if usize::from(behind) > ARRIVALS || self.has(sequence) {
            return;
        } else if self.next.wrapping_sub(self.from) < behind {
            self.from = sequence;
        }
        self.ticks[slot(sequence)] = self.ticks_at(at);
        self.has_arrived[slot(sequence) / 64] |= 1 << (slot(sequence) % 64);
        self.waiting = self.waiting.saturating_add(1);
        self.waiting_since.get_or_insert(at);
    }

    /// When feedback is due; at once when the moment has passed. None while there is nothing to tell.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let since = self.waiting_since?;
        Some(if self.waiting >= FEEDBACK_PACKETS { since } else { since + FEEDBACK_INTERVAL })
    }

    /// Writes the next feedback packet and returns its length, a multiple of 4 of at most [`FEEDBACK_BYTES`]. To be
    /// called until there is none: a packet ends before what does not fit into `out`, or comes so much later that no
    /// delta can say it. `out` of less than 24 bytes takes nothing.
    ///
    /// The packet is padded with zeros and its padding flag is not set, so that it may stand anywhere in a compound
    /// (RFC 3550 §6.4.1 allows the flag in the last packet alone).
    pub fn build(&mut self, sender_ssrc: u32, media_ssrc: u32, out: &mut [u8]) -> Option<usize> {
        let room = out.len().min(FEEDBACK_BYTES);
        if room < HEADER_BYTES + 4 || self.from == self.next {
            return None;
        }
        let report = self.report(room);
        let length = report.write_after_header(out);
        out[0] = VERSION_AND_FORMAT;
        out[1] = PACKET_TYPE;
        out[2..4].copy_from_slice(&((length / 4 - 1) as u16).to_be_bytes());
        out[4..8].copy_from_slice(&sender_ssrc.to_be_bytes());
        out[8..12].copy_from_slice(&media_ssrc.to_be_bytes());
        out[12..14].copy_from_slice(&self.from.to_be_bytes());
        out[14..16].copy_from_slice(&(report.length as u16).to_be_bytes());
        out[16..20].copy_from_slice(&(report.reference << 8 | u32::from(self.feedback_count)).to_be_bytes());
        self.feedback_count = self.feedback_count.wrapping_add(1);
        self.from = self.from.wrapping_add(report.length as u16);
        if self.from == self.next {
            self.waiting = 0;
            self.waiting_since = None;
        }
        Some(length)
    }

    fn report(&self, room: usize) -> Report {
        let untold = usize::from(self.next.wrapping_sub(self.from));
        let numbers = (0..untold).map(|index| self.from.wrapping_add(index as u16));
        let first = numbers.clone().find(|number| self.has(*number)).map_or(0, |number| self.ticks[slot(number)]);
        // A unit of 24 bits: the ticks wrap when it does.
        let reference = first / REFERENCE_TICKS;
        let mut before = reference * REFERENCE_TICKS;
        let mut report =
            Report { statuses: [Status::NotReceived; ARRIVALS], deltas: [0; ARRIVALS], length: 0, reference };
        let mut delta_bytes = 0;
        for number in numbers {
            let index = report.length;
            if self.has(number) {
                let Ok(delta) = i16::try_from(self.ticks[slot(number)].wrapping_sub(before) as i32) else { break };
                let is_small = u8::try_from(delta).is_ok();
                report.statuses[index] = if is_small { Status::SmallDelta } else { Status::LargeDelta };
                report.deltas[index] = delta;
            }
            delta_bytes += report.statuses[index].delta_bytes();
            let chunk_bytes = 2 * (index + 1).div_ceil(SHORT_VECTOR);
            if (HEADER_BYTES + chunk_bytes + delta_bytes).next_multiple_of(4) > room {
                break;
            }
            if self.has(number) {
                before = self.ticks[slot(number)];
            }
            report.length += 1;
        }
        report
    }

    fn restart(&mut self, sequence: u16) {
        self.has_arrived = [0; ARRIVALS / 64];
        self.from = sequence;
        self.next = sequence.wrapping_add(1);
        self.has_any = true;
    }

    fn advance_to(&mut self, sequence: u16, ahead: u16) {
        for index in 0..=ahead.min(ARRIVALS as u16 - 1) {
            let number = sequence.wrapping_sub(index);
            self.has_arrived[slot(number) / 64] &= !(1 << (slot(number) % 64));
        }
        self.next = sequence.wrapping_add(1);
        if self.next.wrapping_sub(self.from) > ARRIVALS as u16 {
            self.from = self.next.wrapping_sub(ARRIVALS as u16);
        }
    }

    fn has(&self, sequence: u16) -> bool {
        self.has_arrived[slot(sequence) / 64] & 1 << (slot(sequence) % 64) != 0
    }

    fn ticks_at(&self, at: Instant) -> u32 {
        (at.saturating_duration_since(self.epoch).as_micros() / TICK_MICROS as u128) as u32
    }
}

impl Report {
    /// Chunks, deltas and zeros; the length of the whole packet.
    fn write_after_header(&self, out: &mut [u8]) -> usize {
        let mut at = HEADER_BYTES;
        let mut put = |bytes: &[u8]| {
            out[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        let mut rest = &self.statuses[..self.length];
        while !rest.is_empty() {
            let (chunk, told) = Chunk::of(rest);
            put(&chunk.0.to_be_bytes());
            rest = &rest[told..];
        }
        for (status, delta) in self.statuses[..self.length].iter().zip(self.deltas) {
            match status {
                Status::NotReceived => {}
                Status::SmallDelta => put(&[delta as u8]),
                Status::LargeDelta => put(&delta.to_be_bytes()),
            }
        }
        let end = at.next_multiple_of(4);
        out[at..end].fill(0);
        end
    }
}

fn slot(sequence: u16) -> usize {
    usize::from(sequence) % ARRIVALS
}
