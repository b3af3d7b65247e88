use super::limits::SENT_PACKETS;
use std::time::{Duration, Instant};

/// A packet's fate stands in the two upper bits of its size.
const BYTES: u16 = (1 << 14) - 1;
const REPORTED_MISSING: u16 = 1 << 14;
const REPORTED_ARRIVED: u16 = 1 << 15;

/// A packet is judged when one that left this much later has arrived: what is reported missing may only be late.
const SETTLED_AFTER: Duration = Duration::from_millis(200);

/// The last packets sent, by their transport-wide numbers.
#[derive(Debug)]
pub(super) struct History {
    epoch: Instant,
    /// When each was sent, in microseconds after the epoch, wrapping.
    sent_at: [u32; SENT_PACKETS],
    /// Bytes, and what feedback said.
    sizes: [u16; SENT_PACKETS],
    /// One after the newest number.
    next: u16,
    /// Numbers before `next` that are kept.
    kept: u16,
    /// Numbers before `next` that are not judged yet.
    unjudged: u16,
    newest_sent_at: i64,
}

/// A packet of which feedback says for the first time that it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    /// Microseconds after the history's beginning.
    pub(super) at: i64,
    pub(super) bytes: u16,
}

/// Packets whose fate is known for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) arrived: u32,
    pub(super) lost: u32,
}

impl History {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            epoch: now,
            sent_at: [0; SENT_PACKETS],
            sizes: [0; SENT_PACKETS],
            next: 0,
            kept: 0,
            unjudged: 0,
            newest_sent_at: 0,
        }
    }

    /// Numbers are expected in order; a gap holds packets that were never sent, and a step back begins anew.
    pub(super) fn note(&mut self, sequence: u16, bytes: usize, at: Instant) {
        let gap = sequence.wrapping_sub(self.next);
        if self.kept == 0 || usize::from(gap) >= SENT_PACKETS {
            self.kept = 0;
            self.unjudged = 0;
        } else {
            (0..gap).for_each(|index| self.sizes[slot(self.next.wrapping_add(index))] = 0);
            self.kept = (self.kept + gap).min(SENT_PACKETS as u16);
            self.unjudged = (self.unjudged + gap).min(SENT_PACKETS as u16);
        }
        let micros = at.saturating_duration_since(self.epoch).as_micros();
        self.newest_sent_at = i64::try_from(micros).unwrap_or(i64::MAX);
        self.sent_at[slot(sequence)] = micros as u32;
        self.sizes[slot(sequence)] = u16::try_from(bytes).unwrap_or(BYTES).clamp(1, BYTES);
        self.next = sequence.wrapping_add(1);
        self.kept = (self.kept + 1).min(SENT_PACKETS as u16);
        self.unjudged = (self.unjudged + 1).min(SENT_PACKETS as u16);
    }

    /// Feedback says that a packet arrived. None when it was said before, or the packet is not known.
    pub(super) fn arrived(&mut self, sequence: u16) -> Option<Sent> {
        let size = self.size_of(sequence)?;
        if size & REPORTED_ARRIVED != 0 {
            return None;
        }
        self.sizes[slot(sequence)] = size | REPORTED_ARRIVED;
        Some(Sent { at: self.sent_at(sequence), bytes: size & BYTES })
    }

    /// Feedback says that a packet has not arrived so far.
    pub(super) fn missing(&mut self, sequence: u16) {
        if let Some(size) = self.size_of(sequence) {
            self.sizes[slot(sequence)] = size | REPORTED_MISSING;
        }
    }

    /// Judges every packet that left [`SETTLED_AFTER`] before `newest`, the sending time of a packet that arrived. Those
    /// of which feedback said nothing (it was lost itself) are left out.
    pub(super) fn judge(&mut self, newest: i64) -> Judged {
        let mut judged = Judged::default();
        while self.unjudged > 0 {
            let sequence = self.next.wrapping_sub(self.unjudged);
            let size = self.sizes[slot(sequence)];
            if size != 0 {
                if self.sent_at(sequence) + SETTLED_AFTER.as_micros() as i64 > newest {
                    break;
                }
                judged.arrived += u32::from(size & REPORTED_ARRIVED != 0);
                judged.lost += u32::from(size & !BYTES == REPORTED_MISSING);
            }
            self.unjudged -= 1;
        }
        judged
    }

    fn size_of(&self, sequence: u16) -> Option<u16> {
        let behind = self.next.wrapping_sub(sequence);
        let is_kept = (1..=self.kept).contains(&behind);
        is_kept.then(|| self.sizes[slot(sequence)]).filter(|size| *size != 0)
    }

    fn sent_at(&self, sequence: u16) -> i64 {
        let before_newest = (self.newest_sent_at as u32).wrapping_sub(self.sent_at[slot(sequence)]);
        self.newest_sent_at - i64::from(before_newest)
    }
}

fn slot(sequence: u16) -> usize {
    usize::from(sequence) % SENT_PACKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(first: u16, count: u16) -> (History, Instant) {
        let start = Instant::now();
        let mut history = History::new(start);
        for index in 0..count {
            let at = start + Duration::from_millis(10 * u64::from(index));
            history.note(first.wrapping_add(index), 100 + usize::from(index), at);
        }
        (history, start)
    }

    #[test]
    fn a_packet_arrives_once_and_numbers_wrap() {
        let (mut history, _) = filled(65_530, 20);
        assert_eq!(history.arrived(3), Some(Sent { at: 90_000, bytes: 109 }));
        assert_eq!(history.arrived(3), None, "told before");
        assert_eq!(history.arrived(14), None, "not sent yet");
        assert_eq!(history.arrived(65_529), None, "never sent");
    }

    #[test]
    fn packets_are_judged_once_when_they_are_old_enough() {
        let (mut history, _) = filled(0, 60);
        for sequence in 0..60 {
            match sequence % 10 {
                0 => history.missing(sequence),
                1 => {}
                _ => assert!(history.arrived(sequence).is_some()),
            }
        }
        // Packet 10 was late, not lost.
        assert!(history.arrived(10).is_some());
        assert_eq!(history.judge(500_000), Judged { arrived: 25, lost: 3 }, "0 to 30");
        assert_eq!(history.judge(500_000), Judged::default());
        assert_eq!(history.judge(1_000_000), Judged { arrived: 24, lost: 2 });
    }

    #[test]
    fn what_is_older_than_the_ring_is_forgotten() {
        let (mut history, _) = filled(0, SENT_PACKETS as u16 + 5);
        assert_eq!(history.arrived(4), None);
        assert!(history.arrived(5).is_some());
        history.missing(6);
        assert_eq!(history.judge(i64::MAX / 2).lost, 1);
    }

    #[test]
    fn numbers_that_were_never_sent_are_no_losses() {
        let (mut history, start) = filled(0, 10);
        history.note(30, 100, start + Duration::from_millis(100));
        (0..=30).for_each(|sequence| history.missing(sequence));
        assert_eq!(history.judge(1_000_000), Judged { arrived: 0, lost: 11 });
    }
}
